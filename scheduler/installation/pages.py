"""What an installation shows, and where."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from calendars.catalogue import Phrase
from calendars.editions import first_edition
from calendars.model.agenda import Agenda, Draft
from calendars.model.people import Sender
from calendars.model.rules import Reminders
from calendars.model.text import verbatim
from scheduler.base.settings import Settings, SettingsError
from scheduler.mail.relay.smtp_url import is_loopback
from scheduler.sending.pace import gap
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.editions import InForce
from scheduler.web.http.once import OneTimeKey
from scheduler.web.site import DeskHome, Site

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
    database: Database,
    settings: Settings,
    base_url: str,
    *,
    mails: bool,
    played: Played | None = None,
    desk: Path | None = None,
) -> Site:
    """The pages of what is in force; `mails`: this installation sends, so that pages may promise it.

    `desk`: the folder that the administrators' desk edits, where it is served. Raises SettingsError where one is wanted
    and passwords would travel in the clear.
    """
    with database.read() as connection:
        found = editions.load(connection)
    assert found is not None
    return Site(
        database=database,
        tokens=database.tokens,
        base_url=base_url,
        in_force=found,
        now=None if played is None else played.now,
        outbox=None if played is None else played.outbox,
        mails=mails,
        invitations=mails and (settings.invitations or played is not None),
        gap=gap(settings.pace),
        proxies=settings.trusted_proxies,
        watchers=settings.metrics_from,
        desk=None if desk is None else _desk_of(desk, settings, base_url),
    )


def _desk_of(folder: Path, settings: Settings, base_url: str) -> DeskHome:
    """A browser reaches the desk by TLS, or on this machine."""
    parts = urlsplit(base_url)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise SettingsError(IN_THE_CLEAR, base_url=base_url)
    return DeskHome(folder=folder.absolute(), settings=settings)


def desk_site(database: Database, settings: Settings, base_url: str, folder: Path, key: OneTimeKey) -> Site:
    """The desk of `agenda desk`, for who has the key; its pages show what is in force, and nothing before that."""
    with database.read() as connection:
        found = editions.load(connection)
    return Site(
        database=database,
        tokens=database.tokens,
        base_url=base_url,
        in_force=found or _nothing_yet(),
        desk=DeskHome(folder=folder.absolute(), settings=settings),
        desk_key=key,
        watchers=settings.metrics_from,
    )


def _nothing_yet() -> InForce:
    """In place of an edition where none is: no event, no site."""
    agenda = Agenda(
        id="agenda",
        title=verbatim("Agenda Consular"),
        published=date(2000, 1, 1),
        zone="America/Mexico_City",
        sender=Sender(name="", address="", reply_to="", domain=""),
        regions=(),
        representations=(),
        axes=(),
        commitments=(),
        advances=(),
        events=(),
        reminders=Reminders(timed=(), days=()),
    )
    edition = replace(first_edition(Draft(agenda=agenda, recipients=(), links={})), number=0)
    return InForce(edition=edition, links={}, draft_digest="", zone_version="", days_digest="")
