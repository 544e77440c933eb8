"""The table of an event around the world: one row a site, under the site's own date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

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
from scheduler.web.pages.finder import country_name

_SUBSTITUTED = re.compile(r" \(substituted from [^)]*\)")  # of a day off, with a date as only Americans read it


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
            start=f"{short_date(stay.begins, language)}, {hour(stay.begins, language)}",
            end=f"{short_date(stay.ends, language)}, {hour(stay.ends, language)}",
            remark=sentence("; ".join(_stay_remarks(stay, language))),
        )
        for stay in stays
    )


def home_holidays(stays: Sequence[Stay], language: Language) -> str:
    """«Feriado en México: Día de la Constitución (lun 7 feb).», the same at every site; else an empty string."""
    named = _holiday_names(stays[0].home_holidays, language) if stays else ""
    said = f"feriado en México: {named}" if language == "es" else f"public holiday in Mexico: {named}"
    return sentence(said) if named else ""


def balance(sessions: Sequence[Session], language: Language) -> str:
    """How many sites have it in their working hours, in part, outside them."""
    counted = {fit: sum(session.fit is fit for session in sessions) for fit in Fit}
    night = sum(session.night for session in sessions)
    if language == "es":
        words = {Fit.INSIDE: "dentro de su horario de trabajo", Fit.PARTLY: "en parte dentro", Fit.OUTSIDE: "fuera"}
        nightly = f" (de noche o de madrugada: {night})" if night else ""
    else:
        words = {Fit.INSIDE: "within their working hours", Fit.PARTLY: "partly within", Fit.OUTSIDE: "outside"}
        nightly = f" ({night} of them at night)" if night else ""
    said = [f"{counted[fit]} {words[fit]}" for fit in Fit if counted[fit]]
    total = f"{len(sessions)} sedes" if language == "es" else f"{len(sessions)} sites"
    return sentence(f"{total}: {', '.join(said)}{nightly}")


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
                start=f"{session.start:%H:%M}",
                end=_end(session, language),
                remark=sentence("; ".join(_remarks(session, language))),
                fit=session.fit,
            )
            for session in sessions
        ),
    )


def _home_day(agenda: Agenda, home: date, language: Language) -> str:
    where = {"es": "México", "en": "Mexico"}[language] if agenda.zone == MEXICO else zone_city(agenda.zone, language)
    return f"{weekday_and_day(home, language)} {'en' if language == 'es' else 'in'} {where}"


def _end(session: Session, language: Language) -> str:
    if session.end.date() == session.start.date():
        return f"{session.end:%H:%M}"
    return f"{short_date(session.end, language)}, {session.end:%H:%M}"


def _place(
    agenda: Agenda,
    site: Representation,
    language: Language,
    *,
    start: str,
    end: str,
    remark: str,
    fit: Fit | None = None,
) -> SiteRow:
    return SiteRow(
        id=site.id,
        city=site.city,
        country=country_name(site, language),
        region=next(region.name[language] for region in agenda.regions if region.id == site.region),
        start=start,
        end=end,
        remark=remark,
        fit=fit.value if fit else None,
    )


def _remarks(session: Session, language: Language) -> Iterator[str]:
    spanish = language == "es"
    if session.night:
        small_hours = session.start.hour < NIGHT_ENDS
        yield (
            ("de madrugada" if small_hours else "de noche")
            if spanish
            else ("in the small hours" if small_hours else "at night")
        )
    if session.weekend:
        yield "fin de semana" if spanish else "weekend"
    if session.holiday is not None:
        yield _holiday_remark(session.holiday, session.holiday.name[language], language)
    if not (session.night or session.weekend or session.holiday):
        yield _hours_remark(session, language)
    if session.home_holiday is not None and not _same_name(session.holiday, session.home_holiday):
        name = session.home_holiday.name[language]
        yield f"feriado en México: {name}" if spanish else f"holiday in Mexico: {name}"


def _same_name(one: DayOff | None, other: DayOff) -> bool:
    return one is not None and one.name == other.name


def _hours_remark(session: Session, language: Language) -> str:
    spanish = language == "es"
    match session.fit:
        case Fit.INSIDE:
            return "en horario de trabajo" if spanish else "in working hours"
        case Fit.PARTLY:
            return "en parte fuera del horario de trabajo" if spanish else "partly outside working hours"
        case Fit.OUTSIDE if session.start.time() < session.site.opens:
            return "antes del horario de trabajo" if spanish else "before working hours"
    return "después del horario de trabajo" if spanish else "after working hours"


def _stay_remarks(stay: Stay, language: Language) -> Iterator[str]:
    days = stay.working_days
    if language == "es":
        yield f"{days} {'día' if days == 1 else 'días'} de trabajo"
    else:
        yield f"{days} working {'day' if days == 1 else 'days'}"
    for certain in (True, False):
        found = [one for one in stay.holidays if one.certain is certain]
        if found:
            yield _holiday_remark(found[0], _holiday_names(found, language), language)


def _holiday_remark(one: DayOff, named: str, language: Language) -> str:
    if one.certain:
        return f"feriado: {named}" if language == "es" else f"public holiday: {named}"
    return f"feriado por confirmar: {named}" if language == "es" else f"public holiday, to be confirmed: {named}"


def _holiday_names(holidays: Iterable[DayOff], language: Language) -> str:
    """«Waitangi Day (dom 6 feb)»; one that lasts is said once, with all its dates."""
    dates: dict[str, list[str]] = {}
    for holiday in holidays:
        name = _SUBSTITUTED.sub("", holiday.name[language])
        dates.setdefault(name, []).append(short_date(holiday.day, language))
    return ", ".join(f"{name} ({and_list(days, language)})" for name, days in dates.items())


def clock_name(agenda: Agenda, language: Language) -> str:
    """Whose clock a column of whole days goes by: «TCM»."""
    return home_short(agenda.zone, language)
