"""The pages of one office and of one region: what comes, at the hour of the place, and how to subscribe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from calendars.catalogue import Phrase
from calendars.descriptions import place, until_line
from calendars.editions import Edition, Revision
from calendars.model.agenda import Agenda
from calendars.model.events import Assumption, Days, Event, EventStatus
from calendars.model.places import Representation
from calendars.model.text import Language
from calendars.wording import (
    home_name,
    home_short,
    hour,
    is_night,
    kind_word,
    long_date,
    night_remark,
    sentence,
    short_date,
    status_word,
    weekday_and_day,
)
from calendars.zones import offset_at
from scheduler.web.index import foot
from scheduler.web.kept.declared import PublicRoute, region_ids, site_ids
from scheduler.web.pages.chosen import freshness, remembered, same_office
from scheduler.web.pages.finder import entry, near_entries
from scheduler.web.pages.subscribing import GOOGLE_BY_HAND, subscription
from scheduler.web.rendering import requested_language
from scheduler.web.showing import Showing
from scheduler.wording.events import (
    ShownEvent,
    as_it_went,
    countdown,
    day_words,
    in_doubt,
    listing,
    notes,
    origin,
    timeline,
)
from scheduler.wording.places import by_city, country_name, place_of

_NEXT_DAY = Phrase("already {day} here")
_DAY_BEFORE = Phrase("still {day} here")
FRESH = {"Cache-Control": "no-cache"}


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteEvent(ShownEvent):
    """One event by one office's clocks."""

    hour: str | None  # "08:00"; None for whole days and undated events
    whole_days: bool  # by intent, not because its hour is still open
    home: str | None  # the same moment by the agenda's clock
    other_day: str | None  # «aquí ya es viernes 22», where the date is not the agenda's
    night: str | None
    ends: str | None
    place: str | None
    description: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteHour:
    """One office's row in the table of a region: when the next session begins there."""

    id: str
    city: str
    country: str
    day: str | None  # None: nothing with an hour comes
    hour: str | None
    night: bool  # as `calendars.wording` counts it


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteEvents:
    ahead: tuple[SiteEvent, ...]
    past: tuple[SiteEvent, ...]
    undated: tuple[SiteEvent, ...]


class Offices:
    """Handlers for /sites/<id> and /regions/<id>."""

    def __init__(self, site: Showing) -> None:
        self._site = site

    def routes(self) -> Sequence[PublicRoute]:
        return [
            PublicRoute("/sites/{id}", self.office, ids=site_ids, office=same_office),
            PublicRoute("/regions/{id}", self.region, ids=region_ids),
        ]

    async def office(self, request: Request) -> Response:
        agenda, wanted = self._agenda, request.path_params["id"]
        found = agenda.site(wanted)
        if found is None:
            return self._unknown(request)
        language = requested_language(request)
        region = next(region for region in agenda.regions if region.id == found.region)
        values = {
            **foot(self._site.edition, language),
            "office": place_of(found, language),
            "own": remembered(self._site, request) == found,
            "region": region,
            "events": self._events(found, language),
            "offset": offset_words(found.zone, self._site.present()),
            "home_name": home_name(agenda.zone, language),
            "subscription": subscription(
                self._site.base_url,
                f"sites/{found.id}.ics",
                f"{found.city_in(language)} · {agenda.title[language]}",
                local=f"sites/{found.id}-local.ics",
                page=f"/sites/{found.id}",
            ),
            "google_by_hand": GOOGLE_BY_HAND,
        }
        return self._site.page(request, "site.html", language, values, headers=freshness(request))

    async def region(self, request: Request) -> Response:
        agenda, wanted = self._agenda, request.path_params["id"]
        found = next((one for one in agenda.regions if one.id == wanted), None)
        if found is None:
            return self._unknown(request)
        language = requested_language(request)
        sites = by_city((site for site in agenda.representations if site.region == found.id), language)
        following = self._next_session(sites)
        awaits = {site.id for site in agenda.addressed(following[0])} if following else set()
        session = following[1] if following else None
        values = {
            **foot(self._site.edition, language),
            "region": found,
            "following": following[0] if following else None,
            "rows": [site_hour(site, session if site.id in awaits else None, language) for site in sites],
            "listing": listing(self._site.edition, self._site.present(), language, sites, self._site.held),
            "home_name": home_name(agenda.zone, language),
            "subscription": subscription(
                self._site.base_url,
                f"regions/{found.id}.ics",
                f"{found.name[language]} · {agenda.title[language]}",
                page=f"/regions/{found.id}",
            ),
            "google_by_hand": GOOGLE_BY_HAND,
        }
        return self._site.page(request, "region.html", language, values, headers=FRESH)

    @property
    def _agenda(self) -> Agenda:
        return self._site.edition.agenda

    def _events(self, site: Representation, language: Language) -> SiteEvents:
        edition, now, held = self._site.edition, self._site.present(), self._site.held
        own = {event.id for event in edition.agenda.events if site in edition.agenda.addressed(event)}

        def shown(pairs: Sequence[tuple[Event, Revision]], *, over: bool = False) -> tuple[SiteEvent, ...]:
            found = (
                site_event(edition, event, site, now, language, over=over) for event, _ in pairs if event.id in own
            )
            return tuple(as_it_went(one, edition, held, now, language) for one in found)

        dated = timeline(edition, now)
        undated = [(event, edition.revisions[event.id]) for event in edition.agenda.events if event.when is None]
        return SiteEvents(ahead=shown(dated.ahead), past=shown(dated.past, over=True), undated=shown(undated))

    def _next_session(self, sites: Sequence[Representation]) -> tuple[Event, Revision] | None:
        """The next event with an hour that any of these offices awaits."""
        edition = self._site.edition
        wanted = {site.id for site in sites}
        return next(
            (
                (event, revision)
                for event, revision in timeline(edition, self._site.present()).ahead
                if revision.start is not None
                and event.status is not EventStatus.CANCELLED
                and any(site.id in wanted for site in edition.agenda.addressed(event))
            ),
            None,
        )

    def _unknown(self, request: Request) -> Response:
        language = requested_language(request)
        agenda, asked = self._agenda, request.path_params["id"]
        entries = [entry(agenda, site, language) for site in by_city(agenda.representations, language)]
        values = {"near": near_entries(entries, asked)}
        return self._site.page(request, "site-unknown.html", language, values, status=404)


