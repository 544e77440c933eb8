"""What one edition has to tell those who know another: past editions against one, each compared once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from calendars.changes import Change, Notice, changes, for_guest, notices
from scheduler.store import editions
from scheduler.store.editions import InForce


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """What is different since one edition."""

    changes: Mapping[str, Change]  # by Event.id
    by_place: Mapping[tuple[str, str], Notice]  # by Event.id and Representation.id

    def heard(self, event: str, site: str, zone: str | None) -> Notice | None:
        """What a post at a site hears of an event; with the `zone` of its site also where it is a guest there."""
        notice = self.by_place.get((event, site))
        change = self.changes.get(event)
        if notice is not None or change is None or zone is None:
            return notice
        seen = for_guest(change, site, zone)
        return None if seen is None else next(notices(seen), None)


class Comparison:
    """Against one edition, which is in force or would be."""

    def __init__(self, now: InForce) -> None:
        self.now = now
        self._since: dict[int, Compared] = {}

    def since(self, connection: Connection, edition: int) -> Compared:
        """What is different since an edition, by its number. Raises LookupError where there is none."""
        if edition not in self._since:
            self._since[edition] = _compare(connection, edition, self.now)
        return self._since[edition]

    def zone_of_guest(self, site: str) -> str | None:
        """The zone of a site (its id) whose people come to the sessions of others; None: there is no such site."""
        found = self.now.edition.agenda.site(site)
        return None if found is None else found.zone


def _compare(connection: Connection, edition: int, now: InForce) -> Compared:
    if edition == now.edition.number:
        return Compared(changes={}, by_place={})
    then, links = editions.past(connection, edition, now)
    found = changes(then, now.edition, links, editions.link_digests(now.links))
    return Compared(
        changes={change.event: change for change in found},
        by_place={(notice.event, notice.site): notice for change in found for notice in notices(change)},
    )
