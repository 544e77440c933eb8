"""Taking an edition back before anybody hears of it: until when that is so, and what is true of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.editions import Edition
from calendars.model.text import Language
from scheduler.publishing.in_words import exposed_line, moment_at_home, unheard_lines
from scheduler.publishing.prospect import Prospect
from scheduler.store import controls, editions
from scheduler.store.ledger import leaving
from scheduler.store.ledger.leaving import Waiting

NOBODY = Phrase("No notice is sent.")
SOME = Phrase("{n} {n:person gets|people get} a notice that corrects what {n:that person was|they were} told.")
BEFORE = Phrase(
    "{n} {n:reminder|reminders} with the new hour {n:leaves|leave} before, from {moment} on: whoever gets one is "
    "corrected."
)
STAY = Phrase("Recipients and joining links stay as they are.")
REASON = Phrase("undoes edition {number}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Countdown:
    """The edition in force, while nobody was told of it by a notice."""

    edition: int
    undoes_to: int  # the number of the edition before it
    news: Waiting  # its notices and convocations
    reminders: Waiting  # of the events that it added, or set to another hour
    halted: bool  # all mail is stopped: nothing leaves until it is resumed

    @property
    def first(self) -> datetime | None:
        """When the earliest of all that waits leaves (UTC); None: nothing does."""
        return min((one for one in (self.news.first, self.reminders.first) if one is not None), default=None)

    @property
    def until(self) -> datetime | None:
        """Until when it can be undone before anybody hears of it by a notice (UTC); None: there is no such end."""
        return self.news.first or self.reminders.first

    def runs(self, now: datetime) -> bool:
        """Is there something to leave, and has its moment not come?"""
        return self.until is not None and (self.halted or now < self.until)


def countdown(connection: Connection) -> Countdown | None:
    """Of the edition in force; None of a first edition, and once a notice of it has gone, or may have."""
    number = editions.number_in_force(connection)
    if number is None or number < 2:
        return None
    news = leaving.news(connection, number)
    after, before = editions.find(connection, number), editions.find(connection, number - 1)
    if news.gone or after is None or before is None:
        return None
    return Countdown(
        edition=number,
        undoes_to=number - 1,
        news=news,
        reminders=leaving.reminders(connection, _new_hours(before, after)),
        halted=controls.get(connection, controls.STOPPED) is not None,
    )


def _new_hours(before: Edition, after: Edition) -> dict[str, int]:
    """The events of which `after` says another moment than `before`, or which are new: UID -> schedule number."""
    was = {one.uid: one.schedule for one in before.revisions.values()}
    return {one.uid: one.schedule for one in after.revisions.values() if was.get(one.uid) != one.schedule}


def undo_lines(found: Prospect, running: Countdown, at: datetime, lang: Language) -> Iterator[str]:
    """What undoing would do, and what it cannot; `found` is the way back to the edition before."""
    agenda = found.publication.edition.agenda
    yield NOBODY[lang] if not found.mails else SOME.say(lang, n=len(found.noticed))
    heard = tuple(unheard_lines(found, lang))
    yield from heard
    if not heard and found.before is not None:
        yield exposed_line(found, lang)
    earlier, until = running.reminders, running.news.first
    if earlier.first is not None and until is not None and earlier.first < until:
        moment = moment_at_home(earlier.first, agenda.zone, lang, at)
        yield BEFORE.say(lang, n=earlier.mails, moment=moment)
    yield STAY[lang]
