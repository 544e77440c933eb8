"""The file for Word: what a reader of it finds in its structure, and nothing of the library that it was made by."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import docx as reader
from hypothesis import given
from lxml import etree  # type: ignore[import-untyped]  # because it ships none
from PIL import Image, ImageOps

from scheduler.printing import docx
from scheduler.printing.blocks import Picture
from scheduler.printing.figures import printable_text
from tests.support.printed import ANY_TEXT, MARKS, document, everywhere, report

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def part(content: bytes, name: str) -> Any:
    return etree.fromstring(parts(content)[name])


def opened(content: bytes) -> Any:
    return reader.Document(io.BytesIO(content))


def test_it_is_the_institutions_and_of_its_own_date() -> None:
    """Title, author, language, date: nothing of the library's own file, whose author is `python-docx`."""
    content = docx.file(report())
    properties = opened(content).core_properties
    assert (properties.title, properties.author, properties.last_modified_by, properties.language) == (
        "Informe a la comisión",
        "Instituto Nacional Electoral",
        "Instituto Nacional Electoral",
        "es-MX",
    )
    assert f"{properties.created:%Y-%m-%d} {properties.modified:%Y-%m-%d}" == "2022-03-01 2022-03-01"
    left = b"".join(parts(content).values()).lower()
    assert b"python-docx" not in left
    assert b"macintosh" not in left
    assert not any("thumbnail" in name for name in re.findall(r'Target="([^"]+)"', str(parts(content)["_rels/.rels"])))


def test_the_same_document_gives_the_same_bytes() -> None:
    """A closed report that is printed again is the same file."""
    assert docx.file(report()) == docx.file(report())


def test_its_language_is_that_of_its_words() -> None:
    """Else Word marks every word as wrong, and a voice reads Spanish by English rules."""
    content = docx.file(report())
    assert part(content, "word/styles.xml").find(f"{W}docDefaults//{W}lang").get(f"{W}val") == "es-MX"
    assert part(content, "word/settings.xml").find(f"{W}themeFontLang").get(f"{W}val") == "es-MX"
    english = docx.file(document(language="en"))
    assert part(english, "word/styles.xml").find(f"{W}docDefaults//{W}lang").get(f"{W}val") == "en"


def test_it_is_on_letter_and_in_no_compatibility_mode() -> None:
    """Mexico's paper; and Word opens the file as one of its own."""
    content = docx.file(report())
    section = opened(content).sections[0]
    assert (section.page_width.inches, section.page_height.inches) == (8.5, 11)
    modes = [
        one.get(f"{W}val")
        for one in part(content, "word/settings.xml").iter(f"{W}compatSetting")
        if one.get(f"{W}name") == "compatibilityMode"
    ]
    assert modes == ["15"]


def test_its_headings_are_headings() -> None:
    """By their styles, from which Word makes a table of contents, and programs a way through."""
    told = [(one.style.name, one.text) for one in opened(docx.file(report())).paragraphs]
    assert [one for one in told if one[0] not in {"Normal", "List Bullet", "Caption"}] == [
        ("Title", "Informe a la comisión"),
        ("Subtitle", "Agenda de trabajo 2021-2022"),
        ("Heading 1", "Qué se hizo"),
        ("Heading 2", "Por sede"),
        ("Heading 1", "Imágenes"),
    ]
    assert [text for style, text in told if style == "List Bullet"] == ["Taller, Asia Pacífico", MARKS]
    assert [text for style, text in told if style == "Caption"] == [
        "Avisos por sede",
        "Cobertura por región",
        "Horas de llegada",
    ]


def test_the_head_of_a_table_repeats_and_its_rows_hold_together() -> None:
    """`tblHeader`, which is also what makes a head of it in a PDF made of the file."""
    (table,) = opened(docx.file(report(rows=149))).tables
    rows = table._tbl.tr_lst
    assert len(rows) == 1 + 149 + 1
    assert [row.find(f".//{W}tblHeader") is not None for row in rows] == [True] + [False] * 150
    assert all(row.find(f".//{W}cantSplit") is not None for row in rows)
    cells = ["".join(word.text or "" for word in one.iter(f"{W}t")) for one in rows[2].iter(f"{W}tc")]
    assert cells == ["Sede 1", "21 oct 2021", "37", "1.5", MARKS, "7"]


def test_a_table_is_as_wide_as_the_text() -> None:
    """Nothing of it stands out of the page."""
    (table,) = opened(docx.file(report(columns=14))).tables
    widths = [int(one.get(f"{W}w")) for one in table._tbl.iter(f"{W}gridCol")]
    assert abs(sum(widths) - 9360) < 14
    assert min(widths) > 0


def test_a_picture_is_told_in_words() -> None:
    """`descr` of the drawing: what Word calls its alternative text."""
    body = part(docx.file(report()), "word/document.xml")
    told = [one.get("descr") for one in body.iter() if str(one.tag).endswith("}docPr")]
    assert told == [block.alternative for block in report().blocks if isinstance(block, Picture)]


def test_the_foot_has_the_fields_of_the_pages() -> None:
    """«Página 1 de 1», which the program that opens it reckons."""
    content = docx.file(report())
    foot = next(body for name, body in parts(content).items() if "footer" in name and b"fldSimple" in body)
    found = etree.fromstring(foot)
    assert [one.get(f"{W}instr").strip() for one in found.iter(f"{W}fldSimple")] == ["PAGE", "NUMPAGES"]
    assert "".join(one.text for one in found.iter(f"{W}t")) == "Informe 3Página 1 de 1"


def test_the_words_of_a_picture_are_drawn_on_a_machine_without_fonts() -> None:
    """The font comes along: a picture without its words would show bars of nobody knows what."""
    picture = next(block for block in report().blocks if isinstance(block, Picture))
    bare = re.sub(r"<text.*?</text>", "", picture.svg)
    with_words, without = (Image.open(io.BytesIO(docx.png(svg))).convert("L") for svg in (picture.svg, bare))
    assert with_words.size[0] == 440 * 3
    inked = sum(ImageOps.invert(with_words).histogram()[128:]) - sum(ImageOps.invert(without).histogram()[128:])
    assert inked > 10_000  # dots


@given(ANY_TEXT)
def test_any_text_comes_out_as_that_text(text: str) -> None:
    """Whatever stands in a name, no part of the document is lost at it."""
    content = docx.file(everywhere(text))
    found = opened(content)
    said = printable_text(f"A{text}")
    styles = {
        one.text for one in found.paragraphs if one.style.name in {"Title", "Heading 1", "List Bullet", "Caption"}
    }
    assert styles == {said}
    (table,) = found.tables
    assert [cell.text for cell in table.column_cells(0)] == [said, said, "7"]
    assert part(content, "docProps/core.xml").findtext("{http://purl.org/dc/elements/1.1/}title") == said
