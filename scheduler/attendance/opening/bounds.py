"""How far a workbook's cells reach, by its bytes: calamine takes memory for the whole rectangle, and a process that
gets none ends without an exception.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scheduler.attendance.opening.rows import COLUMNS, ROWS
from scheduler.base.archive import DAMAGED, UNUSUAL, hides_elements, too_wide, unreadable

AREA = 2_000_000  # cells of a sheet's rectangle; calamine takes 32 bytes for each

_OPENED = re.compile(rb"<(?:[A-Za-z0-9_.-]{1,40}:)?(?:row|c)(?=[\s/>])")
_ATTRIBUTES = rb"((?:\s+[A-Za-z0-9_.:-]{1,60}\s{0,9}=\s{0,9}(?:\"[^\"<]*\"|'[^'<]*'))*)\s*(/?)>"
_CELL = re.compile(rb"<(?:[A-Za-z0-9_.-]{1,40}:)?(row|c)" + _ATTRIBUTES)
_AT = re.compile(rb"\sr\s{0,9}=\s{0,9}[\"']([^\"'<]{0,40})")
_REF = re.compile(rb"([A-Z]{1,3})?([0-9]{1,7})")
_ODS_OPENED = re.compile(rb"<table:(?:covered-)?table-(?:row|cell)(?=[\s/>])")
_ODS_CELL = re.compile(rb"<table:((?:covered-)?table-(?:row|cell))" + _ATTRIBUTES)
_REPEATED = re.compile(rb"\stable:number-(?:columns|rows)-repeated\s{0,9}=\s{0,9}[\"']([^\"'<]{0,40})")
_HOLDS = b"office:"  # of a cell that gives its value in an attribute
_CELL_RECORDS = frozenset((0x0006, 0x00BD, 0x00BE, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E, 0x00D6))
_OF_SEVERAL = frozenset((0x00BD, 0x00BE))  # cells of one row, the last one's column at the end
_HEADER_TABLE = 109  # sectors of the table that the header names
_LAST_SECTOR = 0xFFFFFFFA  # what is no sector, from here
_BEGINS = frozenset((0x0809, 0x0409, 0x0209, 0x0009))  # of a sheet, in each version


@dataclass(kw_only=True, slots=True)
class _Reach:
    """The rectangle from the first cell to the farthest."""

    rows: int = 0
    columns: int = 0

    def take(self, row: int, column: int) -> None:
        """From 1. Raises Wrong where the rectangle is too large."""
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)
        if self.rows > ROWS or self.columns > COLUMNS or self.rows * self.columns > AREA:
            raise too_wide(rows=self.rows, columns=self.columns)


def refuse_far_cells(parts: Mapping[str, bytes]) -> None:
    """Of an .xlsx by its sheets, of an .ods by its content. Raises Wrong."""
    if "mimetype" in parts:
        content = parts.get("content.xml", b"")
        if hides_elements(content):
            raise unreadable(UNUSUAL)
        _open_document(content)
        return
    for part in parts.values():
        if b"sheetData" in part:
            _sheet(part)


def _strictly(opened: re.Pattern[bytes], whole: re.Pattern[bytes], part: bytes) -> Iterator[re.Match[bytes]]:
    """Every element by its whole tag; where one is written so that its attributes could be missed, it is refused."""
    found = list(whole.finditer(part))
    if len(found) != len(opened.findall(part)):
        raise unreadable(UNUSUAL)
    yield from found


def _sheet(part: bytes) -> None:
    """A cell without a place follows the one before it (ECMA-376 18.3.1.4)."""
    reach, row, column = _Reach(), 0, 0
    for found in _strictly(_OPENED, _CELL, part):
        at = _AT.search(found[2])
        ref = None if at is None else _REF.fullmatch(at[1])
        if at is not None and (ref is None or (ref[1] is None) != (found[1] == b"row")):
            raise unreadable(UNUSUAL)
        if found[1] == b"row":
            row, column = int(ref[2]) if ref else row + 1, 0
        else:
            row, column = (int(ref[2]), _column(ref[1])) if ref else (row, column + 1)
            if not found[3]:  # one that is closed at once has a format and nothing in it
                reach.take(row, column)


def _open_document(content: bytes) -> None:
    """Rows and cells stand once and say how often they repeat; what is empty at an end is not made."""
    reach, row, times, column, filled = _Reach(), 0, 0, 0, 0
    for found in _strictly(_ODS_OPENED, _ODS_CELL, content):
        repeated = _REPEATED.search(found[2])
        count = int(repeated[1]) if repeated and repeated[1].isdigit() and len(repeated[1]) < 10 else 1
        if repeated and not (repeated[1].isdigit() and len(repeated[1]) < 10):
            raise unreadable(UNUSUAL)
        if found[1] == b"table-row":
            row, times, column = row + times, count, 0
            continue
        column += count
        if not found[3] or _HOLDS in found[2]:
            filled = column
            reach.take(row + times, filled)


def refuse_far_records(content: bytes) -> None:
    """Of an .xls by the records of its cells ([MS-XLS], in a compound file [MS-CFB]). Raises Wrong."""
    for stream in _streams(content):
        reach, at = _Reach(), 0
        while at + 4 <= len(stream):
            kind, size = _number(stream, at, 2), _number(stream, at + 2, 2)
            if kind in _BEGINS:
                reach = _Reach()
            if kind in _CELL_RECORDS and size >= 6:
                last = at + 4 + size - 2 if kind in _OF_SEVERAL else at + 6
                reach.take(_number(stream, at + 4, 2) + 1, _number(stream, last, 2) + 1)
            at += 4 + size


def _streams(content: bytes) -> list[bytes]:
    """The streams `Workbook` and `Book`, their sectors in order. Raises Wrong."""
    sector = 1 << min(_number(content, 30, 2), 16)
    if sector not in (512, 4096):
        raise unreadable(DAMAGED)
    if _number(content, 68, 4) < _LAST_SECTOR:  # of seven megabytes and more, its table goes on elsewhere
        raise unreadable(UNUSUAL)
    chains = [
        _number(content, (one + 1) * sector + at, 4)
        for one in (_number(content, 76 + 4 * place, 4) for place in range(_HEADER_TABLE))
        if (one + 2) * sector <= len(content)
        for at in range(0, sector, 4)
    ]
    directory = _chain(content, chains, _number(content, 48, 4), sector)
    found = []
    for at in range(0, len(directory) - 127, 128):
        if directory[at : at + 64].decode("utf-16-le", "replace").split("\0")[0] in ("Workbook", "Book"):
            size = _number(directory, at + 120, 4)
            if size < _number(content, 56, 4):  # it lies among the small streams, where no program puts it
                raise unreadable(UNUSUAL)
            found.append(_chain(content, chains, _number(directory, at + 116, 4), sector)[:size])
    if not found:
        raise unreadable(DAMAGED)
    return found


def _chain(content: bytes, chains: list[int], first: int, sector: int) -> bytes:
    parts: list[bytes] = []
    at = first
    while at < len(chains) and len(parts) <= len(chains):
        parts.append(content[(at + 1) * sector : (at + 2) * sector])
        at = chains[at]
    return b"".join(parts)


def _number(content: bytes, at: int, size: int) -> int:
    return int.from_bytes(content[at : at + size], "little")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
