"""A key that opens something once, for whoever started this process."""

from __future__ import annotations

import hmac
import secrets
from threading import Lock

KEY_BYTES = 24


class OneTimeKey:
    """Its `text` goes into an address that is shown on the terminal; `use` says once that it is that."""

    def __init__(self) -> None:
        self.text = secrets.token_urlsafe(KEY_BYTES)
        self._left = True
        self._lock = Lock()

    def use(self, given: str) -> bool:
        with self._lock:
            fits = self._left and hmac.compare_digest(given.encode("utf-8", "replace"), self.text.encode())
            self._left = self._left and not fits
            return fits
