"""One agenda's home: its database and keys, how it sends, what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

from calendars.model.text import Text
from scheduler.base.settings import DEFAULT_DATABASE, Settings, SettingsError, parse_networks, parse_pace
from scheduler.base.tokens import Tokens, tokens_with
from scheduler.mail.relay.oauth import access_tokens
from scheduler.mail.relay.smtp_url import parse_smtp_url
from scheduler.sending.service import Sending
from scheduler.store import controls, editions
from scheduler.store.database import Database
from scheduler.web.app import Site


class WrongDatabase(Exception):
    """A rehearsal's database where a real one is wanted."""


class NothingPublished(Exception):
    """The command needs an edition in force. `why` says what is missing, and what to do."""

    def __init__(self, why: Text) -> None:
        super().__init__(why["en"])
        self.why = why


NO_DATABASE = Text(
    es="{name}: aquí no hay base de datos. La crean `agenda publish` y `agenda serve`.",
    en="{name}: no database here; `agenda publish` and `agenda serve` make it",
)
NOTHING_YET = Text(
    es="Todavía no se ha publicado nada; `agenda publish` pone el borrador en vigor.",
    en="nothing is published yet; `agenda publish` puts the draft in force",
)


def database_url(settings: Settings) -> str:
    return settings.database_url or DEFAULT_DATABASE


def database_is_there(settings: Settings) -> bool:
    """Whether a database was named, or the default file exists. A command that only reads must not make one."""
    return settings.database_url is not None or Path(DEFAULT_DATABASE.removeprefix("sqlite:///")).exists()


@contextmanager
def real_database(settings: Settings) -> Iterator[Database]:
    """The installation's database. Raises WrongDatabase for one that a rehearsal marked."""
    database = Database(database_url(settings), tokens=tokens_with(settings.secret_keys))
    try:
        with database.read() as connection:
            if controls.get(connection, controls.REHEARSAL) is not None:
                raise WrongDatabase(f"{database.name} belongs to a rehearsal; name another database")
        yield database
    finally:
        database.close()


def existing_database(settings: Settings) -> AbstractContextManager[Database]:
    """The database that is there: a command for a running service must not make an empty one beside it."""
    if not database_is_there(settings):
        name = database_url(settings)
        raise NothingPublished(Text(es=NO_DATABASE["es"].format(name=name), en=NO_DATABASE["en"].format(name=name)))
    return real_database(settings)


def address_of(address: tuple[str, int]) -> str:
    host, port = address[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def sending_of(settings: Settings, base_url: str, tokens: Tokens) -> Sending | None:
    """How to send, or None without AGENDA_SMTP_URL. Raises SettingsError."""
    if settings.smtp_url is None:
        return None
    try:
        smtp = parse_smtp_url(settings.smtp_url, settings.smtp_password, access_tokens(settings))
    except ValueError as error:
        raise SettingsError(f"AGENDA_SMTP_URL: {error}") from error
    return Sending(
        smtp=smtp,
        pace=parse_pace(settings.pace),
        base_url=base_url,
        tokens=tokens,
        redirect_all=settings.redirect_all,
        domain_per_minute=parse_pace(settings.domain_pace).per_minute if settings.domain_pace else None,
        verp=settings.verp == "on",
        invitations=settings.invitations == "on",
        signed_answers=settings.verp != "off",
    )


def site_of(
    database: Database,
    tokens: Tokens,
    settings: Settings,
    base_url: str,
    *,
    mails: bool,
    now: datetime | None = None,
    outbox: Path | None = None,
) -> Site:
    with database.read() as connection:
        found = editions.load(connection)
    assert found is not None
    return Site(
        database=database,
        tokens=tokens,
        base_url=base_url,
        in_force=found,
        now=now,
        outbox=outbox,
        mails=mails,
        invitations=mails and (settings.invitations == "on" or now is not None),
        proxies=parse_networks(settings.trusted_proxies),
        watchers=parse_networks(settings.metrics_from),
    )
