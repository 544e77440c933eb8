"""The plain index as a file, and what every page's foot says: the edition, and the zone data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from calendars.catalogue import LANGUAGES, Phrase
from calendars.editions import Edition
from calendars.model.agenda import Agenda
from calendars.model.text import Language
from calendars.wording import home_name, long_date
from calendars.zones import to_wall, zone_data
from scheduler.web.rendering import Band, asset, render
from scheduler.wording.events import home_hour, listing
from scheduler.wording.places import NamedSite, places_by_city

_LEAD = Phrase("Calendars of the agenda, one for each consular site; subscribe to the address of a link.")


@dataclass(frozen=True, kw_only=True, slots=True)
class RegionLine:
    id: str
    name: str
    sites: tuple[NamedSite, ...]  # by city


def regions(agenda: Agenda, language: Language) -> tuple[RegionLine, ...]:
    """The regions with their sites: who subscribes looks for a city."""
    return tuple(
        RegionLine(
            id=region.id,
            name=region.name[language],
            sites=places_by_city((site for site in agenda.representations if site.region == region.id), language),
        )
        for region in agenda.regions
    )


def foot(edition: Edition, language: Language) -> dict[str, Any]:
    """What the foot of a page is given."""
    agenda = edition.agenda
    published = to_wall(edition.at, agenda.zone)
    return {
        "edition": edition.number,
        "published": f"{long_date(published, language)}, {home_hour(agenda, published, language)}",
        "zone_version": zone_data().version,
    }


def static_index(edition: Edition, band: Band | None = None) -> str:
    """The index as a file: complete in itself, its links relative, so that any folder or server will do."""
    agenda, language = edition.agenda, LANGUAGES[0]
    values = {
        "agenda": agenda,
        "home_name": home_name(agenda.zone, language),
        "listing": listing(edition, None, language),
        "regions": regions(agenda, language),
        "root": None,
        "switches": (),
        "others": [(one, _LEAD[one]) for one in LANGUAGES if one != language],
        "band": band.moment(language) if band else None,
        "inline_style": asset("style.css"),
    }
    return render("static.html", language, {**foot(edition, language), **values})
