"""Whether others still have to be asked to an event: found out when the mail that would ask them leaves."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from calendars.editions import Edition
from calendars.model.people import Role
from scheduler.planning.coverage import Tally, lacking, tallies
from scheduler.planning.delivery import State
from scheduler.store.ledger import states
from scheduler.store.ledger.claiming import Claim
from scheduler.store.posts import answers


def settle(
    connection: Connection, owner: str, asked: Sequence[Claim], edition: Edition
) -> dict[int, tuple[Tally, ...]]:
    """The sites that these escalations are about, by Claim.id, in the claiming transaction.

    Left out, and ended, is one that is not needed any more: enough come from the deputy's site, or from the
    coordinator's region.
    """
    found = {key: _lacking(connection, edition, key) for key in {one.event for one in asked}}
    regions = {site.id: site.region for site in edition.agenda.representations}
    about = {one.id: _concerned(one, regions.get(one.site), found[one.event]) for one in asked}
    states.end_claims(connection, owner, {key: State.CANCELLED for key, lack in about.items() if not lack})
    return {key: lack for key, lack in about.items() if lack}


def _lacking(connection: Connection, edition: Edition, key: str) -> tuple[Tally, ...]:
    event = edition.agenda.event(key)
    if event is None:
        return ()
    voices = answers.voices(connection, edition.revisions[key].uid)
    return lacking(event, tallies(edition, event, voices))


def _concerned(claim: Claim, region: str | None, found: Sequence[Tally]) -> tuple[Tally, ...]:
    """A deputy is asked for its own site; a coordinator hears of all sites of the region."""
    if claim.role == Role.COORDINATOR:
        return tuple(one for one in found if one.site.region == region)
    return tuple(one for one in found if one.site.id == claim.site)
