"""Whether all that a publication changes concerns the regions in which a person may publish."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.changes import Change
from calendars.model.agenda import Agenda, Draft
from calendars.model.places import Representation
from calendars.model.text import Said, Spoken
from calendars.reading.files import SITES
from calendars.wording import and_list
from scheduler.base.refusal import Refusal
from scheduler.publishing.prospect import Beside, Prospect
from scheduler.store.accounts.roles import DeskRole, Person
from scheduler.store.posts import hearers
from scheduler.web.desk.screens.publishing.offers import Candidate, CandidateSource

EVERYBODY = Phrase(
    "You may publish for {regions}, and this changes something that concerns all regions. Ask somebody who may publish "
    "everywhere."
)
OTHERS = Phrase(
    "You may publish for {regions}, and this also concerns {others}. Ask somebody who may publish everywhere, or leave "
    "the rest out."
)


class BeyondRegion(Refusal):
    """It concerns more than the regions in which the person may publish."""

    status = 403


def refuse_beyond(connection: Connection, person: Person, offer: Candidate, found: Prospect, others: Beside) -> None:
    """Raises BeyondRegion."""
    if person.everywhere(DeskRole.PUBLISH):
        return
    agenda = offer.draft.agenda
    own = {one.region for one in person.grants if one.role is DeskRole.PUBLISH and one.region is not None}
    regions = None if offer.source is CandidateSource.RULES else _concerned(connection, offer.draft, found, others)
    if regions is None:
        raise BeyondRegion(EVERYBODY, regions=_named(agenda, own))
    if regions - own:
        raise BeyondRegion(OTHERS, regions=_named(agenda, own), others=_named(agenda, regions - own))


def _concerned(connection: Connection, draft: Draft, found: Prospect, others: Beside) -> frozenset[str] | None:
    """The regions (ids) of all sites concerned; None where it is not about sites alone."""
    before = None if found.before is None else found.before.edition.agenda
    if before is None or set(others.parts) - {SITES}:
        return None
    sites: set[str] = {one.id for one in _differing(before, draft.agenda)}
    for change in found.changes:
        there = set(_sites(change))
        if not there:
            return None
        sites |= there
    sites |= set(_of_posts(connection, draft, others)) if others.people else set()
    regions = {(one.id, one.region) for agenda in (before, draft.agenda) for one in agenda.representations}
    return frozenset(region for site, region in regions if site in sites)


def _sites(change: Change) -> Iterator[str]:
    for one in (change.before, change.after):
        if one is not None:
            yield from one.zones


def _differing(before: Agenda, after: Agenda) -> Iterator[Representation]:
    was, now = ({one.id: one for one in agenda.representations} for agenda in (before, after))
    for key in {**was, **now}:
        for one in (was.get(key), now.get(key)):
            if one is not None and was.get(key) != now.get(key):
                yield one


def _of_posts(connection: Connection, draft: Draft, others: Beside) -> Iterator[str]:
    posts = {*others.new, *others.gone, *others.changed}
    for listed in (draft.recipients, hearers.filed(connection)):
        yield from (one.site for one in listed if one.id in posts)


def _named(agenda: Agenda, regions: set[str] | frozenset[str]) -> Said:
    names = {one.id: one.name for one in agenda.regions}
    return Spoken(lambda lang: and_list(sorted(names[key][lang] if key in names else key for key in regions), lang))
