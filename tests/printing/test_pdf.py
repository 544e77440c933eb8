"""The official paper: what standards ask of it, what a reading program finds in it, and how it breaks over pages."""

from __future__ import annotations

import io
import json
import re
import sys
from collections import Counter
from itertools import pairwise

import pytest
import typst
from hypothesis import given
from PIL import Image, ImageOps

from scheduler.base.refusal import ENVIRONMENT
from scheduler.base.shipped import shipped
from scheduler.printing import pdf
from scheduler.printing.blocks import Grid, Heading, Items, Paragraph
from scheduler.printing.figures import printable_text
from tests.support.printed import ANY_TEXT, document, everywhere, grid, report
from tests.support.tagged_pdf import read_tagged
from tests.support.wanted import leave_out


def test_the_paper_says_its_title_language_author_and_date() -> None:
    """On Letter, of which Mexico makes its pages; the title is what a window shows."""
    found = read_tagged(pdf.pages(report()))
    assert (found.language, found.title, found.author) == (
        "es-MX",
        "Informe a la comisión",
        "Instituto Nacional Electoral",
    )
    assert found.shows_title
    assert found.sizes == {(612.0, 792.0)}


def test_the_paper_is_of_its_own_date_and_the_same_bytes_each_time() -> None:
    """A closed report that is printed again is the same file: no clock goes in."""
    content = pdf.pages(report())
    assert b"D:20220301000000" in content
    assert pdf.pages(report()) == content


def test_its_tags_tell_the_whole_document_in_its_order() -> None:
    """Headings by level, lists, tables, pictures: as they are read aloud."""
    found = read_tagged(pdf.pages(report()))
    told = [(tag.kind, tag.text) for tag in found.of("Title", "H1", "H2", "LBody", "Caption", "Table", "Figure")]
    kinds = ["Title", "H1", "H2", "LBody", "LBody", "Table", "Caption", "H1", "Caption", "Figure", "Caption", "Figure"]
    assert [kind for kind, _ in told] == kinds
    assert [text for kind, text in told if kind in {"Title", "H1", "H2", "Caption"}] == [
        "Informe a la comisión",
        "Qué se hizo",
        "Por sede",
        "Avisos por sede",
        "Imágenes",
        "Cobertura por región",
        "Horas de llegada",
    ]


def test_a_table_has_heads_and_rows_that_are_told_as_such() -> None:
    """Each column's head is a TH of its column, told once however many pages show it."""
    found = read_tagged(pdf.pages(report(rows=149)))
    assert [(tag.text, tag.scope) for tag in found.of("TH")] == [
        (head, "Column") for head in ("Sede", "Primera sesión", "Avisos", "Minutos", "Observación", "Sesión 6")
    ]
    assert Counter(tag.kind for tag in found.tags)["TR"] == 1 + 149 + 1
    assert [tag.text for tag in found.of("TD")][6:10] == ["Sede 1", "21 oct 2021", "37", "1.5"]


def test_a_picture_is_told_in_words() -> None:
    """The alternative text, which says the main figures."""
    figures = read_tagged(pdf.pages(report())).of("Figure")
    assert [tag.alternative for tag in figures] == [
        block.alternative for block in report().blocks if hasattr(block, "alternative")
    ]


def test_the_foot_counts_pages_in_the_language_of_the_paper() -> None:
    """«Página 1 de 6», and what the paper is cited by; they are no part of what is read aloud."""
    found = read_tagged(pdf.pages(report(rows=149)))
    feet = re.findall(r"Informe 3 Página (\d+) de (\d+)", found.loose)
    assert feet == [(str(number), str(found.pages)) for number in range(1, found.pages + 1)]
    assert not any("Página" in tag.text for tag in found.tags)


def test_a_long_table_goes_on_with_its_heads_on_every_page() -> None:
    """149 sites: pages follow one another, no row is torn apart or lost, and the head stands above each."""
    content = pdf.pages(report(rows=149))
    found = read_tagged(content)
    firsts = [tag for tag in found.of("TD") if tag.text.startswith("Sede ")]
    assert [tag.text for tag in firsts] == [f"Sede {number}" for number in range(149)]
    on = [tag.page for tag in firsts]
    assert all(after - before in {0, 1} for before, after in pairwise(on))
    assert len(set(on)) >= 3
    heads = found.loose.count("Primera sesión")  # the repetitions are no content of their own
    assert heads == len(set(on)) - 1


