"""The audit as it is read: filtered, the oldest first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Select, select

from calendars.spelling import fold
from scheduler.store.audit import refusals
from scheduler.store.audit.deeds import Facts, What
from scheduler.store.audit.tables import audit, audit_texts

_CHUNK = 200  # rows
_A, _T = audit.c, audit_texts.c


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditFilter:
    """Which rows are wanted; of what is not said, all."""

    who: str = ""  # part of the name, accents and case aside
    accounts: frozenset[str] = frozenset()  # or one of these ids
    what: tuple[What, ...] = ()
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None  # exclusive
    before: int | None = None  # only rows of lower numbers


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditRow:
    """One row, as it stands in the database, with what is left of its text."""

    number: int
    at: datetime  # UTC
    who: str
    via: str
    what: str
    subject: str
    details: Facts
    reason: str
    changed: Mapping[str, tuple[str, str]]  # personal fields: before, after
    forgotten: bool  # it had a text, which was emptied
    hash: str


def rows(connection: Connection, wanted: AuditFilter, *, latest: bool = False) -> Iterator[AuditRow]:
    """In the order of the chain; `latest`: the other way round, and read only as far as they are asked for."""
    counted, part = refusals.counts(connection), fold(wanted.who)
    chosen = _chosen(wanted).order_by(_A.number.desc() if latest else _A.number)
    for row in connection.execute(chosen.execution_options(yield_per=_CHUNK)):
        if part in fold(row.who) or row.who in wanted.accounts:
            yield _row(row, counted)


def latest(connection: Connection, wanted: AuditFilter, most: int) -> list[AuditRow]:
    """At most so many of the last, the last first."""
    return list(islice(rows(connection, wanted, latest=True), most))


def _chosen(wanted: AuditFilter) -> Select[Any]:
    chosen = select(audit, _T.text).outerjoin(audit_texts, _T.number == _A.number)
    if wanted.what:
        chosen = chosen.where(_A.what.in_(wanted.what))
    if wanted.subject:
        chosen = chosen.where(_A.subject == wanted.subject)
    if wanted.since is not None:
        chosen = chosen.where(_A.at >= wanted.since)
    if wanted.until is not None:
        chosen = chosen.where(_A.at < wanted.until)
    if wanted.before is not None:
        chosen = chosen.where(_A.number < wanted.before)
    return chosen


def _row(row: Any, counted: Mapping[tuple[str, datetime], int]) -> AuditRow:
    text, details = _object(row.text), dict(_object(row.details))
    if row.what == What.REFUSED:
        details["n"] = counted.get((row.subject, row.at.replace(minute=0, second=0, microsecond=0)), 1)
    return AuditRow(
        number=row.number,
        at=row.at,
        who=row.who,
        via=row.via,
        what=row.what,
        subject=row.subject,
        details=details,
        reason=str(text.get("reason", "")),
        changed={name: (before, after) for name, (before, after) in text.get("changed", {}).items()},
        forgotten=bool(row.text_hash) and row.text is None,
        hash=row.hash,
    )


def _object(text: str | None) -> dict[str, Any]:
    """The list is shown also where somebody wrote over it: `--verify` says so."""
    with suppress(ValueError):
        if isinstance(found := json.loads(text or "{}"), dict):
            return found
    return {}
