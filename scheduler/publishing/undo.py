"""Taking an edition back before anybody hears of it: until when that is so, and what is true of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.changes import changes
from calendars.editions import Edition
from calendars.model.text import Language
from scheduler.planning.delivery import Purpose
from scheduler.publishing.in_words import exposed_line, moment_at_home, unheard_lines
from scheduler.publishing.prospect import Prospect
from scheduler.publishing.unheard import is_news
from scheduler.store import controls, editions
from scheduler.store.compared import Comparison
from scheduler.store.editions import InForce
from scheduler.store.ledger import last_told, leaving
from scheduler.store.ledger.last_told import LastTold
from scheduler.store.ledger.leaving import Waiting

NOBODY = Phrase("No notice is sent.")
SOME = Phrase("{n} {n:person gets|people get} a notice of it.")
BEFORE = Phrase(
    "{n} {n:reminder|reminders} with the new hour {n:leaves|leave} before, from {moment} on: whoever gets one is "
    "corrected."
)
SILENT = Phrase(
    "{n} {n:reminder|reminders} with the new hour {n:leaves|leave} from {moment} on: whoever has got one by the time "
    "of the undoing is corrected."
)
STAY = Phrase("Recipients and joining links stay as they are.")
A_WHILE = timedelta(hours=1)
SECOND = 2  # the first edition has none before it
REASON = Phrase("undoes edition {number}")


@dataclass(frozen=True, kw_only=True, slots=True)
class UndoWindow:
    """The edition in force, while nobody was told of it by a notice."""

    edition: int
    undoes_to: int  # the number of the edition before it
    at: datetime  # UTC: when it was published
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

    def offered(self, now: datetime) -> bool:
        """Is undoing it worth a button of its own? Where nothing leaves because of it, for a while."""
        return self.runs(now) if self.until is not None else now - self.at <= A_WHILE


def countdown(connection: Connection) -> UndoWindow | None:
    """Of the edition in force; None of a first edition, and once a notice of it has gone, or may have."""
    now = editions.load(connection)
    if now is None or now.edition.number < SECOND or leaving.has_gone(connection, now.edition.number):
        return None
    number = now.edition.number
    before, news = editions.find(connection, number - 1), _news(connection, now)
    assert before is not None, "editions are numbered without a gap"
    if not news.mails and _took_back(connection, now):
        return None
    return UndoWindow(
        edition=number,
        undoes_to=number - 1,
        at=now.edition.at,
        news=news,
        reminders=leaving.reminders(connection, _new_hours(before, now.edition)),
        halted=controls.get(connection, controls.STOPPED) is not None,
    )


def _took_back(connection: Connection, now: InForce) -> bool:
    """Does it say what the edition before the last one said?"""
    earlier = editions.find(connection, now.edition.number - 2)
    return earlier is not None and not changes(earlier, now.edition)


def _news(connection: Connection, now: InForce) -> Waiting:
    """What will leave of its notices and convocations: one that has nothing to say to its post by now will not."""
    comparison = Comparison(now)
    known: dict[str, dict[str, LastTold]] = {}
    moments = []
    for one in leaving.news(connection, now.edition.number):
        if one.purpose is Purpose.NOTICE:
            if one.event not in known:
                known[one.event] = last_told.known(connection, one.event, one.uid)
            if not is_news(connection, comparison, (one.event, one.site), known[one.event][one.recipient]):
                continue
        moments.append(one.leaves)
    return Waiting(mails=len(moments), first=min(moments, default=None))


def _new_hours(before: Edition, after: Edition) -> dict[str, int]:
    """The events of which `after` says another moment than `before`, or which are new: UID -> schedule number."""
    was = {one.uid: one.schedule for one in before.revisions.values()}
    return {one.uid: one.schedule for one in after.revisions.values() if was.get(one.uid) != one.schedule}


def undo_lines(found: Prospect, running: UndoWindow, at: datetime, lang: Language) -> Iterator[str]:
    """What undoing would do, and what it cannot; `found` is the way back to the edition before."""
    agenda = found.publication.edition.agenda
    yield NOBODY[lang] if not found.mails else SOME.say(lang, n=len(found.noticed))
    heard = tuple(unheard_lines(found, lang))
    yield from heard
    if not heard and found.before is not None:
        yield exposed_line(found, lang)
    earlier, until = running.reminders, running.news.first
    if earlier.first is not None and (until is None or earlier.first < until):
        moment = moment_at_home(earlier.first, agenda.zone, lang, at)
        yield (SILENT if until is None else BEFORE).say(lang, n=earlier.mails, moment=moment)
    yield STAY[lang]
