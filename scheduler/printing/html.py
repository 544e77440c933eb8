"""A document as one page that stands alone: attached to a mail, put on a server, printed by a browser."""

from __future__ import annotations

from base64 import b64encode
from datetime import date
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from calendars.wording import long_date
from scheduler.base.shipped import shipped
from scheduler.printing.blocks import Document
from scheduler.printing.figures import printable, shown
from scheduler.wording.templates import spoken_in_html

_STYLES = ("10-base.css", "90-print.css")  # of the public pages, whose look it shares


def page(document: Document) -> str:
    """The whole of an HTML document, in UTF-8: no script, nothing that is fetched."""
    clean = printable(document)
    language = clean.language
    return (
        _environment(shipped("templates"))
        .get_template("printing/document.html")
        .render(
            **spoken_in_html(language, quoted=True),
            document=clean,
            given=long_date(clean.dated, language),
            dated=lambda cell: isinstance(cell, date),
            style=_style(shipped("templates")),
            shown=lambda cell: shown(cell, language),
            kind=lambda block: type(block).__name__,
            source=_source,
        )
    )


def _source(svg: str) -> str:
    """A picture as an address that holds it: as an image it runs nothing, whatever it is."""
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


@cache
def _environment(folder: Path) -> Environment:
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _style(folder: Path) -> str:
    parts = [*(folder / "pages" / "styles" / name for name in _STYLES), folder / "printing" / "document.css"]
    return "\n".join(part.read_text(encoding="utf-8") for part in parts)
