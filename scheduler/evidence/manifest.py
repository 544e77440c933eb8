"""The manifest of a pack: a line for each file, each with a hash over itself and over that of the line before.

The last line repeats the last hash, the head: whoever keeps it can tell later that the pack is still that one.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MANIFEST = "manifest.csv"
ABOUT = "pack.json"  # what the pack is of: the first file of each
SALTS = "salts/"  # of the full pack alone: what opens the commitments of the redacted one
LEAST_DIGITS = 16  # of a head that is looked for
_HEADINGS = ("n", "file", "bytes", "rows", "sha256", "note", "chain")
_HEAD = "head"
_LINE = "\r\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class ManifestLine:
    """One file, as the manifest has it."""

    number: int  # from 1
    name: str  # with slashes, relative to the pack
    octets: int
    rows: int | None  # of a list, without its heading; None: it is none
    sha256: str  # hexadecimal, of the file
    note: str  # what is to be known of it; "": nothing
    chain: str  # hexadecimal: over all this and the hash of the line before

    def linked(self, before: str) -> str:
        """What `chain` has to be behind that hash: SHA-256 over a JSON list of all the others, and that hash."""
        parts = [self.number, self.name, self.octets, self.rows, self.sha256, self.note, before]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class Parsed:
    """A manifest as it stands in a file: what could be read of it."""

    entries: tuple[ManifestLine, ...]
    head: tuple[int, str] | None  # of the last line: how many files, and the hash; None: there is no such line
    unreadable: int | None  # number of the first line that is none, from 1


def head_of(entries: Sequence[ManifestLine]) -> str:
    """The hash of the last; of none, that of nothing."""
    return entries[-1].chain if entries else ""


def rendered(entries: Sequence[ManifestLine]) -> bytes:
    """The file: UTF-8 with its mark, CRLF, so that Excel opens it."""
    rows = [[one.number, one.name, one.octets, _cell(one.rows), one.sha256, one.note, one.chain] for one in entries]
    last = [_HEAD, len(entries), "", "", "", "", head_of(entries)]
    return codecs.BOM_UTF8 + _lines([_HEADINGS, *rows, last]).encode()


def parsed(octets: bytes) -> Parsed:
    """What is there, however it was changed: `rendered` of it tells whether it is as it was written."""
    entries: list[ManifestLine] = []
    lines = octets.decode("utf-8-sig", "replace").split(_LINE)
    for number, line in enumerate(lines[1:], start=2):
        cells = next(csv.reader([line]), []) if line.isprintable() else []
        if cells[:1] == [_HEAD] and len(cells) == len(_HEADINGS) and cells[1].isdecimal():
            rest = number + 1 if lines[number:] != [""] else None
            return Parsed(entries=tuple(entries), head=(int(cells[1]), cells[-1]), unreadable=rest)
        if line == "" and number == len(lines):
            break
        entry = _entry(cells)
        if entry is None:
            return Parsed(entries=tuple(entries), head=None, unreadable=number)
        entries.append(entry)
    return Parsed(entries=tuple(entries), head=None, unreadable=None)


def _entry(cells: Sequence[str]) -> ManifestLine | None:
    if len(cells) != len(_HEADINGS) or not all(cells[at].isdecimal() for at in (0, 2)):
        return None
    number, name, octets, rows, sha256, note, chain = cells
    if rows and not rows.isdecimal():
        return None
    return ManifestLine(
        number=int(number),
        name=name,
        octets=int(octets),
        rows=int(rows) if rows else None,
        sha256=sha256,
        note=note,
        chain=chain,
    )


def _cell(number: int | None) -> object:
    return "" if number is None else number


def _lines(rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator=_LINE).writerows(rows)
    return text.getvalue()
