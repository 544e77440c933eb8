"""The administrator's word on single days, found by site and date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from calendars.model.days import EVERYWHERE, MISSIONS, OwnDay
from calendars.model.places import Representation

_ONE_DAY = timedelta(days=1)


class DeclaredDays:
    """Rows by the days that they speak of. In one place, the later row counts."""

    def __init__(self, rows: Iterable[OwnDay]) -> None:
        self._by_place: dict[str, dict[date, OwnDay]] = {}
        for row in rows:
            self._by_place.setdefault(row.where, {}).update(dict.fromkeys(dates(row), row))

    def about(self, site: Representation, day: date) -> OwnDay | None:
        """What counts for a site on a date: its own row over its country's, over that of all missions, over all."""
        for place in (site.id, site.country_code, MISSIONS, EVERYWHERE):
            found = self._by_place.get(place, _NONE).get(day)
            if found is not None:
                return found
        return None


_NONE: Mapping[date, OwnDay] = {}


def dates(row: OwnDay) -> Iterator[date]:
    """The days of a row, the first and the last included."""
    return (row.first + _ONE_DAY * number for number in range((row.last - row.first).days + 1))
