"""What posts said to a roll call: of their clock, and of who they are. All functions work in the caller's transaction.

A word counts for the holder, the address and the site that it was said from: of another it says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, delete, func, or_, select, update

from scheduler.planning.rolls import ClockWord
from scheduler.store.roll_tables import roll_answers
from scheduler.store.schema import recipients
from scheduler.store.upsert import insert

_A, _R = roll_answers.c, recipients.c
_STANDS = and_(
    _A.holder == _R.holder,
    _A.site == _R.site,
    _R.erased_at.is_(None),
    or_(_R.address_since.is_(None), _R.address_since <= _A.at),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonWord:
    """Whether whoever reads a post's mail is still the one."""

    at: datetime  # UTC
    here: bool
    successor: str = ""  # the address that it goes to instead, as somebody proposed it; "": none was named


@dataclass(frozen=True, kw_only=True, slots=True)
class RollWord:
    """All that a post said last."""

    recipient: str
    at: datetime  # of its last button, UTC
    clock: ClockWord | None = None
    person: PersonWord | None = None
    withdrawn_at: datetime | None = None  # when the registered address took back what somebody else had proposed


def of(connection: Connection, recipient: str) -> RollWord | None:
    """What a post's present holder said last, from its present address and site; None: nothing."""
    return _found(connection, _A.recipient == recipient).get(recipient)


def by_recipient(connection: Connection) -> Mapping[str, RollWord]:
    """The same of every post that said something, by its id."""
    return _found(connection)


def say_clock(connection: Connection, recipient: str, clock: ClockWord) -> None:
    """Keep what a post said of its clock in place of what it said before."""
    said = {"clock_at": clock.at, "ahead": clock.ahead, "zone": clock.zone, "zone_digest": clock.digest}
    _keep(connection, recipient, clock.at, said)


def say_person(connection: Connection, recipient: str, person: PersonWord) -> None:
    """Keep what was said of who has the post, likewise."""
    said = {"person": "yes" if person.here else "no", "person_at": person.at, "successor": person.successor}
    _keep(connection, recipient, person.at, said)


def withdraw(connection: Connection, recipient: str, now: datetime, proposed_at: datetime | None = None) -> bool:
    """Take back that somebody else has the post, said in that second or whenever. False: nobody said so.

    The mail from which it was said proposes nobody any more.
    """
    word = of(connection, recipient)
    if word is None or word.person is None or word.person.here:
        return False
    if proposed_at is not None and word.person.at.replace(microsecond=0) != proposed_at:
        return False
    none = {"person": "", "person_at": None, "successor": "", "withdrawn_at": now}
    connection.execute(update(roll_answers).where(_A.recipient == recipient).values(**none))
    return True


def forget(connection: Connection, recipient: str) -> None:
    """What a post said goes with it."""
    connection.execute(delete(roll_answers).where(_A.recipient == recipient))


def forget_successor(connection: Connection, address: str) -> None:
    """An address that was proposed is forgotten wherever it was."""
    same = func.lower(_A.successor) == address.lower()
    connection.execute(update(roll_answers).where(same, _A.successor != "").values(successor=""))


def _keep(connection: Connection, recipient: str, at: datetime, said: Mapping[str, object]) -> None:
    """Beside what stands; what another holder, address or site said goes."""
    known = of(connection, recipient)
    holder, site = connection.execute(select(_R.holder, _R.site).where(_R.id == recipient)).one()
    row = {"recipient": recipient, "holder": holder, "site": site, "at": at, **said}
    if known is None:
        forget(connection, recipient)
    kept = insert(connection, roll_answers).values(**row)
    connection.execute(kept.on_conflict_do_update(index_elements=["recipient"], set_=row))


def _found(connection: Connection, *which: ColumnElement[bool]) -> dict[str, RollWord]:
    chosen = select(roll_answers).join(recipients, _R.id == _A.recipient).where(_STANDS, *which)
    return {row["recipient"]: _word(row) for row in connection.execute(chosen.order_by(_A.recipient)).mappings()}


def _word(row: RowMapping) -> RollWord:
    clock = person = None
    if row["clock_at"] is not None:
        clock = ClockWord(at=row["clock_at"], ahead=row["ahead"], zone=row["zone"], digest=row["zone_digest"])
    if row["person"]:
        person = PersonWord(at=row["person_at"], here=row["person"] == "yes", successor=row["successor"])
    return RollWord(
        recipient=row["recipient"], at=row["at"], clock=clock, person=person, withdrawn_at=row["withdrawn_at"]
    )
