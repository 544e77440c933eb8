"""`agenda deliveries`: what became of each message, without its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.model.text import Language
from calendars.wording import hour, short_date
from calendars.zones import to_wall
from scheduler.base.refusal import Refusal, UsageRefusal
from scheduler.commands.common import JsonOption, LangOption, language, print_json, told
from scheduler.commands.screen import out
from scheduler.installation.database import existing_database
from scheduler.people.operating import UNKNOWN
from scheduler.planning.delivery import Purpose, State
from scheduler.store import editions
from scheduler.store.ledger import deliveries
from scheduler.store.ledger.deliveries import Attempt, Chosen, Listed
from scheduler.wording.kinds import PURPOSES, STATES

StateOption = Annotated[list[State] | None, typer.Option("--state", help="In this state; may be repeated.")]
SiteOption = Annotated[str | None, typer.Option("--site", help="To this site.", metavar="ID")]
EventOption = Annotated[str | None, typer.Option("--event", help="About this event.", metavar="ID")]
PurposeOption = Annotated[Purpose | None, typer.Option("--purpose", help="Reminders, or one kind of service mail.")]

HEADINGS = Phrase("Id|Purpose|Event|Site|Post|Rule|Due (site)|UTC|State|Attempts|Last words")
ATTEMPTS = Phrase("Began (UTC)|Ended (UTC)|Got to|Code|Became|Node|Reply")
NONE = Phrase("No delivery fits.")
FILTERS_AFTER = Phrase("write the filters after the command: agenda deliveries {command} …")
MORE = Phrase("{shown} of {total}; --limit shows more.")

app = typer.Typer(no_args_is_help=False, add_completion=False, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def listing(
    context: typer.Context,
    state: StateOption = None,
    site: SiteOption = None,
    event: EventOption = None,
    purpose: PurposeOption = None,
    limit: Annotated[int, typer.Option("--limit", help="At most so many.", min=1)] = 50,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """List deliveries as they fell due, and decide what is to become of them. Addresses are not shown.

    For example: agenda deliveries --state held --state uncertain
    """
    chosen = Chosen(states=tuple(state or ()), site=site, event=event, purpose=purpose)
    with told(lang) as settings:
        if context.invoked_subcommand is not None:
            if not chosen.everything:
                raise UsageRefusal(FILTERS_AFTER, command=context.invoked_subcommand)
            return
        with existing_database(settings) as database, database.read() as connection:
            found, total = deliveries.listing(connection, chosen, limit), deliveries.count(connection, chosen)
            zones = _zones(connection)
        _print_listing(found, total, zones, language(lang, settings), as_json=as_json)


def _zones(connection: Connection) -> Mapping[str, str]:
    """The time zone of each site of the edition in force."""
    found = editions.load(connection)
    return {} if found is None else {site.id: site.zone for site in found.edition.agenda.representations}


def _print_listing(found: list[Listed], total: int, zones: Mapping[str, str], lang: Language, *, as_json: bool) -> None:
    if as_json:
        print_json([_json(one, zones) for one in found])
    elif not found:
        typer.echo(NONE[lang])
    else:
        table = Table(*HEADINGS[lang].split("|"), box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
        for one in found:
            table.add_row(*map(escape, _cells(one, zones, lang)))
        out().print(table)
        if total > len(found):
            typer.echo(MORE.say(lang, shown=len(found), total=total))


def _cells(one: Listed, zones: Mapping[str, str], lang: Language) -> tuple[str, ...]:
    due = _local(one, zones)
    return (
        str(one.id),
        PURPOSES[Purpose(one.purpose)][lang],
        one.event or "—",
        one.site,
        one.recipient,
        one.rule or "—",
        "—" if due is None else f"{short_date(due.date(), lang)} {hour(due, lang)}",
        _moment(one.due_at),
        STATES[one.state][lang],
        str(one.attempts),
        one.reply or "—",
    )


def _local(one: Listed, zones: Mapping[str, str]) -> datetime | None:
    """When it is due by the clocks of its site; None for a site that the agenda no longer has."""
    return to_wall(one.due_at, zones[one.site]) if one.site in zones else None


def _json(one: Listed, zones: Mapping[str, str]) -> dict[str, object]:
    due = _local(one, zones)
    return {**_plain(asdict(one)), "due_local": None if due is None else due.isoformat(timespec="minutes")}


def _plain(values: dict[str, object]) -> dict[str, object]:
    return {name: one.isoformat() if isinstance(one, datetime) else one for name, one in values.items()}


def _moment(at: datetime | None) -> str:
    return "—" if at is None else f"{at:%Y-%m-%d %H:%M}"


@app.command()
def show(
    id_: Annotated[int, typer.Argument(metavar="ID")], lang: LangOption = None, as_json: JsonOption = False
) -> None:
    """Show one delivery with all its attempts and what the server answered to each."""
    with told(lang) as settings:
        spoken = language(lang, settings)
        with existing_database(settings) as database, database.read() as connection:
            found = deliveries.listing(connection, Chosen(ids=(id_,)), 1)
            tries = deliveries.attempts_of(connection, id_)
            zones = _zones(connection)
        if not found:
            raise Refusal(UNKNOWN, id=id_)
        if as_json:
            print_json({**_json(found[0], zones), "tries": [_plain(asdict(one)) for one in tries]})
            return
        for heading, cell in zip(HEADINGS[spoken].split("|"), _cells(found[0], zones, spoken), strict=True):
            out().print(f"{heading:<18}{cell}", markup=False)
        if tries:
            out().print(_attempts(tries, spoken))


def _attempts(tries: list[Attempt], lang: Language) -> Table:
    table = Table(*ATTEMPTS[lang].split("|"), box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for one in tries:
        began, ended = ("—" if at is None else f"{at:%Y-%m-%d %H:%M:%S}" for at in (one.began_at, one.ended_at))
        became = STATES[State(one.state)][lang] if one.state else "—"
        answer = " ".join(str(part) for part in (one.code, one.status) if part)
        table.add_row(began, ended, one.stage or "—", answer or "—", became, one.owner, escape(one.reply))
    return table
