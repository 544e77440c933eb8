"""Any order of recording, correcting, taking back, moving, leaving, crashing and sending once a session is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import Connection, select

from calendars.model.agenda import Draft
from calendars.model.events import EventStatus
from scheduler.attendance.values import Meeting
from scheduler.planning.delivery import NEWS, Purpose, State
from scheduler.planning.follow_ups import OF_USE, SETTLES, FollowUp
from scheduler.publishing import following
from scheduler.sending import sequels
from scheduler.store import editions
from scheduler.store.attendance import keeping
from scheduler.store.attendance.keeping import Word
from scheduler.store.editions import InForce
from scheduler.store.ledger.claiming import Claim
from scheduler.store.schema import deliveries
from tests.store.test_ledger_machine import EXAMPLES, POSTS, WALLS, LedgerMachine
from tests.support.factories import event
from tests.support.ledger import START
from tests.support.machines import InACluster, InAFile
from tests.support.postgres import Cluster

KEY = event().id
END = START + timedelta(hours=2)


class FollowUpMachine(LedgerMachine):
    """The same with a session that is over, and people who say who came to it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = END
        self.people: int | None = None  # of the one site; None: nobody says
        self.said_at: datetime | None = None
        self.said: dict[int, FollowUp] = {}  # by Claim.id

    def _draft(self) -> Draft:
        content = super()._draft()
        events = tuple(replace(one, follow_up=True) for one in content.agenda.events)
        return replace(content, agenda=replace(content.agenda, events=events))

    @property
    def over(self) -> bool:
        """The session that is in force lies behind, and took place; at another time than was said first, perhaps."""
        later = datetime.fromisoformat(self.wall) - datetime.fromisoformat(WALLS[0])
        return self.status is EventStatus.CONFIRMED and END + later <= self.now

    @property
    def at_its_first_time(self) -> bool:
        return self.over and self.wall == WALLS[0]

    @precondition(lambda self: self.at_its_first_time)
    @rule(people=st.sampled_from([0, 3]))
    def somebody_says_who_came(self, people: int) -> None:
        self.people, self.said_at = people, self.now
        with self.database.write() as connection:
            self._say(connection)
            keeping.type_in(connection, KEY, {"tokio": people}, self._word)
            self._follow(connection)

    @precondition(lambda self: self.at_its_first_time and self.people is not None)
    @rule()
    def it_is_taken_back(self) -> None:
        self.people = None
        with self.database.write() as connection:
            self._say(connection)
            keeping.forget_typed(connection, KEY, ["tokio"])
            self._follow(connection)

    @property
    def _word(self) -> Word:
        return Word(author="M. R.", at=self.now)

    def _say(self, connection: Connection) -> None:
        meeting = Meeting(event=KEY, start=START, end=END, zone="America/Mexico_City")
        keeping.say(connection, meeting, self._word)

    def _follow(self, connection: Connection) -> None:
        found = editions.load(connection)
        assert found is not None
        following.follow(connection, found.edition, found.edition.agenda.events[0], self.now)

    def settled(self, connection: Connection, node: str, found: list[Claim], current: InForce) -> list[Claim]:
        after = [one for one in found if one.purpose is Purpose.FOLLOW_UP]
        said = sequels.settle(connection, node, after, current.edition, self.now)
        for one in said.values():
            assert (one.came, self.over) == (bool(self.people), True), "it says what is not recorded"
            assert self.said_at is not None
            assert one.settled >= self.said_at + SETTLES
        self.said |= said
        others = [one for one in found if one.purpose not in (*NEWS, Purpose.FOLLOW_UP)]
        news = super().settled(connection, node, [one for one in found if one.purpose in NEWS], current)
        return [*others, *news, *(one for one in after if one.id in said)]

    def is_sent(self, one: Claim) -> None:
        """As it stood just before MAIL FROM."""
        if one.purpose is Purpose.FOLLOW_UP:
            assert self.people is not None, "it was taken back"
            assert self.said[one.id].came == bool(self.people), "it was corrected since"
            assert self.now < END + OF_USE

    @invariant()
    def each_post_has_one(self) -> None:
        d = deliveries.c
        with self.database.read() as connection:
            of = (d.recipient, d.state, d.expires_at)
            rows = connection.execute(select(*of).where(d.purpose == Purpose.FOLLOW_UP)).all()
        assert len(rows) == len({row.recipient for row in rows}) <= len(POSTS)
        if self.people is None:
            waits = {State.PLANNED, State.DEFERRED, State.CLAIMED, State.HELD}
            going = {State(row.state) for row in rows if row.expires_at > self.now}
            assert not waits & going, "nobody knows any more who came"


class AfterOnSqlite(InAFile, FollowUpMachine):
    pass


def test_any_order_of_things_after_a_session_on_sqlite() -> None:
    run_state_machine_as_test(AfterOnSqlite, settings=EXAMPLES)


@pytest.mark.long
@pytest.mark.pole
def test_any_order_of_things_after_a_session_on_postgresql(postgres: Cluster, postgres_template: str) -> None:
    class AfterOnPostgres(InACluster, FollowUpMachine):
        server, template = postgres, postgres_template

    run_state_machine_as_test(AfterOnPostgres, settings=EXAMPLES)
