"""Last year's agenda as that of a new year: the same weekdays, nothing certain, comments and order as they were."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import CommentMark
from ruamel.yaml.scalarstring import FoldedScalarString, LiteralScalarString, PlainScalarString
from ruamel.yaml.tokens import CommentToken

from calendars.catalogue import Phrase
from calendars.model.agenda import Agenda, Draft
from calendars.model.events import Days, Event, EventStatus, Timed
from calendars.reading.files import AGENDA, DAYS, POSTS, PRIVATE, SITES
from calendars.zones import LAST_YEAR
from scheduler.base.refusal import UsageRefusal
from scheduler.drafts import skeleton
from scheduler.drafts.edits import dumped, loaded

TENTATIVE, UNDATED = "tentativo", "sin fecha"
OF_THAT_YEAR = ("motivo", "mensaje", "pliegue")  # keys of an event that say nothing of another year's
NOT_LATER = Phrase("--year {year}: the agenda is of {was}. Write a later year.")
TOO_LATE = Phrase("--year {year}: its last event would be in {last}, and zone rules are known until {limit}.")
COPIED = Phrase("Copied from {agenda} ({source})")
_GONE = "ESTE-RENGLON-SE-QUITA"
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Copied:
    """The files of the new year's agenda."""

    id: str  # Agenda.id
    files: Mapping[str, bytes]  # by name
    dates: Mapping[str, tuple[date, date]]  # new Event.id -> the date on which it began, and begins
    renamed: Mapping[str, str]  # new Event.id -> the former one
    cancelled: tuple[str, ...]  # new ids of those that were cancelled, and are proposed again
    years: frozenset[int]  # of the former agenda, which texts may still name


def first_year(agenda: Agenda) -> int:
    """The year that an agenda is called by: that of its first event."""
    return min((_begins(event) for event in agenda.events if event.when is not None), default=agenda.published).year


def moved(day: date, by: int) -> date:
    """The same weekday of the same week (ISO 8601), `by` years later; of week 53, where there is none, week 52."""
    year, week, weekday = day.isocalendar()
    try:
        return date.fromisocalendar(year + by, week, weekday)
    except ValueError:
        return date.fromisocalendar(year + by, week - 1, weekday)


def copied(files: Mapping[str, bytes], draft: Draft, year: int, today: date) -> Copied:
    """`files` by name, which hold `draft`, as those of `year`; its first edition is dated `today`.

    Sites, posts and days off are taken as they are, and the links to join by are not. Raises UsageRefusal for a year
    that is not later, or in which an event would lie past the last year with zone rules.
    """
    agenda = draft.agenda
    by = _distance(agenda, year)
    document = loaded(files[AGENDA])
    document["agenda"] = new_id = _later(agenda.id, by) if _YEAR.search(agenda.id) else f"{agenda.id}-{year}"
    assert new_id != agenda.id, "another agenda has another id"
    document["publicada"] = today
    pairs = list(zip(document["eventos"], agenda.events, strict=True))
    for written, event in pairs:
        _put(written, event, agenda.id, by)
    text = re.sub(rf"^.*{_GONE}.*\n", "", dumped(document).decode(), flags=re.MULTILINE)
    kept = {name: files[name] for name in (SITES, POSTS, DAYS) if name in files}
    dated = [event for event in agenda.events if event.when is not None]
    return Copied(
        id=new_id,
        files={AGENDA: text.encode(), **kept, PRIVATE: skeleton.private(today), skeleton.SCHEMA: skeleton.schema()},
        dates={_new_id(one, by): (_begins(one), moved(_begins(one), by)) for one in dated},
        renamed={_new_id(one, by): one.id for one in agenda.events},
        cancelled=tuple(_new_id(one, by) for one in dated if one.status is EventStatus.CANCELLED),
        years=frozenset(_begins(one).year for one in dated),
    )


def still_named(text: bytes, years: frozenset[int], besides: str) -> Iterator[int]:
    """The lines (from 1) of agenda.yaml that still name one of these years, and not as a part of `besides`.

    A source may name the year that it is of.
    """
    for number, line in enumerate(text.decode().splitlines(), start=1):
        if not line.lstrip().startswith("fuente:") and any(
            int(found[0]) in years for found in _YEAR.finditer(line.replace(besides, ""))
        ):
            yield number


def _distance(agenda: Agenda, year: int) -> int:
    was = first_year(agenda)
    if year <= was:
        raise UsageRefusal(NOT_LATER, year=year, was=was)
    by = year - was
    last = max((_ends(event).year for event in agenda.events if event.when is not None), default=was) + by
    if last > LAST_YEAR:
        raise UsageRefusal(TOO_LATE, year=year, last=last, limit=LAST_YEAR)
    return by


def _put(written: CommentedMap, event: Event, agenda: str, by: int) -> None:
    written["id"] = _new_id(event, by)
    written["estado"] = UNDATED if event.when is None else TENTATIVE
    written["fuente"] = COPIED.say("es", agenda=agenda, source=event.source)
    if event.when is not None:
        written["fecha"] = first = moved(_begins(event), by)
        if "hasta" in written:
            written["hasta"] = first + (_ends(event) - _begins(event))
    for key in OF_THAT_YEAR:
        if key in written:
            _take_out(written, key)


def _take_out(mapping: CommentedMap, key: str) -> None:
    """What stands under the key as a comment stays: it is about what follows."""
    said = _after(mapping, key)
    mapping[key] = PlainScalarString(_GONE)
    mapping.ca.items.pop(key, None)
    if said:
        mapping.ca.items[key] = [None, None, CommentToken(said, CommentMark(0)), None]


def _after(holder: CommentedMap | CommentedSeq, key: object) -> str:
    """The comment that ruamel keeps with a value, or with the last thing in it, from the end of its line on."""
    value, own = holder[key], holder.ca.items.get(key)
    token = next((one for one in own or () if isinstance(one, CommentToken)), None)
    if token is None and isinstance(value, CommentedMap | CommentedSeq) and len(value):
        return _after(value, list(value)[-1] if isinstance(value, CommentedMap) else len(value) - 1)
    block = isinstance(value, LiteralScalarString | FoldedScalarString)  # its last line has an end of its own
    return "" if token is None else "\n" * block + str(token.value)


def _new_id(event: Event, by: int) -> str:
    """With its years moved, and with its date, where it names that."""
    if event.when is None:
        return _later(event.id, by)
    old = _begins(event)
    parts = event.id.split(old.isoformat())
    return moved(old, by).isoformat().join(_later(part, by) for part in parts)


def _later(text: str, by: int) -> str:
    return _YEAR.sub(lambda found: str(int(found[0]) + by), text)


def _begins(event: Event) -> date:
    assert event.when is not None
    return event.when.wall.date() if isinstance(event.when, Timed) else event.when.first


def _ends(event: Event) -> date:
    return event.when.last if isinstance(event.when, Days) else _begins(event)
