"""The tables of a document as CSV, a file each, that Excel opens as it should in Mexico."""

from __future__ import annotations

from collections.abc import Mapping

from scheduler.printing.blocks import Document, Grid
from scheduler.printing.figures import named, printable
from scheduler.wording.cells import csv_octets

_NAME = 100  # characters of a file's name, its ending apart


def files(document: Document) -> Mapping[str, bytes]:
    """By their names, which are the tables' ids: `sedes.csv`. What stands outside the tables is in no file."""
    grids = [block for block in printable(document).blocks if isinstance(block, Grid)]
    return {
        f"{name}.csv": csv_octets([[column.title for column in grid.columns], *grid.rows])
        for name, grid in named(grids, _NAME).items()
    }
