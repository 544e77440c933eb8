"""What a reminder says, before it is a mail: the words of one event for one site on one day of sending."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from calendars.catalogue import Phrase
from calendars.descriptions import place, summary, until_line
from calendars.elsewhere import Offer
from calendars.model.events import Assumption, Days, Event, EventStatus, Timed
from calendars.model.places import Representation
from calendars.model.text import Language
from calendars.wording import (
    assumption,
    clock_of,
    home_name,
    home_short,
    hour,
    long_date,
    night_remark,
    relative_day,
    sentence,
    short_date,
    status_word,
    weekday_and_day,
)
from scheduler.mail.subject import Subject
from scheduler.mail.texts.own_words import Lead, leads, with_addition
from scheduler.wording.elsewhere import Others, others

_DATE_OPEN = Phrase("date to be confirmed")
_HOUR_OPEN = Phrase("time to be confirmed")
_REASON = Phrase("Reason")
_UNTIL = Phrase("until")
_CONVOKES = Phrase("INVITATION")
_CONVOKED = Phrase("Your site is invited to take part in this event.")
_TO = Phrase("to {office}")
_TO_A_FEMININE = Phrase("to {office}", "an office whose name is feminine in Spanish")
_SOME_DAY = date(2021, 10, 21)  # to see how a language writes its weekdays
_FEMININE = re.compile(r"(?:Secci[oó]n|Oficina|Embajada|Coordinaci[oó]n|Direcci[oó]n|Representaci[oó]n)\b")


@dataclass(frozen=True, kw_only=True, slots=True)
class Hours:
    """The part that only an event with an hour has."""

    here: str  # «04:30 h»
    home_day: str  # «jueves 21»
    home: str  # «18:00 h»
    home_name: str  # «tiempo del centro de México (TCM)»
    remark: str  # «Es de madrugada en su sede; …», or empty
    until: str  # «Término: 06:30 h (duración supuesta: 2 h, por confirmar).»


@dataclass(frozen=True, kw_only=True, slots=True)
class Reminder:
    """As the templates read it, under the name `r`."""

    subject: str
    preheader: str  # what a phone shows after the subject; no joining link
    title: str
    day: str  # «Mañana, viernes 22 de octubre de 2021»
    last_day: str | None  # of whole days, if it is another
    city: str
    hours: Hours | None  # None: whole days
    all_day: bool  # one whole day, and not one whose hour is open
    notes: tuple[str, ...]  # status, what is supposed, reason: sentences
    place: str | None
    description: str | None
    link: str | None
    link_opens: bool  # an address that a browser can open, and not a meeting number
    ask_for_link: str | None  # where there is one that these posts are not given: how to come by it
    calendar: str | None  # the address of the site's; None: the post has another channel
    asks: bool  # whether the post comes
    guest: bool  # it comes to this session instead of its own
    others: Others  # sessions that it may join instead
    leads: tuple[Lead, ...]  # the administrators' own words
    convoked: str | None  # of a convocation: the sentence that says so


def reminder(
    subject: Subject, *, calendar: str | None, convokes: bool = False, offers: Sequence[Offer] = ()
) -> Reminder:
    """The words, with the address of the site's `calendar`. Of a convocation they are the same, under its own head.

    Raises ValueError for an event without a date.
    """
    event, language, link = subject.event, subject.language, subject.link
    first, last, hours = _times(subject)
    relative = relative_day(first, subject.today, language)
    said = leads((subject.words, event.message), language)
    title = with_addition(_subject(subject, relative), said, language)
    return Reminder(
        subject=f"{_CONVOKES[language]}: {title}" if convokes else _capital(title),
        preheader=_preheader(event, subject.site, hours, language),
        title=event.title[language],
        day=_long_day(event, first, relative, language),
        last_day=long_date(last, language) if last != first else None,
        city=subject.site.city_in(language),
        hours=hours,
        all_day=hours is None and first == last and Assumption.TIME not in event.assumed,
        notes=_notes(event, language),
        place=place(event, language),
        description=event.description[language] if event.description else None,
        link=link,
        link_opens=link is not None and link.startswith(("https://", "http://")),
        ask_for_link=subject.ask_for_link,
        calendar=calendar,
        asks=event.asks_who_comes and not subject.guest,
        guest=subject.guest,
        others=others(subject.edition.agenda, offers, language, subject.today),
        leads=said,
        convoked=_CONVOKED[language] if convokes else None,
    )


def inside(subject: str, language: Language) -> str:
    """A reminder's subject after a colon: with a small letter, where the language begins its weekdays with one."""
    small = short_date(_SOME_DAY, language)[:1].islower()
    return subject[:1].lower() + subject[1:] if small else subject


