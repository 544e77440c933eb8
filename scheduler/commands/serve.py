"""`agenda serve`: both halves in one process."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import structlog

from calendars.reading.problems import known
from scheduler.base import loop
from scheduler.base.clock import SystemClock
from scheduler.base.logs import configure_logs
from scheduler.base.settings import Settings
from scheduler.commands.common import ConfigOption, LangOption, told
from scheduler.commands.listening import HostOption, PortOption, port_of
from scheduler.drafts.files import configuration
from scheduler.installation.database import real_database
from scheduler.installation.mail import sending_of
from scheduler.installation.pages import address_of, site_of
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import NothingToPublish, publish_draft
from scheduler.serving import Serving, serve
from scheduler.store import editions
from scheduler.store.audit.deeds import Via
from scheduler.store.database import Database
from scheduler.web.http.server import bind

log = structlog.get_logger(__name__)


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
        with bind(host or settings.host, port_of(port, settings)) as listener:
            base_url = settings.base_url or address_of(listener.getsockname())
            sending = sending_of(settings, base_url, tokens)
            if sending is None:
                log.warning("no AGENDA_SMTP_URL: feeds and pages are served, no mail is sent")
            desk = configuration(config, settings).folder if settings.desk else None
            site = site_of(database, settings, base_url, mails=sending is not None, desk=desk)
            loop.run(serve(Serving(database=database, site=site, listener=listener, sending=sending)))


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
