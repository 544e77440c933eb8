"""A small agenda in a ledger, and what a node does with its rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from calendars.model.agenda import Agenda, Draft
from calendars.model.people import Recipient, Role
from scheduler.base.tokens import Tokens
from scheduler.planning.delivery import Decision, Outcome, Purpose, State
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import Published, publish_draft
from scheduler.reporting.report import totals
from scheduler.store import nodes
from scheduler.store.database import Database
from scheduler.store.ledger import claiming, settling
from scheduler.store.ledger import states as ledger
from scheduler.store.ledger.claiming import Claim, Wanted
from scheduler.store.ledger.settling import Intent, Settlement
from scheduler.store.schema import deliveries
from tests.support.factories import agenda, event, timed

START = datetime(2021, 10, 21, 23, tzinfo=UTC)
PUBLISHED = datetime(2021, 10, 1, 5, tzinfo=UTC)
WEEK_BEFORE = datetime(2021, 10, 15, 0, tzinfo=UTC)  # 09:00 in Tokyo
DAY_BEFORE = datetime(2021, 10, 21, 0, tzinfo=UTC)
HOUR_BEFORE = START - timedelta(hours=1)
ME = "me"
TOKENS = Tokens(["a key for tests only"])


def post(name: str = "uno", role: Role = Role.HOLDER, **changes: str) -> Recipient:
    known = {"site": "tokio", "address": f"{name}@tokio.example", "post": "Sección Consular"}
    return Recipient(id=name, language="es", joined=date(2021, 10, 1), role=role, **(known | changes))


def draft(content: Agenda | None = None, posts: Sequence[Recipient] = (post(),), link: str | None = None) -> Draft:
    links = {} if link is None else {event().id: link}
    return Draft(agenda=content or agenda(), recipients=tuple(posts), links=links)


def put(
    database: Database,
    content: Draft,
    at: datetime = PUBLISHED,
    *,
    confirmed: bool = False,
    silent: bool = True,
    announce: Sequence[str] = (),
) -> Published:
    """Publish; without notices of changes unless asked for them: most tests are about reminders."""
    return publish_draft(
        database,
        content,
        Act(at=at, author="M. R.", reason="prueba", silent=silent, announce=announce),
        confirmed=confirmed,
    )


def moved(wall: str = "2021-10-21 20:00") -> Draft:
    return draft(agenda(events=(event(when=timed(wall)),)))


def states(database: Database) -> dict[tuple[int, str, str], str]:
    """(schedule, rule, recipient) -> state, of the reminders."""
    d = deliveries.c
    chosen = select(d.schedule, d.rule, d.recipient, d.state).where(d.purpose == Purpose.REMINDER).order_by(d.id)
    with database.read() as connection:
        found = connection.execute(chosen)
        return {(schedule, rule, recipient): state for schedule, rule, recipient, state in found}


def counted(database: Database) -> dict[str, int]:
    with database.read() as connection:
        return dict(totals(connection).states)


def claim(database: Database, now: datetime, owner: str = ME, limit: int = 10) -> list[Claim]:
    with database.write() as connection:
        if all(node.owner != owner for node in nodes.alive(connection)):
            nodes.join(connection, owner, now, "", timedelta(hours=1))
        ledger.sweep(connection, now)
        return claiming.claim_due(connection, owner, now, Wanted(limit=limit))


def intend(database: Database, claims: Sequence[Claim], now: datetime, owner: str = ME) -> set[int]:
    with database.write() as connection:
        return settling.intend_if_still_claimed(connection, owner, [intent_of(one) for one in claims], now)


def intent_of(one: Claim, edition: int | None = None) -> Intent:
    """That of a message that carries nothing for calendars."""
    return Intent(id=one.id, fence=one.fence, edition=edition, method="")


def settle(database: Database, one: Claim, decision: Decision, now: datetime, owner: str = ME) -> None:
    with database.write() as connection:
        outcome = Outcome(kind="accepted", stage="body", code=250, text="ok")
        settlement = Settlement(claim=one, decision=decision, outcome=outcome, began_at=now, at=now)
        settling.settle_if_still_sending(connection, owner, [settlement])


def send(database: Database, now: datetime, decision: Decision | None = None) -> list[Claim]:
    claims = claim(database, now)
    intend(database, claims, now)
    for one in claims:
        settle(database, one, decision or Decision(state=State.ACCEPTED), now)
    return claims
