"""The table of an event around the world: one row a site, under the site's own date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from calendars.catalogue import Phrase
from calendars.days.names import briefly
from calendars.days.off import DayOff
from calendars.impact import Fit, Session, Stay
from calendars.model.agenda import Agenda
from calendars.model.places import Representation
from calendars.model.text import Language
from calendars.wording import (
    MEXICO,
    NIGHT_ENDS,
    and_list,
    home_short,
    hour,
    long_date,
    sentence,
    short_date,
    weekday_and_day,
    zone_city,
)
from scheduler.wording.around import HOME_HOLIDAY, WEEKEND
from scheduler.wording.events import sites_count
from scheduler.wording.places import country_name

_HOLIDAY = Phrase("public holiday: {name}")
_MAYBE_HOLIDAY = Phrase("public holiday, to be confirmed: {name}")
_HOLIDAY_IN_MEXICO = Phrase("public holiday in Mexico: {name}")
_MEXICO = Phrase("Mexico")
_DAY_IN = Phrase("{day} in {place}")
_SMALL_HOURS, _NIGHT = Phrase("in the small hours"), Phrase("at night")
_IN_HOURS = Phrase("in working hours")
_PARTLY_OUTSIDE = Phrase("partly outside working hours", "of a site")
_BEFORE_HOURS, _AFTER_HOURS = Phrase("before working hours"), Phrase("after working hours")
_WORKING_DAYS = Phrase("{n} working {n:day|days}", "at a site")
_BALANCE = Phrase("{sites}: {hours}")
_BALANCE_WITH_NIGHT = Phrase("{sites}: {hours} ({n} of them at night)")
_SITES_AT = {
    Fit.INSIDE: Phrase("{n} within their working hours"),
    Fit.PARTLY: Phrase("{n} partly within"),
    Fit.OUTSIDE: Phrase("{n} outside"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteRow:
    """One site's row."""

    id: str
    city: str
    country: str
    region: str
    start: str
    end: str
    remark: str
    fit: str | None  # Fit's value; None for whole days


@dataclass(frozen=True, kw_only=True, slots=True)
class DayOfPlaces:
    """The rows of the sites that share a date at the start."""

    day: str
    home: str | None  # «jueves 21 en México», where the agenda's date is another
    places: tuple[SiteRow, ...]


def days_of_places(agenda: Agenda, sessions: Iterable[Session], language: Language) -> tuple[DayOfPlaces, ...]:
    """Sessions in order of their local time, under their dates."""
    return tuple(
        _day_of_places(agenda, day, tuple(group), language)
        for day, group in groupby(sessions, key=lambda session: session.start.date())
    )


def stay_places(agenda: Agenda, stays: Iterable[Stay], language: Language) -> tuple[SiteRow, ...]:
    """Whole days, in the order in which they begin; `start` and `end` are by the agenda's clock."""
    return tuple(
        _place(
            agenda,
            stay.site,
            language,
            hours=(_moment(stay.begins, language), _moment(stay.ends, language)),
            remark=sentence("; ".join(_stay_remarks(stay, language))),
        )
        for stay in stays
    )


def usual_remark(rows: Sequence[SiteRow]) -> str | None:
    """The remark of most sites, to be said once; None where no remark is that of most."""
    counted = Counter(row.remark for row in rows).most_common(1)
    remark, times = counted[0] if counted else ("", 0)
    return remark if times > max(2, len(rows) / 2) else None


def home_holidays(stays: Sequence[Stay], language: Language) -> str:
    """«Feriado en México: Día de la Constitución (lun 7 feb).», the same at every site; else an empty string."""
    named = _holiday_names(stays[0].home_holidays, language) if stays else ""
    return sentence(_HOLIDAY_IN_MEXICO.say(language, name=named)) if named else ""


def balance(sessions: Sequence[Session], language: Language) -> str:
    """How many sites have it in their working hours, in part, outside them."""
    counted = {fit: sum(session.fit is fit for session in sessions) for fit in Fit}
    night = sum(session.night for session in sessions)
    said = ", ".join(_SITES_AT[fit].say(language, n=counted[fit]) for fit in Fit if counted[fit])
    total = sites_count(len(sessions), language)
    phrase = _BALANCE_WITH_NIGHT if night else _BALANCE
    return sentence(phrase.say(language, sites=total, hours=said, n=night))


