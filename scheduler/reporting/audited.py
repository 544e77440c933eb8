"""The audit as people read it, at a terminal and at the desk: its days, its columns, and the verdict on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.model.text import Language
from calendars.spelling import fold
from calendars.wording import home_short
from calendars.zones import nearest_instant, to_wall
from scheduler.store import editions
from scheduler.store.accounts import register
from scheduler.store.audit.deeds import What
from scheduler.store.audit.listing import AuditFilter, AuditRow
from scheduler.store.audit.verifying import AuditVerdict
from scheduler.wording.audit import deed_words, way_words, who_words, why_words

HOME = "America/Mexico_City"  # before the first edition
FLAWS_TOLD = 20
COLUMNS = Phrase("No.|When ({zone})|UTC|Who|Which way|What|In words|Subject|Why|Hash")
WHOLE = Phrase("The list is whole: {n} {n:row|rows}, {head}.")
NO_ROWS = Phrase("The list has no row yet.")
EMPTIED = Phrase("{n} {n:text was|texts were} erased, as `retencion` and erasures do.")
UNKEYED = Phrase("written without the secret key, so nobody vouches for {n:it|them}: {rows}")
BROKEN = Phrase("The list is NOT whole: {n} {n:flaw|flaws} in {rows} {rows:row|rows}. Keep a copy of it.")
MORE_FLAWS = Phrase("and {n} more")


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedRows:
    """Which rows somebody wants to see; days are those of the agenda's own zone."""

    who: str = ""
    what: tuple[What, ...] = ()
    subject: str = ""
    since: date | None = None
    until: date | None = None  # included


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditWords:
    """A verdict in words: what is to be heeded, each on its own; then the sum."""

    alarms: tuple[str, ...]
    sum: tuple[str, ...]


def zone_of_audit(connection: Connection) -> str:
    """By whose clocks the list says when."""
    current = editions.load(connection)
    return HOME if current is None else current.edition.agenda.zone


def account_names(connection: Connection) -> Mapping[str, str]:
    """By account (id), what people call it: the list itself keeps no name of those who have one."""
    return {one.id: one.name or one.address for one in register.listed(connection)}


def rows_wanted(wanted: WantedRows, zone: str, names: Mapping[str, str], before: int | None = None) -> AuditFilter:
    """A name is looked for among those of accounts, too. `before`: only rows of lower numbers."""
    part = fold(wanted.who)
    return AuditFilter(
        who=wanted.who,
        accounts=frozenset(id_ for id_, name in names.items() if part and part in fold(name)),
        what=wanted.what,
        subject=wanted.subject,
        since=None if wanted.since is None else _midnight(wanted.since, zone),
        until=None if wanted.until is None else _midnight(wanted.until + timedelta(days=1), zone),
        before=before,
    )


def _midnight(day: date, zone: str) -> datetime:
    return nearest_instant(datetime.combine(day, time()), zone)


def audit_moment(row: AuditRow, zone: str) -> str:
    """«2026-11-23 09:12» by the clocks of a zone."""
    return f"{to_wall(row.at, zone):%Y-%m-%d %H:%M}"


def audit_csv(
    found: Sequence[AuditRow], zone: str, names: Mapping[str, str], lang: Language
) -> Iterator[Sequence[object]]:
    """The cells of a spreadsheet, its heading first."""
    yield COLUMNS.say(lang, zone=home_short(zone, lang)).split("|")
    for one in found:
        yield (
            one.number,
            f"{to_wall(one.at, zone):%Y-%m-%d %H:%M:%S}",
            f"{one.at:%Y-%m-%d %H:%M:%S}",
            who_words(one, lang, names),
            way_words(one, lang),
            one.what,
            deed_words(one, lang, names),
            one.subject,
            why_words(one, lang),
            f"{one.number}-{one.hash}",
        )


def audit_verdict(found: AuditVerdict, lang: Language) -> AuditWords:
    """Whether the list is whole, and what of it nobody vouches for."""
    alarms = [one[lang] for one in found.flaws[:FLAWS_TOLD]]
    if len(found.flaws) > FLAWS_TOLD:
        alarms.append(MORE_FLAWS.say(lang, n=len(found.flaws) - FLAWS_TOLD))
    if found.unkeyed:
        rows = ", ".join(map(str, found.unkeyed[:FLAWS_TOLD]))
        alarms.append(UNKEYED.say(lang, n=len(found.unkeyed), rows=rows))
    return AuditWords(alarms=tuple(alarms), sum=tuple(_sum(found, lang)))


def _sum(found: AuditVerdict, lang: Language) -> Iterator[str]:
    if found.emptied:
        yield EMPTIED.say(lang, n=found.emptied)
    if found.flaws:
        yield BROKEN.say(lang, n=len(found.flaws), rows=found.rows)
    elif found.head is None:
        yield NO_ROWS[lang]
    else:
        yield WHOLE.say(lang, n=found.rows, head=found.head)
