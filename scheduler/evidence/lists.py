"""A list of a pack: rows as CSV that a spreadsheet opens, and beside it, row by row, the salts of what is personal."""

from __future__ import annotations

import codecs
import csv
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from scheduler.evidence.folder import PackFolder, Sink
from scheduler.evidence.manifest import SALTS
from scheduler.evidence.people import Test
from scheduler.wording.cells import csv_lines, safe_cell

SALT_OCTETS = 16
NO_SALT = "-"  # an empty cell alone in its row would be an empty line, which is none
_TOGETHER = 500  # rows
_LONGEST = 2**31 - 1  # characters of one cell: Python's own bound is shorter than what an administrator may write


class Hidden(NamedTuple):
    """When the cells of a column are personal."""

    test: Test
    beside: str = ""  # column whose value the test is given, too


class PackList:
    """A list that is being written. `hidden`: the columns of which something may be personal."""

    def __init__(
        self, folder: PackFolder, name: str, columns: Sequence[str], hidden: Mapping[str, Hidden], note: str = ""
    ) -> None:
        self._list = Sink(folder, name, note)
        self._salts = Sink(folder, SALTS + name, "") if hidden else None
        self._hidden = [
            (columns.index(name), one.test, columns.index(one.beside) if one.beside else None)
            for name, one in hidden.items()
        ]
        self._rows = 0
        self._waiting: list[list[object]] = []
        self._waiting_salts: list[list[str]] = []
        self._list.write(codecs.BOM_UTF8 + csv_lines([columns]))
        if self._salts is not None:
            self._salts.write(csv_lines([list(hidden)]))

    def add(self, values: Sequence[object]) -> None:
        """One row."""
        cells = [as_cell(value) for value in values]
        self._waiting.append(cells)
        if self._salts is not None:
            self._waiting_salts.append([self._salt(values, cells, *one) for one in self._hidden])
        self._rows += 1
        if len(self._waiting) == _TOGETHER:
            self._flush()

    def close(self) -> int:
        """Returns how many rows there are."""
        self._flush()
        self._list.close(self._rows)
        if self._salts is not None:
            self._salts.close(self._rows)
        return self._rows

    def _salt(
        self, values: Sequence[object], cells: Sequence[object], column: int, test: Test, beside: int | None
    ) -> str:
        """Hexadecimal; NO_SALT: the cell stays as it is."""
        cell = cells[column]
        if cell == "" or not test(str(cell), None if beside is None else values[beside]):
            return NO_SALT
        return new_salt()

    def _flush(self) -> None:
        self._list.write(csv_lines(self._waiting))
        self._waiting.clear()
        if self._salts is not None:
            self._salts.write("".join(",".join(row) + "\r\n" for row in self._waiting_salts).encode())
            self._waiting_salts.clear()


def new_salt() -> str:
    """Hexadecimal."""
    return secrets.token_hex(SALT_OCTETS)


def as_cell(value: object) -> object:
    """A value of the database in a list: instants in UTC with microseconds, octets in hexadecimal, no formula."""
    match value:
        case None:
            return ""
        case int():
            return value
        case datetime():
            return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
        case bytes():
            return safe_cell(value.hex())
    return safe_cell(str(value))


def rows_of(path: Path) -> Iterator[list[str]]:
    """The rows of a list, its heading first. Raises ValueError where it cannot be read as one."""
    csv.field_size_limit(_LONGEST)
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            yield from csv.reader(file)
        except csv.Error as error:
            raise ValueError(str(error)) from error


def as_list(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The octets of a list with these rows, its heading first, in pieces."""
    yield codecs.BOM_UTF8
    for row in rows:
        yield csv_lines([row])