def _day_of_places(agenda: Agenda, day: date, sessions: tuple[Session, ...], language: Language) -> DayOfPlaces:
    home = sessions[0].home
    return DayOfPlaces(
        day=long_date(day, language),
        home=_home_day(agenda, home, language) if home.date() != day else None,
        places=tuple(
            _place(
                agenda,
                session.site,
                language,
                hours=(f"{session.start:%H:%M}", _end(session, language)),
                remark=sentence("; ".join(_remarks(session, language))),
                fit=session.fit,
            )
            for session in sessions
        ),
    )


def _home_day(agenda: Agenda, home: date, language: Language) -> str:
    where = _MEXICO[language] if agenda.zone == MEXICO else zone_city(agenda.zone, language)
    return _DAY_IN.say(language, day=weekday_and_day(home, language), place=where)


def _moment(wall: datetime, language: Language) -> str:
    return f"{short_date(wall, language)}, {hour(wall, language)}"


def _end(session: Session, language: Language) -> str:
    if session.end.date() == session.start.date():
        return f"{session.end:%H:%M}"
    return f"{short_date(session.end, language)}, {session.end:%H:%M}"


def _place(
    agenda: Agenda,
    site: Representation,
    language: Language,
    *,
    hours: tuple[str, str],  # from, to
    remark: str,
    fit: Fit | None = None,
) -> SiteRow:
    return SiteRow(
        id=site.id,
        city=site.city_in(language),
        country=country_name(site, language),
        region=next(region.name[language] for region in agenda.regions if region.id == site.region),
        start=hours[0],
        end=hours[1],
        remark=remark,
        fit=fit.value if fit else None,
    )


def _remarks(session: Session, language: Language) -> Iterator[str]:
    if session.night:
        yield (_SMALL_HOURS if session.start.hour < NIGHT_ENDS else _NIGHT)[language]
    if session.weekend:
        yield WEEKEND[language]
    if session.holiday is not None:
        yield _holiday_remark(session.holiday, session.holiday.name[language], language)
    if not (session.night or session.weekend or session.holiday):
        yield _hours_remark(session, language)
    if session.home_holiday is not None and not _same_name(session.holiday, session.home_holiday, language):
        yield HOME_HOLIDAY.say(language, name=session.home_holiday.name)


def _same_name(one: DayOff | None, other: DayOff, language: Language) -> bool:
    return one is not None and one.name[language] == other.name[language]


def _hours_remark(session: Session, language: Language) -> str:
    match session.fit:
        case Fit.INSIDE:
            return _IN_HOURS[language]
        case Fit.PARTLY:
            return _PARTLY_OUTSIDE[language]
        case Fit.OUTSIDE if session.start.time() < session.site.opens:
            return _BEFORE_HOURS[language]
    return _AFTER_HOURS[language]


def _stay_remarks(stay: Stay, language: Language) -> Iterator[str]:
    yield _WORKING_DAYS.say(language, n=stay.working_days)
    for certain in (True, False):
        found = [one for one in stay.holidays if one.certain is certain]
        if found:
            yield _holiday_remark(found[0], _holiday_names(found, language), language)


def _holiday_remark(one: DayOff, named: str, language: Language) -> str:
    return (_HOLIDAY if one.certain else _MAYBE_HOLIDAY).say(language, name=named)


def _holiday_names(holidays: Iterable[DayOff], language: Language) -> str:
    """«Waitangi Day (dom 6 feb)»; one that lasts is said once, with all its dates."""
    dates: dict[str, list[str]] = {}
    for holiday in holidays:
        name = briefly(holiday.name)[language]
        dates.setdefault(name, []).append(short_date(holiday.day, language))
    return ", ".join(f"{name} ({and_list(days, language)})" for name, days in dates.items())


def clock_name(agenda: Agenda, language: Language) -> str:
    """Whose clock a column of whole days goes by: «TCM»."""
    return home_short(agenda.zone, language)