def site_event(
    edition: Edition,
    event: Event,
    site: Representation,
    now: datetime,
    language: Language,
    *,
    over: bool = False,
) -> SiteEvent:
    """The event as this office sees it. What is over gets no remark on a night that has passed."""
    agenda, revision = edition.agenda, edition.revisions[event.id]
    start = revision.start
    here = revision.wall(start, site.zone) if start is not None else None
    home = revision.wall(start, agenda.zone) if start is not None else None
    return SiteEvent(
        id=event.id,
        title=event.title[language],
        kind=kind_word(event.kind, language),
        status=None if event.status is EventStatus.CONFIRMED else status_word(event.status, language),
        cancelled=event.status is EventStatus.CANCELLED,
        start=start,
        hour=f"{here:%H:%M}" if here else None,
        day=day_words(site.zone, event, revision, language),
        whole_days=isinstance(event.when, Days) and Assumption.TIME not in event.assumed,
        home=_home_moment(agenda, home, language) if home else None,
        other_day=other_day(here, home, language) if here and home else None,
        night=night_remark(here, here, site.zone, language) if here and not over else None,
        ends=until_line(event, revision, site.zone, language) if start else None,
        place=place(event, language),
        description=event.description[language] if event.description else None,
        countdown=countdown(event, revision, site.zone, now, language),
        notes=(
            *(() if over else in_doubt(agenda, event, revision, (site,), language)),
            *(sentence(note) for note in notes(event, language, with_duration=start is None)),
        ),
        origin=origin(agenda, event, language),
    )


def _home_moment(agenda: Agenda, home: datetime, language: Language) -> str:
    return f"{long_date(home, language)}, {hour(home, language)} {home_short(agenda.zone, language)}"


def other_day(here: datetime, home: datetime, language: Language) -> str | None:
    """«aquí ya es viernes 22», said beside the agenda's date; None where both have one date."""
    if here.date() == home.date():
        return None
    day = weekday_and_day(here, language)
    if here.date() > home.date():
        return _NEXT_DAY.say(language, day=day)
    return _DAY_BEFORE.say(language, day=day)


def offset_words(zone: str, now: datetime) -> str:
    """«UTC+5:30», «UTC−7», at this instant."""
    minutes = int(offset_at(now, zone).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'−' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def site_hour(site: Representation, session: Revision | None, language: Language) -> SiteHour:
    """The row of one office, for the session that it awaits; without one, only whose row it is."""
    row: dict[str, Any] = {"id": site.id, "city": site.city_in(language), "country": country_name(site, language)}
    if session is None or session.start is None:
        return SiteHour(**row, day=None, hour=None, night=False)
    here = session.wall(session.start, site.zone)
    return SiteHour(**row, day=short_date(here, language), hour=hour(here, language), night=is_night(here))
