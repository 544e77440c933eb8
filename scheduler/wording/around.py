"""What speaks against an event's hour at a site."""

from __future__ import annotations

from collections.abc import Iterator

from calendars.days.off import DayOff
from calendars.impact import Fit, Session, Stay
from calendars.model.text import Language, Text
from calendars.wording import Count, short_date

FITS = {
    Fit.OUTSIDE: Text(es="fuera de horario", en="outside working hours"),
    Fit.PARTLY: Text(es="en parte fuera de horario", en="partly outside working hours"),
}
NIGHT = Text(es="noche", en="night")
WEEKEND = Text(es="fin de semana", en="weekend")
HOLIDAY = Text(es="feriado: {name}", en="holiday: {name}")
MAYBE_HOLIDAY = Text(es="feriado por confirmar: {name}", en="holiday to be confirmed: {name}")
HOME_HOLIDAY = Text(es="feriado en México: {name}", en="holiday in Mexico: {name}")
OTHER_DATE = Text(es="otra fecha que en México", en="other date than in Mexico")
WORKING = Text(es="{n} {n:día hábil|días hábiles}", en="{n} working {n:day|days}")


def marks(session: Session, lang: Language) -> Iterator[str]:
    """What speaks against the session's hour at its site, or has to be known of it."""
    if session.night:
        yield NIGHT[lang]
    if session.fit in FITS:
        yield FITS[session.fit][lang]
    if session.weekend:
        yield WEEKEND[lang]
    if session.holiday is not None:
        yield holiday_words(session.holiday)[lang].format(name=session.holiday.name[lang])
    if session.home_holiday is not None:
        yield HOME_HOLIDAY[lang].format(name=session.home_holiday.name[lang])
    if session.days_off:
        yield OTHER_DATE[lang]


def stay_marks(stay: Stay, lang: Language) -> Iterator[str]:
    yield WORKING[lang].format(n=Count(stay.working_days))
    yield from (holiday_words(one)[lang].format(name=_named(one, lang)) for one in stay.holidays)
    yield from (HOME_HOLIDAY[lang].format(name=_named(one, lang)) for one in stay.home_holidays)


def holiday_words(found: DayOff) -> Text:
    """How a site's holiday is said: what is only estimated is to be confirmed."""
    return HOLIDAY if found.certain else MAYBE_HOLIDAY


def _named(holiday: DayOff, lang: Language) -> str:
    return f"{holiday.name[lang]} ({short_date(holiday.day, lang)})"


def _name(holiday: DayOff | None) -> str | None:
    return None if holiday is None else holiday.name.es


def session_json(one: Session) -> dict[str, object]:
    return {
        "site": one.site.id,
        "start": one.start.isoformat(timespec="minutes"),
        "end": one.end.isoformat(timespec="minutes"),
        "fit": one.fit.value,
        "night": one.night,
        "weekend": one.weekend,
        "holiday": _name(one.holiday),
        "holiday_estimated": one.holiday is not None and not one.holiday.certain,
        "holiday_in_mexico": _name(one.home_holiday),
        "other_date": one.days_off,
    }


def stay_json(stay: Stay) -> dict[str, object]:
    return {
        "site": stay.site.id,
        "begins_in_mexico": stay.begins.isoformat(timespec="minutes"),
        "working_days": stay.working_days,
        "holidays": {one.day.isoformat(): one.name.es for one in stay.holidays},
        "estimated": [one.day.isoformat() for one in stay.holidays if not one.certain],
        "holidays_in_mexico": {one.day.isoformat(): one.name.es for one in stay.home_holidays},
    }
