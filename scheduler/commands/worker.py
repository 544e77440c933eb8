"""`agenda worker`: mail, and nothing that is served."""

from __future__ import annotations

from calendars.catalogue import Phrase
from scheduler.base import loop
from scheduler.base.logs import configure_logs
from scheduler.base.settings import SettingsError
from scheduler.commands.common import LangOption, told
from scheduler.installation.database import existing_database
from scheduler.installation.edition import want_edition
from scheduler.installation.mail import sending_of
from scheduler.serving import Serving, serve

NO_BASE_URL = Phrase("AGENDA_BASE_URL is not set, and mails carry links; https://agenda.example is one")
NO_RELAY = Phrase(
    "AGENDA_SMTP_URL is not set, and a worker does nothing but send; set it, as smtp+starttls://user@host:587"
)


def worker(lang: LangOption = None) -> None:
    """Send mail only; any number of these, on any machines, over one PostgreSQL database.

    Wants AGENDA_SMTP_URL and, since mails carry links, AGENDA_BASE_URL. The pace (AGENDA_PACE) is each worker's own.
    """
    configure_logs()
    with told(lang) as settings, existing_database(settings) as database:
        database.lock_for_sending()
        want_edition(database)
        if settings.base_url is None:
            raise SettingsError(NO_BASE_URL)
        sending = sending_of(settings, settings.base_url, database.tokens)
        if sending is None:
            raise SettingsError(NO_RELAY)
        loop.run(serve(Serving(database=database, site=None, listener=None, sending=sending)))
