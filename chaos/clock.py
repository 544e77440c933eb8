"""A clock that every process of a campaign shares: the machine's, shifted by what stands in a file."""

from __future__ import annotations

import os
import struct
from datetime import datetime, timedelta
from pathlib import Path

from scheduler.base.clock import SystemClock

_SHIFT = struct.Struct("<d")  # seconds


class ShiftedClock:
    """May be set forth and back while others read it. `skew`: how far this process's clock is off the others'."""

    def __init__(self, path: Path, skew: timedelta = timedelta(0)) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._skew = skew

    def now(self) -> datetime:
        return SystemClock().now() + self._shift() + self._skew

    def set(self, present: datetime) -> None:
        self._write(present - SystemClock().now())

    def shift(self, by: timedelta) -> None:
        self._write(self._shift() + by)

    def close(self) -> None:
        os.close(self._file)

    def _shift(self) -> timedelta:
        return timedelta(seconds=_SHIFT.unpack(os.pread(self._file, _SHIFT.size, 0))[0])

    def _write(self, shift: timedelta) -> None:
        os.pwrite(self._file, _SHIFT.pack(shift.total_seconds()), 0)