@pytest.mark.parametrize("columns", [6, 9, 14])
def test_no_table_is_cut_off_at_the_right(columns: int) -> None:
    """However many columns: the margin stays white."""
    wide = document(grid(4, columns), Items(items=("Donaudampfschifffahrtsgesellschaft" * 9,)))
    for page in drawn(pdf._data(wide)):
        margin = page.crop((int(page.width * (1 - 2.0 / 21.59)), 0, page.width, page.height))
        assert ImageOps.invert(margin).getbbox() is None


def drawn(data: object) -> list[Image.Image]:
    """The pages as pictures, in grey."""
    folder = shipped("templates") / "printing"
    made = typst.Compiler(
        str(folder / "document.typ"),
        root=str(folder),
        font_paths=[str(folder / "fonts")],
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(data)},
    ).compile(format="png", ppi=60)
    pages = made if isinstance(made, list) else [made]
    return [Image.open(io.BytesIO(one or b"")).convert("L") for one in pages]


@given(ANY_TEXT)
def test_any_text_comes_out_as_that_text(text: str) -> None:
    """No name is markup, whatever stands in it; a letter that no font has is shown as one that is missing."""
    found = read_tagged(pdf.pages(everywhere(text)))
    said = {bare(tag.text) for tag in found.of("Title", "H1", "LBody", "Caption", "TH")}
    assert said == {bare(pdf.lettered(printable_text(f"A{text}")))}


def bare(text: str) -> str:
    """Without what shows nothing, and the hyphens that a line may end with."""
    return re.sub("[\\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2010-]", "", text)


def test_a_letter_that_no_font_has_is_shown_as_missing() -> None:
    """PDF/UA-1 takes no file with one; a report of 149 sites is not refused for one name."""
    tags = read_tagged(pdf.pages(document(Paragraph(text="Tokio (東京), Αθήνα, Київ, Hà Nội")))).of("P")
    assert tags[-1].text == "Tokio (��), Αθήνα, Київ, Hà Nội"


def test_a_document_with_little_in_it_is_a_paper_too() -> None:
    """An empty axis, a table without rows, a title alone."""
    empty = Grid(id="g", caption="Nada", columns=grid(0).columns, rows=(), total=True)
    found = read_tagged(pdf.pages(document(Heading(level=1, text="Eje"), Items(items=()), empty)))
    assert [tag.text for tag in found.of("H1", "Caption")] == ["Eje", "Nada"]
    assert read_tagged(pdf.pages(document())).pages == 1


def test_without_typst_the_command_to_install_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra: whoever lacks it is told how to get it, and what there is without it."""
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(pdf.NoTypst) as refused:
        pdf.pages(report())
    assert refused.value.code == ENVIRONMENT
    (said,) = refused.value.lines("es")
    assert said == (
        "el PDF lo hace typst, que no está instalado aquí; instálelo junto a este programa («pip install "
        "--require-hashes -r requirements-pdf.lock») o pida --format docx o html"
    )
    assert "pip install --require-hashes -r requirements-pdf.lock" in refused.value.lines("en")[0]


@pytest.mark.long
def test_the_fonts_have_every_letter_that_is_let_through() -> None:
    """Else a paper would be refused by typst, and by name."""
    letters = [chr(code) for code in range(0x20, 0xFFFF) if pdf.lettered(chr(code)) == chr(code)]
    rows = tuple((" ".join(letters[at : at + 64]),) for at in range(0, len(letters), 64))
    assert pdf.pages(document(Grid(id="g", caption="c", columns=grid(0).columns[:1], rows=rows)))
    assert pdf.pages(document(*(Paragraph(text=" ".join(letters[at : at + 64])) for at in range(0, len(letters), 64))))


@pytest.mark.long
@pytest.mark.parametrize("rows", [0, 3, 149])
def test_another_checker_finds_nothing_amiss(rows: int) -> None:
    """A witness that is not typst: page-validation, which is tried against the files of veraPDF."""
    try:
        import page  # type: ignore[import-not-found]  # because it is not among the locked
    except ModuleNotFoundError:
        leave_out("page-validation (beside this Python: pip install page-validation)")
    profile = page.ValidationProfile.PDF_UA_1
    assert page.validate_pdf_bytes(pdf.pages(report(rows)), profile=profile).failures == []
    bare_bones = typst.compile(b"= T\n#table([a])", format="pdf")
    assert page.validate_pdf_bytes(bare_bones, profile=profile).failures
