"""Times, statuses and assumptions as people read them, in each language: for feeds, pages and mails alike.

Hours are of 24. Walls are naive: the caller has already brought the instant to the clocks it speaks of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list

from calendars.catalogue import Phrase, catalogue
from calendars.model.agenda import Agenda
from calendars.model.events import Assumption, Days, Event, EventKind, EventStatus, Timed
from calendars.model.text import Language, Text

MEXICO = "America/Mexico_City"
HOME_NAME = Phrase("Central Mexico time (TCM)")
HOME_SHORT = "TCM"
NIGHT_BEGINS, NIGHT_ENDS = 22, 6  # hours of the clock
UNASSIGNED = Phrase("unassigned")

_LONG = Phrase("EEEE, d MMMM y", "date pattern")  # as CLDR writes patterns of dates
_PLAIN = Phrase("d MMMM y", "date pattern")
_DAY_AND_MONTH = Phrase("d MMMM", "date pattern")
_SHORT = Phrase("EEE d MMM", "date pattern")
_SHORT_WITH_YEAR = Phrase("EEE d MMM y", "date pattern")
_WEEKDAY_AND_DAY = Phrase("EEEE d", "date pattern")
_I_SOUND = re.compile(r"h?[ií](?![aeoáéó])", re.IGNORECASE)  # before it Spanish says «e» for «y»; CLDR does not know
_O_SOUND = re.compile(r"[oó]|h[oó](?!us|ng.kong)|8|11(?!\d)", re.IGNORECASE)  # and «u» for «o»: «siete u ocho»

_CLOCK_OF = Phrase("{city} time")
_HOUR = Phrase("{clock:%H:%M}", "hour of the clock")
_ONE_DAY = Phrase("{day}", "days of an event")
_DAYS_OF_A_MONTH = Phrase("{first}–{last}", "days of an event")
_DAYS = Phrase("{first} – {last}", "days of an event")
_RELATIVE = {0: Phrase("today"), 1: Phrase("tomorrow")}
_HOME = Phrase("Mexico")
_STILL = Phrase("in {place} it will still be {day}")
_ALREADY = Phrase("in {place} it will already be {day}")
_OTHER_DAY = Phrase("({day} in {city})")
_DURATION = Phrase("assumed duration: {duration}, to be confirmed")

# Zones that the IANA database has given another name of the same place, the former one first: of its file `backward`,
# "Alternate names for the same location" and those that moved into a country's folder. Places that were merged
# into another stand there, too, and not here: Belfast is not London.
_RENAMED = (
    ("Africa/Asmera", "Africa/Asmara"),
    ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),
    ("America/Catamarca", "America/Argentina/Catamarca"),
    ("America/Coral_Harbour", "America/Atikokan"),
    ("America/Cordoba", "America/Argentina/Cordoba"),
    ("America/Godthab", "America/Nuuk"),
    ("America/Indianapolis", "America/Indiana/Indianapolis"),
    ("America/Jujuy", "America/Argentina/Jujuy"),
    ("America/Louisville", "America/Kentucky/Louisville"),
    ("America/Mendoza", "America/Argentina/Mendoza"),
    ("Asia/Ashkhabad", "Asia/Ashgabat"),
    ("Asia/Calcutta", "Asia/Kolkata"),
    ("Asia/Dacca", "Asia/Dhaka"),
    ("Asia/Katmandu", "Asia/Kathmandu"),
    ("Asia/Macao", "Asia/Macau"),
    ("Asia/Rangoon", "Asia/Yangon"),
    ("Asia/Saigon", "Asia/Ho_Chi_Minh"),
    ("Asia/Thimbu", "Asia/Thimphu"),
    ("Asia/Ujung_Pandang", "Asia/Makassar"),
    ("Asia/Ulan_Bator", "Asia/Ulaanbaatar"),
    ("Atlantic/Faeroe", "Atlantic/Faroe"),
    ("Europe/Kiev", "Europe/Kyiv"),
    ("Pacific/Ponape", "Pacific/Pohnpei"),
    ("Pacific/Truk", "Pacific/Chuuk"),
)

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


@cache
def locale(language: Language) -> Locale:
    """Whose dates, lists and names of cities it writes (CLDR)."""
    return Locale.parse(catalogue(language).locale)


def dated(day: date, pattern: Phrase, language: Language) -> str:
    """A date by a pattern that each language writes in its own way."""
    return _dated(day, pattern[language], language)


@lru_cache(maxsize=1024)  # a page and a sending say the same few days again and again
def _dated(day: date, pattern: str, language: Language) -> str:
    return format_date(day, pattern, locale(language))


def long_date(day: date, language: Language) -> str:
    """«viernes 22 de octubre de 2021»; "Friday, 22 October 2021"."""
    return dated(day, _LONG, language)


def short_date(day: date, language: Language, *beside: date) -> str:
    """«vie 22 oct»; "Fri 22 Oct".

    «mié 28 oct 2020» where any of `beside` — the day on which it is read, other dates of the same line — is of another
    year.
    """
    pattern = _SHORT if all(other.year == day.year for other in beside) else _SHORT_WITH_YEAR
    return dated(day, pattern, language)


def weekday_and_day(day: date, language: Language) -> str:
    """«viernes 22»; "Friday 22"."""
    return dated(day, _WEEKDAY_AND_DAY, language)


def hour(wall: time | datetime, language: Language) -> str:
    """«04:30 h»; "04:30"."""
    return _HOUR.say(language, clock=wall)


def clock_of(city: str, language: Language) -> str:
    """Whose clocks an hour is by: «hora de Tokio»; "Tokio time"."""
    return _CLOCK_OF.say(language, city=city)


def days_span(days: Days, language: Language) -> str:
    """«del 1 al 7 de febrero de 2022», «el 19 de octubre de 2021»; "1–7 February 2022", "19 October 2021"."""
    first, last = days.first, days.last
    end = dated(last, _PLAIN, language)
    if first == last:
        return _ONE_DAY.say(language, day=end)
    if (first.year, first.month) == (last.year, last.month):
        return _DAYS_OF_A_MONTH.say(language, first=first.day, last=end)
    start = dated(first, _PLAIN if first.year != last.year else _DAY_AND_MONTH, language)
    return _DAYS.say(language, first=start, last=end)


def spoken_duration(duration: timedelta) -> str:
    """«2 h», «1 h 30 min», «45 min», in both languages. To the minute."""
    hours, minutes = divmod(duration // timedelta(minutes=1), 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)) or "0 min"


def relative_day(event_date: date, today: date, language: Language) -> str | None:
    """«hoy» or «mañana», as of the day of sending; None on any other."""
    word = _RELATIVE.get((event_date - today).days)
    return word[language] if word else None


def zone_city(zone: str, language: Language) -> str:
    """The city that stands for a zone (CLDR), else the one in its name."""
    return city_of_zone(zone, locale(language).time_zones)


def city_of_zone(zone: str, known: Mapping[str, Mapping[str, object]]) -> str:
    """The same, in a language's own table: it has a renamed zone under its old name or its new one, by its release."""
    for name in (zone, *_other_names(zone)):
        city = known.get(name, {}).get("city")
        if city:
            return str(city)
    return zone.rpartition("/")[2].replace("_", " ")


