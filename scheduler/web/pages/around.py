"""The page of one event: its hour all around the world, as a picture and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from calendars.catalogue import Phrase
from calendars.descriptions import place, until_line
from calendars.editions import Revision
from calendars.impact import sessions, stays
from calendars.model.agenda import Agenda
from calendars.model.events import Audience, Days, Event
from calendars.model.text import Language
from calendars.wording import home_name, sentence
from scheduler.web.index import foot
from scheduler.web.kept.declared import PublicRoute, event_ids
from scheduler.web.pages.picture import draw
from scheduler.web.pages.places import balance, clock_name, days_of_places, home_holidays, stay_places, usual_remark
from scheduler.web.pages.stretch import draw_days
from scheduler.web.pages.subscribing import GOOGLE_BY_HAND, Subscription, subscription
from scheduler.web.rendering import requested_language
from scheduler.web.showing import Showing
from scheduler.wording.events import as_it_went, event_line, in_doubt, is_over, notes
from scheduler.wording.places import city_names

_ALL = Phrase("All events")


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedLink:
    """A calendar that holds the event, and the page that explains how to subscribe to it."""

    name: str
    page: str  # path within this installation
    path: str  # under /feeds/


class Around:
    """Handler for /events/<id>."""

    def __init__(self, site: Showing) -> None:
        self._site = site

    def routes(self) -> Sequence[PublicRoute]:
        return [PublicRoute("/events/{id}", self.event, ids=event_ids)]

    async def event(self, request: Request) -> Response:
        edition = self._site.edition
        agenda, wanted = edition.agenda, request.path_params["id"]
        found = agenda.event(wanted)
        if found is None:
            raise HTTPException(404)
        language = requested_language(request)
        revision, feeds = edition.revisions[found.id], feed_links(agenda, found.audience, language)
        now = self._site.present()
        line = event_line(agenda, found, revision, now, language, agenda.addressed(found))
        values = {
            **foot(edition, language),
            **_said(agenda, found, revision, language, over=is_over(agenda, found, revision, now)),
            **_seen(agenda, found, revision, language),
            "line": as_it_went(line, edition, self._site.held, now, language),
            "several_regions": len({site.region for site in agenda.addressed(found)}) > 1,
            "feeds": feeds,
            "subscription": self._subscription(feeds[0], language) if len(feeds) == 1 else None,
            "google_by_hand": GOOGLE_BY_HAND,
        }
        return self._site.page(request, "event.html", language, values, headers={"Cache-Control": "no-cache"})

    def _subscription(self, feed: FeedLink, language: Language) -> Subscription:
        title = self._site.edition.agenda.title[language]
        return subscription(self._site.base_url, feed.path, f"{feed.name} · {title}")


def feed_links(agenda: Agenda, audience: Audience, language: Language) -> list[FeedLink]:
    """The smallest calendars that hold what addresses this audience."""

    def link(name: str, page: str, path: str) -> FeedLink:
        return FeedLink(name=name, page=page, path=path)

    match audience.kind:
        case "regions":
            named = [region for region in agenda.regions if region.id in audience.ids]
            return [link(one.name[language], f"/regions/{one.id}", f"regions/{one.id}.ics") for one in named]
        case "sites":
            sites = [site for site in agenda.representations if site.id in audience.ids]
            names = city_names(agenda.representations, language)
            return [link(names[one.id], f"/sites/{one.id}", f"sites/{one.id}.ics") for one in sites]
    return [link(_ALL[language], "/", "all.ics")]


def _said(agenda: Agenda, event: Event, revision: Revision, language: Language, *, over: bool) -> dict[str, Any]:
    """What the agenda says of the event."""
    timed = revision.start is not None and revision.end is not None
    return {
        "home_name": home_name(agenda.zone, language),
        "clock": clock_name(agenda, language),
        "place": place(event, language),
        "description": event.description[language] if event.description else None,
        "ends": until_line(event, revision, agenda.zone, language) if revision.start is not None else None,
        "notes": [
            *([] if over else in_doubt(agenda, event, revision, agenda.addressed(event), language)),
            *(sentence(note) for note in notes(event, language, with_duration=not timed)),
        ],
    }


def _seen(agenda: Agenda, event: Event, revision: Revision, language: Language) -> dict[str, Any]:
    """The event at its sites: pictures and tables, as far as it has sites, and an hour or days."""
    held, stayed = sessions(agenda, event, revision), stays(agenda, event)
    days, staying = days_of_places(agenda, held, language), stay_places(agenda, stayed, language)
    rows = [row for day in days for row in day.places] or staying
    usual = usual_remark(rows)
    return {
        "usual": usual,
        "exceptions": any(row.remark != usual for row in rows),
        "picture": draw(agenda, held, language) if held else None,
        "balance": balance(held, language) if held else None,
        "days": days,
        "stretch": draw_days(agenda, event.when, stayed, language) if isinstance(event.when, Days) and stayed else None,
        "stays": staying,
        "home_holidays": home_holidays(stayed, language),
    }
