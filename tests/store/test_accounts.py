"""Accounts of the desk in the database: who there is, one-time links, sessions, waits after wrong passwords."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from scheduler.base.refusal import Refusal
from scheduler.store.accounts import links, register, sessions, waits
from scheduler.store.accounts.register import Account, AccountThere, LastOfPeople, NoSuchAccount
from scheduler.store.accounts.roles import LOCAL, DeskRole, Grant, Person
from scheduler.store.accounts.waits import FIRST, FORGOTTEN_AFTER, LONGEST_WAIT, Counted, wait
from scheduler.store.database import Database
from scheduler.store.tables import metadata
from tests.support.desk_people import account, grants
from tests.support.quick_hashes import HASHED

pytestmark = pytest.mark.conformance

NOW = datetime(2021, 10, 12, 16, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
EVERYTHING = frozenset(Grant(role=role) for role in DeskRole)


def found(database: Database, id_: str) -> Account:
    with database.read() as connection:
        return register.find(connection, id_)


def remove(database: Database, id_: str) -> Account:
    with database.write() as connection:
        return register.remove(connection, id_)


def regrant(database: Database, id_: str, held: frozenset[Grant]) -> None:
    with database.write() as connection:
        register.grant(connection, id_, held)


def everything_kept(database: Database, *but: str) -> str:
    """Each row of each table, as text; without the tables of those names."""
    with database.read() as connection:
        tables = [table for table in metadata.sorted_tables if table.name not in but]
        return repr([row for table in tables for row in connection.execute(select(table))])


def test_an_account_is_found_by_its_address_whatever_its_case_and_is_one_alone(database: Database) -> None:
    first = account(database, "Ana@Desk.example")
    with database.read() as connection:
        known = register.at_address(connection, " ANA@desk.EXAMPLE ")
    assert known is not None
    assert (known.id, known.address, known.accepted) == (first, "Ana@Desk.example", True)
    with pytest.raises(AccountThere), database.write() as connection:
        register.add(connection, "ana@desk.example", "", EVERYTHING, NOW)


def test_roles_are_given_everywhere_or_in_regions_and_given_anew_as_a_whole(database: Database) -> None:
    account(database)
    id_ = account(database, "bea@desk.example", grants(DeskRole.SEE))
    regrant(database, id_, frozenset({Grant(role=DeskRole.EDIT), Grant(role=DeskRole.PUBLISH, region="europa")}))
    assert found(database, id_).grants == {Grant(role=DeskRole.EDIT), Grant(role=DeskRole.PUBLISH, region="europa")}


def test_an_account_without_a_role_or_with_people_of_one_region_is_refused(database: Database) -> None:
    with pytest.raises(Refusal, match="at least one role"), database.write() as connection:
        register.add(connection, "bea@desk.example", "", (), NOW)
    with pytest.raises(Refusal, match="cannot be bound to a region"), database.write() as connection:
        register.add(connection, "bea@desk.example", "", grants(DeskRole.PEOPLE, region="europa"), NOW)
    with database.read() as connection:
        assert register.listed(connection) == []


def test_of_a_removed_account_nothing_is_kept(database: Database) -> None:
    account(database)
    id_ = account(database, "bea@desk.example")
    with database.write() as connection:
        sessions.begin(connection, id_, "Firefox · Windows", NOW)
        links.make(connection, id_, NOW + HOUR)
    gone = remove(database, id_)
    assert gone.address == "bea@desk.example"
    assert id_ not in everything_kept(database, "audit")  # which knows it by its id alone
    assert "bea@desk.example" not in everything_kept(database)
    with pytest.raises(NoSuchAccount):
        found(database, id_)


def test_the_last_person_who_manages_people_can_neither_go_nor_lose_the_role(database: Database) -> None:
    id_ = account(database)
    account(database, "bea@desk.example", grants(DeskRole.PUBLISH))
    with pytest.raises(LastOfPeople) as refused:
        remove(database, id_)
    assert refused.value.why["es"].startswith("Ana Prueba es la última persona que puede administrar a las demás")
    with pytest.raises(LastOfPeople):
        regrant(database, id_, grants(DeskRole.SEE))
    regrant(database, id_, grants(DeskRole.PEOPLE))  # what is left to it is enough
    assert found(database, id_).grants == grants(DeskRole.PEOPLE)


def test_who_was_invited_and_has_no_password_yet_protects_nobody_and_may_go(database: Database) -> None:
    id_ = account(database)
    waiting = account(database, "bea@desk.example", accepted=False)
    with pytest.raises(LastOfPeople):
        remove(database, id_)
    remove(database, waiting)


def test_two_who_remove_each_other_at_once_leave_one(database: Database) -> None:
    """On PostgreSQL the rows of all who have the role are locked; SQLite has one writer at a time."""
    pair = [account(database, f"{name}@desk.example") for name in ("ana", "bea")]
    together = Barrier(2)

    def go(id_: str) -> bool:
        together.wait()
        try:
            with database.write_own_row() as connection:  # the weaker of the two locks
                register.remove(connection, id_)
        except LastOfPeople:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(go, pair)) == [False, True]
    with database.read() as connection:
        assert register.managers(connection) == 1


def test_a_stronger_hash_replaces_only_the_one_that_was_looked_at(database: Database) -> None:
    id_ = account(database)
    with database.write() as connection:
        register.strengthen_password(connection, id_, "another", "weaker")
        assert register.password_of(connection, id_) == HASHED
        register.strengthen_password(connection, id_, HASHED, "stronger")
        assert register.password_of(connection, id_) == "stronger"


def test_a_link_works_once_until_its_end_and_the_newest_alone(database: Database) -> None:
    id_ = account(database)
    with database.write() as connection:
        first = links.make(connection, id_, NOW + HOUR)
        second = links.make(connection, id_, NOW + HOUR)
        assert links.whose(connection, first, NOW) is None
        assert links.whose(connection, second, NOW + HOUR + SECOND) is None
        assert links.whose(connection, second, NOW) == id_
        assert links.use(connection, second, NOW) == id_
        assert links.use(connection, second, NOW) is None
    assert second not in everything_kept(database)


def test_two_who_use_one_link_at_once_are_one_and_nobody(database: Database) -> None:
    id_ = account(database)
    with database.write() as connection:
        secret = links.make(connection, id_, NOW + HOUR)
    together = Barrier(2)

    def use(_: int) -> str | None:
        together.wait()
        with database.write_own_row() as connection:
            return links.use(connection, secret, NOW)

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(use, range(2)), key=str) == sorted([None, id_], key=str)


def test_a_session_lasts_while_it_is_used_and_twelve_hours_at_most(database: Database) -> None:
    id_ = account(database)
    with database.write() as connection:
        key = sessions.begin(connection, id_, "Firefox · Windows", NOW)
    moment = NOW
    while moment < NOW + sessions.LONGEST - HOUR:
        moment += HOUR
        with database.write() as connection:
            lasting = sessions.find(connection, key, moment)
            assert lasting is not None
            sessions.note(connection, lasting, moment)
    with database.read() as connection:
        assert sessions.find(connection, key, NOW + sessions.LONGEST - SECOND) is not None
        assert sessions.find(connection, key, NOW + sessions.LONGEST) is None


def test_a_session_that_is_left_alone_is_over_after_two_hours_and_then_forgotten(database: Database) -> None:
    id_ = account(database)
    with database.write() as connection:
        key = sessions.begin(connection, id_, "Firefox · Windows", NOW)
        assert sessions.find(connection, key, NOW + sessions.IDLE - SECOND) is not None
        assert sessions.find(connection, key, NOW + sessions.IDLE) is None
        assert sessions.listed(connection, id_, NOW + sessions.IDLE) == []
        sessions.forget(connection, NOW + sessions.IDLE - SECOND)
        assert sessions.find(connection, key, NOW) is not None
        sessions.forget(connection, NOW + sessions.IDLE)
        assert sessions.find(connection, key, NOW) is None


def test_the_database_knows_no_key_of_a_session(database: Database) -> None:
    id_ = account(database)
    with database.write() as connection:
        key = sessions.begin(connection, id_, "Firefox · Windows", NOW)
    kept = everything_kept(database)
    assert "Firefox · Windows" in kept
    assert key not in kept


def test_sessions_end_one_by_one_of_their_own_account_alone_or_all_but_one(database: Database) -> None:
    ana, bea = account(database), account(database, "bea@desk.example")
    with database.write() as connection:
        keys = [sessions.begin(connection, ana, f"Firefox · {n}", NOW + n * SECOND) for n in range(3)]
        own = [one.id for one in sessions.listed(connection, ana, NOW)]
        assert len(own) == 3
        assert not sessions.end(connection, bea, own[0])
        assert sessions.end(connection, ana, own[0])
        assert not sessions.end(connection, ana, own[0])
        assert sessions.end_all(connection, ana, but=own[1]) == 1
        assert [one.id for one in sessions.listed(connection, ana, NOW)] == [own[1]]
        assert sum(sessions.find(connection, key, NOW) is not None for key in keys) == 1


def test_the_password_counts_as_given_for_ten_minutes_and_of_who_has_the_machine_always(database: Database) -> None:
    id_ = account(database)
    with database.write() as connection:
        key, local = (sessions.begin(connection, one, "Firefox · Linux", NOW) for one in (id_, None))
        session, machine = sessions.find(connection, key, NOW), sessions.find(connection, local, NOW)
    assert session is not None
    assert machine is not None
    assert session.confirmed(NOW + 10 * MINUTE - SECOND)
    assert not session.confirmed(NOW + 10 * MINUTE)
    assert machine.confirmed(NOW + 5 * HOUR)


OF_ANA = Counted(digest="of an account", free=5)
OF_THERE = Counted(digest="of a client", free=20)


def admit(database: Database, now: datetime, *counted: Counted) -> timedelta | None:
    with database.write_own_row() as connection:
        return waits.admit(connection, counted or (OF_ANA, OF_THERE), now)


def test_after_five_tries_each_waits_twice_as_long_and_a_refusal_costs_nothing(database: Database) -> None:
    assert [admit(database, NOW) for _ in range(5)] == [None] * 5
    assert admit(database, NOW) == FIRST
    assert admit(database, NOW) == FIRST
    assert admit(database, NOW + FIRST) is None
    assert admit(database, NOW + FIRST) == 2 * FIRST
    assert admit(database, NOW + FIRST, OF_THERE) is None


def test_a_right_password_clears_the_account_and_takes_back_one_try_of_the_client(database: Database) -> None:
    for _ in range(5):
        admit(database, NOW)
    with database.write_own_row() as connection:
        waits.clear(connection, OF_ANA.digest)
        waits.take_back(connection, OF_THERE.digest, NOW)
    assert admit(database, NOW) is None
    assert [admit(database, NOW, OF_THERE) for _ in range(16)] == [None] * 15 + [FIRST]


def test_what_nobody_tried_for_a_day_begins_anew_and_is_forgotten(database: Database) -> None:
    for _ in range(5):
        admit(database, NOW)
    later = NOW + FORGOTTEN_AFTER
    assert [admit(database, later, OF_ANA) for _ in range(5)] == [None] * 5
    with database.write_own_row() as connection:
        waits.forget(connection, later)
    assert OF_THERE.digest not in everything_kept(database)
    assert OF_ANA.digest in everything_kept(database)


def test_many_tries_at_once_gain_nothing(database: Database) -> None:
    """Each counts before its password is looked at."""
    together = Barrier(8)

    def go(_: int) -> timedelta | None:
        together.wait()
        return admit(database, NOW)

    with ThreadPoolExecutor(8) as threads:
        assert sum(one is None for one in threads.map(go, range(8))) == 5


@given(count=st.integers(1, 10_000), free=st.integers(1, 50))
def test_a_wait_grows_and_never_locks_anybody_out(count: int, free: int) -> None:
    assert timedelta() <= wait(count, free) <= wait(count + 1, free) <= LONGEST_WAIT
    assert (wait(count, free) == timedelta()) == (count < free)


@pytest.mark.parametrize("role", list(DeskRole))
def test_a_role_lets_one_do_what_it_says_and_see_and_nothing_else(role: DeskRole) -> None:
    person = Person(id="1", name="", address="", grants=grants(role))
    assert {one for one in DeskRole if person.may(one)} == {role, DeskRole.SEE}
    assert {one for one in DeskRole if person.everywhere(one)} == {role, DeskRole.SEE}


def test_a_role_of_one_region_holds_there_and_nowhere_else() -> None:
    person = Person(id="1", name="", address="", grants=grants(DeskRole.EDIT, region="europa"))
    assert person.may(DeskRole.EDIT)
    assert person.may(DeskRole.EDIT, "europa")
    assert person.may(DeskRole.SEE, "europa")
    assert not person.may(DeskRole.EDIT, "africa")
    assert not person.may(DeskRole.SEE, "africa")
    assert not person.everywhere(DeskRole.EDIT)


def test_who_has_the_machine_may_do_everything() -> None:
    assert LOCAL.local
    assert all(LOCAL.everywhere(role) for role in DeskRole)
