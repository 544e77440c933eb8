"""What speaks against an event's hour at a site."""

from __future__ import annotations

from collections.abc import Iterator

from calendars.catalogue import Phrase
from calendars.impact import Fit, Holiday, Session, Stay
from calendars.model.text import Language
from calendars.wording import short_date

FITS = {
    Fit.OUTSIDE: Phrase("outside working hours"),
    Fit.PARTLY: Phrase("partly outside working hours"),
}
NIGHT = Phrase("night")
WEEKEND = Phrase("weekend")
HOLIDAY = Phrase("holiday: {name}")
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
        yield HOLIDAY.say(lang, name=session.holiday)
    if session.home_holiday is not None:
        yield HOME_HOLIDAY.say(lang, name=session.home_holiday)
    if session.days_off:
        yield OTHER_DATE[lang]


def stay_marks(stay: Stay, lang: Language) -> Iterator[str]:
    yield WORKING.say(lang, n=stay.working_days)
    for text, found in ((HOLIDAY, stay.holidays), (HOME_HOLIDAY, stay.home_holidays)):
        yield from (text.say(lang, name=_named(one, lang)) for one in found)


def _named(holiday: Holiday, lang: Language) -> str:
    return f"{holiday.name} ({short_date(holiday.date, lang)})"


def session_json(one: Session) -> dict[str, object]:
    return {
        "site": one.site.id,
        "start": one.start.isoformat(timespec="minutes"),
        "end": one.end.isoformat(timespec="minutes"),
        "fit": one.fit.value,
        "night": one.night,
        "weekend": one.weekend,
        "holiday": one.holiday,
        "holiday_in_mexico": one.home_holiday,
        "other_date": one.days_off,
    }


def stay_json(one: Stay) -> dict[str, object]:
    return {
        "site": one.site.id,
        "first_day": one.days.first.isoformat(),
        "last_day": one.days.last.isoformat(),
        "begins_in_mexico": one.begins.isoformat(timespec="minutes"),
        "working_days": one.working_days,
        "holidays": {day.date.isoformat(): day.name for day in one.holidays},
        "holidays_in_mexico": {day.date.isoformat(): day.name for day in one.home_holidays},
    }
