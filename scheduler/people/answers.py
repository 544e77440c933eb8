"""What follows from an answer, as a unit of work: it is kept, and the post's reminders become those that it is owed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from calendars.editions import Edition, ends
from calendars.model.events import EventStatus
from scheduler.planning.standing import Footing, standing, start_of
from scheduler.store.editions import InForce
from scheduler.store.ledger import inviting
from scheduler.store.ledger.reconcile import replan
from scheduler.store.posts import answers, roster
from scheduler.store.posts.answers import PostAnswer
from scheduler.store.posts.roster import Post


class Closed(StrEnum):
    """Why a post has nothing to answer of an event."""

    UNLISTED = "unlisted"  # the post is no longer on the list
    GONE = "gone"  # there is no such event any more
    CANCELLED = "cancelled"
    UNDATED = "undated"
    OVER = "over"
    ELSEWHERE = "elsewhere"  # it is not for the post's site, or not any more


def answer(connection: Connection, found: InForce, said: PostAnswer, now: datetime) -> bool:
    """Keep what a post said of an event of the edition in force, and plan its reminders by it.

    A no ends those of the event that are still to come; a yes or a maybe brings them back. Who is invited by mail is
    invited to the session that it chose instead. Where it does not say which start it is given for, it is the one in
    force. False: a later answer is known already, or one that counts while this one does not, and nothing changed.
    """
    site = roster.site_of(connection, said.recipient)
    said = said if said.start is not None else replace(said, start=start_of(found.edition, said.instead or said.event))
    before = answers.of(connection, said.recipient, said.subject)
    aside = before is not None and is_set_aside(found.edition, before, site)
    if before is not None and not aside and is_set_aside(found.edition, said, site):
        return False
    if not answers.record(connection, said, anyway=aside and not is_set_aside(found.edition, said, site)):
        return False
    replan(connection, found.edition, said.recipient, now)
    if said.instead != (None if before is None else before.instead):
        inviting.revisit(connection, found, said.recipient, now)
    return True


def is_set_aside(edition: Edition, said: PostAnswer, site: str) -> bool:
    """Was it said, by a post of that site (its id), of a start that the event has no more?"""
    return standing(edition, said.instead or said.event, site, said.start) is Footing.SET_ASIDE


def closed(edition: Edition, event: str, post: Post | None, now: datetime) -> Closed | None:
    """Why a post on the list, or one that is not (None), has nothing to answer of that event (its id); None: it has."""
    if post is None:
        return Closed.UNLISTED
    found = edition.agenda.event(event)
    if found is None:
        return Closed.GONE
    if found.status is EventStatus.CANCELLED:
        return Closed.CANCELLED
    end = ends(edition.agenda, found)
    if end is None:
        return Closed.UNDATED
    if end <= now or found.status is EventStatus.HELD:
        return Closed.OVER
    addressed = any(site.id == post.recipient.site for site in edition.agenda.addressed(found))
    return None if addressed else Closed.ELSEWHERE
