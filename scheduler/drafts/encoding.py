"""The bytes of a file as text to edit, and the text as bytes again, with the line ends and the mark it had."""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Mapping

from calendars.catalogue import Phrase
from calendars.reading.decoding import decode
from calendars.reading.files import AGENDA, LIMITS
from calendars.reading.problems import Report
from scheduler.drafts.patching import NoText

UTF16 = (BOM_UTF16_LE, BOM_UTF16_BE)  # what Notepad calls Unicode; it becomes UTF-8
NO_AGENDA = Phrase(
    "agenda.yaml is not in the folder of the files. Put the folder back, or an earlier state of the file."
)


def text_of(file: str, body: bytes) -> str:
    """The text, its lines ended by line feeds. Raises NoText where the bytes are no text."""
    report = Report(file)
    text = decode(body, report, limit=LIMITS[file])
    if text is None:
        raise NoText(report.problems[0].message)
    return text


def agenda_text(files: Mapping[str, bytes]) -> str:
    """The text of agenda.yaml among the files of a folder. Raises NoText, also where it is not there."""
    if AGENDA not in files:
        raise NoText(NO_AGENDA)
    return text_of(AGENDA, files[AGENDA])


def body_of(text: str, before: bytes) -> bytes:
    """The text as UTF-8, as the file was `before`: CRLF where it had it, a byte order mark where it had one."""
    plain = text.replace("\r\n", "\n")
    had = before.decode("utf-16", "replace").encode() if before.startswith(UTF16) else before
    written = plain.replace("\n", "\r\n") if b"\r\n" in had else plain
    return (BOM_UTF8 if before.startswith(BOM_UTF8) else b"") + written.encode()
