"""Files beside the configuration that an administrator may take for it: a hidden second ending, a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from calendars.catalogue import Phrase
from calendars.model.agenda import Problem
from calendars.model.text import Said
from calendars.reading.files import FILES

NEWER_BESIDE = "newer-beside"  # the rule of the notes
WORKBOOKS = (".xls", ".ods")  # that are not read; those that are, `tables` knows

RENAMED = Phrase(
    "“{name}” is missing, but “{stray}” is here: Windows hides the ending that it adds. Rename it to “{name}”, with "
    "“File name extensions” switched on in the Explorer's View."
)
UNSAVED = Phrase(
    "“{name}” is missing, but “{stray}” is here, and workbooks of that kind are not read. In Excel: Save as, “Excel "
    "Workbook (.xlsx)”."
)
NEWER_COPY = Phrase(
    "“{stray}” is newer than “{name}”, and is not read. If your changes are there, put it in its place."
)
NEWER_WORKBOOK = Phrase(
    "the workbook “{stray}” is newer than “{name}”, and is not read. If your changes are there, save it in Excel as "
    "“CSV UTF-8” under the name “{name}”."
)


def strays(folder: Path) -> dict[str, Path]:
    """By name of a file that is read, what in the folder may be taken for it; the newest of several."""
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir(), key=_saved):
        if (name := _taken_for(path.name.casefold())) is not None and path.is_file():
            found[name] = path
    return found


def explained(problem: Problem, found: dict[str, Path]) -> Problem:
    """A missing file's problem, with what stands there in its place; any other as it is."""
    stray = found.get(problem.file)
    if problem.rule != "missing-file" or stray is None:
        return problem
    return _problem(problem.file, problem.rule, (UNSAVED if _is_workbook(stray) else RENAMED), stray)


def newer(folder: Path, found: dict[str, Path]) -> Iterator[Problem]:
    """A note on each that was saved after the file that is read."""
    for name, stray in found.items():
        if (folder / name).is_file() and _saved(stray) > _saved(folder / name):
            yield _problem(name, NEWER_BESIDE, (NEWER_WORKBOOK if _is_workbook(stray) else NEWER_COPY), stray)


def _taken_for(name: str) -> str | None:
    for file in FILES:
        stem, _, ending = file.rpartition(".")
        others = (f"{stem}.yml",) if ending == "yaml" else tuple(stem + one for one in WORKBOOKS)
        if name in (f"{file}.txt", f"{file}.{ending}", f"{stem}.txt", *others):
            return file
    return None


def _is_workbook(path: Path) -> bool:
    return path.suffix.casefold() in WORKBOOKS


def _saved(path: Path) -> float:
    return path.lstat().st_mtime


def _problem(name: str, rule: str, said: Phrase, stray: Path) -> Problem:
    message: Said = said.of(name=name, stray=stray.name)
    return Problem(file=name, line=1, column=1, value=stray.name, rule=rule, message=message)
