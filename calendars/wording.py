"""Times, statuses and assumptions as people read them, in es-MX and English: for feeds, pages and mails alike.

Hours are of 24. Walls are naive: the caller has already brought the instant to the clocks it speaks of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list

from calendars.catalogue import Phrase
from calendars.model.agenda import Agenda
from calendars.model.events import Assumption, Days, Event, EventKind, EventStatus, Timed
from calendars.model.text import Language

MEXICO = "America/Mexico_City"
HOME_NAME = Phrase("Central Mexico time (TCM)")
HOME_SHORT = "TCM"
NIGHT_BEGINS, NIGHT_ENDS = 22, 6  # hours of the clock
UNASSIGNED = Phrase("unassigned")

_LOCALES = {"es": Locale("es", "MX"), "en": Locale("en")}
_LONG = {"es": "EEEE d 'de' MMMM 'de' y", "en": "EEEE, d MMMM y"}
_PLAIN = {"es": "d 'de' MMMM 'de' y", "en": "d MMMM y"}
_I_SOUND = re.compile(r"h?[ií](?![aeoáéó])", re.IGNORECASE)  # before it «y» becomes «e»; CLDR does not know
_DAY_AND_MONTH = {"es": "d 'de' MMMM", "en": "d MMMM"}

_KINDS = {
    EventKind.WORKSHOP: Phrase("workshop"),
    EventKind.MEETING: Phrase("meeting"),
    EventKind.DRIVE: Phrase("drive"),
    EventKind.WORKING_GROUP: Phrase("working group"),
    EventKind.TALK: Phrase("talk"),
}
_STATUSES = {
    EventStatus.TENTATIVE: Phrase("tentative"),
    EventStatus.CONFIRMED: Phrase("confirmed"),
    EventStatus.CANCELLED: Phrase("cancelled"),
    EventStatus.HELD: Phrase("held"),
    EventStatus.UNSCHEDULED: Phrase("no date yet"),
}
_ASSUMED = {
    Assumption.DATE: Phrase("assumed date, to be confirmed"),
    Assumption.TIME: Phrase("assumed time, to be confirmed"),
    Assumption.DURATION: Phrase("assumed duration, to be confirmed"),
    Assumption.PLACE: Phrase("assumed place, to be confirmed"),
}
_ASSUMED_DATES = Phrase("assumed dates, to be confirmed")
_NO_HOUR = Phrase("time to be confirmed")


def long_date(day: date, language: Language) -> str:
    """«viernes 22 de octubre de 2021»; "Friday, 22 October 2021"."""
    return format_date(day, _LONG[language], _LOCALES[language])


def short_date(day: date, language: Language) -> str:
    """«vie 22 oct»; "Fri 22 Oct"."""
    return format_date(day, "EEE d MMM", _LOCALES[language])


def weekday_and_day(day: date, language: Language) -> str:
    """«viernes 22»; "Friday 22"."""
    return format_date(day, "EEEE d", _LOCALES[language])


def hour(wall: time | datetime, language: Language) -> str:
    """«04:30 h»; "04:30"."""
    return f"{wall:%H:%M} h" if language == "es" else f"{wall:%H:%M}"


def days_span(days: Days, language: Language) -> str:
    """«del 1 al 7 de febrero de 2022», «el 19 de octubre de 2021»; "1–7 February 2022", "19 October 2021"."""
    first, last = days.first, days.last
    end = format_date(last, _PLAIN[language], _LOCALES[language])
    if first == last:
        return f"el {end}" if language == "es" else end
    if first.year != last.year:
        start = format_date(first, _PLAIN[language], _LOCALES[language])
    elif first.month != last.month:
        start = format_date(first, _DAY_AND_MONTH[language], _LOCALES[language])
    else:
        return f"del {first.day} al {end}" if language == "es" else f"{first.day}–{end}"
    return f"del {start} al {end}" if language == "es" else f"{start} – {end}"


def spoken_duration(duration: timedelta) -> str:
    """«2 h», «1 h 30 min», «45 min», in both languages. To the minute."""
    hours, minutes = divmod(duration // timedelta(minutes=1), 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)) or "0 min"


def relative_day(event_date: date, today: date, language: Language) -> str | None:
    """«hoy» or «mañana», as of the day of sending; None on any other."""
    words = {0: Phrase("today"), 1: Phrase("tomorrow")}
    word = words.get((event_date - today).days)
    return word[language] if word else None


def zone_city(zone: str, language: Language) -> str:
    """The city that stands for a zone (CLDR), else the one in its name."""
    known = _LOCALES[language].time_zones.get(zone, {}).get("city")
    return str(known) if known else zone.rpartition("/")[2].replace("_", " ")


def home_name(zone: str, language: Language) -> str:
    """The agenda's own time: TCM in full, «hora de Bogotá» for an agenda that lives elsewhere."""
    if zone == MEXICO:
        return HOME_NAME[language]
    city = zone_city(zone, language)
    return f"hora de {city}" if language == "es" else f"{city} time"


