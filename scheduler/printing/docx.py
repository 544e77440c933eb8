"""A document for Word and LibreOffice, to be edited further: real headings, tables whose heads repeat, own properties.

Word takes no SVG from here, so a picture is a PNG made of it, with the font that comes along: what the machine has
plays no part. The same document gives the same bytes.
"""

from __future__ import annotations

import io
import re
from typing import Any

from calendars.catalogue import catalogue
from calendars.wording import long_date
from scheduler.base.heavy import load
from scheduler.base.shipped import shipped
from scheduler.printing.blocks import Block, Document, Grid, Heading, Items, Paragraph, Picture
from scheduler.printing.charts import FAMILY, WIDTH
from scheduler.printing.figures import PAGE, printable
from scheduler.printing.packages import sealed
from scheduler.printing.word_tables import field, name, put, table

_INK, _ACCENT, _SOFT = "000000", "0B5D50", "575F66"
_FONT, _DISPLAY = "Calibri", "Cambria"  # LibreOffice has its own of the same widths
_WORD_MODE = "15"  # of Word 2013 and later: without it Word opens a file in compatibility mode
_ZOOM = 3  # dots of a picture for each of its units: 288 an inch
_STYLES = (  # points of their letters
    ("Normal", _FONT, 11, _INK),
    ("Title", _DISPLAY, 22, _INK),
    ("Subtitle", _FONT, 13, _SOFT),
    ("Heading 1", _DISPLAY, 16, _INK),
    ("Heading 2", _DISPLAY, 13, _ACCENT),
    ("Heading 3", _DISPLAY, 11, _INK),
    ("Caption", _FONT, 9, _INK),
    ("Footer", _FONT, 8.5, _SOFT),
)
_BOLD = ("Caption",)  # besides those in the font of titles


def file(document: Document) -> bytes:
    clean = printable(document)
    made = load("docx").Document()
    _prepare(made, clean)
    _head(made, clean)
    for block in clean.blocks:
        _write(made, block, clean)
    _foot(made, clean)
    written = io.BytesIO()
    made.save(written)
    return sealed(written.getvalue(), clean)


def _prepare(made: Any, document: Document) -> None:
    """Letter, the language, the styles, and nothing left of the library's own file but its names of styles."""
    section, inches = made.sections[0], load("docx.shared").Inches
    section.page_width, section.page_height = inches(8.5), inches(11)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = inches(1)
    language = catalogue(document.language).locale.replace("_", "-")
    put(next(made.styles.element.iter(name("w:docDefaults"))), "w:lang", val=language, eastAsia=language)
    settings = made.settings.element
    put(settings, "w:themeFontLang", val=language, eastAsia=language)
    put(settings, "w:compatSetting", val=_WORD_MODE)
    _styles(made.styles)
    related = made.part.package.rels
    for key in [key for key, one in related.items() if one.reltype.endswith("/thumbnail")]:
        del related[key]


def _styles(styles: Any) -> None:
    shared = load("docx.shared")
    for title, font, points, colour in _STYLES:
        style = styles[title]
        style.font.name, style.font.size = font, shared.Pt(points)
        style.font.bold, style.font.italic = font == _DISPLAY or title in _BOLD, False
        style.font.color.rgb = shared.RGBColor.from_string(colour)
        fonts = next(style.element.iter(name("w:rFonts")))
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(name(f"w:{theme}"), None)  # it would win over the font that is named
    styles["Caption"].paragraph_format.keep_with_next = True
    for border in list(styles["Title"].element.iter(name("w:pBdr"))):
        border.getparent().remove(border)


def _head(made: Any, document: Document) -> None:
    author = made.add_paragraph()
    run = author.add_run(document.author)
    run.bold, run.font.color.rgb = True, load("docx.shared").RGBColor.from_string(_ACCENT)
    made.add_paragraph(document.title, style="Title")
    if document.subtitle:
        made.add_paragraph(document.subtitle, style="Subtitle")
    given = long_date(document.dated, document.language)
    made.add_paragraph(" · ".join(filter(None, (document.reference, given))))


def _write(made: Any, block: Block, document: Document) -> None:
    match block:
        case Heading():
            made.add_paragraph(block.text, style=f"Heading {block.level}")
        case Paragraph():
            made.add_paragraph(block.text)
        case Items():
            for item in block.items:
                made.add_paragraph(item, style="List Bullet")
        case Grid():
            _grid(made, block, document)
        case Picture():
            _picture(made, block)


def _picture(made: Any, picture: Picture) -> None:
    made.add_paragraph(picture.caption, style="Caption")
    shape = made.add_picture(io.BytesIO(png(picture.svg)), width=load("docx.shared").Inches(WIDTH / 96))
    properties = shape._inline.docPr
    properties.set("descr", picture.alternative)
    properties.set("title", picture.caption)


def png(svg: str) -> bytes:
    """The picture on white, as dots."""
    made: bytes = load("resvg_py").svg_to_bytes(
        svg_string=svg,
        zoom=_ZOOM,
        background="white",
        skip_system_fonts=True,
        font_dirs=[str(shipped("templates") / "printing" / "fonts")],
        font_family=FAMILY,
        sans_serif_family=FAMILY,
    )
    return bytes(made)


def _grid(made: Any, grid: Grid, document: Document) -> None:
    made.add_paragraph(grid.caption, style="Caption")
    made.element.body.insert_element_before(table(grid, document.language), "w:sectPr")
    note = made.add_paragraph(grid.note)
    note.paragraph_format.space_before = load("docx.shared").Pt(4)
    for run in note.runs:
        run.font.size = load("docx.shared").Pt(9)


def _foot(made: Any, document: Document) -> None:
    """What it is cited by, and «Página 1 de N», reckoned where the file is opened."""
    paragraph = made.sections[0].footer.paragraphs[0]
    paragraph.add_run(f"{document.reference}\t\t")
    words = PAGE.say(document.language, n="{PAGE}", all="{NUMPAGES}")
    for part in re.split(r"(\{[A-Z]+\})", words):
        if part.startswith("{"):
            paragraph._p.append(field(part.strip("{}")))
        else:
            paragraph.add_run(part)
