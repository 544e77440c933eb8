"""Publishing leaves the very rows that come of it post by post and row by row, reckoned the slow way here."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Table, select

from calendars.days.off import DaysOff
from calendars.model.agenda import Draft
from calendars.model.events import EventStatus
from calendars.model.people import Recipient
from scheduler.planning.delivery import EXPIRABLE, MUTABLE, NEWS, OPEN, PLANNED_BY_EDITION, Purpose, State
from scheduler.planning.notices import expires_at, leaves_at, settles_at
from scheduler.planning.plan import Member, Planned, plan
from scheduler.publishing.prospect import Prospect
from scheduler.publishing.publish import NothingToPublish
from scheduler.store.database import Database
from scheduler.store.ledger import states, wishes
from scheduler.store.schema import deliveries, recipients
from tests.support.factories import agenda, event, site, timed
from tests.support.ledger import PUBLISHED, TOKENS, draft, post, put
from tests.support.postgres import Cluster
from tests.support.sqlite import migrated_at

LONG = settings.get_current_profile_name() == "long"
EXAMPLES = settings(max_examples=200 if LONG else 15)
WALLS = ("2021-10-21 18:00", "2021-10-21 20:00", "2021-10-25 10:00")
SITES = (site(), site("seul", city="Seúl", country="Corea", country_code="KR", zone="Asia/Seoul"))
NAMES = ("uno", "dos", "tres")
Row = dict[str, Any]
Posts = Mapping[str, tuple[str, str]]  # id -> site and address
POSTS = st.dictionaries(
    st.sampled_from(NAMES), st.tuples(st.sampled_from([one.id for one in SITES]), st.sampled_from("ab")), min_size=1
)
WISHES: Mapping[str, Callable[[Connection, str, datetime], None]] = {
    "leave": wishes.leave,
    "come back": wishes.come_back,
    "bad address": lambda connection, name, now: states.suppress_address(connection, name, now, "550"),
}
STEP = st.fixed_dictionaries(
    {
        "wall": st.sampled_from(WALLS),
        "second": st.booleans(),
        "cancelled": st.booleans(),
        "posts": POSTS,
        "silent": st.booleans(),
        "wish": st.none() | st.tuples(st.sampled_from(sorted(WISHES)), st.sampled_from(NAMES)),
        "hours": st.sampled_from([1, 30, 60]),
    }
)

# The last post of a site leaves, and nobody reads for days what its coordinator is told of that.
FIRST: Mapping[str, Any] = {
    "wall": WALLS[0],
    "second": False,
    "cancelled": False,
    "posts": {"uno": ("tokio", "a")},
    "silent": False,
    "wish": None,
    "hours": 1,
}
LATER, LAST = {**FIRST, "second": True, "hours": 60}, {**FIRST, "hours": 30}


def drafted(step: Mapping[str, Any]) -> Draft:
    status = EventStatus.CANCELLED if step["cancelled"] else EventStatus.CONFIRMED
    events = (event(when=timed(step["wall"]), status=status), event("otro", when=timed("2021-10-28 18:00")))
    posts = [post(name, site=at, address=f"{name}-{box}@x.example") for name, (at, box) in step["posts"].items()]
    return draft(agenda(events=events[: 1 + step["second"]], representations=SITES), posts)


def rows(connection: Connection, table: Table) -> list[Row]:
    return [dict(row) for row in connection.execute(select(table).order_by(table.c.id)).mappings()]


def imported(before: Sequence[Row], posted: Sequence[Recipient], now: datetime) -> dict[str, Row]:
    """The posts after an import, by id."""
    known = {row["id"]: dict(row) for row in before}
    for row in known.values():
        if row["removed_at"] is None and row["id"] not in {one.id for one in posted}:
            row["removed_at"] = now
    for one in posted:
        fresh = {
            **dict.fromkeys(recipients.c.keys()),
            "id": one.id,
            "role": "holder",
            "origin": "file",
            "since": now,
            "confirmed_at": now,
            "channel": "feed",
            "declined": "",
            "suppressed_why": "",
            "holder": 0,
            "address": one.address,
        }
        row = known.setdefault(one.id, fresh)
        if row["address"] != one.address:
            row |= {"suppressed_at": None, "address_since": now}
        if row["removed_at"] is not None:
            row |= {"removed_at": None, "since": now}
        told = {"site": one.site, "address": one.address, "language": one.language, "post": one.post}
        row |= {**told, "joined": one.joined.isoformat()}
    return known


def fresh_row(key: Sequence[Any], about: Mapping[str, Any], *, kept_back: bool) -> Row:
    purpose, subject, schedule, rule, recipient = key
    return {
        **dict.fromkeys(deliveries.c.keys()),
        "purpose": purpose,
        "subject": subject,
        "schedule": schedule,
        "rule": rule,
        "recipient": recipient,
        "message_key": TOKENS.message_key(purpose, subject, schedule, rule, recipient),
        "moved": 0,
        **about,
        "state": State.SUPPRESSED if kept_back else State.PLANNED,
        "next_at": None if kept_back else about["due_at"],
        "fence": 0,
        "attempts": 0,
        "refusals": 0,
        "repeats": 0,
        "reply": "",
        "method": "",
    }


class Reference:
    """A publication in plain steps, over rows in memory."""

    def __init__(self, before: Sequence[Row], posts: Mapping[str, Row], found: Prospect, now: datetime) -> None:
        self.rows = [dict(row) for row in before]
        self.posts, self.found, self.now = posts, found, now
        self.edition = found.publication.edition

    def listed(self, row: Row) -> bool:
        return self.posts[row["recipient"]]["removed_at"] is None

    def wants(self, recipient: str) -> bool:
        return self.posts[recipient]["left_at"] is None and self.posts[recipient]["suppressed_at"] is None

    def of(self, purposes: Sequence[Purpose], *among: State) -> Iterator[Row]:
        return (row for row in self.rows if row["purpose"] in purposes and row["state"] in among)

    def add(self, row: Row) -> None:
        self.rows.append({**row, "id": max((one["id"] for one in self.rows), default=0) + 1})

    def run(self, newcomers: frozenset[str]) -> list[Row]:
        for row in self.of(NEWS, *OPEN):
            row["site"] = self.posts[row["recipient"]]["site"]
        for row in self.of(list(Purpose), *EXPIRABLE):  # a site that lost its last post has its coordinator told, too
            if row["expires_at"] <= self.now:
                row |= {"state": State.EXPIRED, "next_at": None}
        planned = self.plan()
        self.follow(planned)
        self.end(planned)
        self.revive(planned)
        self.obey()
        for key in sorted(planned.keys() - {key_of(row) for row in self.rows}, key=lambda one: (*one[1::3], *one)):
            if planned[key]["due_at"] >= self.now:
                self.add(fresh_row(key, planned[key], kept_back=not self.wants(key[4])))
        self.owe(newcomers)
        return self.rows

    def plan(self) -> dict[tuple[Any, ...], Row]:
        members = [
            Member(recipient=post(key, site=row["site"], address=row["address"]), since=row["since"])
            for key, row in self.posts.items()
            if row["removed_at"] is None
        ]
        return {(one.purpose, *key_of_planned(one)): about(one) for one in plan(self.edition, members)}

    def follow(self, planned: Mapping[tuple[Any, ...], Row]) -> None:
        for row in self.of(PLANNED_BY_EDITION, *MUTABLE, State.SUPPRESSED):
            new = planned.get(key_of(row))
            if new is not None and any(row[name] != new[name] for name in new):
                row |= new
                if row["state"] in MUTABLE:
                    row |= {"state": State.PLANNED, "next_at": new["due_at"]}

    def end(self, planned: Mapping[tuple[Any, ...], Row]) -> None:
        schedules = {one.uid: one.schedule for one in self.edition.revisions.values()}
        for row in self.of(PLANNED_BY_EDITION, *OPEN):
            if key_of(row) not in planned:
                moved_on = schedules.get(row["subject"], -1) > row["schedule"]
                row |= {"state": State.SUPERSEDED if moved_on else State.CANCELLED, "next_at": None}

    def revive(self, planned: Mapping[tuple[Any, ...], Row]) -> None:
        for row in self.of(PLANNED_BY_EDITION, State.CANCELLED):
            new = planned.get(key_of(row))
            if new is not None and new["due_at"] >= self.now:
                muted = not self.wants(row["recipient"])
                row |= {**new, "state": State.SUPPRESSED if muted else State.PLANNED}
                row["next_at"] = None if muted else new["due_at"]

    def obey(self) -> None:
        for row in self.of(NEWS, State.SUPPRESSED):
            hears = self.listed(row) and self.posts[row["recipient"]]["suppressed_at"] is None
            if hears and row["expires_at"] > self.now:
                row |= {"state": State.PLANNED, "next_at": row["due_at"]}
        for row in self.of(PLANNED_BY_EDITION, *MUTABLE, State.SUPPRESSED):
            wanted = self.listed(row) and self.wants(row["recipient"])
            if not wanted and row["state"] in MUTABLE:
                row |= {"state": State.SUPPRESSED, "next_at": None}
            elif wanted and row["state"] == State.SUPPRESSED and row["due_at"] >= self.now:
                row |= {"state": State.PLANNED, "next_at": row["due_at"]}

    def owe(self, newcomers: frozenset[str]) -> None:
        told = [(self.edition.revisions[one.event].uid, one) for one in self.found.notices]
        for uid, notice in told:
            for row in self.of([Purpose.NOTICE], *OPEN):
                if row["subject"] == uid and self.posts[row["recipient"]]["site"] == notice.site:
                    row |= {"state": State.SUPERSEDED, "next_at": None}
        days, places = DaysOff.of(self.edition.agenda), {one.id: one for one in SITES}
        for deaf in (False, True):
            for uid, notice in told:
                leaves = leaves_at(notice, places[notice.site], settles_at(notice, self.now), days)
                where = {"event": notice.event, "site": notice.site}
                when = {"due_at": leaves, "expires_at": expires_at(notice, self.now)}
                for name, one in sorted(self.posts.items()):
                    there = one["site"] == notice.site and one["removed_at"] is None and name not in newcomers
                    if there and deaf is (one["suppressed_at"] is not None):
                        key = (Purpose.NOTICE, uid, self.edition.number, "", name)
                        self.add(fresh_row(key, {**where, **when}, kept_back=deaf))


def key_of(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("purpose", "subject", "schedule", "rule", "recipient"))


def key_of_planned(one: Planned) -> tuple[str, int, str, str]:
    return one.subject, one.schedule, one.moment.rule, one.recipient


def about(one: Planned) -> Row:
    moment = one.moment
    when = {"due_at": moment.due, "expires_at": moment.expires, "moved": int(moment.moved)}
    return {"event": moment.event, "site": moment.site, **when}


def compare(database: Database, steps: Sequence[Mapping[str, Any]]) -> None:
    now = PUBLISHED
    for step in steps:
        now += timedelta(hours=step["hours"])
        with database.write() as connection:
            if step["wish"] is not None and connection.execute(select(recipients.c.id)).first():
                wish, name = step["wish"]
                WISHES[wish](connection, name, now)
        with database.read() as connection:
            posts, before = rows(connection, recipients), rows(connection, deliveries)
        content = drafted(step)
        try:
            done = put(database, content, now, confirmed=True, silent=step["silent"])
        except NothingToPublish:
            continue
        filed = {row["id"] for row in posts if row["removed_at"] is None}
        expected = imported(posts, content.recipients, now)
        newcomers = frozenset(one.id for one in content.recipients if one.id not in filed)
        with database.read() as connection:
            assert rows(connection, recipients) == [expected[key] for key in sorted(expected)]
            found = rows(connection, deliveries)
        assert found == Reference(before, expected, done.prospect, now).run(newcomers)


@given(st.lists(STEP, min_size=2, max_size=5))
@example([FIRST, {**FIRST, "posts": {**FIRST["posts"], "dos": ("tokio", "a")}, "wish": ("leave", "uno")}, LATER, LAST])
@EXAMPLES
def test_publications_leave_the_rows_that_plain_steps_leave_on_sqlite(steps: Sequence[Mapping[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder, opened(migrated_at(Path(folder) / "agenda.db")) as database:
        compare(database, steps)


@pytest.mark.conformance
def test_publications_leave_the_rows_that_plain_steps_leave_on_postgresql(
    postgres: Cluster, postgres_template: str
) -> None:
    @given(st.lists(STEP, min_size=2, max_size=5))
    @EXAMPLES
    def any_steps(steps: Sequence[Mapping[str, Any]]) -> None:
        url = postgres.create(postgres_template)
        try:
            with opened(url) as database:
                compare(database, steps)
        finally:
            postgres.drop(url)

    any_steps()


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = Database(url, tokens=TOKENS)
    try:
        yield database
    finally:
        database.close()
