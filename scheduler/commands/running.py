"""Commands that run the service: rehearse, demo, serve."""

from __future__ import annotations

import secrets
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from calendars.editions import first_stamp
from calendars.model import Agenda, Draft, EventKind, Text, Timed
from calendars.zones import nearest_instant, to_instant
from scheduler import loop
from scheduler.capture import Outbox
from scheduler.commands.common import (
    USAGE,
    ConfigOption,
    Failure,
    JsonOption,
    LangOption,
    err,
    language,
    out,
    print_json,
    told,
)
from scheduler.commands.tables import print_summary, summary_json
from scheduler.files import configuration
from scheduler.logs import configure_logs
from scheduler.mail.oauth import access_tokens
from scheduler.mail.smtp_url import parse_smtp_url
from scheduler.rehearsal import Plan, Summary, captured, last_moment, planned, rehearsal_database, rehearse, resumes
from scheduler.service import Sending
from scheduler.serving import Serving, serve
from scheduler.settings import Pace, Settings, SettingsError, parse_networks, parse_pace
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.tokens import Tokens
from scheduler.web.app import Site
from scheduler.web.server import bind

AFTER_LAST = timedelta(days=2)
DEMO_PORT, DEMO_PORTS = 8080, 10  # 8080 to 8089
HostOption = Annotated[str | None, typer.Option("--host", help="Address to listen on. Default: 127.0.0.1.")]
PortOption = Annotated[int | None, typer.Option("--port", help="Port to listen on. Default: 8080.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")]
Invited = Annotated[bool, typer.Option("--invitations", help="As if every post had chosen invitations, not the feed.")]
REHEARSING = Text(es="Ensayando", en="Rehearsing")
WHERE = Text(
    es="Calendarios y páginas: {url}/\nBuzón de salida:       {url}/outbox/\nPara terminar: Ctrl+C",
    en="Feeds and pages: {url}/\nOutbox:          {url}/outbox/\nTo end: Ctrl+C",
)


def rehearse_command(
    outbox: Annotated[Path, typer.Option("--outbox", help="New folder for the mails, as .eml files.")],
    start: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day. Default: publicada.", metavar="DAY"),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Last day. Default: two after the last event.", metavar="DAY"),
    ] = None,
    database: Annotated[
        Path | None,
        typer.Option("--database", help="Keep the ledger here; the same command resumes after a kill.", metavar="FILE"),
    ] = None,
    pace: Annotated[
        str | None,
        typer.Option(help="Keep this pace, as 30/min,3, on the simulated clock. Default: none.", metavar="N/min,C"),
    ] = None,
    invitations: Invited = False,
    config: ConfigOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run the whole service on a simulated clock; every mail lands in a folder.

    The mails pass through real SMTP to a server inside this process; nothing leaves the machine.
    """
    configure_logs(level=40)
    with told(lang) as settings:
        draft = configuration(config, settings).draft()
        with rehearsal_database(database) as ledger:
            base_url = settings.base_url or f"http://{settings.host}:{settings.port}"
            when = _plan(draft.agenda, start, until, base_url, Tokens([secrets.token_urlsafe(32)]))
            plan = replace(when, pace=_pace(pace), invitations=invitations)
            summary = _rehearse(ledger, draft, plan, outbox, settings, lang)
        if as_json:
            print_json(summary_json(summary))
        else:
            print_summary(out(), summary, draft.agenda, language(lang, settings))


def _pace(text: str | None) -> Pace | None:
    try:
        return None if text is None else parse_pace(text)
    except ValueError as error:
        raise Failure(USAGE, f"--pace {error}") from error


def _plan(agenda: Agenda, start: datetime | None, until: datetime | None, base_url: str, tokens: Tokens) -> Plan:
    """Days by the agenda's zone, the last one included."""
    end = last_moment(agenda)
    first = nearest_instant(start, agenda.zone) if start else first_stamp(agenda)
    last = nearest_instant(until + timedelta(days=1), agenda.zone) if until else (end or first) + AFTER_LAST
    if last <= first:
        raise Failure(USAGE, "--to is before --from")
    return Plan(start=first, until=last, base_url=base_url, tokens=tokens)


def _rehearse(
    database: Database, draft: Draft, plan: Plan, folder: Path, settings: Settings, lang: str | None
) -> Summary:
    outbox = Outbox(folder, resuming=resumes(database))
    with _progress(REHEARSING[language(lang, settings)]) as (progress, task):

        def kept() -> None:
            if progress.tasks[task].total is None:
                progress.update(task, total=planned(database, plan.until), completed=outbox.count()[0] - 1)
            progress.advance(task)

        return loop.run(rehearse(database, draft, plan, outbox, kept))


@contextmanager
def _progress(label: str) -> Iterator[tuple[Progress, TaskID]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err(), disable=not sys.stderr.isatty()) as progress:
        yield progress, progress.add_task(label, total=None)


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
        wanted = port or (settings.port if "port" in settings.model_fields_set else None)
        tokens = Tokens([secrets.token_urlsafe(32)])
        with (
            bind(host or settings.host, wanted or DEMO_PORT, tries=1 if wanted else DEMO_PORTS) as listener,
            tempfile.TemporaryDirectory(prefix="agenda-demo-") as scratch,
            rehearsal_database(None) as database,
        ):
            base_url = settings.base_url or address_of(listener.getsockname())
            outbox = Path(scratch) / "outbox"
            summary = _rehearse(
                database, draft, _plan(draft.agenda, None, None, base_url, tokens), outbox, settings, lang
            )
            print_summary(out(), summary, draft.agenda, language(lang, settings))
            typer.echo(WHERE[language(lang, settings)].format(url=base_url))
            present = to_instant(now, draft.agenda.zone) if now else _demo_now(draft.agenda)
            site = site_of(database, tokens, settings, base_url, mails=True, now=present, outbox=outbox)
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