def to_office(office: str, language: Language) -> str:
    """«a la Sección Consular, …»; «a: …» where the article is not known; "to …"."""
    return (_TO_A_FEMININE if _FEMININE.match(office) else _TO).say(language, office=office)


def _times(subject: Subject) -> tuple[date, date, Hours | None]:
    event, site, language = subject.event, subject.site, subject.language
    agenda, revision = subject.edition.agenda, subject.edition.revisions[event.id]
    match event.when:
        case Days(first=first, last=last):
            return first, last, None
        case Timed() if revision.start is not None and revision.end is not None:
            here, home = revision.wall(revision.start, site.zone), revision.wall(revision.start, agenda.zone)
            hours = Hours(
                here=hour(here, language),
                home_day=weekday_and_day(home, language),
                home=hour(home, language),
                home_name=home_name(agenda.zone, language),
                remark=night_remark(here, home, agenda.zone, language),
                until=until_line(event, revision, site.zone, language),
            )
            return here.date(), here.date(), hours
    raise ValueError(f"event «{event.id}» has no date to remind of")


def _subject(subject: Subject, relative: str | None) -> str:
    """«mañana vie 22 oct, 04:30 h (Nueva Delhi): Taller VMRE, Asia Pacífico · jue 21 oct, 18:00 h TCM».

    The site's hour is what a phone still shows; the agenda's own comes last.
    """
    event, site, language = subject.event, subject.site, subject.language
    agenda, revision = subject.edition.agenda, subject.edition.revisions[event.id]
    title = summary(event, language)
    if isinstance(event.when, Days):
        first, last = event.when.first, event.when.last
        until = f", {_UNTIL[language]} {short_date(last, language, subject.today)}" if last != first else ""
        return f"{_day(first, relative, subject)}{until}: {title}"
    assert revision.start is not None
    here, home = revision.wall(revision.start, site.zone), revision.wall(revision.start, agenda.zone)
    moment = f"{_day(here, relative, subject)}, {hour(here, language)} ({site.city_in(language)})"
    day = f"{short_date(home, language, subject.today)}, " if home.date() != here.date() else ""
    return f"{moment}: {title} · {day}{hour(home, language)} {home_short(agenda.zone, language)}"


def _long_day(event: Event, day: date, relative: str | None, language: Language) -> str:
    written = long_date(day, language)
    return _capital(f"{relative}, {written}" if relative else written) + _open(event, language)


def _day(day: date, relative: str | None, subject: Subject) -> str:
    written = short_date(day, subject.language, subject.today)
    return f"{relative} {written}" if relative else written


def _preheader(event: Event, site: Representation, hours: Hours | None, language: Language) -> str:
    if hours is None:
        return " ".join(_notes(event, language)) or event.title[language]
    clocks = clock_of(site.city_in(language), language)
    return f"{hours.here}, {clocks} = {hours.home_day}, {hours.home}, {hours.home_name}. {hours.remark}".rstrip()


def _open(event: Event, language: Language) -> str:
    """«(fecha por confirmar)», next to the date it speaks of."""
    if event.status is EventStatus.TENTATIVE or Assumption.DATE in event.assumed:
        return f" ({_DATE_OPEN[language]})"
    return f" ({_HOUR_OPEN[language]})" if Assumption.TIME in event.assumed else ""


def open_notes(event: Event, language: Language) -> tuple[str, ...]:
    """What is not certain about it, in sentences; but for the length of what has an hour, which its end tells."""
    told_with_end = {Assumption.DURATION} if isinstance(event.when, Timed) else set()
    supposed = [part for part in Assumption if part in event.assumed and part not in told_with_end]
    status = () if event.status is EventStatus.CONFIRMED else (sentence(status_word(event.status, language)),)
    return (*status, *(sentence(assumption(event, part, language)) for part in supposed))


def _notes(event: Event, language: Language) -> tuple[str, ...]:
    notes = open_notes(event, language)
    return notes if event.reason is None else (*notes, sentence(f"{_REASON[language]}: {event.reason[language]}"))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
