"""Convocations: the events that a publication announces by name, and which posts it calls to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.changes import Notice
from calendars.days.off import DaysOff
from calendars.editions import Edition
from calendars.model.events import Event
from calendars.model.text import Language, Said, Spoken
from calendars.wording import status_word
from scheduler.base.meant import listed, meant
from scheduler.base.refusal import USAGE, Refusal
from scheduler.planning.notices import convocation_notices, expires_at, leaves_at, settles_at
from scheduler.planning.plan import REMINDED
from scheduler.store.ledger import convocations
from scheduler.store.ledger.convocations import Call

Place = tuple[str, str]  # Event.id and Representation.id
UNKNOWN = Phrase("there is no event “{event}”. {more}")
KNOWN = Phrase("There are: {ids}.")
STATE = Phrase("“{event}” is {more}: there is nothing to announce.")
NO_DATE = Phrase("“{event}” has no date: there is nothing to announce.")
NO_SITE = Phrase("“{event}” is for no site.")
OVER = Phrase("“{event}” is over.")


class NothingToAnnounce(Refusal):
    """Nobody can be called to an event."""

    code = USAGE
    status = 400

    def __init__(self, why: Phrase, event: str, more: Said | None = None) -> None:
        super().__init__(why, event=event, more=more)

    def lines(self, language: Language) -> tuple[str, ...]:
        return (f"--announce: {self.why[language]}",)


def announced(edition: Edition, links: Mapping[str, str], events: Collection[str], at: datetime) -> tuple[Notice, ...]:
    """What calls each site to these events (ids). Raises NothingToAnnounce for one to which nobody can be called."""
    found = tuple(convocation_notices(edition, links, events, at))
    somebody = {notice.event for notice in found}
    for key in events:
        if key not in somebody:
            raise _refusal(edition, key)
    return found


def _refusal(edition: Edition, key: str) -> NothingToAnnounce:
    event = edition.agenda.event(key)
    if event is None:
        return _unknown(key, edition.agenda.events)
    if event.when is None:
        return NothingToAnnounce(NO_DATE, key)
    if event.status not in REMINDED:
        return NothingToAnnounce(STATE, key, Spoken(lambda lang: status_word(event.status, lang)))
    return NothingToAnnounce(OVER if edition.agenda.addressed(event) else NO_SITE, key)


def _unknown(key: str, events: Iterable[Event]) -> NothingToAnnounce:
    known = [one.id for one in events if one.when is not None]
    return NothingToAnnounce(UNKNOWN, key, meant(key, known) or KNOWN.of(ids=listed(known)))


def called(
    connection: Connection,
    edition: Edition,
    calling: Sequence[Notice],
    noticed: Collection[Place],
    hearers: Mapping[str, frozenset[str]],
    newcomers: Mapping[str, frozenset[str]],
) -> Mapping[Place, frozenset[str]]:
    """The posts (ids) that get a convocation, by event and site; of `hearers` and `newcomers`, by site.

    Left out is who was called to that hour before, and who gets a notice of the event at this very occasion
    (`noticed`): it says as much. Who joins with the edition gets none.
    """
    known = {
        key: convocations.convened(connection, edition.revisions[key].uid, edition.revisions[key].schedule)
        for key in {notice.event for notice in calling}
    }
    found = {}
    for notice in calling:
        place = notice.event, notice.site
        told = frozenset() if place in noticed else hearers.get(notice.site, frozenset())
        found[place] = (told | newcomers.get(notice.site, frozenset())) - known[notice.event]
    return {place: posts for place, posts in found.items() if posts}


def calls(
    edition: Edition, calling: Iterable[Notice], posts: Mapping[Place, frozenset[str]], at: datetime
) -> dict[Place, Call]:
    """What calls the posts of each event and site, once it has settled."""
    sites, days = {site.id: site for site in edition.agenda.representations}, DaysOff.of(edition.agenda)
    return {
        (notice.event, notice.site): Call(
            event=notice.event,
            uid=edition.revisions[notice.event].uid,
            schedule=edition.revisions[notice.event].schedule,
            site=notice.site,
            leaves=leaves_at(notice, sites[notice.site], settles_at(notice, at), days),
            expires=expires_at(notice, at),
            posts=posts.get((notice.event, notice.site), frozenset()),
        )
        for notice in calling
    }
