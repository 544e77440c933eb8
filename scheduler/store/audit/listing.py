"""The audit as it is read: filtered, the oldest first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from calendars.reading.problems import fold
from scheduler.store.audit import refusals
from scheduler.store.audit.deeds import Facts, What
from scheduler.store.audit.tables import audit, audit_texts

_A, _T = audit.c, audit_texts.c


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditFilter:
    """Which rows are wanted; of what is not said, all."""

    who: str = ""  # part of the name, accents and case aside
    what: tuple[What, ...] = ()
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None  # exclusive


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


def rows(connection: Connection, wanted: AuditFilter) -> Iterator[AuditRow]:
    """In the order of the chain."""
    chosen = select(audit, _T.text).outerjoin(audit_texts, _T.number == _A.number).order_by(_A.number)
    if wanted.what:
        chosen = chosen.where(_A.what.in_(wanted.what))
    if wanted.subject:
        chosen = chosen.where(_A.subject == wanted.subject)
    if wanted.since is not None:
        chosen = chosen.where(_A.at >= wanted.since)
    if wanted.until is not None:
        chosen = chosen.where(_A.at < wanted.until)
    counted, part = refusals.counts(connection), fold(wanted.who)
    for row in connection.execute(chosen):
        if part not in fold(row.who):
            continue
        text, details = _object(row.text), dict(_object(row.details))
        if row.what == What.REFUSED:
            details["n"] = counted.get((row.subject, row.at.replace(minute=0, second=0, microsecond=0)), 1)
        yield AuditRow(
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
