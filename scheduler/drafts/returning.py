"""The files of a past edition in the administrator's folder again; what stood there is kept beside them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import count
from pathlib import Path

from calendars.catalogue import Phrase
from scheduler.base.refusal import EnvironmentRefusal
from scheduler.drafts.files import KEPT
from scheduler.drafts.tables import holds, workbooks_of

READ_ONLY = Phrase("{folder}: files cannot be written there. Leave --files out, or ask whoever runs the machine.")


class NotWritable(EnvironmentRefusal):
    """The folder of the configuration takes no files."""


def refuse_read_only(folder: Path) -> None:
    """Raises NotWritable."""
    if not os.access(folder, os.W_OK):
        raise NotWritable(READ_ONLY, folder=folder)


def put_back(folder: Path, files: Mapping[str, bytes], number: int) -> tuple[str, ...]:
    """Write the files of edition `number`, by name; returns the names under which the former ones are kept.

    A file that the edition did not have goes, one that is the same already is left alone: so is a workbook that holds
    the same table. Each is whole at any moment.
    """
    kept = []
    for name in KEPT:
        path, new = folder / name, files.get(name)
        old = path.read_bytes() if path.is_file() else None
        books = workbooks_of(folder, name)
        stands = len(books) == 1 if old is None and books else old == new
        if stands and all(holds(book, name, new) for book in books):
            continue
        for book in books:
            kept.append(_keep(book, book.read_bytes(), number))
            book.unlink()
        if old is not None:
            kept.append(_keep(path, old, number))
        if new is None:
            path.unlink(missing_ok=True)
        else:
            fresh = path.with_name(f".{name}.new")
            fresh.write_bytes(new)
            fresh.replace(path)
    return tuple(kept)


def workbooks_aside(folder: Path, files: Mapping[str, bytes], number: int) -> tuple[str, ...]:
    """Keep beside the folder's files each workbook that holds another table than the files of edition `number`.

    Returns the names of the files that are to be written in CSV: those which no workbook stands for any more.
    """
    plain = []
    for name in KEPT:
        books = workbooks_of(folder, name)
        same = bool(books) and all(holds(book, name, files.get(name)) for book in books)
        for book in () if same else books:
            _keep(book, book.read_bytes(), number)
            book.unlink()
        if not same:
            plain.append(name)
    return tuple(plain)


def _keep(path: Path, body: bytes, number: int) -> str:
    """Under a name that nothing has yet."""
    for again in count(1):
        beside = path.with_name(f"{path.name}.antes-de-{number}" + ("" if again == 1 else f"-{again}"))
        try:
            with beside.open("xb") as file:
                file.write(body)
        except FileExistsError:
            continue
        return beside.name
    raise AssertionError("counting has no end")
