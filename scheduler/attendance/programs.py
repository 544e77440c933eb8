"""Which program wrote a file, and what the file says itself of the whole meeting."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from scheduler.attendance.opening.rows import FileRow
from scheduler.attendance.tables import SeenTable
from scheduler.attendance.values import Attendee
from scheduler.attendance.words import HEADCOUNTS, Field, bare

_NUMBER = re.compile(r"\d{1,7}(?:\.0)?")
_WEBEX = {"display name", "nome de exibicao"}
_MEET = {"time joined", "time exited"}
_ZOOM = ("(original name)", "(nombre original)", "user email", "e-mail del usuario", "(minutes)", "(minutos)")


def program_of(tables: Sequence[SeenTable]) -> str:
    """By the words over its columns, for people to read: nothing hangs on it. `table` where it is none of them."""
    heads = {bare(cell) for table in tables for cell in table.header.cells}
    fields = {field for table in tables for field in table.columns}
    if Field.ACTION in fields:
        return "teams-4" if any(head.startswith("utc") for head in heads) else "teams-1"
    if fields & {Field.FIRST_JOIN, Field.LAST_LEAVE}:
        return "teams-3"
    if Field.ATTENDED in fields:
        return "zoom-3"
    if heads & _WEBEX:
        return "webex"
    if heads & _MEET:
        return "meet"
    if any(mark in head for head in heads for mark in _ZOOM):
        return "zoom-1" if fields & {Field.JOIN, Field.LEAVE} else "zoom-2"
    return "teams-2" if Field.UPN in fields else "table"


def totals_of(outside: Sequence[FileRow], seen: Iterable[Attendee]) -> dict[str, int]:
    """`participants` by what stands around the tables; `minutes` by the totals of their rows."""
    totals = {}
    below = (*outside[1:], None)[: len(outside)]
    counts = [found for row, next_row in zip(outside, below, strict=True) for found in _counts(row, next_row)]
    if counts:
        totals["participants"] = min(counts)[1]
    minutes = [one.minutes for one in seen if one.minutes is not None]
    if minutes:
        totals["minutes"] = sum(minutes)
    return totals


def _counts(row: FileRow, below: FileRow | None) -> Iterable[tuple[int, int]]:
    """How surely it is the number of people, and the number: beside its word, or below it."""
    for at, cell in enumerate(row.cells):
        word = bare(cell)
        if word in HEADCOUNTS:
            for number in (row.cell(at + 1), below.cell(at) if below else ""):
                if _NUMBER.fullmatch(number):
                    yield HEADCOUNTS.index(word), int(float(number))
                    break
