"""Every screen of the desk: its address, the role it wants, and the functions that make it."""

from __future__ import annotations

from scheduler.web.desk.declared import Declared
from scheduler.web.desk.screens import audit, event_form, events, files, heard, home, remind, report
from scheduler.web.desk.screens.operating import addresses, attendance, brake, deliveries, handover, mails, roster
from scheduler.web.desk.screens.publishing import changes, past, undoing

SCREENS: tuple[Declared, ...] = (
    *home.SCREENS,
    *events.SCREENS,
    *event_form.SCREENS,
    *files.SCREENS,
    *changes.SCREENS,
    *undoing.SCREENS,
    *past.SCREENS,
    *brake.SCREENS,
    *deliveries.SCREENS,
    *addresses.SCREENS,
    *mails.SCREENS,
    *handover.SCREENS,
    *roster.SCREENS,
    *heard.SCREENS,
    *attendance.SCREENS,
    *remind.SCREENS,
    *report.SCREENS,
    *audit.SCREENS,
)
