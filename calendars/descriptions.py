"""What a calendar entry says about an event, in words that stand alone: Google and Nextcloud show little else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from calendars.catalogue import Phrase
from calendars.editions import Revision
from calendars.model.agenda import Agenda
from calendars.model.events import Assumption, Days, Event, EventStatus, Timed
from calendars.model.places import Representation
from calendars.model.text import Language
from calendars.wording import (
    and_list,
    assumption,
    axis_title,
    clock_of,
    days_span,
    home_name,
    hour,
    is_uncertain,
    kind_word,
    long_date,
    night_remark,
    other_day_remark,
    sentence,
    short_date,
    spoken_duration,
    status_word,
)

CITIES_NAMED = 8  # in one line of local times; the rest are counted

_CANCELLED = Phrase("CANCELLED: {title}")
_UNCERTAIN = Phrase("{what} (to be confirmed)")
_NO_LINK = Phrase("Join: link to be confirmed.")
_JOIN = Phrase("Join: {link} (please do not forward it)")
_REASON = Phrase("Reason: {reason}")
_WHOLE_DAY = Phrase("{day}: all day")
_WHOLE_DAYS = Phrase("{days}: whole days, the same dates at every site")
_DURATION = Phrase("duration: {duration}")
_ENDS = Phrase("Ends: {moment} ({length}).")
_LOCAL_TIMES = Phrase("Local times:")
_MORE = Phrase("{n} more", "cities")
_PLACE = Phrase("Place: {place}")
_AXIS = Phrase("Axis: {axis}")
_SOURCE = Phrase("Source: {source}")


def summary(event: Event, language: Language) -> str:
    """The title, and what nobody may overlook: «CANCELADO: …», «… (por confirmar)»."""
    title = event.title[language]
    if event.status is EventStatus.CANCELLED:
        return _CANCELLED.say(language, title=title)
    if is_uncertain(event):
        return _UNCERTAIN.say(language, what=title)
    return title


def category(event: Event, language: Language) -> str:
    word = kind_word(event.kind, language)
    return word[0].upper() + word[1:]


def place(event: Event, language: Language) -> str | None:
    if event.place is None:
        return None
    where = event.place[language]
    return _UNCERTAIN.say(language, what=where) if Assumption.PLACE in event.assumed else where


def joining(event: Event, link: str | None, language: Language) -> str | None:
    """How staff get in: by the link, or that it is still to come. None for a cancelled event, and days without one."""
    if event.status is EventStatus.CANCELLED or (link is None and isinstance(event.when, Days)):
        return None
    if link is None:
        return _NO_LINK[language]
    return _JOIN.say(language, link=link)


def for_site(
    agenda: Agenda,
    event: Event,
    revision: Revision,
    site: Representation,
    language: Language,
    join: str | None = None,
) -> str:
    """The entry in one site's calendar: its own time first, the agenda's beside it; for staff, how to `join`."""
    if revision.start is None or revision.end is None:
        when = _whole_days(event, language)
    else:
        when = [
            *_at_site(agenda, revision, revision.start, site, language),
            until_line(event, revision, site.zone, language),
        ]
    doors = [join] if join is not None else []
    return "\n".join([*_standing(event, language), *when, *doors, *_rest(agenda, event, language)])


def for_many(
    agenda: Agenda, event: Event, revision: Revision, sites: Sequence[Representation], language: Language
) -> str:
    """The entry in a calendar of many sites: the agenda's time, then each local time with its cities."""
    if revision.start is None or revision.end is None:
        when = _whole_days(event, language)
    else:
        when = [
            _moment(revision.wall(revision.start, agenda.zone), home_name(agenda.zone, language), language),
            until_line(event, revision, agenda.zone, language),
            *_local_times(revision, revision.start, sites, language),
        ]
    return "\n".join([*_standing(event, language), *when, *_rest(agenda, event, language)])


