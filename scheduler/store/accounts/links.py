"""One-time links by which an account gets a password. What a link carries is kept as a digest alone.

Each function works in the caller's transaction.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, delete, select

from scheduler.store.accounts.tables import account_links
from scheduler.store.upsert import insert as upsert

SECRET_BYTES = 24  # of randomness: nobody guesses one, so its digest needs no salt
_L = account_links.c


def make(connection: Connection, account: str, until: datetime) -> str:
    """What a new link is to carry; the account's former one ends."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    values = {"account": account, "digest": _digest(secret), "until": until}
    new = upsert(connection, account_links).values(values)
    connection.execute(new.on_conflict_do_update(index_elements=["account"], set_=values))
    return secret


def whose(connection: Connection, secret: str, now: datetime) -> str | None:
    """The account (id) of a link that is good still."""
    good = select(_L.account).where(_L.digest == _digest(secret), _L.until >= now)
    return connection.execute(good).scalar()


def use(connection: Connection, secret: str, now: datetime) -> str | None:
    """Likewise, and the link ends: of two that use it at once, one is told."""
    account = whose(connection, secret, now)
    used = delete(account_links).where(_L.digest == _digest(secret))
    return account if connection.execute(used).rowcount else None


def end(connection: Connection, account: str) -> None:
    connection.execute(delete(account_links).where(_L.account == account))


def forget(connection: Connection, now: datetime) -> None:
    """Those that are over."""
    connection.execute(delete(account_links).where(_L.until < now))


def _digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
