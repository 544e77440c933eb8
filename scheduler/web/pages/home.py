"""The first page: find your office, and what is next in the world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from calendars.model.agenda import Agenda
from calendars.model.text import Language
from calendars.wording import home_name
from scheduler.web.index import foot
from scheduler.web.pages.finder import OfficeEntry, entry, find, fold
from scheduler.web.pages.subscribing import GOOGLE_BY_HAND, subscription
from scheduler.web.rendering import requested_language
from scheduler.web.site import Site
from scheduler.wording.events import listing
from scheduler.wording.places import by_city


@dataclass(frozen=True, kw_only=True, slots=True)
class RegionEntries:
    id: str
    name: str
    words: str  # what all its offices are found by, folded
    entries: tuple[OfficeEntry, ...]  # by city


class Home:
    """Handler for /."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> Sequence[BaseRoute]:
        return [Route("/", self.home)]

    async def home(self, request: Request) -> Response:
        language = requested_language(request)
        edition = self._site.in_force.edition
        agenda = edition.agenda
        query = request.query_params.get("q", "")
        values = {
            **foot(edition, language),
            "home_name": home_name(agenda.zone, language),
            "listing": listing(edition, self._site.present(), language),
            "regions": region_entries(agenda, language),
            "total": len(agenda.representations),
            "found": find(agenda, query, language) if query.strip() else None,
            "subscription": subscription(self._site.base_url, "all.ics", agenda.title[language]),
            "google_by_hand": GOOGLE_BY_HAND,
        }
        return self._site.page(request, "index.html", language, values, headers={"Cache-Control": "no-cache"})


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
