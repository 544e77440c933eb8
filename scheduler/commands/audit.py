"""`agenda audit`: who did what, when and why; and whether that list is whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.model.text import Language
from calendars.wording import home_short
from calendars.zones import nearest_instant, to_wall
from scheduler.base.refusal import PROBLEMS, UsageRefusal
from scheduler.commands.common import JsonOption, LangOption, language, print_json, told
from scheduler.commands.confirming import HEED
from scheduler.commands.screen import out, print_lines
from scheduler.installation.database import existing_database
from scheduler.store import editions
from scheduler.store.audit import listing
from scheduler.store.audit.chain import Head
from scheduler.store.audit.deeds import What
from scheduler.store.audit.listing import AuditFilter, AuditRow
from scheduler.store.audit.verifying import AuditVerdict, verify
from scheduler.store.database import Database
from scheduler.wording.audit import deed_words, way_words, who_words, why_words
from scheduler.wording.cells import csv_octets

HOME = "America/Mexico_City"  # before the first edition
FLAWS_TOLD = 20
HEADINGS = Phrase("No.|When ({zone})|Who|What|Why")
COLUMNS = Phrase("No.|When ({zone})|UTC|Who|Which way|What|In words|Subject|Why|Hash")
NONE = Phrase("No row fits.")
MORE = Phrase("The last {shown} of {total}; --limit shows more.")
WHOLE = Phrase("The list is whole: {n} {n:row|rows}, {head}.")
NO_ROWS = Phrase("The list has no row yet.")
EMPTIED = Phrase("{n} {n:text was|texts were} erased, as `retencion` and erasures do.")
UNKEYED = Phrase("written without the secret key, so nobody vouches for {n:it|them}: {rows}")
BROKEN = Phrase("The list is NOT whole: {n} {n:flaw|flaws} in {rows} {rows:row|rows}. Keep a copy of it.")
MORE_FLAWS = Phrase("and {n} more")
NO_DAY = Phrase("--{option} {text}: not a date; write it as 2026-11-23")
NO_HEAD = Phrase("--head {text}: not a head; copy it as `agenda publish` or `agenda doctor` printed it: 12-3f9a…")
ONE_FORM = Phrase("--json or --csv, not both")
HEAD_ALONE = Phrase("--head goes with --verify")

WhatOption = Annotated[
    list[What] | None, typer.Option("--what", help="Only this kind of act; may be repeated.", metavar="KIND")
]
SubjectOption = Annotated[
    str, typer.Option("--subject", help="Only what was done to this post, edition or address.", metavar="ID")
]
VerifyOption = Annotated[
    bool, typer.Option("--verify", help="Reckon the whole list anew, and say whether anybody changed it.")
]
HeadOption = Annotated[
    list[str] | None,
    typer.Option("--head", help="With --verify: this head, printed earlier, must be in it.", metavar="HEAD"),
]


def audit(
    who: Annotated[str, typer.Option("--who", help="Only of whoever has this in the name.", metavar="NAME")] = "",
    what: WhatOption = None,
    subject: SubjectOption = "",
    since: Annotated[str | None, typer.Option("--since", help="From this day on.", metavar="DATE")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Up to this day, with it.", metavar="DATE")] = None,
    limit: Annotated[int, typer.Option("--limit", help="On the screen, at most so many of the last.", min=1)] = 50,
    verifying: VerifyOption = False,
    head: HeadOption = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, which Excel opens.")] = False,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Who did what, when and why: by command, at the desk, by the service itself. Nobody can change it unseen.

    For example: agenda audit --since 2026-11-01 --what stopped --what resumed

    A row is never changed or deleted. --verify finds a row that was changed or taken out; rows cut off at the end, by
    the heads that editions keep and by those that you kept: --verify --head 12-3f9a… Reasons and addresses can be
    erased, as a post asks or after `retencion`; the list stays whole.
    """
    with told(lang) as settings:
        spoken = language(lang, settings)
        if (as_csv and as_json) or (head and not verifying):
            raise UsageRefusal(HEAD_ALONE if head else ONE_FORM)
        with existing_database(settings) as database:
            if verifying:
                _verify(database, [_head(one) for one in head or ()], spoken, as_json=as_json)
                return
            wanted = AuditFilter(who=who, what=tuple(what or ()), subject=subject)
            with database.read() as connection:
                zone = _zone(connection)
                found = list(listing.rows(connection, _between(wanted, since, until, zone)))
        if as_csv:
            typer.echo(csv_octets(_csv(found, zone, spoken)), nl=False)
        elif as_json:
            print_json([_json(one, spoken) for one in found])
        else:
            _print(found, limit, zone, spoken)


