"""What an escalation says, before it is a mail: to a deputy, that somebody is needed; to a coordinator, from where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from calendars.catalogue import Phrase
from calendars.descriptions import summary
from calendars.model.events import Days, Event
from calendars.model.places import Representation
from calendars.model.text import Language
from calendars.wording import days_span, home_short, hour, short_date
from scheduler.mail.subject import Subject
from scheduler.mail.texts.reminder import Reminder, inside, reminder
from scheduler.planning.coverage import Tally
from scheduler.wording.places import city_name

_NEEDED = Phrase("Somebody from your site is needed")
_NOBODY = Phrase("Nobody from your site has said that they will come.")
_FEW = Phrase("From your site {coming} will come, and {minimum} are needed.")
_STEP_IN = Phrase("Can you come, as the deputy?")
_SITES = Phrase("Nobody to come: {n} sites of your region")
_ONE_SITE = Phrase("Nobody to come: {site}")
_SAID = Phrase("{coming} of {minimum} will come")
_DEPUTIES = Phrase("{n} {n:deputy|deputies} on the list")
_NO_DEPUTY = Phrase("no deputy")
_MAYBE = Phrase("maybe: {n}")


@dataclass(frozen=True, kw_only=True, slots=True)
class ToDeputy:
    """As the template reads it, under the name `e`; what it shares with a reminder, under `r`."""

    subject: str
    lead: str  # why it is written to, and what is asked
    event: Reminder

    @property
    def preheader(self) -> str:
        return self.lead


@dataclass(frozen=True, kw_only=True, slots=True)
class Lacking:
    """One site from which too few come."""

    city: str
    when: str  # «vie 22 oct, 04:30 h»; empty of whole days
    said: str  # «asistirán 0 de 1; sin suplente»


@dataclass(frozen=True, kw_only=True, slots=True)
class ToCoordinator:
    """As the template reads it, under the name `e`."""

    subject: str
    title: str
    when: str  # by the agenda's clock
    sites: tuple[Lacking, ...]

    @property
    def preheader(self) -> str:
        return ", ".join(one.city for one in self.sites)


def to_deputy(subject: Subject, lack: Tally, *, calendar: str | None) -> ToDeputy:
    """The words for the deputies of one site, with the address of its `calendar`."""
    event, language = subject.event, subject.language
    words = reminder(subject, calendar=calendar)
    few = _FEW if lack.coming else _NOBODY
    return ToDeputy(
        subject=f"{_NEEDED[language]}: {inside(words.subject, language)}",
        lead=f"{few.say(language, coming=lack.coming, minimum=_minimum(event))} {_STEP_IN[language]}",
        event=words,
    )


def to_coordinator(subject: Subject, lacking: Sequence[Tally]) -> ToCoordinator:
    """The words for a region's coordinators: all its sites from which too few come."""
    event, language = subject.event, subject.language
    when = _home(subject)
    one = _ONE_SITE.say(language, site=city_name(subject.edition.agenda, lacking[0].site.id, language))
    head = one if len(lacking) == 1 else _SITES.say(language, n=len(lacking))
    return ToCoordinator(
        subject=f"{head}: {summary(event, language)}, {when}",
        title=event.title[language],
        when=when,
        sites=tuple(_site(subject, lack) for lack in lacking),
    )


def _minimum(event: Event) -> int:
    assert event.coverage is not None, "what is escalated has a rule"
    return event.coverage.minimum


def _home(subject: Subject) -> str:
    """«jue 21 oct, 18:00 h TCM»; the span of whole days."""
    event, language = subject.event, subject.language
    revision, zone = subject.edition.revisions[event.id], subject.edition.agenda.zone
    if revision.start is None:
        assert isinstance(event.when, Days), "what is escalated has a date"
        return days_span(event.when, language)
    wall = revision.wall(revision.start, zone)
    return f"{short_date(wall, language, subject.today)}, {hour(wall, language)} {home_short(zone, language)}"


def _site(subject: Subject, lack: Tally) -> Lacking:
    event, language = subject.event, subject.language
    said = [_SAID.say(language, coming=lack.coming, minimum=_minimum(event))]
    if lack.maybe:
        said.append(_MAYBE.say(language, n=lack.maybe))
    said.append(_deputies(lack.deputies, language))
    city = city_name(subject.edition.agenda, lack.site.id, language)
    return Lacking(
        city=city,
        when=_there(subject, lack.site),
        said="; ".join(said),
    )


def _deputies(count: int, language: Language) -> str:
    if count == 0:
        return _NO_DEPUTY[language]
    return _DEPUTIES.say(language, n=count)


def _there(subject: Subject, site: Representation) -> str:
    revision = subject.edition.revisions[subject.event.id]
    if revision.start is None:
        return ""
    wall = revision.wall(revision.start, site.zone)
    return f"{short_date(wall, subject.language, subject.today)}, {hour(wall, subject.language)}"
