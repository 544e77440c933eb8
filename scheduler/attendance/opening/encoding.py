"""Bytes -> text: by the mark at the start, else by where the NULs stand, else UTF-8, else a code page."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from calendars.catalogue import Phrase
from calendars.model.text import Said
from calendars.reading.codepages import MACINTOSH, MS_DOS, WINDOWS, Unclear, code_page
from calendars.reading.problems import shown
from scheduler.attendance.questions import AttendanceQuestion, AttendanceRefusal, FileAnswer, FileQuestion

LARGEST = 8 * 1024 * 1024  # bytes; a webinar of 10,000 people takes about 2 MB
CODE_PAGES = (WINDOWS, MS_DOS, MACINTOSH)

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEAD = 4096  # bytes in which NULs are counted
_LETTERS = re.compile(rb"[\xc3-\xf4][\x80-\xbf]+")  # letters outside ASCII as UTF-8 writes them
_HIGH = re.compile(rb"[\x80-\xff]")
# What shows nothing: control characters, marks of direction, joiners, soft hyphens.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")

EMPTY = Phrase("the file is empty. Download the attendance list again.")
TOO_LARGE = Phrase("the file has {size} KB, and {most} fit. Delete what is not the table. It was not read.")
FOREIGN = Phrase(
    "this is no attendance list, but {what}. Give the file as the meeting program wrote it (.csv), or as a workbook "
    "(.xlsx)."
)
BINARY = Phrase(
    "these bytes are no text. Download the attendance list again, or save it as “CSV UTF-8” or as a workbook (.xlsx)."
)
CODE_PAGE = Phrase("The file does not say its encoding: it was read as {page}.")
LOST = Phrase("{n} {n:letter was|letters were} lost when the file was saved, the first on line {line}.")
WHICH_PAGE = Phrase(
    "the file does not say which accents it means: this could be “{one}” or “{other}”. Which one is right?"
)
_READS = Phrase("“{word}”")
_PROGRAMS = {
    b"%PDF": Phrase("a PDF"),
    b"{": Phrase("JSON"),
    b"[{": Phrase("JSON"),
    b"<": Phrase("a web page or XML"),
    b"\x89PNG": Phrase("a picture"),
    b"\xff\xd8\xff": Phrase("a picture"),
    b"GIF8": Phrase("a picture"),
    b"{\\rtf": Phrase("a text document"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class FileText:
    text: str  # line ends LF; nothing that is not seen
    encoding: str
    remarks: tuple[Said, ...]


def text_of(content: bytes, encoding: str | None) -> FileText:
    """`encoding` is what a person said of it. Raises AttendanceRefusal."""
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise AttendanceRefusal("empty", EMPTY, place="1:1")
    if len(content) > LARGEST:
        raise AttendanceRefusal("too-large", TOO_LARGE.of(size=len(content) // 1024, most=LARGEST // 1024), place="1:1")
    found, body = encoding or "", content
    for mark, codec in _MARKS:
        if content.startswith(mark):
            found, body = codec, content[len(mark) :]
    found = found or _by_nuls(content)
    remarks: list[Said] = []
    if not found:
        found = _of_octets(content)
        if found in CODE_PAGES:
            remarks.append(CODE_PAGE.of(page=_name(found)))
    text = _plain(body.decode(found, "replace"))
    _refuse_foreign(content, text)
    if lost := text.count("\ufffd"):
        remarks.append(LOST.of(n=lost, line=text.count("\n", 0, text.index("\ufffd")) + 1))
    return FileText(text=text, encoding=found, remarks=tuple(remarks))


def _by_nuls(content: bytes) -> str:
    """UTF-16 without its mark: of plain letters, every other byte is NUL. A stray NUL says nothing."""
    head = content[:_HEAD]
    pairs = len(head) // 2
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd * 2 > pairs and even * 4 < odd:
        return "utf-16-le"
    if even * 2 > pairs and odd * 4 < even:
        return "utf-16-be"
    return ""


def _of_octets(content: bytes) -> str:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    letters = _LETTERS.findall(content)
    strange = len(_HIGH.findall(content)) - sum(map(len, letters))
    if len(letters) > strange:  # a byte or two were hurt; letters of a code page do not come in such runs
        return "utf-8"
    try:
        return code_page(content.replace(b"\0", b"")) or WINDOWS
    except Unclear as unclear:
        raise _which_page(content, unclear) from None


def _which_page(content: bytes, unclear: Unclear) -> AttendanceQuestion:
    word = re.match(rb'[^\s,;"]{1,60}', content[unclear.at :])
    octets = word.group() if word else b""
    answers = tuple(
        FileAnswer(given=f"encoding={page}", words=_READS.of(word=shown(octets.decode(page, "replace"))))
        for page in CODE_PAGES
    )
    words = WHICH_PAGE.of(one=shown(unclear.one), other=shown(unclear.other))
    line = content.count(b"\n", 0, unclear.at) + 1
    return AttendanceQuestion((FileQuestion(about="encoding", words=words, answers=answers, place=f"{line}:1"),))


def _plain(text: str) -> str:
    unbroken = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return _UNSEEN.sub("", unbroken)


def _refuse_foreign(content: bytes, text: str) -> None:
    heads = (content[:64].lstrip(), text[:64].lstrip().encode("latin-1", "replace"))
    for begin, what in _PROGRAMS.items():
        if any(head.startswith(begin) for head in heads):
            raise AttendanceRefusal("no-list", FOREIGN.of(what=what), place="1:1", value=shown(text[:20]))
    sample = text[:_HEAD]
    strange = sum(sign == "\ufffd" or not (sign.isprintable() or sign.isspace()) for sign in sample)
    if strange * 10 > len(sample):
        raise AttendanceRefusal("no-text", BINARY, place="1:1")


def _name(page: str) -> str:
    return {WINDOWS: "Windows-1252", MS_DOS: "MS-DOS (850)", MACINTOSH: "Macintosh"}[page]
