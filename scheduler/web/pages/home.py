"""The first page: find your office, and what is next in the world."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from calendars.catalogue import Phrase
from calendars.editions import Edition
from calendars.impact import sessions
from calendars.model.agenda import Agenda
from calendars.model.events import EventStatus
from calendars.model.text import Language, Text
from calendars.wording import MEXICO, home_name
from scheduler.web.index import foot
from scheduler.web.kept.declared import PublicRoute
from scheduler.web.pages.chosen import freshness, own_office, remembered
from scheduler.web.pages.finder import OfficeEntry, entry, find, fold, query_of
from scheduler.web.pages.picture import SessionPicture, draw
from scheduler.web.pages.subscribing import GOOGLE_BY_HAND, subscription
from scheduler.web.rendering import requested_language
from scheduler.web.showing import Showing
from scheduler.wording.events import listing, local_span, timeline
from scheduler.wording.places import by_city

_VMRE = "VMRE"
_ABOUT = {  # does it speak of the vote from abroad; are its hours those of central Mexico
    (True, True): Phrase(
        "For the staff of Mexico's embassies and consulates. VMRE is the vote of Mexicans resident abroad; TCM, the "
        "time in central Mexico."
    ),
    (True, False): Phrase(
        "For the staff of Mexico's embassies and consulates. VMRE is the vote of Mexicans resident abroad."
    ),
    (False, True): Phrase("For the staff of Mexico's embassies and consulates. TCM is the time in central Mexico."),
    (False, False): Phrase("For the staff of Mexico's embassies and consulates."),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class WorldClocks:
    """A session on everybody's clock, small."""

    id: str  # Event.id
    title: str
    picture: SessionPicture
    said: str  # the same in words: from the first to the last local hour


@dataclass(frozen=True, kw_only=True, slots=True)
class RegionEntries:
    id: str
    name: str
    words: str  # what all its offices are found by, folded
    entries: tuple[OfficeEntry, ...]  # by city


class Home:
    """Handler for /."""

    def __init__(self, site: Showing) -> None:
        self._site = site

    def routes(self) -> Sequence[PublicRoute]:
        return [PublicRoute("/", self.home, free={"q": query_of}, office=own_office)]

    async def home(self, request: Request) -> Response:
        language = requested_language(request)
        edition = self._site.edition
        agenda = edition.agenda
        query = query_of(request.query_params.get("q", ""))
        values = {
            **foot(edition, language),
            "home_name": home_name(agenda.zone, language),
            "own": remembered(self._site, request),
            "about": about(agenda, language),
            "around": around(edition, self._site.present(), language),
            "listing": listing(edition, self._site.present(), language, held=self._site.held),
            "regions": region_entries(agenda, language),
            "total": len(agenda.representations),
            "found": find(agenda, query, language) if query else None,
            "subscription": subscription(self._site.base_url, "all.ics", agenda.title[language]),
            "google_by_hand": GOOGLE_BY_HAND,
        }
        return self._site.page(request, "index.html", language, values, headers=freshness(request))


def about(agenda: Agenda, language: Language) -> str:
    """For whom this is, and what its initials stand for, as far as this agenda uses them."""
    votes = any(_VMRE in said[language] for said in _said(agenda))
    return _ABOUT[votes, agenda.zone == MEXICO][language]


def _said(agenda: Agenda) -> Iterator[Text]:
    yield agenda.title
    yield from (axis.title for axis in agenda.axes)
    for event in agenda.events:
        yield event.title
        if event.description is not None:
            yield event.description


def around(edition: Edition, now: datetime, language: Language) -> WorldClocks | None:
    """The next session on the clocks of all who are concerned; None where nothing with an hour comes."""
    agenda = edition.agenda
    for event, revision in timeline(edition, now).ahead:
        held = () if event.status is EventStatus.CANCELLED else sessions(agenda, event, revision)
        if held:
            sites = agenda.addressed(event)
            assert revision.start is not None, "a session has an hour"
            return WorldClocks(
                id=event.id,
                title=event.title[language],
                picture=draw(agenda, held, language),
                said=local_span(revision, revision.start, sites, language),
            )
    return None


def region_entries(agenda: Agenda, language: Language) -> list[RegionEntries]:
    """Every office under its region, as the finder lists them."""
    entries = [(site.region, entry(agenda, site, language)) for site in by_city(agenda.representations, language)]
    return [
        RegionEntries(
            id=region.id,
            name=region.name[language],
            words=fold(f"{region.name.es} {region.name.en}"),
            entries=tuple(one for within, one in entries if within == region.id),
        )
        for region in agenda.regions
    ]
