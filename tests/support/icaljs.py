"""Calendars as ical.js reads them (the JavaScript library of Thunderbird), in one run of Node for many of them."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.support.checkout import ROOT
from tests.support.wanted import leave_out

FOLDER = ROOT / "tests" / "js"
SECONDS = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """Organizer or attendee."""

    address: str  # with its mailto:
    name: str | None
    partstat: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One VEVENT. Instants as ISO 8601 writes them, days without an hour."""

    method: str | None  # of its calendar
    uid: str
    summary: str
    status: str | None
    sequence: int
    start: str | None
    end: str | None
    stamp: str | None
    organizer: Party | None
    attendees: tuple[Party, ...]


def read(bodies: Sequence[bytes]) -> list[list[Entry]]:
    """Every entry of each calendar. Skipped where Node or the package is missing; never where CI=true promises them."""
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules" / "ical.js").is_dir():
        leave_out("node with ical.js (Debian: nodejs, npm; then npm ci --prefix tests/js)")
    given = json.dumps([body.decode() for body in bodies])
    done = subprocess.run(
        [node, "read.mjs"], cwd=FOLDER, input=given, capture_output=True, text=True, check=False, timeout=SECONDS
    )
    assert done.returncode == 0, done.stderr
    return [[_entry(one["method"], entry) for entry in one["entries"]] for one in json.loads(done.stdout)]


def _entry(method: str | None, found: dict[str, Any]) -> Entry:
    known = {name: found[name] for name in ("uid", "summary", "status", "sequence", "start", "end", "stamp")}
    organizer = None if found["organizer"] is None else Party(**found["organizer"])
    return Entry(
        method=method, organizer=organizer, attendees=tuple(Party(**one) for one in found["attendees"]), **known
    )
