"""Are a full pack and a redacted one the same, and does each commitment open to what the full one has."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from calendars.catalogue import Phrase
from calendars.model.text import Said
from scheduler.evidence.lists import rows_of
from scheduler.evidence.manifest import ABOUT, SALTS, ManifestLine
from scheduler.evidence.redacting import FULL, REDACTED, SHORTENED, redacted_file, redacted_rows
from scheduler.evidence.verifying import Flaw, PackVerdict

NOT_FULL = Phrase("this is no full pack; name the full one with --verify, and the redacted one with --against")
NOT_SHORTENED = Phrase("this is no redacted pack; name the full one with --verify, and the redacted one with --against")
OTHER_PACK = Phrase("it was made from another full pack; expected {expected}, found {found}")
NOT_IN_FULL = Phrase("the full pack has no such file")
NOT_REDACTED = Phrase("the redacted pack has no such file")
SALT_IN_REDACTED = Phrase("a redacted pack must have no salts")
OTHER_ROW = Phrase("row {row}, column {column}: expected {expected}, found {found}")
OTHER_ROWS = Phrase("row {row}: the packs have another number of rows, or of columns")
OTHER_FILE = Phrase("it is not what the full pack's file is when it is redacted")
CANNOT_BE_READ = Phrase("it cannot be read ({error})")
_LONGEST = 80  # characters of a cell that are shown


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What comparing two packs came to. The same where there is no flaw."""

    files: int  # of the redacted one
    opened: int  # commitments that were opened
    flaws: tuple[Flaw, ...]


@dataclass(kw_only=True, slots=True)
class _Comparison:
    full: Path
    redacted: Path
    head: str
    opened: int = 0

    def flaws(self, entry: ManifestLine, *, has_salts: bool) -> Iterator[Flaw]:
        """Of one file, by its line in the full pack's manifest: the first that differs."""
        try:
            if has_salts and entry.rows is not None:
                found = self._rows(entry)
            else:
                found = self._whole(entry, has_salts=has_salts)
        except (ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
            found = CANNOT_BE_READ.of(error=error)
        if found is not None:
            yield Flaw(file=entry.name, what=found)

    def _rows(self, entry: ManifestLine) -> Said | None:
        expected = redacted_rows(self.full / entry.name, self.full / SALTS / entry.name)
        headings: list[str] = []
        for number, (row, other) in enumerate(
            zip_longest(expected, rows_of(self.redacted / entry.name), fillvalue=()), start=1
        ):
            headings = headings or list(row)
            if len(row) != len(other):
                return OTHER_ROWS.of(row=number)
            for column, wanted, found in zip(headings, row, other, strict=True):
                if wanted != found:
                    return OTHER_ROW.of(row=number, column=column, expected=_cut(wanted), found=_cut(found))
                self.opened += wanted.startswith(REDACTED)
        return None

    def _whole(self, entry: ManifestLine, *, has_salts: bool) -> Said | None:
        with (self.redacted / entry.name).open("rb") as file:
            for piece in redacted_file(self.full, entry, self.head, has_salts=has_salts):
                if file.read(len(piece)) != piece:
                    return OTHER_FILE
            if file.read(1):
                return OTHER_FILE
        if has_salts:
            self.opened += _salts(self.full / SALTS / entry.name, entry)
        return None


def compare(full: Path, of_full: PackVerdict, redacted: Path, of_redacted: PackVerdict) -> Proof:
    """Two packs, each whole by itself and one made of the other: where they are not, nothing is compared.

    Of what is wrong with one of them by itself, the folder is named too: both have files of the same names.
    """
    alone = [*_in(full, of_full.flaws), *_in(redacted, of_redacted.flaws)] or [*_of_kinds(full, redacted, of_full.head)]
    if alone:
        return Proof(files=0, opened=0, flaws=tuple(alone))
    flaws: list[Flaw] = []
    entries = {one.name: one for one in of_full.manifest.entries}
    others = {one.name for one in of_redacted.manifest.entries}
    compared = _Comparison(full=full, redacted=redacted, head=of_full.head)
    flaws += [Flaw(file=name, what=NOT_IN_FULL) for name in sorted(others - entries.keys())]
    for name, entry in entries.items():
        if name.startswith(SALTS):
            flaws += [Flaw(file=name, what=SALT_IN_REDACTED)] if name in others else []
        elif name not in others:
            flaws.append(Flaw(file=name, what=NOT_REDACTED))
        else:
            flaws += compared.flaws(entry, has_salts=SALTS + name in entries)
    return Proof(files=len(others), opened=compared.opened, flaws=tuple(flaws))


def _of_kinds(full: Path, redacted: Path, head: str) -> Iterator[Flaw]:
    of_full, of_redacted = _about(full), _about(redacted)
    if of_full.get("kind") != FULL:
        yield from _in(full, [Flaw(file=ABOUT, what=NOT_FULL)])
    if of_redacted.get("kind") != SHORTENED:
        yield from _in(redacted, [Flaw(file=ABOUT, what=NOT_SHORTENED)])
    elif of_redacted.get("of") != head:
        other = OTHER_PACK.of(expected=head, found=of_redacted.get("of", ""))
        yield from _in(redacted, [Flaw(file=ABOUT, what=other)])


def _in(folder: Path, flaws: Iterable[Flaw]) -> Iterator[Flaw]:
    return (replace(one, file=f"{folder}/{one.file}") for one in flaws)


def _about(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / ABOUT).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _salts(path: Path, entry: ManifestLine) -> int:
    return len(json.loads(path.read_bytes())) if entry.name.endswith(".json") else 1


def _cut(cell: str) -> str:
    return cell if len(cell) <= _LONGEST else f"{cell[:_LONGEST]}…"
