"""Who has not heard, site by site; and of an event, who has not said whether they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.editions import Edition
from calendars.model.agenda import Agenda
from calendars.model.text import Language
from scheduler.base.refusal import Refusal
from scheduler.reporting.acceptances import acceptances
from scheduler.reporting.heard import Hearing, SiteHeard, Taking, by_region, of_edition, of_event
from scheduler.reporting.heard_in_words import (
    PUBLIC,
    UNKNOWN,
    dated,
    edition_words,
    kinds_of,
    meant,
    since_words,
    sum_words,
)
from scheduler.store import editions
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.editions import InForce
from scheduler.web.desk.asked import Answer, Asked, NotThere
from scheduler.web.desk.declared import Declared
from scheduler.web.desk.place import Place, moment_in
from scheduler.web.desk.rendering import screen
from scheduler.wording.places import city_name

TITLE = Phrase("Who has heard")
NOTHING_YET = Phrase("Nothing is published yet: there is nothing to have heard of.")
EDITIONS = 12  # the latest, that can be chosen


class NothingPublishedYet(Refusal):
    """There is no edition."""

    status = 409


@dataclass(frozen=True, kw_only=True, slots=True)
class Voices:
    """What a site's posts said of one event."""

    yes: int
    no: int
    maybe: int
    silent: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteLine:
    """One site of the list."""

    id: str
    city: str
    posts: int
    taken: int
    bounced: int
    uncertain: int
    planned: int
    none: int
    read: str  # «1/2» private calendars; «—» where the site has none
    missing: tuple[str, ...]  # the posts (ids) that have not heard
    voices: Voices | None  # None: the event asks nobody


@dataclass(frozen=True, kw_only=True, slots=True)
class RegionLines:
    """A region's sites, those where nobody has heard first."""

    name: str
    missing: int  # sites with a post that has not heard
    sites: tuple[SiteLine, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class EventHeard:
    """One event and who has heard of it."""

    id: str
    title: str
    since: str
    sum: str  # how many have not heard
    missing: bool  # somebody has not
    asks: bool  # whether posts say if they come, so that the silent can be reminded
    regions: tuple[RegionLines, ...]


def listed(place: Place, asked: Asked) -> Answer:
    """Of an event as it stands, or of what an edition changed; the edition in force where neither is named."""
    which, only = asked.query.get("which", ""), bool(asked.query.get("missing"))
    with place.database.read() as connection:
        now = editions.load(connection)
        if now is None:
            raise NothingPublishedYet(NOTHING_YET)
        number, event = meant(now, which)
        if number < 1:
            raise NotThere(UNKNOWN, key=which, events=dated(now.edition))
        if event is not None:
            found: Sequence[Hearing] = [of_event(connection, now, event)]
        else:
            found = list(of_edition(connection, now, number)) if number > 1 else []
        voices = _voices(connection, now.edition)
        silent = number in editions.silent(connection)
    said = () if event is not None else tuple(edition_words(number, found, asked.language, silent=silent))
    values = {
        "told": [_told(one, now, voices, asked, only=only) for one in found],
        "which": which or str(number),
        "said": said,
        "first": event is None and number == 1,
        "what_it_means": PUBLIC[asked.language],
        "only": only,
        "events": [(one.id, one.title[asked.language]) for one in now.edition.agenda.events if one.when is not None],
        "editions": range(now.edition.number, max(0, now.edition.number - EDITIONS), -1),
    }
    return screen(asked, "desk/heard.html", TITLE[asked.language], values)


def _voices(connection: Connection, edition: Edition) -> dict[str, dict[str, Voices]]:
    """By event (id) and site (id), of the events that ask who comes."""
    return {
        one.event.id: {
            tally.site.id: Voices(yes=tally.yes, no=tally.no, maybe=tally.maybe, silent=tally.silent)
            for tally in one.sites
        }
        for one in acceptances(connection, edition)
    }


def _told(one: Hearing, now: InForce, voices: dict[str, dict[str, Voices]], asked: Asked, *, only: bool) -> EventHeard:
    language, agenda = asked.language, now.edition.agenda
    said = voices.get(one.event.id)
    names = {region.id: region.name[language] for region in agenda.regions}
    since = since_words(one, language, moment_in(one.since, agenda.zone, language))
    return EventHeard(
        id=one.event.id,
        title=one.event.title[language],
        since=", ".join(part for part in (kinds_of(one, language), since) if part),
        sum=sum_words(one, language),
        missing=bool(one.missing),
        asks=said is not None,
        regions=tuple(
            RegionLines(
                name=names[region],
                missing=sum(bool(site.missing) for site in sites),
                sites=tuple(_line(agenda, site, said, language) for site in sites),
            )
            for region, sites in by_region(agenda, one.missing if only else one.sites).items()
        ),
    )


def _line(agenda: Agenda, one: SiteHeard, said: dict[str, Voices] | None, language: Language) -> SiteLine:
    return SiteLine(
        id=one.site.id,
        city=city_name(agenda, one.site.id, language),
        posts=len(one.posts),
        taken=one.count(Taking.TAKEN),
        bounced=one.count(Taking.BOUNCED),
        uncertain=one.count(Taking.UNCERTAIN),
        planned=one.count(Taking.PLANNED),
        none=one.count(Taking.NONE),
        read=f"{one.read}/{one.calendars}" if one.calendars else "—",
        missing=tuple(post.post for post in one.missing),
        voices=None if said is None else said.get(one.site.id),
    )


SCREENS = (Declared(path="/desk/heard", need=DeskRole.SEE, get=listed),)
