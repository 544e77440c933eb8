"""What an installation shows, and where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from calendars.catalogue import Phrase
from scheduler.base.settings import Settings, SettingsError
from scheduler.base.tokens import Tokens
from scheduler.mail.relay.smtp_url import is_loopback
from scheduler.sending.pace import gap
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.web.app import Site

IN_THE_CLEAR = Phrase(
    "AGENDA_DESK=on, and {base_url} is neither https nor this machine: passwords would travel in the clear. Put a "
    "proxy with TLS in front, and its https address into AGENDA_BASE_URL; or unset AGENDA_DESK"
)
ON_SEVERAL_NODES = Phrase(
    "AGENDA_DESK=on: the desk edits the files of one machine, and runs in `agenda serve` alone for now; unset it for "
    "`agenda web`"
)


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
    """The pages of what is in force; `mails`: this installation sends, so that pages may promise it.

    Raises SettingsError where a desk is wanted and passwords would travel in the clear.
    """
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
        desk=settings.desk and played is None and _in_private(base_url),
    )


def _in_private(base_url: str) -> bool:
    """True, or it raises: a browser reaches the desk by TLS, or on this machine."""
    parts = urlsplit(base_url)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise SettingsError(IN_THE_CLEAR, base_url=base_url)
    return True
