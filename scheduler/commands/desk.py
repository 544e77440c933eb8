"""`agenda desk`: the administrators' desk on this machine, on the folder at hand, for whoever starts it."""

from __future__ import annotations

import os
import webbrowser
from typing import Annotated

import typer

from calendars.catalogue import Phrase
from scheduler.base import loop
from scheduler.base.logs import configure_logs
from scheduler.base.refusal import EnvironmentRefusal
from scheduler.base.settings import DEFAULT_PORT
from scheduler.commands.common import ConfigOption, LangOption, language, told
from scheduler.commands.listening import DEMO_PORTS, PortOption
from scheduler.drafts.files import configuration
from scheduler.installation.database import real_database
from scheduler.installation.pages import address_of, desk_site
from scheduler.serving import Serving, serve
from scheduler.web.http.once import OneTimeKey
from scheduler.web.http.server import bind

LOOPBACK = "127.0.0.1"
OPENED = Phrase(
    "Desk: {url}\nThe address opens it once, in one browser of this machine. Nothing is sent from here.\nTo end: Ctrl+C"
)
WINDOWS = Phrase("`agenda desk` runs on Unix machines; on others, use the desk of `agenda serve` in a browser.")


def desk(
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the address in this machine's browser.")
    ] = True,
    port: PortOption = None,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Open the desk on this machine: edit, see what would happen, publish. No account is needed.

    It works on the folder and the database at hand and sends no mail itself; it listens on 127.0.0.1 alone.
    """
    configure_logs(level=30)
    with told(lang) as settings:
        if os.name != "posix":
            raise EnvironmentRefusal(WINDOWS)
        folder = configuration(config, settings).folder
        wanted = settings.port_to_listen_on(port or None)
        with (
            real_database(settings) as database,
            bind(LOOPBACK, wanted or DEFAULT_PORT, tries=1 if wanted else DEMO_PORTS) as listener,
        ):
            key, base_url = OneTimeKey(), address_of(listener.getsockname())
            site = desk_site(database, settings, base_url, folder, key)
            url = f"{base_url}/desk/enter/{key.text}"
            typer.echo(OPENED.say(language(lang, settings), url=url))
            if open_browser:
                webbrowser.open(url)
            loop.run(serve(Serving(database=database, site=site, listener=listener, sending=None)))
