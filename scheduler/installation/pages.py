"""What an installation shows, and where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scheduler.base.settings import Settings
from scheduler.base.tokens import Tokens
from scheduler.sending.pace import gap
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.web.app import Site


def address_of(address: tuple[str, int]) -> str:
    host, port = address[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Played:
    """What a demo shows in place of the present."""

    now: datetime  # UTC: its moment
    outbox: Path  # the folder of its mails


def site_of(
    database: Database, tokens: Tokens, settings: Settings, base_url: str, *, mails: bool, played: Played | None = None
) -> Site:
    """The pages of what is in force; `mails`: this installation sends, so that pages may promise it."""
    with database.read() as connection:
        found = editions.load(connection)
    assert found is not None
    return Site(
        database=database,
        tokens=tokens,
        base_url=base_url,
        in_force=found,
        now=None if played is None else played.now,
        outbox=None if played is None else played.outbox,
        mails=mails,
        invitations=mails and (settings.invitations or played is not None),
        gap=gap(settings.pace),
        proxies=settings.trusted_proxies,
        watchers=settings.metrics_from,
    )
