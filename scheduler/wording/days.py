"""The days off of a site, with their reasons, as a table and a reviewer read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from babel.dates import get_day_names

from calendars.catalogue import LANGUAGES, Phrase, catalogue
from calendars.days.off import DayOff, DaysOff, Ground
from calendars.days.weekends import unconfirmed, weekend, weekends
from calendars.model.agenda import Agenda
from calendars.model.places import Representation
from calendars.model.text import Language
from calendars.wording import and_list

UNTIL = Phrase("{days} until {until}")
TO_CONFIRM = Phrase("to be confirmed")
GROUNDS = {
    Ground.OWN: Phrase("festivos.csv"),
    Ground.COUNTRY: Phrase("of the country"),
    Ground.REGION: Phrase("of the region"),
    Ground.HOME: Phrase("of Mexico"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteDays:
    """What a site keeps over some years, weekends apart."""

    site: Representation
    weekend: tuple[tuple[frozenset[int], date | None], ...]  # the days and until when; None: from then on
    weekend_source: str  # of the last
    weekend_open: bool  # missions differ there, and nobody has said what this one keeps
    local: tuple[DayOff, ...]  # by festivos.csv, its country or its region; none on its weekend
    home: tuple[DayOff, ...]  # Mexico's, that are not off there anyway

    @property
    def estimated(self) -> tuple[DayOff, ...]:
        return tuple(day for day in self.local if not day.certain)


def site_days(agenda: Agenda, site: Representation, years: Iterable[int]) -> SiteDays:
    """Mexico's holidays are told whether the agenda counts them or not."""
    own, whole, span = DaysOff(agenda.own_days), DaysOff(agenda.own_days, home=True), sorted(years)
    last = weekend(site, date(span[-1], 12, 31))
    former = tuple((frozenset(one.days), one.until) for one in weekends(site))
    return SiteDays(
        site=site,
        weekend=(*former, (last.days, None)),
        weekend_source=last.source,
        weekend_open=bool(unconfirmed([site])),
        local=tuple(day for year in span for day in own.year(site, year)),
        home=tuple(day for year in span for day in whole.year(site, year) if day.ground is Ground.HOME),
    )


def weekend_words(found: SiteDays, lang: Language) -> str:
    """«vie y sáb hasta 2021-12-31; sáb y dom»."""
    names = get_day_names("abbreviated", locale=catalogue(lang).locale)
    parts = []
    for days, until in found.weekend:
        named = and_list([names[day] for day in sorted(days)], lang)
        parts.append(named if until is None else UNTIL.say(lang, days=named, until=until.isoformat()))
    open_ = f" ({TO_CONFIRM[lang]})" if found.weekend_open else ""
    return "; ".join(parts) + open_


def site_days_json(found: SiteDays) -> dict[str, object]:
    return {
        "site": found.site.id,
        "weekend": [
            {"days": sorted(days), "until": None if until is None else until.isoformat()}
            for days, until in found.weekend
        ],
        "weekend_source": found.weekend_source,
        "weekend_to_confirm": found.weekend_open,
        "subdivision": found.site.subdivision,
        "days": [_day_json(one) for one in found.local],
        "days_of_mexico": [_day_json(one) for one in found.home],
    }


def _day_json(one: DayOff) -> dict[str, object]:
    return {
        "date": one.day.isoformat(),
        "ground": one.ground.value,
        "names": {language: one.name[language] for language in LANGUAGES},
        "certain": one.certain,
        "source": one.source,
    }
