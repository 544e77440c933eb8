"""One event around the world, as a table: local start at every site, and what speaks against it there."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table

from calendars.editions import Edition
from calendars.impact import Fit, Holiday, Session, Stay, sessions, stays
from calendars.model.agenda import Draft
from calendars.model.events import Days, Event
from calendars.model.text import Language, Text
from calendars.wording import days_span, home_name, hour, short_date
from calendars.zones import to_wall
from scheduler.commands.editing import first_edition

HEADINGS = Text(es="Sede|Id|Comienza|Observaciones", en="Site|Id|Starts|Remarks")
FITS = {
    Fit.OUTSIDE: Text(es="fuera de horario", en="outside working hours"),
    Fit.PARTLY: Text(es="en parte fuera de horario", en="partly outside working hours"),
}
NIGHT = Text(es="noche", en="night")
WEEKEND = Text(es="fin de semana", en="weekend")
HOLIDAY = Text(es="feriado: {name}", en="holiday: {name}")
HOME_HOLIDAY = Text(es="feriado en México: {name}", en="holiday in Mexico: {name}")
OTHER_DATE = Text(es="otra fecha que en México", en="other date than in Mexico")
WORKING = Text(es="{n} días hábiles", en="{n} working days")
INSIDE = Text(
    es="{inside} de {all} sedes enteras dentro de su horario", en="{inside} of {all} sites wholly within working hours"
)
UNDATED = Text(es="sin fecha", en="no date yet")


def around(draft: Draft, event: Event, lang: Language) -> RenderableType:
    """The event of a draft at every site that it addresses."""
    edition = first_edition(draft)
    head = f"{event.title[lang]}\n{_home(edition, event, lang)}"
    found = sessions(edition.agenda, event, edition.revisions[event.id])
    whole = stays(edition.agenda, event)
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in HEADINGS[lang].split("|"):
        table.add_column(heading)
    for session in found:
        start = f"{short_date(session.start.date(), lang)} {hour(session.start, lang)}"
        table.add_row(session.site.city, session.site.id, start, ", ".join(marks(session, lang)))
    for stay in whole:
        begins = f"{short_date(stay.begins.date(), lang)} {hour(stay.begins, lang)}"
        table.add_row(stay.site.city, stay.site.id, begins, ", ".join(_stay_marks(stay, lang)))
    inside = sum(session.fit is Fit.INSIDE for session in found)
    foot = [INSIDE[lang].format(inside=inside, all=len(found))] if found else []
    return Group(head, table, *foot)


def marks(session: Session, lang: Language) -> Iterator[str]:
    """What speaks against the session's hour at its site, or has to be known of it."""
    if session.night:
        yield NIGHT[lang]
    if session.fit in FITS:
        yield FITS[session.fit][lang]
    if session.weekend:
        yield WEEKEND[lang]
    if session.holiday is not None:
        yield HOLIDAY[lang].format(name=session.holiday)
    if session.home_holiday is not None:
        yield HOME_HOLIDAY[lang].format(name=session.home_holiday)
    if session.days_off:
        yield OTHER_DATE[lang]


def _stay_marks(stay: Stay, lang: Language) -> Iterator[str]:
    yield WORKING[lang].format(n=stay.working_days)
    for text, found in ((HOLIDAY, stay.holidays), (HOME_HOLIDAY, stay.home_holidays)):
        yield from (text[lang].format(name=_named(one, lang)) for one in found)


def _named(holiday: Holiday, lang: Language) -> str:
    return f"{holiday.name} ({short_date(holiday.date, lang)})"


def _home(edition: Edition, event: Event, lang: Language) -> str:
    start = edition.revisions[event.id].start
    if start is not None:
        wall = to_wall(start, edition.agenda.zone)
        return f"{short_date(wall.date(), lang)}, {hour(wall, lang)}, {home_name(edition.agenda.zone, lang)}"
    return days_span(event.when, lang) if isinstance(event.when, Days) else UNDATED[lang]


def around_json(draft: Draft, event: Event) -> dict[str, object]:
    """The same for scripts: local walls in ISO 8601."""
    edition = first_edition(draft)
    return {
        "id": event.id,
        "sites": [
            *(_session_json(one) for one in sessions(edition.agenda, event, edition.revisions[event.id])),
            *(_stay_json(one) for one in stays(edition.agenda, event)),
        ],
    }


def _session_json(one: Session) -> dict[str, object]:
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


def _stay_json(one: Stay) -> dict[str, object]:
    return {
        "site": one.site.id,
        "begins_in_mexico": one.begins.isoformat(timespec="minutes"),
        "working_days": one.working_days,
        "holidays": {day.date.isoformat(): day.name for day in one.holidays},
        "holidays_in_mexico": {day.date.isoformat(): day.name for day in one.home_holidays},
    }
