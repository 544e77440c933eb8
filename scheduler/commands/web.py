"""`agenda web`: feeds and pages, and nothing that sends."""

from __future__ import annotations

from scheduler.base import loop
from scheduler.base.logs import configure_logs
from scheduler.base.settings import SettingsError
from scheduler.commands.common import LangOption, told
from scheduler.commands.listening import HostOption, PortOption, port_of
from scheduler.installation.database import existing_database
from scheduler.installation.edition import want_edition
from scheduler.installation.pages import ON_SEVERAL_NODES, address_of, site_of
from scheduler.serving import Serving, serve
from scheduler.web.http.server import bind


def web(host: HostOption = None, port: PortOption = None, lang: LangOption = None) -> None:
    """Serve feeds and pages only; any number of these, beside `agenda worker`, over one PostgreSQL database.

    On SQLite it goes with one worker. What is shown is the edition in force: there has to be one.
    """
    configure_logs()
    with told(lang) as settings, existing_database(settings) as database:
        if settings.desk:
            raise SettingsError(ON_SEVERAL_NODES)
        want_edition(database)
        with bind(host or settings.host, port_of(port, settings)) as listener:
            base_url = settings.base_url or address_of(listener.getsockname())
            site = site_of(database, settings, base_url, mails=True)
            loop.run(serve(Serving(database=database, site=site, listener=listener, sending=None)))
