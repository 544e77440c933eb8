"""Asking the silent, in words: the same at a terminal and at the desk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from calendars.catalogue import Phrase
from calendars.model.text import Language
from scheduler.planning.delivery import State
from scheduler.publishing.asking import Silence, Spared
from scheduler.publishing.in_words import moment_at_home
from scheduler.store.ledger.questions import AskedPost
from scheduler.wording.places import city_names

ANSWERED = Phrase("{title}: {n} {n:post has|posts have} answered.")
BEFORE = Phrase("Asked before ({n}):")
ASKED_POST = Phrase("{post}, {city}: {what}")
WHAT = {
    State.ACCEPTED: Phrase("the mail server took it on {moment}"),
    State.PLANNED: Phrase("it leaves on {moment}"),
    State.DEFERRED: Phrase("it was due on {moment}, and is tried again"),
    State.BOUNCED: Phrase("it bounced; it had left on {moment}"),
    State.REJECTED: Phrase("its address was refused; it was due on {moment}"),
    State.HELD: Phrase("it was due on {moment}, and is held"),
    State.EXPIRED: Phrase("it was due on {moment}, and came too late"),
}
DOUBTFUL = Phrase("it left on {moment}, and nobody knows whether it arrived")
ENDED = Phrase("it was due on {moment}, and was ended")
NOT_ASKED = {
    Spared.ADDRESS: Phrase("Not asked, for their address is bad ({n}): {posts}"),
    Spared.LEFT: Phrase("Not asked, for they want no reminders ({n}): {posts}"),
    Spared.PAUSED: Phrase("Not asked, for they have paused their reminders ({n}): {posts}"),
    Spared.LATE: Phrase("Not asked, for their site does not open before it begins ({n}): {posts}"),
}
NOBODY = Phrase("Nobody is left to ask.")
WOULD = Phrase("Not asked yet: {people} {people:post|posts} at {sites} {sites:site|sites}, one mail each.")
LEAVES = Phrase("It leaves in working hours, on days that are certain: the first on {first}, the last on {last}.")
NO_PREVIEW = Phrase("Nobody at {site} is to be asked.")
SHOWN = 20  # posts named of one kind


def answered_words(found: Silence, lang: Language) -> str:
    return ANSWERED.say(lang, title=found.event.title[lang], n=found.answered)


def before_words(found: Silence, lang: Language, at: datetime, most: int = SHOWN) -> Iterator[str]:
    """Who was asked before, and what became of it: a line each, at `most` so many."""
    agenda = found.edition.agenda
    cities = city_names(agenda.representations, lang)
    for one in found.asked[:most]:
        moment = moment_at_home(one.accepted_at or one.due_at, agenda.zone, lang, at)
        city = cities.get(one.site, one.site)
        yield ASKED_POST.say(lang, post=one.recipient, city=city, what=_what(one).say(lang, moment=moment))
    if len(found.asked) > most:
        yield "…"


def spared_words(found: Silence, lang: Language) -> Iterator[str]:
    """Who is not asked, a line for each reason."""
    for why, words in NOT_ASKED.items():
        posts = [post for post, reason in found.spared.items() if reason is why]
        if posts:
            some = ", ".join((*posts[:SHOWN], *(("…",) if len(posts) > SHOWN else ())))
            yield words.say(lang, n=len(posts), posts=some)


def would_words(found: Silence, lang: Language, at: datetime) -> Iterator[str]:
    """How many would be asked now, and when it leaves."""
    if not found.asks:
        yield NOBODY[lang]
        return
    home = found.edition.agenda.zone
    first, last = (moment_at_home(one.leaves, home, lang, at) for one in (found.asks[0], found.asks[-1]))
    yield WOULD.say(lang, people=found.people, sites=len(found.asks))
    yield LEAVES.say(lang, first=first, last=last)


def _what(one: AskedPost) -> Phrase:
    """What became of its mail; of a claim, as before it."""
    if one.state in (State.UNCERTAIN, State.SENDING):
        return DOUBTFUL
    return WHAT.get(State.PLANNED if one.state is State.CLAIMED else one.state, ENDED)
