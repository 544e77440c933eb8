"""What speaks against an event's hour at a site."""

from __future__ import annotations

from collections.abc import Iterator

from calendars.catalogue import Phrase
from calendars.days.off import DayOff
from calendars.impact import Fit, Session, Stay
from calendars.model.text import Language
from calendars.wording import short_date

FITS = {
    Fit.OUTSIDE: Phrase("outside working hours"),
    Fit.PARTLY: Phrase("partly outside working hours"),
}
NIGHT = Phrase("night")
WEEKEND = Phrase("weekend")
HOLIDAY = Phrase("holiday: {name}")
MAYBE_HOLIDAY = Phrase("holiday to be confirmed: {name}")
HOME_HOLIDAY = Phrase("holiday in Mexico: {name}")
OTHER_DATE = Phrase("other date than in Mexico")
WORKING = Phrase("{n} working {n:day|days}")


def marks(session: Session, lang: Language) -> Iterator[str]:
    """What speaks against the session's hour at its site, or has to be known of it."""
    if session.night:
        yield NIGHT[lang]
    if session.fit in FITS:
        yield FITS[session.fit][lang]
    if session.weekend:
        yield WEEKEND[lang]
    if session.holiday is not None:
        yield holiday_words(session.holiday).say(lang, name=session.holiday.name)
    if session.home_holiday is not None:
        yield HOME_HOLIDAY.say(lang, name=session.home_holiday.name)
    if session.days_off:
        yield OTHER_DATE[lang]


def stay_marks(stay: Stay, lang: Language) -> Iterator[str]:
    yield WORKING.say(lang, n=stay.working_days)
    yield from (holiday_words(one).say(lang, name=_named(one, lang)) for one in stay.holidays)
    yield from (HOME_HOLIDAY.say(lang, name=_named(one, lang)) for one in stay.home_holidays)


def holiday_words(found: DayOff) -> Phrase:
    """How a site's holiday is said: what is only estimated is to be confirmed."""
    return HOLIDAY if found.certain else MAYBE_HOLIDAY


def _named(holiday: DayOff, lang: Language) -> str:
    return f"{holiday.name[lang]} ({short_date(holiday.day, lang)})"


def _name(holiday: DayOff | None) -> str | None:
    return None if holiday is None else holiday.name["es"]


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
        "first_day": stay.days.first.isoformat(),
        "last_day": stay.days.last.isoformat(),
        "begins_in_mexico": stay.begins.isoformat(timespec="minutes"),
        "working_days": stay.working_days,
        "holidays": {one.day.isoformat(): one.name["es"] for one in stay.holidays},
        "estimated": [one.day.isoformat() for one in stay.holidays if not one.certain],
        "holidays_in_mexico": {one.day.isoformat(): one.name["es"] for one in stay.home_holidays},
    }
