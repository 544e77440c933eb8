"""Commands that keep running: serve, and its two halves, web and worker."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import structlog

from calendars.catalogue import Phrase
from calendars.reading.problems import known
from scheduler.base import loop
from scheduler.base.clock import SystemClock
from scheduler.base.logs import configure_logs
from scheduler.base.settings import DEFAULT_PORT, Settings, SettingsError
from scheduler.commands.common import ConfigOption, LangOption, told
from scheduler.commands.running import HostOption, PortOption
from scheduler.drafts.files import configuration
from scheduler.installation.database import NOTHING_YET, NothingPublished, existing_database, real_database
from scheduler.installation.mail import sending_of
from scheduler.installation.pages import ON_SEVERAL_NODES, address_of, site_of
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import NothingToPublish, publish_draft
from scheduler.serving import Serving, serve
from scheduler.store import editions
from scheduler.store.audit.deeds import Via
from scheduler.store.database import Database
from scheduler.web.http.server import bind

log = structlog.get_logger(__name__)
NO_BASE_URL = Phrase("AGENDA_BASE_URL is not set, and mails carry links; https://agenda.example is one")
NO_RELAY = Phrase(
    "AGENDA_SMTP_URL is not set, and a worker does nothing but send; set it, as smtp+starttls://user@host:587"
)


def serve_command(
    host: HostOption = None,
    port: PortOption = None,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Serve feeds and pages and send reminders, all in one process.

    An empty database gets the draft as its first edition; a later edit changes nothing until `agenda publish`.
    """
    configure_logs()
    with told(lang) as settings, real_database(settings) as database:
        database.lock_for_sending()
        _first_edition(database, config, settings)
        tokens = database.tokens
        with bind(host or settings.host, _port(port, settings)) as listener:
            base_url = settings.base_url or address_of(listener.getsockname())
            sending = sending_of(settings, base_url, tokens)
            if sending is None:
                log.warning("no AGENDA_SMTP_URL: feeds and pages are served, no mail is sent")
            desk = configuration(config, settings).folder if settings.desk else None
            site = site_of(database, settings, base_url, mails=sending is not None, desk=desk)
            loop.run(serve(Serving(database=database, site=site, listener=listener, sending=sending)))


def web(host: HostOption = None, port: PortOption = None, lang: LangOption = None) -> None:
    """Serve feeds and pages only; any number of these, beside `agenda worker`, over one PostgreSQL database.

    On SQLite it goes with one worker. What is shown is the edition in force: there has to be one.
    """
    configure_logs()
    with told(lang) as settings, existing_database(settings) as database:
        if settings.desk:
            raise SettingsError(ON_SEVERAL_NODES)
        _want_edition(database)
        with bind(host or settings.host, _port(port, settings)) as listener:
            base_url = settings.base_url or address_of(listener.getsockname())
            site = site_of(database, settings, base_url, mails=True)
            loop.run(serve(Serving(database=database, site=site, listener=listener, sending=None)))


def worker(lang: LangOption = None) -> None:
    """Send mail only; any number of these, on any machines, over one PostgreSQL database.

    Wants AGENDA_SMTP_URL and, since mails carry links, AGENDA_BASE_URL. The pace (AGENDA_PACE) is each worker's own.
    """
    configure_logs()
    with told(lang) as settings, existing_database(settings) as database:
        database.lock_for_sending()
        _want_edition(database)
        if settings.base_url is None:
            raise SettingsError(NO_BASE_URL)
        sending = sending_of(settings, settings.base_url, database.tokens)
        if sending is None:
            raise SettingsError(NO_RELAY)
        loop.run(serve(Serving(database=database, site=None, listener=None, sending=sending)))


def _port(given: int | None, settings: Settings) -> int:
    wanted = settings.port_to_listen_on(given)
    return DEFAULT_PORT if wanted is None else wanted


def _want_edition(database: Database) -> None:
    with database.read() as connection:
        if editions.number_in_force(connection) is None:
            raise NothingPublished(NOTHING_YET)


def _first_edition(database: Database, config: Path | None, settings: Settings) -> None:
    with database.read() as connection:
        if editions.number_in_force(connection) is not None:
            return
    found, files = configuration(config, settings).saved()
    with suppress(NothingToPublish):  # another node was faster
        publish_draft(
            database,
            known(found.draft),
            Act(at=SystemClock().now(), author="agenda serve", reason="first edition", files=files, via=Via.SERVICE),
            confirmed=True,
            tokens=database.tokens,
        )
