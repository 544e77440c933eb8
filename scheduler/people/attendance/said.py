"""Attendance in words: what files say before they are recorded, and what is recorded, for terminal and desk alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from calendars.catalogue import Phrase
from calendars.model.agenda import Agenda
from calendars.model.text import Language
from calendars.wording import and_list, zone_city
from scheduler.people.attendance.looking import FoundPerson, Looked, ReadFile
from scheduler.people.attendance.recording import OWN_PEOPLE, SHORT
from scheduler.people.attendance.sessions import HeldSession
from scheduler.store.attendance.counts import SessionAttendance
from scheduler.store.attendance.keeping import KeptFile
from scheduler.store.attendance.rows import name_key
from scheduler.wording.places import city_name

PROGRAMS = {
    "teams": Phrase("Microsoft Teams"),
    "zoom": Phrase("Zoom"),
    "webex": Phrase("Webex"),
    "meet": Phrase("Google Meet"),
    "list": Phrase("a list"),
    "table": Phrase("a table"),
}
ORDERS = {
    "day-first": Phrase("day before month"),
    "month-first": Phrase("month before day"),
}
HOW = {
    "hand": Phrase("by hand", "how a person was matched to a site"),
    "address": Phrase("by address", "how a person was matched to a site"),
    "post": Phrase("by the post in the name", "how a person was matched to a site"),
    "site": Phrase("by the site in the name", "how a person was matched to a site"),
    "remembered": Phrase("as assigned before", "how a person was matched to a site"),
}
FILE = Phrase("{name}: {program}, {n} {n:person|people}; {facts}.")
ENCODING = Phrase("text in {encoding}")
ZONE = Phrase("hours of {city}")
OWN = Phrase("it says itself: {n} {n:participant|participants}")
ALREADY = Phrase("{name} is recorded already: it changes nothing.")
PRESENT = Phrase(
    "Present for {threshold} {threshold:minute|minutes} or more: {n} {n:person|people} of {sites} {sites:site|sites}."
)
NONE_PRESENT = Phrase("Present for {threshold} {threshold:minute|minutes} or more: nobody of any known site.")
NO_SITE = Phrase(
    "Besides, {n} {n:person|people} present of no known site: {n:counts|count} for none until assigned to one."
)
BRIEF = Phrase("{n} {n:person was|people were} there for less, and {n:does|do} not count.")
NO_TIME = Phrase("Of {n} {n:person|people} the time is not known: not counted.")
OWN_TOTAL = Phrase("The file says itself: {n} {n:participant|participants}.")
OWN_TOTALS = Phrase(
    "{files} {files:file|files} themselves say, added up: {n} {n:participant|participants}; whoever stands in several "
    "counts in each."
)
ABSENT = Phrase("Of the {all} {all:site|sites} that it was for, {n} with nobody present: {cities}.")
NONE_ABSENT = Phrase("Of the {all} {all:site|sites} that it was for, none is without somebody present.")
TYPED = Phrase("Typed by hand, and so before what files say: {sites}.")
MINUTES = Phrase("{n} min")
UNKNOWN_TIME = Phrase("time not known")
LISTED = Phrase("in a list")
HELD, NOT_HELD, UNSAID = Phrase("held", "of a session"), Phrase("not held", "of a session"), Phrase("nothing recorded")
FROM_FILES = Phrase("{n} {n:file|files}")
BY_HAND = Phrase("by hand", "where figures come from")
KEPT_FILE = Phrase("{digest}  {program}, {n} {n:person|people}")
FIGURES_LEFT = Phrase("Of its people only figures by site are left, as `retencion` says.")
CITIES = 12  # of absent sites, named on a terminal; the rest are counted
MORE = Phrase("{names} and {n} more")
_READ_BY_SHELLS = frozenset('"$`\\!')  # within quotation marks, too


def program_words(program: str, lang: Language) -> str:
    """«teams-3» -> «Microsoft Teams»."""
    words = PROGRAMS.get(program.partition("-")[0])
    return program if words is None else words[lang]


def file_lines(looked: Looked, lang: Language) -> Iterator[str]:
    """Of each file: the program, what was assumed, what it says of itself; and what it is that was known."""
    for one in looked.files:
        yield file_words(one, looked.session.agenda, lang)
        yield from (f"  - {remark[lang]}" for remark in one.file.remarks)
        if one.known:
            yield f"  - {ALREADY.say(lang, name=one.name)}"


def file_words(one: ReadFile, agenda: Agenda, lang: Language) -> str:
    file = one.file
    facts = [ENCODING.say(lang, encoding=file.encoding.upper())] if file.encoding else []
    if file.zone:
        facts.append(ZONE.say(lang, city=zone_city(file.zone, lang)))
    if file.order is not None:
        facts.append(ORDERS[file.order][lang])
    if OWN_PEOPLE in file.totals:
        facts.append(OWN.say(lang, n=file.totals[OWN_PEOPLE]))
    program = program_words(file.program, lang)
    return FILE.say(lang, name=one.name, program=program, n=one.people, facts="; ".join(facts))


def count_lines(looked: Looked, lang: Language) -> Iterator[str]:
    """What recording it comes to."""
    yield from _present(looked.by_site, looked.after.unmatched, looked.session.threshold, lang)
    brief = sum(one.present is False for one in looked.people)
    if brief:
        yield BRIEF.say(lang, n=brief)
    if looked.after.unknown:
        yield NO_TIME.say(lang, n=looked.after.unknown)
    if looked.typed:
        yield TYPED.say(lang, sites=cities(looked.session.agenda, tuple(looked.typed), lang))


def _present(by_site: Mapping[str, int], unmatched: int, threshold: int, lang: Language) -> Iterator[str]:
    """How many, of how many sites; who is of no known site is beside these, as in the report."""
    present, sites = sum(by_site.values()), sum(1 for n in by_site.values() if n)
    words = PRESENT if present else NONE_PRESENT
    yield words.say(lang, threshold=threshold, n=present, sites=sites)
    if unmatched:
        yield NO_SITE.say(lang, n=unmatched)


def absent_line(session: HeldSession, by_site: dict[str, int], lang: Language, *, most: int = CITIES) -> str | None:
    """Of the sites that it was for, those with nobody present; None where it was for none."""
    sites = session.sites
    absent = [one.id for one in sites if not by_site.get(one.id)]
    if not sites:
        return None
    if not absent:
        return NONE_ABSENT.say(lang, all=len(sites))
    named = cities(session.agenda, absent, lang, most=most)
    return ABSENT.say(lang, all=len(sites), n=len(absent), cities=named)


def cities(agenda: Agenda, sites: Sequence[str], lang: Language, *, most: int = CITIES) -> str:
    """The cities of sites (ids), the first of them by name."""
    named = [city_name(agenda, one, lang) for one in sites]
    if len(named) <= most:
        return and_list(named, lang)
    return MORE.say(lang, names=", ".join(named[:most]), n=len(named) - most)


def assignable(looked: Looked) -> str:
    """A name of nobody's site by which somebody can be assigned as it stands, for an example; "" where none will do.

    A telephone's number is nobody's name, a name that two have is refused, and a quotation mark ends it early.
    """
    shared = Counter(name_key(one.participant.name) for one in looked.people)
    names = (one.participant.name for one in looked.unmatched)
    return next((name for name in names if _is_a_name(name) and shared[name_key(name)] == 1), "")


def _is_a_name(text: str) -> bool:
    digits, letters = (sum(map(kind, text)) for kind in (str.isdigit, str.isalpha))
    return letters > digits and not set(text) & _READ_BY_SHELLS


def time_words(one: FoundPerson, lang: Language) -> str:
    """How long somebody was there."""
    if one.participant.minutes is not None:
        return MINUTES.say(lang, n=one.participant.minutes)
    return LISTED[lang] if one.participant.listed else UNKNOWN_TIME[lang]


def how_words(one: FoundPerson, lang: Language) -> str:
    """By what somebody was found to belong to a site."""
    return HOW[one.by][lang] if one.by else ""


def recorded_lines(session: HeldSession, found: SessionAttendance, lang: Language) -> Iterator[str]:
    """What is recorded of one session."""
    if found.held is False:
        yield f"{NOT_HELD[lang]}: {found.reason}" if found.reason else NOT_HELD[lang]
        return
    if not found.source:
        yield UNSAID[lang] if found.held is None else HELD[lang]
        return
    yield from _present(found.by_site, found.unmatched, found.threshold, lang)
    if found.unknown:
        yield NO_TIME.say(lang, n=found.unknown)
    if found.own_total is not None:
        words = OWN_TOTAL if found.own_files == 1 else OWN_TOTALS
        yield words.say(lang, files=found.own_files, n=found.own_total)
    if found.typed:
        yield TYPED.say(lang, sites=cities(session.agenda, sorted(found.typed), lang))
    absent = absent_line(session, dict(found.by_site), lang)
    if absent is not None:
        yield absent
    if found.kept_at is not None:
        yield FIGURES_LEFT[lang]


def held_words(found: SessionAttendance | None, lang: Language) -> str:
    """Whether it was held, in a word or two."""
    if found is None or found.held is None:
        return UNSAID[lang]
    return HELD[lang] if found.held else NOT_HELD[lang]


def source_words(found: SessionAttendance | None, lang: Language) -> str:
    """Where the figures come from; "" where there are none."""
    if found is None or not found.source:
        return ""
    hand = [BY_HAND[lang]] if found.typed else []
    files = [FROM_FILES.say(lang, n=found.files)] if found.files else []
    return ", ".join(files + hand)


def kept_file_words(one: KeptFile, lang: Language) -> str:
    """A file that was read, by which it can be taken back."""
    return KEPT_FILE.say(lang, digest=one.digest[:SHORT], program=program_words(one.program, lang), n=one.people)
