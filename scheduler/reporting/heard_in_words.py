"""Who has heard, in words: the same at a terminal and at the desk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from calendars.catalogue import Phrase
from calendars.editions import Edition
from calendars.model.events import Event
from calendars.model.text import Language
from scheduler.reporting.heard import Hearing
from scheduler.store.editions import InForce
from scheduler.wording.kinds import kind_words

AS_IT_STANDS = Phrase("as it stands since edition {number}, {moment}")
CHANGED_BY = Phrase("edition {number}, {moment}")
MISSING = Phrase("Not heard: {posts} of {all} {all:post|posts}, at {sites} {sites:site|sites}.")
DEAF = Phrase("At {n} of these sites nobody has.")
EVERYBODY = Phrase("All have heard: {all} {all:post|posts}.")
NO_POSTS = Phrase("It concerns no post.")
PUBLIC = Phrase(
    "Heard: the mail server took a mail that tells it, the post's private calendar was read since, or it answered "
    "since. Whether a mail was read, and who reads public calendars, nobody knows."
)
FIRST = Phrase("Edition 1 is the first: nobody was told of it.")
NOTHING_TOLD = Phrase("Edition {number} changed nothing that is told to anybody.")
WAS_SILENT = Phrase("Edition {number} was published without telling anybody; later mails say what it changed.")
UNKNOWN = Phrase("{key}: there is no such event in force, and no such edition. Events: {events}.")


def meant(now: InForce, which: str) -> tuple[int, Event | None]:
    """An event, by its id, with the number of the edition in force; or an edition: 0 where there is none such."""
    event = now.edition.agenda.event(which)
    if event is not None or not which:
        return now.edition.number, event
    number = int(which) if which.isdecimal() and len(which) < 10 else 0
    return number if number <= now.edition.number else 0, None


def dated(edition: Edition) -> str:
    """The ids of the events that one can ask about."""
    return ", ".join(event.id for event in edition.agenda.events if event.when is not None)


def edition_words(number: int, found: Sequence[Hearing], lang: Language, *, silent: bool) -> Iterator[str]:
    """What is to be said of an edition before its events."""
    if number == 1:
        yield FIRST[lang]
    elif not found:
        yield NOTHING_TOLD.say(lang, number=number)
    if silent:
        yield WAS_SILENT.say(lang, number=number)


def kinds_of(one: Hearing, lang: Language) -> str:
    """What was told: «MOVIDO»; "" of an event as it stands."""
    return "" if one.change is None else kind_words(one.change, lang)


def since_words(one: Hearing, lang: Language, moment: str) -> str:
    """Since which edition, whose `moment` is said as its reader says it."""
    said = AS_IT_STANDS if one.change is None else CHANGED_BY
    return said.say(lang, number=one.edition, moment=moment)


def sum_words(one: Hearing, lang: Language) -> str:
    """How many have not heard."""
    posts = sum(len(site.posts) for site in one.sites)
    if not posts:
        return NO_POSTS[lang]
    absent, deaf = sum(len(site.missing) for site in one.sites), sum(not site.heard for site in one.missing)
    if not absent:
        return EVERYBODY.say(lang, all=posts)
    line = MISSING.say(lang, posts=absent, all=posts, sites=len(one.missing))
    return f"{line} {DEAF.say(lang, n=deaf)}" if deaf else line
