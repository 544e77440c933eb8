"""Every act, with who, when and why: what `agenda audit` says, filtered and taken along; and whether it is whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.model.text import Language
from calendars.wording import home_short
from scheduler.reporting.audited import (
    WantedRows,
    account_names,
    audit_csv,
    audit_moment,
    audit_verdict,
    rows_wanted,
    zone_of_audit,
)
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.audit import chain, listing
from scheduler.store.audit.deeds import What
from scheduler.store.audit.verifying import verify
from scheduler.web.desk.asked import Answer, Asked
from scheduler.web.desk.declared import Declared
from scheduler.web.desk.place import Place
from scheduler.web.desk.rendering import part, screen
from scheduler.web.desk.screens.bounds import everywhere
from scheduler.wording.audit import KINDS, deed_words, way_words, who_words, why_words
from scheduler.wording.cells import csv_octets

TITLE = Phrase("Who did what")
NO_DAY = Phrase("“{text}” is not a date; write it as 2026-11-23.")
FIELDS = ("who", "what", "subject", "since", "until")
PAGE = 50  # rows
LARGEST = 10**15  # of a row's number


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditLine:
    """One act."""

    number: int
    moment: str
    who: str
    way: str
    what: str
    why: str


@everywhere(DeskRole.SEE)
def listed(place: Place, asked: Asked) -> Answer:
    """The last acts that fit, the last first; the rows before them by a link."""
    query = {name: value for name in FIELDS if (value := asked.query.get(name, "").strip())}
    wanted, wrong = _wanted(query, asked.language)
    before = _number(asked.query.get("before", ""))
    with place.database.read() as connection:
        zone, names = zone_of_audit(connection), account_names(connection)
        sought = rows_wanted(wanted, zone, names, before)
        found = [] if wrong else listing.latest(connection, sought, PAGE + 1)
        head = chain.head(connection)
    lines = [
        AuditLine(
            number=one.number,
            moment=audit_moment(one, zone),
            who=who_words(one, asked.language, names),
            way=way_words(one, asked.language),
            what=deed_words(one, asked.language, names),
            why=why_words(one, asked.language),
        )
        for one in found[:PAGE]
    ]
    values = {
        "lines": lines,
        "zone": home_short(zone, asked.language),
        "query": query,
        "typed": dict.fromkeys(FIELDS, "") | query,
        "wrong": wrong,
        "kinds": [(one.value, KINDS[one][asked.language]) for one in What],
        "head": "" if head is None else str(head),
        "before": before,
        "earlier": {**query, "before": str(found[PAGE - 1].number)} if len(found) > PAGE else None,
    }
    return screen(asked, "desk/audit.html", TITLE[asked.language], values)


@everywhere(DeskRole.SEE)
def verified(place: Place, asked: Asked) -> Answer:
    """Every row reckoned anew: what takes a moment, and is therefore asked for."""
    with place.database.read() as connection:
        found = verify(connection, place.database.tokens.chain_keys)
    values = {"said": audit_verdict(found, asked.language), "whole": not found.flaws}
    if asked.part:
        return part(asked, "desk/audit-verdict.html", values)
    return screen(asked, "desk/audit-verified.html", TITLE[asked.language], values)


@everywhere(DeskRole.SEE)
def table(place: Place, asked: Asked) -> Answer:
    """All that fit, as a spreadsheet opens them."""
    wanted, _ = _wanted(dict(asked.query), asked.language)
    with place.database.read() as connection:
        body = _table(connection, wanted, asked.language)
    return Answer(file=body, name="agenda-audit.csv", media="text/csv; charset=utf-8")


def _table(connection: Connection, wanted: WantedRows, lang: Language) -> bytes:
    zone, names = zone_of_audit(connection), account_names(connection)
    found = list(listing.rows(connection, rows_wanted(wanted, zone, names)))
    return csv_octets(audit_csv(found, zone, names, lang))


def _wanted(query: dict[str, str], lang: Language) -> tuple[WantedRows, tuple[str, ...]]:
    """What is asked for; and what of it cannot be read."""
    wrong = [NO_DAY.say(lang, text=query[name]) for name in ("since", "until") if _unreadable(query.get(name, ""))]
    wanted = WantedRows(
        who=query.get("who", ""),
        what=tuple(one for one in What if one.value == query.get("what")),
        subject=query.get("subject", ""),
        since=_day(query.get("since", "")),
        until=_day(query.get("until", "")),
    )
    return wanted, tuple(wrong)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _unreadable(text: str) -> bool:
    return bool(text) and _day(text) is None


def _number(text: str) -> int | None:
    return min(int(text), LARGEST) if text.isascii() and text.isdigit() and len(text) < 20 else None


SCREENS = (
    Declared(path="/desk/audit", need=DeskRole.SEE, get=listed),
    Declared(path="/desk/audit/verified", need=DeskRole.SEE, get=verified),
    Declared(path="/desk/audit.csv", need=DeskRole.SEE, get=table),
)
