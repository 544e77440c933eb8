"""What .docx and .xlsx have in common: a package of parts (OPC, ECMA-376 part 2), with properties of its own."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from html import escape

from calendars.catalogue import catalogue
from scheduler.printing.blocks import Document

_PROGRAM = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    b"<Application>Agenda Consular</Application></Properties>"
)


def sealed(package: bytes, document: Document) -> bytes:
    """The package as of the document's date: whose it is, what it is called, in which language; no clock goes in."""
    own = {"docProps/core.xml": _core(document).encode(), "docProps/app.xml": _PROGRAM}
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as made,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as kept,
    ):
        for name in made.namelist():
            part = own.get(name) or made.read(name)
            info = zipfile.ZipInfo(name, _moment(document.dated))
            info.compress_type = zipfile.ZIP_DEFLATED
            kept.writestr(info, part)
    return written.getvalue()


def _moment(day: date) -> tuple[int, int, int, int, int, int]:
    return (day.year, day.month, day.day, 0, 0, 0)


def _core(document: Document) -> str:
    """The core properties (ECMA-376 part 2, 8)."""
    stamp = f"{document.dated.isoformat()}T00:00:00Z"
    language = catalogue(document.language).locale.replace("_", "-")
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(document.title)}</dc:title><dc:subject>{escape(document.subtitle)}</dc:subject>"
        f"<dc:creator>{escape(document.author)}</dc:creator>"
        f"<cp:lastModifiedBy>{escape(document.author)}</cp:lastModifiedBy><dc:language>{language}</dc:language>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{stamp}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{stamp}</dcterms:modified></cp:coreProperties>'
    )