def _other_names(zone: str) -> Iterator[str]:
    return (old if zone == new else new for old, new in _RENAMED if zone in (old, new))


def home_name(zone: str, language: Language) -> str:
    """The agenda's own time: TCM in full, «hora de Bogotá» for an agenda that lives elsewhere."""
    if zone == MEXICO:
        return HOME_NAME[language]
    return clock_of(zone_city(zone, language), language)


def home_short(zone: str, language: Language) -> str:
    """«TCM», or the zone's city."""
    return HOME_SHORT if zone == MEXICO else zone_city(zone, language)


def other_day_remark(site_wall: datetime, home_wall: datetime, city: str, language: Language) -> str:
    """«(viernes 22 en Tokio)» where the site's date is not the agenda's; else an empty string."""
    if site_wall.date() == home_wall.date():
        return ""
    return _OTHER_DAY.say(language, day=weekday_and_day(site_wall, language), city=city)


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
    phrase = _STILL if site_wall.date() > home_wall.date() else _ALREADY
    place = _HOME[language] if home_zone == MEXICO else zone_city(home_zone, language)
    return phrase.say(language, place=place, day=weekday_and_day(home_wall, language))


def assumptions(event: Event, language: Language) -> tuple[str, ...]:
    """What the source does not give, each said once: «duración supuesta: 2 h, por confirmar»."""
    return tuple(assumption(event, part, language) for part in Assumption if part in event.assumed)


def assumption(event: Event, part: Assumption, language: Language) -> str:
    match part, event.when:
        case Assumption.DURATION, Timed(duration=duration):
            return _DURATION.say(language, duration=spoken_duration(duration))
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


def kind_word(kind: EventKind | Text, language: Language) -> str:
    return kind[language] if isinstance(kind, Text) else _KINDS[kind][language]


def status_word(status: EventStatus, language: Language) -> str:
    return _STATUSES[status][language]


def axis_title(agenda: Agenda, axis: str | None, language: Language) -> str:
    """The axis's title, or «sin asignar»."""
    return next((known.title[language] for known in agenda.axes if known.id == axis), UNASSIGNED[language])


def and_list(names: Sequence[str], language: Language) -> str:
    """«Tokio, Seúl y Pekín», «Atlanta e Indianápolis»; "Tokio, Seúl, and Pekín"."""
    spoken = locale(language)
    if spoken.language == "es" and len(names) > 1 and _I_SOUND.match(names[-1]):
        return f"{', '.join(names[:-1])} e {names[-1]}"
    return format_list(names, locale=spoken)


def or_list(names: Sequence[str], language: Language) -> str:
    """«Tokio, Seúl o Pekín», «Lisboa u Oslo»; "Tokio, Seúl, or Pekín"."""
    spoken = locale(language)
    if spoken.language == "es" and len(names) > 1 and _O_SOUND.match(names[-1]):
        return f"{', '.join(names[:-1])} u {names[-1]}"
    return format_list(names, style="or", locale=spoken)


def sentence(text: str) -> str:
    """With a capital and a full stop, unless it ends in one; nothing stays nothing."""
    return text[:1].upper() + text[1:] + ("" if not text or text[-1] in ".!?…" else ".")
