"""What an erasure and `retencion` take out of the audit: its texts. The rows stay, and the chain stays whole."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, or_, select, update

from scheduler.store.audit.tables import audit, audit_texts

_T = audit_texts.c


def forget_about(connection: Connection, who: Collection[str], addresses: Collection[str] = ()) -> int:
    """Empty the texts about these posts or accounts (ids), and those that name one of the addresses.

    Returns how many.
    """
    named = [func.lower(_T.text).contains(address.lower(), autoescape=True) for address in addresses if address]
    return _empty(connection, or_(_T.about.in_(who), *named))


def forget_before(connection: Connection, moment: datetime) -> int:
    """Empty the texts of what was done before that moment. Returns how many."""
    return _empty(connection, _T.number.in_(select(audit.c.number).where(audit.c.at < moment)))


def _empty(connection: Connection, chosen: ColumnElement[bool]) -> int:
    emptied = update(audit_texts).where(chosen, _T.text.is_not(None)).values(about="", salt=None, text=None)
    return connection.execute(emptied).rowcount
