"""A report in one of its formats: its bytes, and what the file is called."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from calendars.catalogue import Phrase
from calendars.model.text import Language
from scheduler.base.heavy import load
from scheduler.printing import as_json, html
from scheduler.printing.blocks import Document

NAME = Phrase("report")
NUMBERED = Phrase("report-{number}")
_MADE = (1980, 1, 1, 0, 0, 0)  # of the files in an archive: equal reports, equal bytes


class ReportFormat(StrEnum):
    """What a report can be printed as. CSV: a table a file, together in an archive."""

    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


MEDIA = {
    ReportFormat.HTML: "text/html; charset=utf-8",
    ReportFormat.PDF: "application/pdf",
    ReportFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ReportFormat.CSV: "application/zip",
    ReportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ReportFormat.JSON: "application/json",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintedReport:
    """A file."""

    name: str
    media: str
    octets: bytes


def printed(
    document: Document, figures: Mapping[str, object], form: ReportFormat, number: int | None = None
) -> PrintedReport:
    """The document in a format; as JSON, with its figures. A Refusal where a format's program is missing."""
    name = file_name(document.language, form, number)
    return PrintedReport(name=name, media=MEDIA[form], octets=_octets(document, figures, form))


def file_name(language: Language, form: ReportFormat, number: int | None = None) -> str:
    """«informe.pdf», «informe-3.pdf»; CSV comes as .zip."""
    stem = NAME[language] if number is None else NUMBERED.say(language, number=number)
    return f"{stem}.{'zip' if form is ReportFormat.CSV else form.value}"


def _octets(document: Document, figures: Mapping[str, object], form: ReportFormat) -> bytes:
    match form:
        case ReportFormat.HTML:
            made: bytes = html.page(document).encode()
        case ReportFormat.PDF:
            made = _of("pdf").pages(document)
        case ReportFormat.DOCX:
            made = _of("docx").file(document)
        case ReportFormat.CSV:
            made = _archive(_of("csv").files(document))
        case ReportFormat.XLSX:
            made = _of("xlsx").file(document)
        case ReportFormat.JSON:
            whole = {"figures": dict(figures), "document": json.loads(as_json.write(document))}
            made = (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()
    return made


def _of(name: str) -> Any:
    """The module of a format: what it stands on takes long to load."""
    return load(f"scheduler.printing.{name}")


def _archive(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(zipfile.ZipInfo(name, _MADE), body, zipfile.ZIP_DEFLATED)
    return made.getvalue()
