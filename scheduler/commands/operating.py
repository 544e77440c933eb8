"""Commands for whoever runs the service: status, doctor, send-test, stop, resume."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from calendars.model.agenda import Draft
from calendars.model.text import Language
from calendars.reading import Lines
from calendars.zones import nearest_instant, to_wall
from scheduler.base import loop
from scheduler.base.address import mailbox
from scheduler.base.clock import SystemClock
from scheduler.base.settings import Settings, SettingsError, parse_pace
from scheduler.base.tokens import Tokens
from scheduler.commands.common import (
    ENVIRONMENT,
    PROBLEMS,
    USAGE,
    ConfigOption,
    Failure,
    JsonOption,
    LangOption,
    language,
    out,
    print_json,
    told,
)
from scheduler.drafts.files import InvalidDraft, configuration
from scheduler.installation import database_is_there, existing_database, real_database, sending_of
from scheduler.mail.compose import Composer
from scheduler.mail.relay.smtp import Connection, RelayUnavailable
from scheduler.planning.delivery import Outcome
from scheduler.publishing.in_words import uncorrected_lines
from scheduler.publishing.prospect import Unpublished, prospect, unpublished
from scheduler.reporting.checks import Check, Verdict, installation_checks
from scheduler.reporting.in_words import status_json, status_lines
from scheduler.reporting.status import Status, status
from scheduler.sending.service import Sending
from scheduler.store import controls, editions
from scheduler.store.database import Database
from scheduler.store.instance import Instance
from scheduler.store.people import handovers


def status_command(config: ConfigOption = None, lang: LangOption = None, as_json: JsonOption = False) -> None:
    """Say what is wrong, in one screen: alerts, edition, draft, today's mail."""
    with told(lang) as settings:
        spoken = language(lang, settings)
        with existing_database(settings) as database:
            now = SystemClock().now()
            found = _status(database, now, settings)
            draft = draft_state(database, config, settings, now)
            handed = _uncorrected(database, config, settings)
        pace = None if settings.smtp_url is None else parse_pace(settings.pace)
        if as_json:
            print_json({**status_json(found, draft, pace=pace), "handed_over": list(handed)})
        else:
            for line in (*status_lines(found, draft, pace=pace, lang=spoken), *_handed_lines(handed, spoken)):
                out().print(line, markup=False)


def _status(database: Database, now: datetime, settings: Settings) -> Status:
    with database.read() as connection:
        found = editions.load(connection)
        zone = found.edition.agenda.zone if found else "America/Mexico_City"
        midnight = datetime.combine(to_wall(now, zone).date(), time())
        day = nearest_instant(midnight, zone), nearest_instant(midnight + timedelta(days=1), zone)
        own, invitations = Instance(database).is_own(connection), settings.invitations == "on"
        return status(connection, now, day, adopted=own, invitations=invitations)


def draft_state(database: Database, config: Path | None, settings: Settings, now: datetime) -> Unpublished | None:
    """What of the saved draft is not in force; None: it has problems."""
    try:
        draft = configuration(config, settings).draft()
    except InvalidDraft:
        return None
    with database.read() as connection:
        return unpublished(connection, prospect(connection, draft, at=now, author="", reason=""), draft)


def _uncorrected(database: Database, config: Path | None, settings: Settings) -> dict[str, int]:
    """The posts that went to somebody else and whose former address the draft still has, with its line."""
    try:
        draft, lines = configuration(config, settings).draft_and_lines()
    except InvalidDraft:
        return {}
    with database.read() as connection:
        return {key: lines.posts[key] for key in handovers.uncorrected(connection, draft.recipients)}


def _handed_lines(handed: Mapping[str, int], lang: Language) -> Iterator[str]:
    return uncorrected_lines(handed, Lines(posts=handed), lang)


def doctor(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Say whether this installation is fit to run: zone data, SQLite, mail server, secrets, clock."""
    with told() as settings:
        checks = installation_checks(settings, SystemClock().now(), lambda: configuration(config, settings).draft())
        if as_json:
            print_json([{"check": c.name, "verdict": c.verdict.value, "text": c.text} for c in checks])
        else:
            out().print(_table(checks))
        if any(one.verdict is Verdict.BAD for one in checks):
            raise typer.Exit(ENVIRONMENT)


def _table(checks: list[Check]) -> Table:
    table = Table("", "Check", "What was found")
    for one in checks:
        table.add_row(one.verdict.value, one.name, one.text)
    return table


def send_test(
    address: Annotated[str, typer.Argument(help="Where to send it.", metavar="ADDRESS")],
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Send one real mail to this address only, through the configured relay.

    Obeys `agenda stop` and AGENDA_REDIRECT_ALL.
    """
    with told(lang) as settings:
        try:
            mailbox(address)
        except ValueError as error:
            raise Failure(USAGE, f"{address}: {error}") from error
        _refuse_if_stopped(settings)
        draft = configuration(config, settings).draft()
        sending = sending_of(settings, settings.base_url or "", Tokens(["unused: a test mail has no signed link"]))
        if sending is None:
            raise SettingsError("AGENDA_SMTP_URL is not set; smtp+starttls://user@host:587 is one")
        outcome = loop.run(_send_test(sending, draft, address, language(lang, settings)))
        if outcome.kind != "accepted":
            raise Failure(ENVIRONMENT, f"the relay did not take it: {outcome.code or ''} {outcome.text}".strip())
        typer.echo(f"taken by the relay: {outcome.code} {outcome.text}")


def _refuse_if_stopped(settings: Settings) -> None:
    if not database_is_there(settings):
        return
    with real_database(settings) as database, database.read() as connection:
        since = controls.get(connection, controls.STOPPED)
    if since is not None:
        raise Failure(PROBLEMS, f"sending is stopped since {since}; `agenda resume` lets it go on")


async def _send_test(sending: Sending, draft: Draft, address: str, lang: Language) -> Outcome:
    to = sending.redirect_all or address
    now = SystemClock().now()
    sender = draft.agenda.sender
    message = Composer(sending.base_url).test_mail(draft.agenda, to=to, sent_at=now, language=lang)
    try:
        connection = await Connection.open(sending.smtp, local_hostname=socket.gethostname())
        try:
            return await connection.send(f"{sender.address.partition('@')[0]}@{sender.domain}", to, message)
        finally:
            await connection.close()
    except RelayUnavailable as error:
        raise Failure(ENVIRONMENT, f"the relay cannot be used: {error}") from error


def stop(lang: LangOption = None) -> None:
    """Stop all sending: no further MAIL FROM leaves, on any node."""
    with told(lang) as settings, existing_database(settings) as database, database.write() as connection:
        since = SystemClock().now().isoformat(timespec="seconds")
        if controls.get(connection, controls.STOPPED) is None:
            controls.put(connection, controls.STOPPED, since)
        typer.echo(f"stopped since {controls.get(connection, controls.STOPPED)}; `agenda resume` lets it go on")


def resume(lang: LangOption = None) -> None:
    """Let sending go on. What is past its use stays unsent."""
    with told(lang) as settings, existing_database(settings) as database, database.write() as connection:
        controls.clear(connection, controls.STOPPED)
        typer.echo("sending goes on")
