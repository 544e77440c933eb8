"""What each file of a pack is, for whoever opens it with a spreadsheet and has never seen this program."""

from __future__ import annotations

import codecs
import textwrap
from collections.abc import Iterator

from calendars.catalogue import LANGUAGES, Phrase
from calendars.model.text import Language, Said
from scheduler.evidence.exhibits import EXHIBITS, LEFT_OUT
from scheduler.evidence.manifest import ABOUT, MANIFEST, SALTS
from scheduler.evidence.notices import COMPOSED, NOTICES, TEXTS
from scheduler.evidence.redacting import REDACTED

README = "README.txt"
_WIDTH = 100
_TITLE = Phrase("EVIDENCE OF AN AGENDA: WHAT EACH FILE IS")
_MOMENT = Phrase("All files are of one moment of the database. pack.json says which, and of which agenda.")
_OPENING = Phrase(
    "Files that end in .csv open in Excel with a double click. Instants are in UTC, with a Z at the end. An empty cell "
    "means that there is nothing. An apostrophe at the beginning of a cell keeps Excel from taking text for a formula; "
    "it is no part of the text. Columns are named as in the database: “recipient” is the id of a post, “site” that of "
    "a consular site, “event” that of an event."
)
_FILES = Phrase("FILES")
_ABOUT = Phrase("what this pack is: its agenda, its edition, its moment, and the head of the audit then")
_MANIFEST = Phrase("all files with their SHA-256, in a chain; the last line has the head")
_NOTICES = Phrase("the notices and convocations that were sent, and which text each had")
_TEXTS = Phrase("these texts, line by line; line 0 is the subject. They were {composed}")
_SALTS = Phrase("what opens the commitments of the redacted pack; in the full pack alone: never hand it over")
_WITHOUT = Phrase("WHAT IS NOT HERE")
_COLUMN = Phrase("{table}, column {column}: {why}")
_TABLE = Phrase("{table}: {why}")
_REMINDERS = Phrase("the texts of reminders and service mail: what they said stands in the editions")
_VERIFYING = Phrase("IS IT STILL WHAT IT WAS?")
_COMMAND = Phrase(
    "`agenda evidence --verify FOLDER` says which file was changed, taken out or added. With `--head` and the head "
    "that was printed when the pack was made (the audit and closed reports have it, too), it says whether this is that "
    "very pack: whoever changes everything, the manifest included, ends with another head."
)
_BY_HAND = Phrase(
    "By hand: the sha256 of a line is that of its file. The chain of a line is the SHA-256 of the JSON list [n, file, "
    "bytes, rows or null, sha256, note, chain of the line before], written without spaces, in UTF-8; before the first "
    "line stands an empty text."
)
_REDACTED = Phrase("THE REDACTED PACK")
_COMMITMENTS = Phrase(
    "It is the same without salts, and with “{mark}” and 64 digits in the place of addresses, names, links and texts "
    "that may speak of somebody: an HMAC-SHA-256 of the text under a salt of its own, so that equal texts do not look "
    "equal and nobody can try out what it may have been. Its pack.json has the head of the full one. "
    "`agenda evidence --verify FULL --against REDACTED` shows that both are the same rows, and that each commitment is "
    "that of the full text."
)
_OPEN_ONE = Phrase(
    "To show a single text without handing over the full pack, give the text and its salt: the HMAC-SHA-256 of the "
    "text (UTF-8, as the cell of the full list has it) under the 16 octets of the salt is the commitment."
)


def readme() -> bytes:
    """In each language, one after the other; as Notepad opens it."""
    text = "\r\n\r\n".join("\r\n".join(_lines(language)) for language in LANGUAGES)
    return codecs.BOM_UTF8 + text.encode() + b"\r\n"


def _lines(language: Language) -> Iterator[str]:
    yield from _part(language, _TITLE, [_MOMENT, _OPENING])
    yield from _part(language, _FILES, [])
    files: list[tuple[str, Said]] = [(ABOUT, _ABOUT), (MANIFEST, _MANIFEST)]
    files += [(one.name, one.about) for one in EXHIBITS]
    files += [(NOTICES, _NOTICES), (TEXTS, _TEXTS.of(composed=COMPOSED)), (SALTS, _SALTS)]
    for name, about in files:
        yield from _wrapped(f"{name}: {about[language]}.", "    ")
    yield ""
    yield from _part(language, _WITHOUT, [])
    for missing in _missing():
        yield from _wrapped(f"- {missing[language]}.", "  ")
    yield ""
    yield from _part(language, _VERIFYING, [_COMMAND, _BY_HAND])
    yield from _part(language, _REDACTED, [_COMMITMENTS.of(mark=REDACTED), _OPEN_ONE])


def _missing() -> Iterator[Said]:
    for table, why in LEFT_OUT.items():
        yield _TABLE.of(table=table, why=why)
    for exhibit in EXHIBITS:
        for column, why in exhibit.left_out.items():
            yield _COLUMN.of(table=exhibit.table.name, column=column, why=why)
    yield _REMINDERS


def _part(language: Language, title: Said, paragraphs: list[Said]) -> Iterator[str]:
    yield title[language]
    yield ""
    for one in paragraphs:
        yield from _wrapped(one[language])
        yield ""


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
