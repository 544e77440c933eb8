"""Every screen of the desk: its address, the role it wants, and the functions that make it."""

from __future__ import annotations

from scheduler.web.desk.declared import Declared
from scheduler.web.desk.screens import audit, event_form, events, files, heard, home, remind

SCREENS: tuple[Declared, ...] = (
    *home.SCREENS,
    *events.SCREENS,
    *event_form.SCREENS,
    *files.SCREENS,
    *heard.SCREENS,
    *remind.SCREENS,
    *audit.SCREENS,
)
