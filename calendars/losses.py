"""What a draft has less of than what is in force, besides events and posts: the mark of a file that was cut short.

None of it need be wrong. But a file that lost its end must not take the rest along unnoticed, so whoever publishes
is asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from calendars.documents import agenda_to_json
from calendars.model.agenda import Agenda

_OF_SITES = ("weekend", "former_weekends", "subdivision")
_OF_DAYS = ("first", "last", "where", "works")
_LISTS = ("regions", "axes", "commitments", "advances")
_SETTINGS = ("reminders", "quiet", "retention", "signups", "privacy", "home_holidays", "present_from")
_OWN_WORDS = "message"  # for the mails of the next days: taken away when those are gone
_TEXTS = frozenset({"es", "en", "source", "url", "domains"})  # keys of a document under which a beginning is valid too


class Missing(StrEnum):
    """What kind of thing is gone."""

    SITE = "site"  # name: Representation.id
    SITE_DETAIL = "site-detail"  # what a site says of its days; name: Representation.id
    LINK = "link"  # to join an event; name: Event.id
    SHORT_LINK = "short-link"  # it is the beginning of the former; name: Event.id
    ENTRY = "entry"  # of a list of the agenda; name: «axes: promocion»
    SETTING = "setting"  # of the agenda, or a part of it; name: its field
    DAY = "day"  # of festivos.csv, or a part of its words; name: «2021-10-19 DZ»
    DETAIL = "detail"  # of an event or entry that is otherwise the same; name: its id


@dataclass(frozen=True, kw_only=True, slots=True)
class Loss:
    missing: Missing
    name: str


def losses(
    before: Agenda, after: Agenda, old_links: Mapping[str, str], new_links: Mapping[str, str]
) -> tuple[Loss, ...]:
    """What is gone. The links are those to join by, by Event.id.

    `supuesto` is no loss: who takes it away has been told the hour.
    """
    was, now = json.loads(agenda_to_json(before)), json.loads(agenda_to_json(after))
    gone = {site["id"] for site in was["representations"]} - {site["id"] for site in now["representations"]}
    sites = (Loss(missing=Missing.SITE, name=name) for name in sorted(gone))
    details = _site_details(was, now)
    links, days = _links(after, old_links, new_links), _days(was, now)
    return (*sites, *details, *links, *days, *_entries(was, now), *_settings(was, now), *_events(was, now))


def _site_details(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Loss]:
    kept = {site["id"]: site for site in now["representations"]}
    for site in was["representations"]:
        same = kept.get(site["id"], site)
        if any(_less(site.get(key), same.get(key)) for key in _OF_SITES):
            yield Loss(missing=Missing.SITE_DETAIL, name=site["id"])


def _links(after: Agenda, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Loss]:
    """Of events that are there: with an event that goes, its link does."""
    for event in after.events:
        was, now = old.get(event.id), new.get(event.id)
        if was is not None and now is None:
            yield Loss(missing=Missing.LINK, name=event.id)
        elif was is not None and now is not None and was != now and was.startswith(now):
            yield Loss(missing=Missing.SHORT_LINK, name=event.id)


def _entries(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Loss]:
    for field in _LISTS:
        kept = {entry["id"]: entry for entry in now[field]}
        for entry in was[field]:
            name = f"{field}: {entry['id']}"
            if entry["id"] not in kept:
                yield Loss(missing=Missing.ENTRY, name=name)
            elif _less(entry, kept[entry["id"]]):
                yield Loss(missing=Missing.DETAIL, name=name)


def _days(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Loss]:
    """By all that a row rules; its words may be the beginning of the former ones."""
    kept = {tuple(row[key] for key in _OF_DAYS): row for row in now.get("own_days", ())}
    for row in was.get("own_days", ()):
        same = kept.get(tuple(row[key] for key in _OF_DAYS))
        if same is None or _less(row, same):
            yield Loss(missing=Missing.DAY, name=f"{row['first']} {row['where']}")


def _settings(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Loss]:
    return (Loss(missing=Missing.SETTING, name=name) for name in _SETTINGS if _less(was.get(name), now.get(name)))


def _events(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Loss]:
    before = {event["id"]: event for event in was["events"]}
    for event in now["events"]:
        if event["id"] in before and _less(_without_words(before[event["id"]]), _without_words(event)):
            yield Loss(missing=Missing.DETAIL, name=event["id"])


def _without_words(event: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key != _OWN_WORDS}


def _less(was: object, now: object) -> bool:
    return was != now and _left_by_a_cut(was, now)


def _left_by_a_cut(was: object, now: object, key: str = "") -> bool:
    """Is the one what a cut may leave of the other, and nothing else? `key` is the one under which they stand."""
    match was, now:
        case _ if was == now:
            return True
        case _, None:
            return True
        case dict(), dict():
            return now.keys() <= was.keys() and all(_left_by_a_cut(was[name], now.get(name), name) for name in was)
        case list(), list():
            pairs = zip(was, now, strict=False)
            return key != "assumed" and len(now) <= len(was) and all(_left_by_a_cut(*pair, key) for pair in pairs)
        case str(), str():
            return key in _TEXTS and was.startswith(now)
    return False
