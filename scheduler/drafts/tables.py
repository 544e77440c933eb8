"""The tables of a configuration, each in CSV or as a workbook; where both are there, nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from calendars.catalogue import Phrase
from calendars.model.agenda import Problem
from calendars.model.text import Said
from calendars.reading.configuration import Reading, read
from calendars.reading.decoding import decode
from calendars.reading.files import LIMITS
from calendars.reading.problems import Report, sentences
from calendars.reading.tables.columns import COLUMNS
from calendars.reading.tables.rows import table
from scheduler.base.archive import LARGEST
from scheduler.drafts.workbooks.sheets import SheetTable, sheet_table

ENDINGS = (".xlsx", ".xlsm")  # of the workbooks that are read
BOTH = Phrase(
    "“{name}” and the workbook “{stray}” are both here, and they differ. Only one can count: keep the one with your "
    "changes here, and move the other to another folder."
)
FROM_ROW = Phrase("They differ from row {row} of the workbook on.")
LATER = Phrase("The workbook was saved later.")
EARLIER = Phrase("The workbook was saved earlier.")
SEVERAL = Phrase("“{name}” and “{stray}” are both here. Only one can count: move the other to another folder.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tables:
    """The workbooks of a folder, by the table in whose place each is read; and what keeps one from counting."""

    sheets: Mapping[str, SheetTable] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def bodies(self) -> dict[str, bytes]:
        return {name: one.body for name, one in self.sheets.items() if one.body is not None}


def tables_of(folder: Path) -> Tables:
    """The workbooks that are read in place of a table, opened and closed again."""
    sheets, problems = {}, []
    for name in COLUMNS:
        beside = workbooks_of(folder, name)
        if beside and (folder / name).is_file():
            problems += [found for one in beside if (found := _clash(folder / name, one))]
        elif len(beside) > 1:
            problems.append(_problem(name, SEVERAL.of(name=beside[0].name, stray=beside[1].name), beside[1]))
        elif beside:
            sheets[name] = _opened_once(beside[0], name, _stamp(beside[0]))
    return Tables(sheets=sheets, problems=tuple(problems))


def workbooks_of(folder: Path, name: str) -> list[Path]:
    """The workbooks in the folder that are named as the table."""
    wanted = {name.rpartition(".")[0] + ending for ending in ENDINGS}
    return sorted(path for path in folder.iterdir() if path.name.casefold() in wanted and path.is_file())


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=8)
def _opened_once(path: Path, name: str, _stamped: tuple[int, int]) -> SheetTable:
    """A workbook takes seconds to open: once for each time that it was saved."""
    return opened(path, name)


def opened(path: Path, name: str) -> SheetTable:
    with path.open("rb") as file:
        return sheet_table(file.read(LARGEST + 1), file=path.name, table=name)


def read_with(files: Mapping[str, bytes], tables: Tables) -> Reading:
    """As `read` does, with the tables of workbooks among the `files`: their problems name sheet and cell."""
    found = read({**files, **tables.bodies})
    if not tables.sheets and not tables.problems:
        return found
    own = [*tables.problems, *(problem for one in tables.sheets.values() for problem in one.problems)]
    problems = _in_order([*own, *_others(found.problems, tables, own)])
    if problems:
        return Reading(draft=None, problems=problems)
    notes = [*(_placed(note, tables) for note in found.notes)]
    notes += [note for one in tables.sheets.values() for note in one.notes]
    return replace(found, notes=_in_order(notes))


def _others(problems: tuple[Problem, ...], tables: Tables, own: list[Problem]) -> Iterator[Problem]:
    """Those of the reading that do not follow from what a workbook's own problems say."""
    cells = {(one.file, one.sheet, one.line, one.column) for one in own}
    absent = {name for name, one in tables.sheets.items() if one.body is None} | {one.file for one in tables.problems}
    for problem in problems:
        placed = _placed(problem, tables)
        sheet = tables.sheets.get(problem.file)
        hidden = sheet is not None and (placed.line, placed.column) in sheet.covered
        if hidden or (problem.rule == "missing-file" and problem.file in absent):
            continue
        if (placed.file, placed.sheet, placed.line, placed.column) not in cells:
            yield placed


def _placed(problem: Problem, tables: Tables) -> Problem:
    sheet = tables.sheets.get(problem.file)
    return problem if sheet is None else sheet.placed(problem)


def _in_order(problems: list[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda one: (one.file, one.line, one.column)))


def _clash(path: Path, beside: Path) -> Problem | None:
    """What the table and the workbook beside it say differently; None where they say the same."""
    with path.open("rb") as file:
        here = _rows(path.name, file.read(LIMITS[path.name] + 1))
    sheet = opened(beside, path.name)
    there = None if sheet.body is None or sheet.problems else _rows(path.name, sheet.body)
    said: Said = BOTH.of(name=path.name, stray=beside.name)
    if here is not None and there is not None:
        if list(here.values()) == list(there.values()):
            return None
        lines = [line for line, row in zip(there, here.values(), strict=False) if there[line] != row]
        said = sentences(said, FROM_ROW.of(row=min(lines, default=max(there, default=1))))
    later = beside.lstat().st_mtime > path.lstat().st_mtime
    return _problem(path.name, sentences(said, LATER if later else EARLIER), beside)


def holds(path: Path, name: str, body: bytes | None) -> bool:
    """Does the workbook hold the table that is written in `body`?"""
    found = opened(path, name).body
    here, there = (None if one is None else _rows(name, one) for one in (body, found))
    return here is not None and there is not None and list(here.values()) == list(there.values())


def _rows(name: str, body: bytes) -> dict[int, dict[str, str]] | None:
    """The filled cells of each row by column, by its line; None where they cannot be told."""
    report, (required, optional) = Report(name), COLUMNS[name]
    text = decode(body, report, limit=LIMITS[name])
    found = () if text is None else table(text, report, required=required, optional=optional, limit=len(body))
    rows = {
        row.line.start.line: {column: row.raw(column) for column in row.columns if row.raw(column)} for row in found
    }
    return None if report.problems else rows


def _problem(name: str, message: Said, stray: Path) -> Problem:
    return Problem(file=name, line=1, column=1, value=stray.name, rule="two-tables", message=message)