def home_short(zone: str, language: Language) -> str:
    """«TCM», or the zone's city."""
    return HOME_SHORT if zone == MEXICO else zone_city(zone, language)


def other_day_remark(site_wall: datetime, home_wall: datetime, city: str, language: Language) -> str:
    """«(viernes 22 en Tokio)» where the site's date is not the agenda's; else an empty string."""
    if site_wall.date() == home_wall.date():
        return ""
    day = weekday_and_day(site_wall, language)
    return f"({day} en {city})" if language == "es" else f"({day} in {city})"


def night_remark(site_wall: datetime, home_wall: datetime, home_zone: str, language: Language) -> str:
    """«Es de madrugada en su sede; en México todavía será jueves 21.», or what of it is so; else an empty string."""
    parts = [
        part for part in (_night(site_wall, language), _home_day(site_wall, home_wall, home_zone, language)) if part
    ]
    return sentence("; ".join(parts))


def is_night(wall: datetime) -> bool:
    return wall.hour < NIGHT_ENDS or wall.hour >= NIGHT_BEGINS


def _night(wall: datetime, language: Language) -> str:
    if wall.hour < NIGHT_ENDS:
        return Phrase("this is in the small hours at your site")[language]
    if wall.hour >= NIGHT_BEGINS:
        return Phrase("this is at night at your site")[language]
    return ""


def _home_day(site_wall: datetime, home_wall: datetime, home_zone: str, language: Language) -> str:
    if site_wall.date() == home_wall.date():
        return ""
    day = weekday_and_day(home_wall, language)
    ahead = site_wall.date() > home_wall.date()
    if language == "es":
        place = "México" if home_zone == MEXICO else zone_city(home_zone, language)
        return f"en {place} {'todavía' if ahead else 'ya'} será {day}"
    place = "Mexico" if home_zone == MEXICO else zone_city(home_zone, language)
    return f"in {place} it will {'still' if ahead else 'already'} be {day}"


def assumptions(event: Event, language: Language) -> tuple[str, ...]:
    """What the source does not give, each said once: «duración supuesta: 2 h, por confirmar»."""
    return tuple(assumption(event, part, language) for part in Assumption if part in event.assumed)


def assumption(event: Event, part: Assumption, language: Language) -> str:
    match part, event.when:
        case Assumption.DURATION, Timed(duration=duration):
            spoken = spoken_duration(duration)
            if language == "es":
                return f"duración supuesta: {spoken}, por confirmar"
            return f"assumed duration: {spoken}, to be confirmed"
        case Assumption.DATE, Days(first=first, last=last) if first != last:
            return _ASSUMED_DATES[language]
        case Assumption.TIME, Days():
            return _NO_HOUR[language]
    return _ASSUMED[part][language]


def is_uncertain(event: Event) -> bool:
    """May its date or hour still change: tentative, or supposed? A calendar shows it with «(por confirmar)»."""
    if event.status is EventStatus.HELD:
        return False
    return event.status is EventStatus.TENTATIVE or bool({Assumption.DATE, Assumption.TIME} & set(event.assumed))


def kind_word(kind: EventKind, language: Language) -> str:
    return _KINDS[kind][language]


def status_word(status: EventStatus, language: Language) -> str:
    return _STATUSES[status][language]


def axis_title(agenda: Agenda, axis: str | None, language: Language) -> str:
    """The axis's title, or «sin asignar»."""
    return next((known.title[language] for known in agenda.axes if known.id == axis), UNASSIGNED[language])


def and_list(names: Sequence[str], language: Language) -> str:
    """«Tokio, Seúl y Pekín», «Atlanta e Indianápolis»; "Tokio, Seúl, and Pekín"."""
    if language == "es" and len(names) > 1 and _I_SOUND.match(names[-1]):
        return f"{', '.join(names[:-1])} e {names[-1]}"
    return format_list(names, locale=_LOCALES[language])


def sentence(text: str) -> str:
    """With a capital and a full stop, unless it ends in one; nothing stays nothing."""
    return text[:1].upper() + text[1:] + ("" if not text or text[-1] in ".!?…" else ".")


def clock_of(city: str, language: Language) -> str:
    """«hora de Nueva Delhi»; "Nueva Delhi time"."""
    return Phrase("{city} time").say(language, city=city)
