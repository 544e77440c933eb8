"""The brake of an installation: since when no mail leaves, by whose hand, and why. Read wherever mail is begun."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from scheduler.store import controls
from scheduler.store.audit import chain
from scheduler.store.audit.deeds import Deed


@dataclass(frozen=True, kw_only=True, slots=True)
class Brake:
    """All mail is stopped."""

    since: datetime  # UTC
    by: str  # as people read it; "" where it is not known: stopped by an earlier version
    reason: str  # "" where none was given yet


def pulled(connection: Connection) -> Brake | None:
    """None where mail leaves."""
    since = controls.get(connection, controls.STOPPED)
    if since is None:
        return None
    said = json.loads(controls.get(connection, controls.STOPPED_BY) or "{}")
    return Brake(since=datetime.fromisoformat(since), by=said.get("by", ""), reason=said.get("reason", ""))


def pull(connection: Connection, now: datetime, by: str, deed: Deed) -> Brake:
    """No mail leaves from the commit on. Where it is stopped already, the first hand and its reason stay.

    `by`: as people read it; the `deed` says who and why, and goes on record.
    """
    reason = deed.reason
    standing = pulled(connection)
    if standing is None:
        standing = Brake(since=now.replace(microsecond=0), by=by, reason=reason)
    elif reason and not standing.reason:
        standing = replace(standing, reason=reason)
    controls.put(connection, controls.STOPPED, standing.since.isoformat(timespec="seconds"))
    _sign(connection, standing)
    chain.record(connection, deed, now)
    return standing


def give_reason(connection: Connection, now: datetime, deed: Deed) -> Brake | None:
    """Say why, after the fact. None where nothing is stopped any more."""
    standing = pulled(connection)
    if standing is None:
        return None
    said = replace(standing, reason=deed.reason)
    _sign(connection, said)
    chain.record(connection, deed, now)
    return said


def let_go(connection: Connection, now: datetime, deed: Deed) -> Brake | None:
    """Mail leaves again. Returns how it was stopped; None where it was not."""
    standing = pulled(connection)
    controls.clear(connection, controls.STOPPED)
    controls.clear(connection, controls.STOPPED_BY)
    chain.record(connection, deed, now)
    return standing


def _sign(connection: Connection, standing: Brake) -> None:
    said = {"by": standing.by, "reason": standing.reason}
    controls.put(connection, controls.STOPPED_BY, json.dumps(said, ensure_ascii=False))
