"""Bytes as Notepad and Excel leave them -> text with line feeds; its columns are those that an editor shows."""

from __future__ import annotations

import codecs
import re

from calendars.catalogue import Phrase
from calendars.reading.codepages import WINDOWS, Unclear, code_page
from calendars.reading.problems import START, Position, Report, Wrong, shown

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Control characters but tab and line feed, line separators, directions that hide text, halves of characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069\ufeff\ufffd-\uffff\ud800-\udfff]")
# What comes along from Windows, Outlook and web pages, shows nothing and hides nothing: soft hyphens, joiners, marks of
# direction, and such. They are taken off: nobody finds them in an editor.
_UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200c-\u200f\u2060-\u2064\u206a-\u206f]")
_BYTE = 0xDC00  # under surrogateescape, a byte that is not UTF-8 stands as this and itself
_FOREIGN = re.compile("[\udc80-\udcff]")


def decode(data: bytes, report: Report, *, limit: int) -> str | None:
    """The text of a file: UTF-8, UTF-16 with its mark, else by its code page. None, and why, where it is none of them.

    More than `limit` bytes are refused unread. CRLF and CR become LF, which moves no column; signs that nobody sees are
    taken off.
    """
    if len(data) > limit:
        report.add(START, _too_large(len(data), limit))
        return None
    text = _decoded(data, report)
    if text is None:
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
    plain = value.replace("\t", "\x0b")
    match = _FORBIDDEN.search(plain) or _UNSEEN.search(plain)
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


def _decoded(data: bytes, report: Report) -> str | None:
    """None, and why, where the bytes are no text, or could be two."""
    encoding = "utf-16" if data.startswith(_UTF16) else "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        first = error.start
    if encoding == "utf-8":
        if _blames_foreign_bytes(data, report):
            return None
        try:
            if page := code_page(data):
                return data.decode(page, "replace")
        except Unclear as found:
            report.add(_place_of(data, found.at, WINDOWS), _two_ways(found))
            return None
    report.add(_place_of(data, first, encoding), _not_text())
    return None


def _blames_foreign_bytes(data: bytes, report: Report) -> bool:
    """Name the first byte in each line that is not UTF-8, if the rest is: a row was pasted in from another file."""
    text = _plain(data.decode("utf-8", "surrogateescape"))
    rest = _FOREIGN.sub("", text)
    if len(text) - len(rest) > len(rest) - len(rest.encode("ascii", "ignore")):
        return False
    found = _FOREIGN.search(text)
    while found and not report.full:
        report.add(_place(text, found.start()), _foreign_byte(ord(found.group()) - _BYTE))
        end = text.find("\n", found.start())
        found = None if end < 0 else _FOREIGN.search(text, end)
    return True


def _place_of(data: bytes, index: int, encoding: str) -> Position:
    before = _plain(data[:index].decode(encoding, "ignore"))
    return _place(before, len(before))


def _plain(text: str) -> str:
    """Without the mark at the start and what is not seen; every line end LF; Word's no-break spaces as spaces."""
    unmarked = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return _UNSEEN.sub("", unmarked.replace("\u00a0", " ").replace("\u202f", " "))


def _place(text: str, index: int) -> Position:
    start = text.rfind("\n", 0, index) + 1
    return Position(text.count("\n", 0, index) + 1, index - start + 1)


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


def _foreign_byte(byte: int) -> Wrong:
    code = f"0x{byte:02X}"
    meant = bytes((byte,)).decode(WINDOWS, "ignore")
    hint = _RETYPE.of(letter=meant) if meant.isprintable() and meant else Phrase("Type its accents again.")
    message = Phrase(
        "the byte {code} of this line is not UTF-8, as the rest of the file is: it came from another file. {hint}"
    )
    return Wrong("encoding", message.of(code=code, hint=hint), value=code)


_RETYPE = Phrase("It may have been “{letter}”: type it again, and save as UTF-8.")


def _two_ways(found: Unclear) -> Wrong:
    message = Phrase(
        "the file does not say which accents it means: this could be “{one}” or “{other}”. Save the file as UTF-8 "
        "(in Excel: “CSV UTF-8”)."
    )
    return Wrong("encoding", message.of(one=shown(found.one), other=shown(found.other)), value=found.one)
