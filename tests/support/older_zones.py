"""Releases of pytz from before rules changed, as `make` puts them beside the environment (tests/zonedata/*.lock)."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.support.wanted import leave_out

BEFORE_MEXICO = "2022.5"  # of October 2022: Mexico still has summer time, which ended that month
BEFORE_CANADA = "2025.2"  # Vancouver and Edmonton still go back to standard time in November 2026
BEFORE_EDMONTON = "2026.2"  # Vancouver does no longer


def package(version: str) -> Path:
    """A folder to put in front of the installed pytz (PYTHONPATH); or a skipped test, and a failed one in CI."""
    found = Path(sys.prefix) / "zonedata" / f"pytz-{version}"
    if not found.is_dir():
        leave_out(f"pytz {version} (`make` installs it from tests/zonedata/)")
    return found


def zone_files(version: str) -> Path:
    """Its compiled zones, as PYTZ_TZDATADIR names a folder."""
    return package(version) / "pytz" / "zoneinfo"