def _standing(event: Event, language: Language) -> list[str]:
    """Status and reason come first where they change what the reader does."""
    lines = []
    if event.status is not EventStatus.CONFIRMED:
        lines.append(sentence(status_word(event.status, language)))
    if event.reason is not None:
        lines.append(sentence(_REASON.say(language, reason=event.reason)))
    return lines


def _whole_days(event: Event, language: Language) -> list[str]:
    assert isinstance(event.when, Days)
    span = days_span(event.when, language)
    if Assumption.TIME in event.assumed:
        return [sentence(span)]  # its hour is told to be open
    if event.when.first == event.when.last:
        return [sentence(_WHOLE_DAY.say(language, day=span))]
    return [sentence(_WHOLE_DAYS.say(language, days=span))]


def _moment(wall: datetime, clocks: str, language: Language) -> str:
    return sentence(f"{long_date(wall, language)}, {hour(wall, language)}, {clocks}")


def _at_site(
    agenda: Agenda, revision: Revision, start: datetime, site: Representation, language: Language
) -> list[str]:
    here, home = revision.wall(start, site.zone), revision.wall(start, agenda.zone)
    beside = f"= {long_date(home, language)}, {hour(home, language)}, {home_name(agenda.zone, language)}"
    remark = other_day_remark(here, home, site.city, language)
    night = night_remark(here, home, agenda.zone, language)
    return [
        _moment(here, clock_of(site.city, language), language),
        f"{beside} {remark}".rstrip() + ".",
        *([night] if night else []),
    ]


def until_line(event: Event, revision: Revision, zone: str, language: Language) -> str:
    """«Término: 10:00 h (duración supuesta: 2 h, por confirmar).», with its date where that is another."""
    start, end = revision.start, revision.end
    assert start is not None, "only what has an hour ends at one"
    assert end is not None
    first, last = revision.wall(start, zone), revision.wall(end, zone)
    moment = hour(last, language)
    if first.date() != last.date():
        moment = f"{short_date(last, language)}, {moment}"
    if Assumption.DURATION in event.assumed:
        length = assumption(event, Assumption.DURATION, language)
    else:
        length = _DURATION.say(language, duration=spoken_duration(end - start))
    return _ENDS.say(language, moment=moment, length=length)


def _local_times(revision: Revision, start: datetime, sites: Iterable[Representation], language: Language) -> list[str]:
    """One line for each distinct local time, earliest first, with the cities that have it."""
    cities: dict[datetime, dict[str, None]] = {}
    for site in sites:
        cities.setdefault(revision.wall(start, site.zone), {})[site.city] = None
    lines = [
        f"{short_date(wall, language)}, {hour(wall, language)}: {_some(tuple(named), language)}"
        for wall, named in sorted(cities.items())
    ]
    return [_LOCAL_TIMES[language], *lines] if lines else []


def _some(cities: tuple[str, ...], language: Language) -> str:
    if len(cities) <= CITIES_NAMED:
        return and_list(cities, language)
    more = len(cities) - CITIES_NAMED + 1
    return and_list((*cities[: CITIES_NAMED - 1], _MORE.say(language, n=more)), language)


def _rest(agenda: Agenda, event: Event, language: Language) -> list[str]:
    lines = [sentence(assumption(event, part, language)) for part in Assumption if _is_unsaid(event, part)]
    if event.place is not None:
        lines.append(sentence(_PLACE.say(language, place=event.place)))
    if event.description is not None:
        lines.append(event.description[language])
    if event.axis is not None:
        lines.append(sentence(_AXIS.say(language, axis=axis_title(agenda, event.axis, language))))
    lines.append(sentence(_SOURCE.say(language, source=event.source)))
    return lines


def _is_unsaid(event: Event, part: Assumption) -> bool:
    said_with_the_end = part is Assumption.DURATION and isinstance(event.when, Timed)
    return part in event.assumed and not said_with_the_end
