"""All public feeds of the shipped agenda, and of agendas with 4 and 16 times its events."""

from __future__ import annotations

from collections.abc import Sequence

from icalendar import Calendar

from bench.agendas import first_edition, shipped_draft, with_events
from bench.measure import Figure, Line, best, empty_caches
from calendars.editions import Edition
from calendars.feeds import feeds

AIM_SECONDS = 1.0
LINEAR = 1.25  # at most so much more for each event than at a quarter of the size


def run() -> Sequence[Line]:
    agenda = shipped_draft().agenda
    lines: list[Line] = []
    once = 0.0
    for times in (1, 4, 16):
        edition = first_edition(with_events(agenda, times))
        ours = best(lambda edition=edition: _all(edition), before=empty_caches)  # type: ignore[misc]  # because the default binds the loop's value
        lines.append(_line(edition, times, ours, once))
        once = once or ours
    return lines


def _all(edition: Edition) -> int:
    return sum(len(feed.body) for feed in feeds(edition))


def _line(edition: Edition, times: int, ours: float, once: float) -> Figure:
    made = list(feeds(edition))
    calendars = [Calendar.from_ical(feed.body) for feed in made]
    peer = best(lambda: [calendar.to_ical() for calendar in calendars], runs=1 if times > 1 else 3)
    growth = ours / once / times if once else 1.0
    size = sum(len(feed.body) for feed in made)
    return Figure(
        what=f"{len(made)} feeds, {times} × the events ({len(edition.listed())} dated, {size / 1e6:.1f} MB)",
        ours=f"{ours:.2f} s" + (f", {growth:.2f} × the time an event" if once else ""),
        peer=f"icalendar only writing the same calendars, ready in memory, {peer:.2f} s",
        ratio=f"{ours / peer:.2f} ×",
        aim=f"< {AIM_SECONDS:g} s" if not once else f"linear: ≤ {LINEAR:g} × an event",
        met=ours < AIM_SECONDS if not once else growth <= LINEAR,
    )
