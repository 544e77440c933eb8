"""The packs of evidence that were made, as the audit has them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from scheduler.store.audit.deeds import What
from scheduler.store.audit.tables import audit


def latest_pack(connection: Connection) -> tuple[str, datetime] | None:
    """Head (hexadecimal) and instant (UTC) of the pack that was made last; None before the first."""
    found = select(audit.c.subject, audit.c.at).where(audit.c.what == What.EVIDENCE_MADE)
    row = connection.execute(found.order_by(audit.c.number.desc()).limit(1)).first()
    return None if row is None else (row.subject, row.at)
