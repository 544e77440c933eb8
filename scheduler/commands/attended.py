"""What `agenda attendance` draws: who was matched to which site, who was not, and the sessions that are known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from calendars.catalogue import Phrase
from calendars.model.text import Language
from scheduler.commands.screen import out, print_lines
from scheduler.people.attendance.known import KnownSession, day_of
from scheduler.people.attendance.looking import FoundPerson, Looked
from scheduler.people.attendance.said import (
    absent_line,
    assignable,
    count_lines,
    file_lines,
    held_words,
    how_words,
    source_words,
    time_words,
)
from scheduler.people.attendance.sequel_words import owing_line
from scheduler.wording.places import city_name

MATCHED = Phrase("Site|Person|Time|Matched")
UNMATCHED = Phrase("Nobody knows {n:this person's site|these people's sites}")
UNMATCHED_HEADS = Phrase("Person|Time")
ASSIGN = Phrase('Assign {n:this person|them}:  --assign "{name}=SITE"; it is remembered for the next session.')
NAME = Phrase("NAME", "placeholder in a command")
SESSIONS = Phrase("Day|Event|Held|Sites with somebody|People present|No site yet|Source")
OF = Phrase("{n} of {all}")
NONE = Phrase("No session of the edition in force has begun.")


def print_looked(looked: Looked, lang: Language, at: datetime) -> None:
    """What files say, before it is recorded."""
    print_lines(file_lines(looked, lang))
    if looked.matched:
        table = _table(MATCHED[lang])
        for one in sorted(looked.matched, key=lambda one: (one.site, one.participant.name)):
            table.add_row(*_cells(_site(looked, one, lang), one, lang), how_words(one, lang))
        out().print(table)
    if looked.unmatched:
        count = len(looked.unmatched)
        table = _table(UNMATCHED_HEADS[lang], UNMATCHED.say(lang, n=count))
        for one in looked.unmatched:
            table.add_row(escape(one.participant.name), time_words(one, lang))
        out().print(table)
        print_lines([ASSIGN.say(lang, n=count, name=assignable(looked) or NAME[lang])])
    print_lines(_sums(looked, lang, at))


def _sums(looked: Looked, lang: Language, at: datetime) -> Iterator[str]:
    yield from count_lines(looked, lang)
    absent = absent_line(looked.session, dict(looked.by_site), lang)
    if absent is not None:
        yield absent
    if looked.sequel is not None:
        yield owing_line(looked.session, looked.sequel, lang, at)


def _site(looked: Looked, one: FoundPerson, lang: Language) -> str:
    return city_name(looked.session.agenda, one.site, lang)


def _cells(site: str, one: FoundPerson, lang: Language) -> tuple[str, str, str]:
    return escape(site), escape(one.participant.name), time_words(one, lang)


def print_attended(found: Sequence[KnownSession], lang: Language, at: datetime) -> None:
    """Every session that has begun, and what is known of it."""
    if not found:
        print_lines([NONE[lang]])
        return
    table = _table(SESSIONS[lang])
    for one in found:
        table.add_row(*map(escape, _row(one, lang, at)))
    out().print(table)


def _row(one: KnownSession, lang: Language, at: datetime) -> tuple[str, ...]:
    session, found = one.session, one.found
    first = (day_of(session, lang, at), session.event.id, held_words(found, lang))
    if found is None or not found.source:
        return (*first, "—", "—", "—", "")
    there = sum(1 for site in session.sites if found.by_site.get(site.id))
    of_all = OF.say(lang, n=there, all=len(session.sites))
    return (*first, of_all, str(found.present), str(found.unmatched), source_words(found, lang))


def _table(heads: str, title: str | None = None) -> Table:
    return Table(*heads.split("|"), title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