def _zone(connection: Connection) -> str:
    current = editions.load(connection)
    return HOME if current is None else current.edition.agenda.zone


def _between(wanted: AuditFilter, since: str | None, until: str | None, zone: str) -> AuditFilter:
    """The days are those of the agenda's own zone."""
    return replace(
        wanted,
        since=None if since is None else _midnight(_day("since", since), zone),
        until=None if until is None else _midnight(_day("until", until) + timedelta(days=1), zone),
    )


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageRefusal(NO_DAY, option=option, text=text) from error


def _midnight(day: date, zone: str) -> datetime:
    return nearest_instant(datetime.combine(day, time()), zone)


def _head(text: str) -> Head:
    try:
        return Head.read(text)
    except ValueError as error:
        raise UsageRefusal(NO_HEAD, text=text) from error


def _print(found: Sequence[AuditRow], limit: int, zone: str, lang: Language) -> None:
    if not found:
        typer.echo(NONE[lang])
        return
    headings = HEADINGS.say(lang, zone=home_short(zone, lang)).split("|")
    table = Table(*headings, box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for one in found[-limit:]:
        cells = (_wall(one, zone), who_words(one, lang), deed_words(one, lang), why_words(one, lang))
        table.add_row(str(one.number), *map(escape, cells))
    out().print(table)
    if len(found) > limit:
        typer.echo(MORE.say(lang, shown=limit, total=len(found)))


def _wall(row: AuditRow, zone: str) -> str:
    return f"{to_wall(row.at, zone):%Y-%m-%d %H:%M}"


def _csv(found: Sequence[AuditRow], zone: str, lang: Language) -> Iterator[Sequence[object]]:
    yield COLUMNS.say(lang, zone=home_short(zone, lang)).split("|")
    for one in found:
        yield (
            one.number,
            f"{to_wall(one.at, zone):%Y-%m-%d %H:%M:%S}",
            f"{one.at:%Y-%m-%d %H:%M:%S}",
            who_words(one, lang),
            way_words(one, lang),
            one.what,
            deed_words(one, lang),
            one.subject,
            why_words(one, lang),
            f"{one.number}-{one.hash}",
        )


def _json(one: AuditRow, lang: Language) -> dict[str, object]:
    return {
        "number": one.number,
        "at": one.at.isoformat(),
        "who": one.who,
        "via": one.via,
        "what": one.what,
        "subject": one.subject,
        "details": dict(one.details),
        "words": deed_words(one, lang),
        "reason": one.reason,
        "changed": {name: list(pair) for name, pair in one.changed.items()},
        "forgotten": one.forgotten,
        "hash": one.hash,
    }


def _verify(database: Database, heads: list[Head], lang: Language, *, as_json: bool) -> None:
    with database.read() as connection:
        found = verify(connection, database.tokens.chain_keys, heads)
    if as_json:
        print_json(_verdict_json(found, lang))
    else:
        print_lines(_verdict_lines(found, lang))
    if found.flaws:
        raise typer.Exit(PROBLEMS)


def _verdict_json(found: AuditVerdict, lang: Language) -> dict[str, object]:
    return {
        "whole": not found.flaws,
        "rows": found.rows,
        "head": None if found.head is None else str(found.head),
        "erased_texts": found.emptied,
        "unkeyed": list(found.unkeyed),
        "flaws": [one[lang] for one in found.flaws],
    }


def _verdict_lines(found: AuditVerdict, lang: Language) -> Iterator[str]:
    for one in found.flaws[:FLAWS_TOLD]:
        yield f"{HEED[lang]}: {one[lang]}"
    if len(found.flaws) > FLAWS_TOLD:
        yield MORE_FLAWS.say(lang, n=len(found.flaws) - FLAWS_TOLD)
    if found.unkeyed:
        rows = ", ".join(map(str, found.unkeyed[:FLAWS_TOLD]))
        yield f"{HEED[lang]}: {UNKEYED.say(lang, n=len(found.unkeyed), rows=rows)}"
    if found.emptied:
        yield EMPTIED.say(lang, n=found.emptied)
    if found.flaws:
        yield BROKEN.say(lang, n=len(found.flaws), rows=found.rows)
    elif found.head is None:
        yield NO_ROWS[lang]
    else:
        yield WHOLE.say(lang, n=found.rows, head=found.head)
