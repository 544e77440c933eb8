"""A list of posts put in the place of another: who is new, who leaves and what of whom is another, with their lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

from calendars.catalogue import Phrase
from calendars.model.agenda import Problem
from calendars.model.people import Recipient
from calendars.reading.configuration import Reading, read
from calendars.reading.decoding import decode
from calendars.reading.files import LIMITS, POSTS, Lines
from calendars.reading.problems import Report
from calendars.reading.tables.columns import COLUMNS
from calendars.reading.tables.rows import table
from scheduler.base.refusal import Refusal
from scheduler.drafts.tables import ENDINGS
from scheduler.drafts.workbooks.sheets import sheet_table

NO_LIST = Phrase("“{name}” is neither a workbook (.xlsx) nor a table (.csv).")
PARTS = {"site": "sede", "address": "correo", "language": "idioma", "post": "puesto", "joined": "alta", "role": "papel"}


class NoList(Refusal):
    """The dropped file is none of those that are read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dropped:
    """A list of posts as somebody dropped it."""

    body: bytes  # as CSV, each of its lines a row of the file
    problems: tuple[Problem, ...]  # with their cells, where it is a workbook
    posts: tuple[Recipient, ...] = ()
    lines: Lines = field(default_factory=Lines)


@dataclass(frozen=True, kw_only=True, slots=True)
class RosterRow:
    """One post of which something is said."""

    id: str
    site: str  # Representation.id
    post: str
    address: str  # for masking
    line: int  # in the new list; of one that leaves, in the old one
    parts: tuple[str, ...] = ()  # names of the columns that differ


@dataclass(frozen=True, kw_only=True, slots=True)
class RosterChange:
    """What a list has that the one before it has not, and the other way round."""

    added: tuple[RosterRow, ...]
    changed: tuple[RosterRow, ...]
    leaving: tuple[RosterRow, ...]

    @property
    def nothing(self) -> bool:
        return not (self.added or self.changed or self.leaving)

    def rows(self) -> Iterator[RosterRow]:
        yield from (*self.added, *self.changed, *self.leaving)


def dropped(name: str, content: bytes, files: Mapping[str, bytes]) -> Dropped:
    """The list in a file of that name, read with the other `files`. Raises NoList."""
    body, placed = content, None
    own: tuple[Problem, ...] = ()
    if name.lower().endswith(ENDINGS):
        sheet = sheet_table(content, file=name, table=POSTS)
        if sheet.body is None:
            return Dropped(body=b"", problems=sheet.problems)
        body, placed, own = sheet.body, sheet.placed, sheet.problems
    elif not name.lower().endswith(".csv"):
        raise NoList(NO_LIST, name=name)
    found = read({**files, POSTS: body})
    wrong = [one for one in found.problems if one.file == POSTS]
    problems = (*own, *(wrong if placed is None else map(placed, wrong)))
    posts = () if found.draft is None else found.draft.recipients
    return Dropped(body=body, problems=problems, posts=posts, lines=found.lines)


def beside_others(found: Dropped, present: bytes, before: Reading, own: Collection[str]) -> Dropped:
    """A list of some sites' posts (`own`: their ids) with the `present` posts of all others, as whoever edits those
    sites alone drops it.

    What it says of other sites counts too, where it differs from what is there: whoever applies it is asked for more.
    """
    was = {} if before.draft is None else {one.id: one for one in before.draft.recipients}
    stay = {key: one for key, one in was.items() if one.site not in own}
    told = [one for one in found.posts if one != stay.get(one.id)]
    others = {row.get("id", ""): row for row in rows_of(present)}
    names = {one.id for one in told}
    rows = [others[key] for key in stay if key not in names and key in others]
    rows += [row for row in rows_of(found.body) if row.get("id", "") in names]
    kept = (one for key, one in stay.items() if key not in names)
    return replace(found, body=_written(rows), posts=(*kept, *told))


def compared(before: Reading, after: Dropped) -> RosterChange:
    """By the posts' ids. Of files that cannot be read, everything is new."""
    was = {} if before.draft is None else {one.id: one for one in before.draft.recipients}
    now = {one.id: one for one in after.posts}
    return RosterChange(
        added=tuple(_row(one, after.lines) for key, one in now.items() if key not in was),
        changed=tuple(
            _row(one, after.lines, _differing(was[key], one)) for key, one in now.items() if was.get(key, one) != one
        ),
        leaving=tuple(_row(one, before.lines) for key, one in was.items() if key not in now),
    )


def rows_of(body: bytes) -> Sequence[Mapping[str, str]]:
    """The cells of a list in CSV, by column; what cannot be split is left out."""
    report, (required, optional) = Report(POSTS), COLUMNS[POSTS]
    text = decode(body, report, limit=LIMITS[POSTS])
    found = () if text is None else table(text, report, required=required, optional=optional, limit=len(body))
    return [{name: row.raw(name) for name in row.columns} for row in found]


def _written(rows: Sequence[Mapping[str, str]]) -> bytes:
    required, optional = COLUMNS[POSTS]
    names = [*required, *(name for name in optional if any(row.get(name) for row in rows))]
    text = io.StringIO()
    writer = csv.DictWriter(text, names, extrasaction="ignore", restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _differing(was: Recipient, now: Recipient) -> tuple[str, ...]:
    names = (one.name for one in fields(Recipient) if getattr(was, one.name) != getattr(now, one.name))
    return tuple(PARTS.get(name, name) for name in names)


def _row(one: Recipient, lines: Lines, parts: tuple[str, ...] = ()) -> RosterRow:
    line = lines.posts.get(one.id, 0)
    return RosterRow(id=one.id, site=one.site, post=one.post, address=one.address, line=line, parts=parts)
