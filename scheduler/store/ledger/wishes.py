"""What posts want — to leave, to come back, to pause — and what the ledger makes of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, true, update

from scheduler.planning.delivery import NEWS, PLANNED_BY_EDITION
from scheduler.store.ledger import alarms, states
from scheduler.store.posts.roster import HEARS, LISTED, wants_at
from scheduler.store.schema import deliveries, recipients

_R, _D = recipients.c, deliveries.c


def leave(connection: Connection, recipient: str, now: datetime) -> None:
    """Stop the reminders of a post. Leaving twice is leaving once. Of a site's last one, the coordinator hears."""
    left = update(recipients).where(_R.id == recipient, _R.left_at.is_(None)).values(left_at=now)
    leaves = connection.execute(left).rowcount > 0
    states.mute(connection, recipient, now)
    if leaves:
        alarms.last_left(connection, recipient, now)


def come_back(connection: Connection, recipient: str, now: datetime) -> None:
    """Take a post's leave or pause back: what is still to fall due is planned again, what fell due stays unsent."""
    connection.execute(update(recipients).where(_R.id == recipient).values(left_at=None, paused_until=None))
    obey_wishes(connection, now, recipient)


def pause(connection: Connection, recipient: str, until: datetime, now: datetime) -> None:
    """No reminders that fall due before `until`; those due from then on are planned as before."""
    connection.execute(update(recipients).where(_R.id == recipient).values(paused_until=until))
    obey_wishes(connection, now, recipient)


def obey_wishes(connection: Connection, now: datetime, recipient: str | None = None) -> int:
    """Mute what is planned and its posts do not want now, and plan again, from `now` on, what they do.

    Of all posts, or of one. Returns how many were planned again. Who may be told of changes again hears what it missed.
    """
    wanted = exists().where(_R.id == _D.recipient, LISTED, wants_at(_D.due_at))
    whose: ColumnElement[bool] = true() if recipient is None else _D.recipient == recipient
    own = _D.purpose.in_(PLANNED_BY_EDITION) & whose
    missed = _D.purpose.in_(NEWS) & whose & exists().where(_R.id == _D.recipient, HEARS)
    states.plan_again(connection, missed & (_D.expires_at > now))
    states.suppress(connection, own & ~wanted)
    return states.plan_again(connection, own & (_D.due_at >= now) & wanted)
