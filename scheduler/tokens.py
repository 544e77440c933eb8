"""Signed links: a post's id with a purpose, under the installation's secret keys (itsdangerous)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from itsdangerous import BadData, URLSafeSerializer

LEAVE = "leave"  # stop and resume the reminders of one post


class NoKey(Exception):
    """The file that is to hold the keys holds none."""


class Tokens:
    """Signs with the current key and still reads what older keys signed, so that a rotation breaks no link."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("no secret key")
        newest_last = list(reversed(keys))
        self._by_purpose = {LEAVE: URLSafeSerializer(newest_last, salt=f"agenda-consular.{LEAVE}")}

    def sign(self, purpose: str, recipient: str) -> str:
        return str(self._by_purpose[purpose].dumps(recipient))

    def read(self, purpose: str, token: str) -> str | None:
        """The recipient that the token was signed for; None if it was not signed here for this purpose."""
        try:
            found = self._by_purpose[purpose].loads(token)
        except BadData:
            return None
        return found if isinstance(found, str) else None


def key_beside(database: Path) -> tuple[str, ...]:
    """The keys in the file beside a SQLite database, made on first use, readable by its owner only."""
    path = database.with_name(database.name + ".key")
    if not path.exists():
        unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        unfinished.touch(mode=0o600)
        unfinished.write_text(secrets.token_urlsafe(32) + "\n", encoding="ascii")
        unfinished.replace(path)  # a crash in between leaves no empty key
    keys = tuple(path.read_bytes().decode("ascii", "ignore").split())
    if not keys:
        raise NoKey(f"{path} holds no key: put it back from a backup, or delete it, and links in mails sent so far end")
    return keys
