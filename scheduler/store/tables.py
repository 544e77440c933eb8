"""All tables of a database: with this imported, the one metadata has those of the rooms too."""

from __future__ import annotations

from scheduler.store.accounts.tables import accounts
from scheduler.store.attendance.tables import attendance_sessions
from scheduler.store.audit.tables import audit
from scheduler.store.reports.tables import closed_reports
from scheduler.store.roll_tables import roll_calls
from scheduler.store.schema import metadata

__all__ = ["OF_ROOMS", "metadata"]

OF_ROOMS = (accounts, attendance_sessions, audit, closed_reports, roll_calls)  # one of each room's own
