"""Browsers that are signed in at the desk. The key is in the browser's cookie alone: the database knows its digest.

Each function works in the caller's transaction.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, delete, insert, or_, select, update

from scheduler.store.accounts.tables import desk_sessions

KEY_BYTES = 32
ID_LENGTH = 10
IDLE = timedelta(hours=2)  # without a request; who writes at length is heard from on the way
LONGEST = timedelta(hours=12)  # whatever happens: a working day
NOTED_EVERY = timedelta(minutes=1)
CONFIRMED_FOR = timedelta(minutes=10)  # after the password was given
_S = desk_sessions.c


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskSession:
    """A session as lists show it: everything but its key."""

    id: str
    account: str | None  # None: whoever has the machine
    began_at: datetime
    seen_at: datetime  # to the minute
    confirmed_at: datetime
    client: str

    def confirmed(self, now: datetime) -> bool:
        """Whether the password was given just now, or is not asked for."""
        return self.account is None or now < self.confirmed_at + CONFIRMED_FOR


def begin(connection: Connection, account: str | None, client: str, now: datetime) -> str:
    """The key of a new session. It is shown once."""
    key = secrets.token_urlsafe(KEY_BYTES)
    digest = _digest(key)
    values = {"digest": digest, "id": digest[:ID_LENGTH], "account": account, "client": client}
    moments = {"began_at": now, "seen_at": now, "confirmed_at": now, "until": now + LONGEST}
    connection.execute(insert(desk_sessions).values(**values, **moments))
    return key


def find(connection: Connection, key: str, now: datetime) -> DeskSession | None:
    """The session of that key, while it lasts."""
    lasting = select(desk_sessions).where(_S.digest == _digest(key), _lasts(now))
    row = connection.execute(lasting).mappings().first()
    return None if row is None else _session(row)


def note(connection: Connection, session: DeskSession, now: datetime) -> None:
    """That it is used still."""
    connection.execute(update(desk_sessions).where(_S.id == session.id, _S.seen_at < now).values(seen_at=now))


def confirm(connection: Connection, id_: str, now: datetime) -> None:
    """That the password was given again."""
    connection.execute(update(desk_sessions).where(_S.id == id_).values(confirmed_at=now))


def listed(connection: Connection, account: str, now: datetime) -> list[DeskSession]:
    """Those that last, the one that was used last first."""
    lasting = select(desk_sessions).where(_S.account == account, _lasts(now))
    return [_session(row) for row in connection.execute(lasting.order_by(_S.seen_at.desc(), _S.id)).mappings()]


def end(connection: Connection, account: str, id_: str) -> bool:
    """One session of that account. False: there is none of that id."""
    return connection.execute(delete(desk_sessions).where(_S.account == account, _S.id == id_)).rowcount > 0


def end_key(connection: Connection, key: str) -> None:
    connection.execute(delete(desk_sessions).where(_S.digest == _digest(key)))


def end_all(connection: Connection, account: str | None, but: str = "") -> int:
    """Every session of an account, or of whoever has the machine; `but` is the id of one that stays. How many."""
    of = _S.account.is_(None) if account is None else _S.account == account
    return connection.execute(delete(desk_sessions).where(of, _S.id != but)).rowcount


def forget(connection: Connection, now: datetime) -> None:
    """Those that are over."""
    connection.execute(delete(desk_sessions).where(or_(_S.until <= now, _S.seen_at <= now - IDLE)))


def _lasts(now: datetime) -> ColumnElement[bool]:
    return and_(_S.until > now, _S.seen_at > now - IDLE)


def _digest(key: str) -> str:
    return sha256(key.encode("utf-8", "replace")).hexdigest()


def _session(row: RowMapping) -> DeskSession:
    return DeskSession(
        id=row["id"],
        account=row["account"],
        began_at=row["began_at"],
        seen_at=row["seen_at"],
        confirmed_at=row["confirmed_at"],
        client=row["client"],
    )
