"""Is the chain whole: nothing changed, nothing taken out, nothing cut off before a head that somebody kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, LargeBinary, select, type_coerce

from calendars.catalogue import Phrase
from calendars.model.text import Said
from scheduler.base.tokens import ChainKey
from scheduler.store.audit import chain
from scheduler.store.audit.chain import LEAST_DIGITS, Content, Head, text_hash
from scheduler.store.audit.deeds import UNKEYED
from scheduler.store.audit.tables import audit, audit_texts
from scheduler.store.schema import Number

_CHUNK = 1000
_A, _T = audit.c, audit_texts.c
_ROWS = (
    select(
        *(type_coerce(_A.at, Number).label("at") if name == "at" else _A[name] for name in Content.__slots__),
        _A.hash,
        _T.number.label("beside"),
        _T.about,
        type_coerce(_T.salt, LargeBinary).label("salt"),
        _T.text,
    )
    .outerjoin(audit_texts, _T.number == _A.number)
    .order_by(_A.number)
    .execution_options(yield_per=_CHUNK)
)
CHANGED = Phrase("row {number} was changed, or one before it was taken out: its hash does not fit")
FORGED = Phrase("row {number} was made without the secret key: only a stop, its end and a restored backup may be")
GONE = Phrase("rows {first} to {last} are missing")
ONE_GONE = Phrase("row {first} is missing")
OTHER_KEY = Phrase(
    "row {number} was made with a key that is not here (id {key}): put the older key behind the present one in "
    "AGENDA_SECRET_KEY, and verify again"
)
TEXT_CHANGED = Phrase("the text of row {number} was changed")
TEXT_GONE = Phrase("the text of row {number} was taken out, which no erasure does")
TEXT_ADDED = Phrase("row {number} was given a text that it did not have")
CUT_OFF = Phrase("{head}: the list ends before it, at {last}; rows were cut off, or it is an older copy")
OTHER_HEAD = Phrase("{head}: row {number} has another hash; the rows up to it are not those of then")
OF_EDITION = Phrase("head of edition {edition} ({head})")
EMPTY = Phrase("no row", "the end of an empty list")


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditVerdict:
    """What was found. Whole where there is no flaw."""

    rows: int
    head: Head | None
    emptied: int  # texts that an erasure or `retencion` emptied
    unkeyed: tuple[int, ...]  # rows that were written without the secret key, as a stop may be: nobody vouches for them
    flaws: tuple[Said, ...]


@dataclass(kw_only=True, slots=True)
class _Walk:
    """From the first row on; after a flaw, on with what stands there."""

    keys: dict[str, ChainKey]
    last: Head | None = None
    rows: int = 0
    emptied: int = 0
    unkeyed: list[int] = field(default_factory=list)
    flaws: list[Said] = field(default_factory=list)
    hashes: dict[int, str] = field(default_factory=dict)  # of the rows that somebody's head names
    unknown: set[str] = field(default_factory=set)  # ids of keys that are not here

    def step(self, row: Any) -> None:
        content = Content(**{name: getattr(row, name) for name in Content.__slots__})
        self._follow(content.number)
        self.flaws.extend(self._of_row(content, row.hash))
        self.flaws.extend(self._of_text(content, row))
        if content.number in self.hashes:
            self.hashes[content.number] = row.hash
        self.last, self.rows = Head(number=content.number, hash=row.hash), self.rows + 1

    def _follow(self, number: int) -> None:
        expected = 1 if self.last is None else self.last.number + 1
        if number > expected:
            gone = ONE_GONE if number == expected + 1 else GONE
            self.flaws.append(gone.of(first=expected, last=number - 1))

    def _of_row(self, content: Content, found: str) -> Iterator[Said]:
        before = "" if self.last is None else self.last.hash
        if content.key and content.key not in self.keys:
            if content.key not in self.unknown:  # once a key: they may be thousands
                self.unknown.add(content.key)
                yield OTHER_KEY.of(number=content.number, key=content.key)
        elif content.hashed(before, self.keys.get(content.key)) != found:
            yield CHANGED.of(number=content.number)
        elif not content.key:
            self.unkeyed.append(content.number)
            if content.what not in UNKEYED:
                yield FORGED.of(number=content.number)

    def _of_text(self, content: Content, row: Any) -> Iterator[Said]:
        if not content.text_hash:
            if row.beside is not None:
                yield TEXT_ADDED.of(number=content.number)
        elif row.beside is None:
            yield TEXT_GONE.of(number=content.number)
        elif row.salt is None and row.text is None:
            self.emptied += 1
        elif row.salt is None or row.text is None or text_hash(row.salt, row.about, row.text) != content.text_hash:
            yield TEXT_CHANGED.of(number=content.number)


def verify(connection: Connection, keys: Sequence[ChainKey], heads: Iterable[Head] = ()) -> AuditVerdict:
    """Reckon every row anew; then look for the heads that editions keep, and those given, which somebody kept.

    `keys`: all that are known, older ones too.
    """
    wanted: list[tuple[Said | str, Head]] = [
        (OF_EDITION.of(edition=edition, head=head), head) for edition, head in chain.kept_heads(connection).items()
    ]
    wanted += [(str(head), head) for head in heads]
    walk = _Walk(keys={key.id: key for key in keys}, hashes={head.number: "" for _, head in wanted})
    for row in connection.execute(_ROWS):
        walk.step(row)
    flaws = [*walk.flaws, *_of_heads(wanted, walk)]
    return AuditVerdict(
        rows=walk.rows, head=walk.last, emptied=walk.emptied, unkeyed=tuple(walk.unkeyed), flaws=tuple(flaws)
    )


def _of_heads(wanted: list[tuple[Said | str, Head]], walk: _Walk) -> Iterator[Said]:
    for named, head in wanted:
        if len(head.hash) >= LEAST_DIGITS and walk.hashes[head.number].startswith(head.hash):
            continue
        if walk.last is None or head.number > walk.last.number:
            yield CUT_OFF.of(head=named, last=EMPTY.of() if walk.last is None else str(walk.last))
        else:
            yield OTHER_HEAD.of(head=named, number=head.number)
