"""`agenda audit`: who did what, when and why; and whether that list is whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from calendars.catalogue import Phrase
from calendars.model.text import Language
from calendars.wording import home_short
from scheduler.base.refusal import PROBLEMS, UsageRefusal
from scheduler.commands.common import JsonOption, LangOption, language, print_json, told
from scheduler.commands.confirming import HEED
from scheduler.commands.screen import out, print_lines
from scheduler.installation.database import existing_database
from scheduler.reporting.audited import (
    WantedRows,
    account_names,
    audit_csv,
    audit_moment,
    audit_verdict,
    rows_wanted,
    zone_of_audit,
)
from scheduler.store.audit import listing
from scheduler.store.audit.chain import Head
from scheduler.store.audit.deeds import What
from scheduler.store.audit.listing import AuditRow
from scheduler.store.audit.verifying import AuditVerdict, verify
from scheduler.store.database import Database
from scheduler.wording.audit import deed_words, who_words, why_words
from scheduler.wording.cells import csv_octets

HEADINGS = Phrase("No.|When ({zone})|Who|What|Why")
NONE = Phrase("No row fits.")
MORE = Phrase("The last {shown} of {total}; --limit shows more.")
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
            days = {name: _day(name, day) for name, day in (("since", since), ("until", until))}
            wanted = WantedRows(who=who, what=tuple(what or ()), subject=subject, **days)
            with database.read() as connection:
                zone, names = zone_of_audit(connection), account_names(connection)
                found = list(listing.rows(connection, rows_wanted(wanted, zone, names)))
        if as_csv:
            typer.echo(csv_octets(audit_csv(found, zone, names, spoken)), nl=False)
        elif as_json:
            print_json([_json(one, spoken) for one in found])
        else:
            _print(found, limit, zone, names, spoken)


def _day(option: str, text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageRefusal(NO_DAY, option=option, text=text) from error


def _head(text: str) -> Head:
    try:
        return Head.read(text)
    except ValueError as error:
        raise UsageRefusal(NO_HEAD, text=text) from error


def _print(found: Sequence[AuditRow], limit: int, zone: str, names: Mapping[str, str], lang: Language) -> None:
    if not found:
        typer.echo(NONE[lang])
        return
    headings = HEADINGS.say(lang, zone=home_short(zone, lang)).split("|")
    table = Table(*headings, box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for one in found[-limit:]:
        said = who_words(one, lang, names), deed_words(one, lang, names), why_words(one, lang)
        table.add_row(str(one.number), audit_moment(one, zone), *map(escape, said))
    out().print(table)
    if len(found) > limit:
        typer.echo(MORE.say(lang, shown=limit, total=len(found)))


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
        said = audit_verdict(found, lang)
        print_lines([*(f"{HEED[lang]}: {one}" for one in said.alarms), *said.sum])
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
