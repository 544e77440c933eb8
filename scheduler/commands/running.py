"""The demo: a campaign that was rehearsed, and the pages that it would have had."""

from __future__ import annotations

import secrets
import socket
import tempfile
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer

from calendars.catalogue import Phrase
from calendars.editions import first_stamp
from calendars.model.agenda import Agenda
from calendars.model.events import EventKind, Timed
from calendars.zones import nearest_instant, to_instant
from scheduler.base import loop
from scheduler.base.logs import configure_logs
from scheduler.base.settings import DEFAULT_PORT
from scheduler.base.tokens import Tokens
from scheduler.commands.common import ConfigOption, LangOption, language, told
from scheduler.commands.listening import DEMO_PORTS, HostOption, PortOption
from scheduler.commands.screen import out
from scheduler.commands.stretches import progress, rehearse_here, whole_campaign
from scheduler.commands.summary import print_summary
from scheduler.drafts.files import configuration
from scheduler.installation.pages import Played, address_of, site_of
from scheduler.rehearsal.capture import Outbox
from scheduler.rehearsal.run import captured, rehearsal_database
from scheduler.serving import Serving, serve
from scheduler.store.database import Database
from scheduler.web.app import Site
from scheduler.web.http.server import bind

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")]
WHERE = Phrase("Feeds and pages: {url}/\nOutbox:          {url}/outbox/\nTo end: Ctrl+C")


def demo(
    now: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"],
            help="The demo's present, by the agenda's zone. Default: the day before its first workshop.",
            metavar="DAY",
        ),
    ] = None,
    host: HostOption = None,
    port: PortOption = None,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Rehearse the agenda, then serve its feeds, index page and outbox. The place to start."""
    configure_logs(level=40)
    with told(lang) as settings:
        draft = configuration(config, settings).draft()
        wanted = settings.port_to_listen_on(port or None)
        tokens = Tokens([secrets.token_urlsafe(32)])
        with (
            bind(host or settings.host, wanted or DEFAULT_PORT, tries=1 if wanted else DEMO_PORTS) as listener,
            tempfile.TemporaryDirectory(prefix="agenda-demo-") as scratch,
            rehearsal_database(None, tokens) as database,
        ):
            base_url = settings.base_url or address_of(listener.getsockname())
            outbox = Path(scratch) / "outbox"
            plan = whole_campaign(draft.agenda, base_url, tokens)
            with progress(language(lang, settings)) as heard:
                summary = rehearse_here(database, draft, plan, Outbox(outbox, resuming=False), heard)
            print_summary(out(), summary, language(lang, settings))
            typer.echo(WHERE.say(language(lang, settings), url=base_url))
            present = to_instant(now, draft.agenda.zone) if now else _demo_now(draft.agenda)
            played = Played(now=present, outbox=outbox)
            site = site_of(database, settings, base_url, mails=True, played=played)
            loop.run(_serve_demo(database, site, listener, outbox))


async def _serve_demo(database: Database, site: Site, listener: socket.socket, outbox: Path) -> None:
    """Serve with live mail, which lands in the outbox too: who signs up in the demo finds the answer there."""
    kept = Outbox(outbox, resuming=True)
    async with captured(database, kept, base_url=site.base_url, tokens=site.tokens, kept=lambda: None) as sending:
        inviting = replace(sending, invitations=site.invitations)
        await serve(Serving(database=database, site=site, listener=listener, sending=inviting))


def _demo_now(agenda: Agenda) -> datetime:
    """Noon of the day before the first workshop, by the agenda's zone; without one, the first stamp."""
    workshops = [e.when.wall for e in agenda.events if e.kind is EventKind.WORKSHOP and isinstance(e.when, Timed)]
    if not workshops:
        return first_stamp(agenda)
    return nearest_instant(datetime.combine(min(workshops).date() - timedelta(days=1), time(12)), agenda.zone)
