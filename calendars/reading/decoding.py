"""Bytes as Notepad and Excel leave them -> text with line feeds; its columns are those that an editor shows."""

from __future__ import annotations

import codecs
import re

from calendars.catalogue import Phrase
from calendars.reading.problems import START, Place, Report, Wrong

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Control characters but tab and line feed, line separators, directions that hide text, halves of characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069\ufeff\ufffd-\uffff\ud800-\udfff]")


def decode(data: bytes, report: Report, *, limit: int) -> str | None:
    """The text of a file: UTF-8, UTF-16 with its mark, else Windows-1252. None, and why, where it is none of them.

    More than `limit` bytes are refused unread. CRLF and CR become LF, which moves no column.
    """
    if len(data) > limit:
        report.add(START, _too_large(len(data), limit))
        return None
    try:
        text = _decoded(data)
    except UnicodeDecodeError as error:
        before = _plain(data[: error.start].decode(error.encoding, "ignore"))
        report.add(_place(before, len(before)), _not_text())
        return None
    text = _plain(text)
    found = False
    for match in _FORBIDDEN.finditer(text):
        report.add(_place(text, match.start()), _forbidden(match.group()))
        found = True
        if report.full:
            break
    return None if found else text


def first_forbidden(value: str) -> Wrong | None:
    """The first character that no value may hold, as a problem: escapes get past the check of the file."""
    match = _FORBIDDEN.search(value.replace("\t", "\x0b"))
    return _forbidden(value[match.start()]) if match else None


def _forbidden(character: str) -> Wrong:
    code = f"U+{ord(character):04X}"
    if character == "\0":
        hint = Phrase("Save the file as UTF-8.")
    elif character == "\ufffd":
        hint = Phrase("An accented letter was lost; type it again.")
    else:
        hint = Phrase("Delete it.")
    message = Phrase("a control or invisible character ({code}) is not allowed. {hint}").of(code=code, hint=hint)
    return Wrong("control-character", message, value=code)


def _decoded(data: bytes) -> str:
    if data.startswith(_UTF16):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        try:
            return data.decode("cp1252")
        except UnicodeDecodeError:
            raise error from None  # the first byte that is not UTF-8 is the better place to look at


def _plain(text: str) -> str:
    """Without the mark at the start; every line end LF; Word's no-break spaces as spaces."""
    unmarked = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return unmarked.replace("\u00a0", " ").replace("\u202f", " ")


def _place(text: str, index: int) -> Place:
    start = text.rfind("\n", 0, index) + 1
    return Place(text.count("\n", 0, index) + 1, index - start + 1)


def _too_large(size: int, limit: int) -> Wrong:
    return Wrong(
        "too-large",
        Phrase("the file has {size} KB; the limit is {limit} KB. It was not read.").of(
            size=size // 1024, limit=limit // 1024
        ),
        value=str(size),
    )


def _not_text() -> Wrong:
    return Wrong(
        "encoding",
        Phrase("these bytes are neither UTF-8 nor Windows-1252 text. Save the file as UTF-8 (in Excel: “CSV UTF-8”)."),
    )
