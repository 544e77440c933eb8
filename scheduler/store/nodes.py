"""The processes that send. A claim is good for as long as the lease of its owner, by the database's own clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Function, delete, exists, insert, or_, select, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from scheduler.store.schema import Number, nodes

_N = nodes.c
_MICROSECOND = timedelta(microseconds=1)


class present(Function[int]):  # noqa: N801  # because it reads as SQL's own functions do
    """The database's clock in microseconds since 1970: as it is now, and not as it was when the transaction began."""

    inherit_cache = True

    def __init__(self) -> None:
        super().__init__("present", type_=Number)


PRESENT = {
    "sqlite": "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)",
    "postgresql": "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)",
}


@compiles(present, "sqlite")
def _on_sqlite(_element: present, _compiler: SQLCompiler, **_kw: object) -> str:
    return PRESENT["sqlite"]


@compiles(present, "postgresql")
def _on_postgresql(_element: present, _compiler: SQLCompiler, **_kw: object) -> str:
    return PRESENT["postgresql"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Relay:
    """How the mail relay is doing, as a node sees it (scheduler/relay.py)."""

    failures: int  # in a row; 0: the breaker is closed
    paused_until: datetime | None  # UTC
    reason: str  # scrubbed
    fault: bool  # an operator has to act


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    owner: str
    started_at: datetime  # UTC
    zone_digest: str
    relay: Relay


def living() -> ColumnElement[bool]:
    """Whether a node, of the table `nodes`, still holds its lease."""
    return or_(_N.leased_until.is_(None), _N.leased_until > present())


def is_alive(owner: ColumnElement[str]) -> ColumnElement[bool]:
    return exists().where(_N.owner == owner, living())


def join(connection: Connection, owner: str, now: datetime, zone_digest: str, lease: timedelta | None) -> None:
    """Enter a node, or enter it again. Without `lease` it keeps the file's lock: whoever else is listed is dead."""
    connection.execute(delete(nodes) if lease is None else delete(nodes).where(_N.owner == owner))
    row = {"owner": owner, "started_at": now, "zone_digest": zone_digest, "leased_until": _until(lease)}
    connection.execute(insert(nodes).values(row))


def renew(connection: Connection, owner: str, lease: timedelta) -> bool:
    """Hold the lease for that long from now. False: it had run out, and what the node held may be another's."""
    held = update(nodes).where(_N.owner == owner, living()).values(leased_until=_until(lease))
    return connection.execute(held).rowcount > 0


def leave(connection: Connection, owner: str) -> None:
    connection.execute(delete(nodes).where(_N.owner == owner))


def bury(connection: Connection) -> None:
    """Take the dead off the list, once nothing is theirs any more."""
    connection.execute(delete(nodes).where(~living()))


def note_relay(connection: Connection, owner: str, relay: Relay) -> None:
    connection.execute(
        update(nodes)
        .where(_N.owner == owner)
        .values(
            relay_failures=relay.failures,
            relay_paused_until=relay.paused_until,
            relay_reason=relay.reason,
            relay_fault=int(relay.fault),
        )
    )


def alive(connection: Connection) -> list[Node]:
    """The nodes that hold their lease, the oldest first."""
    found = connection.execute(select(nodes).where(living()).order_by(_N.started_at, _N.owner))
    return [
        Node(
            owner=row["owner"],
            started_at=row["started_at"],
            zone_digest=row["zone_digest"],
            relay=Relay(
                failures=row["relay_failures"],
                paused_until=row["relay_paused_until"],
                reason=row["relay_reason"],
                fault=bool(row["relay_fault"]),
            ),
        )
        for row in found.mappings()
    ]


def _until(lease: timedelta | None) -> ColumnElement[int] | None:
    return None if lease is None else present() + lease // _MICROSECOND
