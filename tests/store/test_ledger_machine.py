"""Any order of publishing, moving, leaving, claiming, crashing and sending: nothing lost, nothing told wrongly."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import Connection, select

from calendars.model.agenda import Draft
from calendars.model.events import EventStatus
from scheduler.planning.delivery import NEWS, Attempted, Outcome, Purpose, State, decide
from scheduler.publishing.announcing import NothingToAnnounce
from scheduler.publishing.publish import NothingToPublish
from scheduler.sending.notice_content import Tellings
from scheduler.store import editions, nodes
from scheduler.store.database import Database
from scheduler.store.editions import InForce
from scheduler.store.ledger import claiming, settling, states, wishes
from scheduler.store.ledger.claiming import Claim, Wanted
from scheduler.store.ledger.reconcile import replan
from scheduler.store.ledger.settling import Settlement
from scheduler.store.people import signups
from scheduler.store.posts import roster
from scheduler.store.schema import deliveries
from tests.support.factories import agenda, event, timed
from tests.support.ledger import PUBLISHED, START, draft, intent_of, post, put
from tests.support.machines import InACluster, InAFile
from tests.support.postgres import Cluster

WALLS = ("2021-10-21 18:00", "2021-10-21 20:00", "2021-10-25 10:00")
POSTS = ("uno", "dos")
NODES = 2
Content = tuple[str, ...]  # the wall time, or nothing where it is cancelled
NODE = st.integers(0, NODES - 1)
OUTCOMES = (
    Outcome(kind="accepted", stage="body", code=250),
    Outcome(kind="refused", stage="rcpt", code=451),
    Outcome(kind="refused", stage="rcpt", code=554),
    Outcome(kind="refused", stage="rcpt", code=550, status="5.1.1"),
    Outcome(kind="broken", stage="data"),
    Outcome(kind="unknown", stage="body"),
)


class LedgerMachine(RuleBasedStateMachine):
    """The server's record, kept apart from the ledger, is the judge: (message, schedule) it took, and when unsure."""

    def __init__(self) -> None:
        super().__init__()
        self.database = self.open()
        self.now = PUBLISHED
        self.names = count()
        self.claims: dict[str, list[tuple[Claim, int | None]]] = {}  # node -> in hand, with the edition told of
        self.taken: list[str] = []  # message keys, as the server took them
        self.doubtful: set[str] = set()  # of which the client could not know
        self.schedule = 0
        self.tellings = Tellings()
        self.contents: dict[int, Content] = {}  # by the number of its edition
        self.known: dict[str, Content] = dict.fromkeys(POSTS, (WALLS[0],))  # what each post was surely told last
        self.puzzled: set[str] = set()  # posts that may have been told more than is known
        self.to_be_told = False  # the last change was no silent one, and the event lay ahead
        self.wall, self.status = WALLS[0], EventStatus.CONFIRMED
        put(self.database, self._draft())
        self._note_edition()
        for _ in range(NODES):
            self._join()

    def open(self) -> Database:
        raise NotImplementedError

    def teardown(self) -> None:
        self.database.close()

    def _join(self) -> None:
        name = f"node-{next(self.names)}"
        self.claims[name] = []
        with self.database.write_own_row() as connection:
            nodes.join(connection, name, self.now, "", timedelta(hours=1))

    def _draft(self) -> Draft:
        return draft(agenda(events=(event(when=timed(self.wall), status=self.status),)), [post(p) for p in POSTS])

    def node(self, number: int) -> str:
        return sorted(self.claims)[number]

    @rule(hours=st.sampled_from([0.1, 1, 6, 24, 72]))
    def time_passes(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    @rule(
        wall=st.sampled_from(WALLS),
        status=st.sampled_from([EventStatus.CONFIRMED, EventStatus.CANCELLED]),
        silent=st.sampled_from([False, False, True]),
    )
    def publish(self, wall: str, status: EventStatus, *, silent: bool = False) -> None:
        moved = wall != self.wall
        before = self._content()
        self.now += timedelta(microseconds=1)  # no two editions of one instant: who joined with which is told by it
        self.wall, self.status = wall, status
        try:
            put(self.database, self._draft(), self.now, confirmed=True, silent=silent)
        except NothingToPublish:
            assert not moved
        self.schedule += moved
        self._note_edition()
        if self._content() != before:
            self.to_be_told = not silent and self.now < START

    @rule()
    def announce(self) -> None:
        self.now += timedelta(microseconds=1)
        try:
            put(self.database, self._draft(), self.now, confirmed=True, silent=False, announce=[event().id])
        except NothingToPublish:
            return
        except NothingToAnnounce:
            assert self.status is EventStatus.CANCELLED or self.now > START
            return
        self._note_edition()

    def _content(self) -> Content:
        """What the edition in force says to whoever attends."""
        return () if self.status is EventStatus.CANCELLED else (self.wall,)

    def _note_edition(self) -> None:
        with self.database.read() as connection:
            number = editions.number_in_force(connection)
        assert number is not None
        self.contents[number] = self._content()

    @rule(who=st.sampled_from(POSTS), leaves=st.booleans())
    def a_post_leaves_or_comes_back(self, who: str, leaves: bool) -> None:
        with self.database.write() as connection:
            (wishes.leave if leaves else wishes.come_back)(connection, who, self.now)

    @rule(who=st.sampled_from(POSTS), hours=st.sampled_from([1, 48, 400]))
    def a_post_pauses(self, who: str, hours: float) -> None:
        with self.database.write() as connection:
            wishes.pause(connection, who, self.now + timedelta(hours=hours), self.now)

    @rule(who=st.sampled_from(POSTS), rules=st.sampled_from([(), ("PT1H",), ("P7D a las 09:00", "P1D a las 09:00")]))
    def a_post_chooses(self, who: str, rules: tuple[str, ...]) -> None:
        with self.database.write() as connection:
            signups.decline(connection, who, rules)
            found = editions.load(connection)
            assert found is not None
            replan(connection, found.edition, who, self.now)

    @rule(who=st.sampled_from(POSTS))
    def a_post_asks_for_its_link(self, who: str) -> None:
        with self.database.write() as connection:
            signups.request(connection, Purpose.ACCESS, who, self.now)

    @rule(which=NODE, limit=st.integers(1, 4))
    def claim(self, which: int, limit: int) -> None:
        node = self.node(which)
        with self.database.write_as_sender() as connection:
            states.sweep(connection, self.now)
            found = claiming.claim_due(connection, node, self.now, Wanted(limit=limit))
            current = editions.load(connection)
            assert current is not None
            going = self.settled(connection, node, found, current)
            self.claims[node] += [(one, current.edition.number if one.event else None) for one in going]
        with self.database.read() as connection:
            owed = [key for one in going for key in self._notices_of(connection, one)]
        assert owed == [], "a reminder goes before the news that its post is still owed"

    def settled(self, connection: Connection, node: str, found: list[Claim], current: InForce) -> list[Claim]:
        """Those that have something to say."""
        news = [one for one in found if one.purpose in NEWS]
        told = self.tellings.settle(connection, node, news, current, self.now)
        return [one for one in found if one.purpose not in NEWS or one.id in told]

    def _notices_of(self, connection: Connection, one: Claim) -> list[int]:
        """Notices that were ahead of a claimed reminder or convocation, and convocations ahead of a reminder."""
        d = deliveries.c
        if one.purpose not in (Purpose.REMINDER, Purpose.CONVOCATION):
            return []
        ahead = select(d.id).where(
            d.purpose.in_((Purpose.NOTICE, Purpose.CONVOCATION)),
            d.purpose != one.purpose,
            d.recipient == one.recipient,
            d.state.in_((State.PLANNED, State.DEFERRED, State.CLAIMED, State.SENDING)),
        )
        return list(connection.execute(ahead).scalars())

    @precondition(lambda self: any(self.claims.values()))
    @rule(
        which=NODE,
        outcome=st.sampled_from(OUTCOMES),
        fate=st.sampled_from([None, "dies", "stalls"]),
        server_took=st.booleans(),
        meanwhile=st.sampled_from([None, "moved", "left"]),
    )
    def send_one(
        self, which: int, outcome: Outcome, fate: str | None, server_took: bool, meanwhile: str | None
    ) -> None:
        """From intent to settlement; a node that dies in between leaves the truth with the server.

        One that stalls is taken for dead, and brings its answer late.
        """
        node = self.node(which)
        if not self.claims[node]:
            return
        one, edition = self.claims[node].pop(0)
        with self.database.write_as_sender() as connection:
            if one.id not in settling.intend_if_still_claimed(connection, node, [intent_of(one, edition)], self.now):
                return
        if one.purpose is Purpose.REMINDER:
            self.is_wanted(one)
        self.is_sent(one)
        if one.purpose is Purpose.CONVOCATION:
            assert (one.schedule, self.status) == (self.schedule, EventStatus.CONFIRMED), "called to what does not hold"
        assert self.now < one.expires_at
        if one.purpose is Purpose.NOTICE and one.recipient not in self.puzzled:
            assert self.contents[edition or 0] != self.known[one.recipient], "it knows that already"
        if meanwhile == "moved":
            self.publish(next(wall for wall in WALLS if wall != self.wall), self.status)
        elif meanwhile == "left":
            self.a_post_leaves_or_comes_back(one.recipient, leaves=True)
        if fate == "stalls":
            self.node_is_taken_for_dead(which)
        unsure = fate is not None or outcome.kind == "unknown"
        if outcome.kind == "accepted" or (unsure and server_took):
            self.taken.append(one.message_key)
        if unsure:
            self.doubtful.add(one.message_key)
            self.puzzled.add(one.recipient)
        elif outcome.kind == "accepted" and edition is not None:
            self.known[one.recipient] = self.contents[edition]
        if fate == "dies":
            self.node_dies(which)
            return
        tried = Attempted(attempts=one.attempts + 1, refusals=one.refusals, expires_at=one.expires_at, jitter=0.5)
        decision = decide(tried, outcome, self.now)
        settlement = Settlement(claim=one, decision=decision, outcome=outcome, began_at=self.now, at=self.now)
        with self.database.write_as_sender() as connection:
            settling.settle_if_still_sending(connection, node, [settlement])

    def is_sent(self, one: Claim) -> None:
        """Of what kind soever; as it stood just before MAIL FROM."""

    def is_wanted(self, one: Claim) -> None:
        """As it stood just before MAIL FROM."""
        assert one.schedule == self.schedule, "a reminder for a time that no longer holds"
        with self.database.read() as connection:
            found = roster.find(connection, one.recipient)
        assert found is not None
        assert not found.left
        assert one.rule not in found.declined
        assert found.paused_until is None or found.paused_until <= one.due_at

    @rule(which=NODE)
    def node_dies(self, which: int) -> None:
        del self.claims[self.node(which)]
        self._join()
        self._others_notice()

    @rule(which=NODE)
    def node_is_taken_for_dead(self, which: int) -> None:
        """Its lease runs out, the others sweep; then it notices, and joins again with what it has in hand."""
        name = self.node(which)
        with self.database.write_own_row() as connection:
            nodes.join(connection, name, self.now, "", timedelta(seconds=-1))
        self._others_notice()
        with self.database.write_own_row() as connection:
            nodes.join(connection, name, self.now, "", timedelta(hours=1))

    def _others_notice(self) -> None:
        with self.database.write_as_sender() as connection:
            claiming.abandon_dead(connection, self.now)
            nodes.bury(connection)

    @invariant()
    def repeated_only_what_was_uncertain(self) -> None:
        repeated = {key for key in self.taken if self.taken.count(key) > 1}
        assert repeated <= self.doubtful
        assert all(self.taken.count(key) <= 2 for key in repeated)

    @invariant()
    def nothing_is_lost_and_the_ledger_agrees_with_the_server(self) -> None:
        d = deliveries.c
        with self.database.read() as connection:
            rows = list(
                connection.execute(select(d.message_key, d.state, d.next_at, d.schedule, d.purpose, d.attempts))
            )
        for row in rows:
            state = State(row.state)
            if state is State.ACCEPTED:
                assert row.message_key in self.taken
            if row.message_key in self.taken and row.message_key not in self.doubtful:
                assert state is State.ACCEPTED
            if row.message_key in self.taken:
                assert row.attempts > 0, "no report about it would be known for its own"
            if state in (State.PLANNED, State.DEFERRED, State.UNCERTAIN):
                assert row.next_at is not None, "it would never be looked at again"
            ahead = state in (State.PLANNED, State.CLAIMED)
            if ahead and row.purpose in (Purpose.REMINDER, Purpose.CONVOCATION):
                assert row.schedule == self.schedule, "a change ends what was planned for the old time"

    @invariant()
    def everyone_was_told_or_will_be(self) -> None:
        """Or cannot be: a bad address, an event that began first."""
        d = deliveries.c
        with self.database.read() as connection:
            rows = connection.execute(select(d.recipient, d.state).where(d.purpose == Purpose.NOTICE)).all()
        spent = {State.ACCEPTED, State.SUPERSEDED, State.CANCELLED}
        waits = {row.recipient for row in rows if State(row.state) not in spent}
        for name in POSTS:
            if self.to_be_told and name not in self.puzzled | waits | self._muted():
                assert self.known[name] == self._content(), "nobody will tell it"

    def _muted(self) -> set[str]:
        with self.database.read() as connection:
            found = [(name, roster.find(connection, name)) for name in POSTS]
        return {name for name, one in found if one is not None and one.suppressed}

    @invariant()
    def each_key_stands_once(self) -> None:
        d = deliveries.c
        with self.database.read() as connection:
            keys = list(connection.execute(select(d.message_key)).scalars())
        assert len(keys) == len(set(keys))


LONG = settings.get_current_profile_name() == "long"
EXAMPLES = settings(max_examples=400 if LONG else 12, stateful_step_count=25)


class OnSqlite(InAFile, LedgerMachine):
    pass


def test_any_order_of_things_on_sqlite() -> None:
    run_state_machine_as_test(OnSqlite, settings=EXAMPLES)


@pytest.mark.long
@pytest.mark.pole
def test_any_order_of_things_on_postgresql(postgres: Cluster, postgres_template: str) -> None:
    class OnPostgres(InACluster, LedgerMachine):
        server, template = postgres, postgres_template

    run_state_machine_as_test(OnPostgres, settings=EXAMPLES)


def test_the_machine_starts_before_its_event() -> None:
    """Else every reminder would be expired and the machine would hold anything."""
    assert timedelta(days=14) < START - PUBLISHED
    assert datetime.fromisoformat(WALLS[0]).day == START.day
