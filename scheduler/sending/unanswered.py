"""Whether a post still has to be asked if it comes: found out when the mail that would ask it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from calendars.editions import Edition
from scheduler.planning.coverage import Voice, has_answered
from scheduler.planning.delivery import State
from scheduler.planning.plan import REMINDED
from scheduler.store.ledger import questions, states
from scheduler.store.ledger.claiming import Claim
from scheduler.store.posts import answers


def settle(
    connection: Connection, owner: str, asking: Sequence[Claim], edition: Edition, at: datetime
) -> frozenset[int]:
    """Which of these questions go, by Claim.id, in the claiming transaction at the instant `at`.

    The others end: of whoever has answered meanwhile, wants no mail or is gone, and of an event that has another hour
    now or takes place no more.
    """
    ends = dict(questions.unwanted(connection, asking, at))
    said = {subject: answers.voices_of_posts(connection, subject) for subject in {one.subject for one in asking}}
    for one in asking:
        if one.id not in ends and not _is_open(one, edition, said[one.subject].get(one.recipient)):
            ends[one.id] = State.CANCELLED
    states.end_claims(connection, owner, ends)
    return frozenset(one.id for one in asking if one.id not in ends)


def _is_open(claim: Claim, edition: Edition, voice: Voice | None) -> bool:
    event = edition.agenda.event(claim.event)
    if event is None or voice is None or event.status not in REMINDED or not event.asks_who_comes:
        return False
    here = any(site.id == claim.site for site in edition.agenda.addressed(event))
    same_hour = edition.revisions[event.id].schedule == claim.schedule
    return here and same_hour and not has_answered(edition, event, voice)
