"""The audit on both databases: what is changed, taken out or cut off is found; an erasure is not; none forge it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from scheduler.base.tokens import NoKey, Tokens
from scheduler.store.audit import chain, forgetting, listing, refusals
from scheduler.store.audit.chain import Content, Head
from scheduler.store.audit.deeds import Deed, Via, What
from scheduler.store.audit.listing import AuditFilter, AuditRow
from scheduler.store.audit.tables import audit, audit_texts, edition_heads
from scheduler.store.audit.verifying import AuditVerdict, verify
from scheduler.store.backup import back_up, restore
from scheduler.store.copying import copy
from scheduler.store.database import Database
from scheduler.store.people import signups
from scheduler.store.schema import microseconds
from tests.support.ledger import PUBLISHED, TOKENS, draft, moved, post, put

pytestmark = pytest.mark.conformance
NOON = datetime(2026, 11, 29, 18, tzinfo=UTC)
ADDRESS = "uno@tokio.example"
DEEDS = (
    Deed(who="M. R.", what=What.STOPPED, reason="un enlace equivocado"),
    Deed(who="M. R.", what=What.RESUMED),
    Deed(who="ana", what=What.LIFTED, via=Via.DESK, subject="uno", details={"n": 3}, reason="llamó", about="uno"),
    Deed(who="ana", what=What.HANDED_OVER, subject="uno", changed={"address": (ADDRESS, "dos@tokio.example")}),
    Deed(who="relay", what=What.RELAY_BACK, via=Via.SERVICE, details={"node": "a"}),
)


def do(database: Database, *deeds: Deed, at: datetime = NOON) -> list[Head]:
    heads = []
    for deed in deeds:
        with database.write() as connection:
            heads.append(chain.record(connection, deed, at))
    return heads


def verified(database: Database, *heads: Head, tokens: Tokens = TOKENS) -> AuditVerdict:
    with database.read() as connection:
        return verify(connection, tokens.chain_keys, heads)


def flaws(database: Database, *heads: Head, tokens: Tokens = TOKENS) -> list[str]:
    return [one["en"] for one in verified(database, *heads, tokens=tokens).flaws]


def listed(database: Database, **wanted: Any) -> list[AuditRow]:
    with database.read() as connection:
        return list(listing.rows(connection, AuditFilter(**wanted)))


@contextmanager
def unguarded(database: Database) -> Iterator[Connection]:
    """As somebody who owns the database may: without its triggers, and nothing stays."""
    with database._engine.connect() as connection, connection.begin() as transaction:
        for table in ("audit", "audit_texts", "edition_heads"):
            if database.kind == "postgresql":
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
            else:
                for name in ("kept", "not_deleted", "added"):
                    connection.execute(text(f"DROP TRIGGER {table}_{name}"))
        yield connection
        transaction.rollback()


def found_by(connection: Connection, *heads: Head) -> list[str]:
    return [one["en"] for one in verify(connection, TOKENS.chain_keys, heads).flaws]


def flipped(value: object, where: int) -> object:
    """One bit of it, such that the database still takes it."""
    if isinstance(value, int):
        return value ^ 1 << where % 40
    if isinstance(value, bytes):
        return bytes((*value[: where % len(value)], value[where % len(value)] ^ 1, *value[where % len(value) + 1 :]))
    said = str(value)
    if not said:
        return "\x01"
    at = where % len(said)
    return said[:at] + chr(ord(said[at]) ^ 1) + said[at + 1 :]


@pytest.fixture
def told(database: Database) -> Database:
    do(database, *DEEDS)
    return database


def test_a_row_says_who_what_when_and_why(told: Database) -> None:
    rows = listed(told)
    assert [(row.number, row.who, row.what, row.via) for row in rows][:3] == [
        (1, "M. R.", "stopped", "command"),
        (2, "M. R.", "resumed", "command"),
        (3, "ana", "lifted", "desk"),
    ]
    assert (rows[0].at, rows[0].reason) == (NOON, "un enlace equivocado")
    assert rows[2].details == {"n": 3}
    assert rows[3].changed == {"address": (ADDRESS, "dos@tokio.example")}
    assert flaws(told) == []


def test_rows_are_chosen_by_person_act_subject_and_day(told: Database) -> None:
    do(told, Deed(who="Núñez", what=What.STOPPED), at=NOON + timedelta(days=1))
    assert [row.number for row in listed(told, who="nunez")] == [6]
    assert [row.number for row in listed(told, what=(What.STOPPED, What.RESUMED))] == [1, 2, 6]
    assert [row.number for row in listed(told, subject="uno")] == [3, 4]
    assert [row.number for row in listed(told, since=NOON + timedelta(hours=1))] == [6]
    assert [row.number for row in listed(told, until=NOON + timedelta(hours=1))] == [1, 2, 3, 4, 5]


def test_a_row_keeps_no_address_and_takes_no_link(database: Database) -> None:
    do(database, Deed(who="ana@ine.example", what=What.TESTED, details={"to": "b@c.example"}, reason="a@b.example"))
    with database.read() as connection:
        row = repr(connection.execute(select(audit)).one())
    assert "a…@ine.example" in row
    assert [one for one in ("ana@", "b@c", "a@b") if one in row] == []
    with pytest.raises(ValueError, match="link"):
        do(database, Deed(who="ana", what=What.EDITED, subject="https://x.example/secret"))


@given(data=st.data())
def test_a_flipped_bit_is_found_in_whatever_row_and_column(sqlite_told: Database, data: st.DataObject) -> None:
    table = data.draw(st.sampled_from([audit, audit_texts, edition_heads]))
    with unguarded(sqlite_told) as connection:
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        rows = connection.execute(text(f"SELECT rowid AS rid, * FROM {table.name}")).mappings().all()
        known = data.draw(st.sampled_from(rows))
        names = [name for name, value in known.items() if name != "rid" and value is not None]
        name = data.draw(st.sampled_from(names))
        if (table, name) == (edition_heads, "edition"):
            return  # which edition it was is no part of the chain
        value = flipped(known[name], data.draw(st.integers(0, 200)))
        changed = text(f"UPDATE {table.name} SET {name} = :v WHERE rowid = :r")
        try:
            connection.execute(changed, {"v": value, "r": known["rid"]})
        except IntegrityError:
            return  # another row has that number: the database refuses by itself
        assert found_by(connection)


@pytest.fixture(scope="module")
def sqlite_told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('audit') / 'agenda.db'}", tokens=TOKENS)
    put(database, draft())
    do(database, *DEEDS)
    yield database
    database.close()


def test_a_row_that_is_taken_out_is_found(told: Database) -> None:
    for number in range(1, 5):
        with unguarded(told) as connection:
            connection.execute(text(f"DELETE FROM audit_texts WHERE number = {number}"))
            connection.execute(text(f"DELETE FROM audit WHERE number = {number}"))
            assert f"row {number} is missing" in found_by(connection)


def test_rows_cut_off_at_the_end_are_found_by_any_later_head(database: Database) -> None:
    heads = do(database, *DEEDS)
    for kept in range(len(heads)):
        with unguarded(database) as connection:
            connection.execute(text(f"DELETE FROM audit_texts WHERE number > {kept}"))
            connection.execute(text(f"DELETE FROM audit WHERE number > {kept}"))
            for number, head in enumerate(heads, 1):
                assert bool(found_by(connection, Head.read(str(head)))) == (number > kept)


def test_the_head_that_an_edition_keeps_finds_what_was_cut_off_by_itself(database: Database) -> None:
    do(database, DEEDS[0])
    done = put(database, draft())
    assert done.head is not None
    assert flaws(database, done.head) == []
    with unguarded(database) as connection:
        connection.execute(text("DELETE FROM audit_texts"))
        connection.execute(text("DELETE FROM audit"))
        [found] = found_by(connection)
    assert found.startswith(f"head of edition 1 ({done.head}): the list ends before it, at no row")


def test_another_text_in_the_place_of_one_is_found(told: Database) -> None:
    with unguarded(told) as connection:
        connection.execute(text('UPDATE audit_texts SET text = \'{"reason":"otro"}\' WHERE number = 1'))
        assert found_by(connection) == ["the text of row 1 was changed"]
        connection.execute(text("DELETE FROM audit_texts WHERE number = 1"))
        assert found_by(connection) == ["the text of row 1 was taken out, which no erasure does"]


def test_whoever_lacks_the_key_cannot_make_a_row(told: Database) -> None:
    """Neither with a key of one's own, nor without: only a stop is taken without one, and it is named."""
    with told.read() as connection:
        last = chain.head(connection)
    assert last is not None
    other = Tokens(["somebody else's key, long enough"]).chain_keys[0]
    own = TOKENS.chain_keys[0].id
    for key, what in ((other.id, "published"), (own, "published"), ("", "published"), ("", "stopped")):
        content = Content(
            number=6, at=microseconds(NOON), who="x", via="command", what=what, subject="", details="{}", text_hash="",
            key=key,
        )  # fmt: skip
        values = {name: getattr(content, name) for name in Content.__slots__} | {"at": NOON}
        made = content.hashed(last.hash, other if key else None)
        with unguarded(told) as connection:
            connection.execute(audit.insert().values(**values, hash=made))
            verdict = verify(connection, TOKENS.chain_keys)
        assert bool(verdict.flaws) == (what != "stopped")
        assert verdict.unkeyed == ((6,) if not key else ())


def test_the_database_refuses_to_change_or_delete_a_row(told: Database) -> None:
    put(told, draft())
    again = "INSERT OR REPLACE INTO" if told.kind == "sqlite" else "INSERT INTO"
    statements = [
        "UPDATE audit SET who = 'x' WHERE number = 1",
        "DELETE FROM audit WHERE number = 5",
        f"{again} audit SELECT * FROM audit WHERE number = 1",
        "UPDATE audit_texts SET text = 'x' WHERE number = 1",
        "UPDATE audit_texts SET number = 99 WHERE number = 1",
        "DELETE FROM audit_texts WHERE number = 1",
        f"{again} audit_texts SELECT * FROM audit_texts WHERE number = 1",
        "UPDATE edition_heads SET hash = 'x'",
        "DELETE FROM edition_heads",
        f"{again} edition_heads SELECT * FROM edition_heads",
    ]
    if told.kind == "postgresql":
        statements += [f"TRUNCATE {table} CASCADE" for table in ("audit", "audit_texts", "edition_heads")]
        statements.append("SET LOCAL session_replication_role = replica; DELETE FROM audit WHERE number = 5")
    for statement in statements:
        with pytest.raises(DBAPIError), told.write() as connection:
            connection.execute(text(statement))
    assert flaws(told) == []


def test_an_erasure_empties_what_speaks_of_the_post_and_the_chain_stays_whole(database: Database) -> None:
    put(database, draft(posts=[post("uno"), post("dos")]))
    do(database, *DEEDS)
    with database.write() as connection:
        signups.erase(connection, "uno", TOKENS.digests(ADDRESS), NOON)
    with database.read() as connection:
        kept = repr(connection.execute(select(audit_texts)).all())
    assert [one for one in (ADDRESS, "llamó") if one in kept] == []
    assert "un enlace equivocado" in kept
    verdict = verified(database)
    assert (verdict.flaws, verdict.emptied) == ((), 2)
    rows = listed(database)
    assert (rows[-1].what, rows[-1].who, rows[-1].via) == ("erased", "uno", "page")
    assert [row.number for row in rows if row.forgotten] == [4, 5]


def test_what_is_older_than_the_retention_is_emptied(told: Database) -> None:
    do(told, Deed(who="ana", what=What.STOPPED, reason="ayer"), at=NOON + timedelta(days=364))
    with told.write() as connection:
        assert signups.purge(connection, NOON + timedelta(days=365), timedelta(days=300)) == 0
    assert [row.reason for row in listed(told) if row.reason] == ["ayer"]
    last = listed(told)[-1]
    assert (last.what, last.via, last.details) == ("retention-ended", "service", {"addresses": 0, "texts": 3})
    assert flaws(told) == []


def test_who_empties_a_text_needs_no_more_than_an_update_and_can_do_no_other(told: Database) -> None:
    with told.write() as connection:
        assert forgetting.forget_about(connection, ["uno"]) == 1
        assert forgetting.forget_about(connection, ["uno"]) == 0


def test_rows_of_before_a_rotation_stay_verifiable(database: Database, database_url: str) -> None:
    put(database, draft())
    rotated = Tokens(["the new key of this installation", "a key for tests only"])
    newer = Database(database_url, tokens=rotated)
    do(newer, *DEEDS)
    newer.close()
    assert flaws(database, tokens=rotated) == []
    [flaw] = flaws(database, tokens=Tokens(["the new key of this installation"]))
    assert flaw.startswith(f"row 1 was made with a key that is not here (id {TOKENS.chain_keys[0].id})")


def test_many_writers_make_one_chain(database: Database) -> None:
    def write() -> None:
        for _ in range(8):
            with database.write_as_sender() as connection:
                chain.record(connection, Deed(who="x", what=What.EDITED), NOON)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    verdict = verified(database)
    assert (verdict.rows, verdict.flaws) == (32, ())


def test_what_is_rolled_back_leaves_no_row(database: Database) -> None:
    with database.write() as connection:
        chain.record(connection, DEEDS[0], NOON)
        connection.rollback()
    assert listed(database) == []


def test_a_publication_is_one_row_and_an_edition_keeps_its_head(database: Database) -> None:
    put(database, draft())
    second = put(database, moved(), PUBLISHED + timedelta(days=1), confirmed=True)
    rows = listed(database)
    assert [(row.what, row.subject, row.who, row.reason) for row in rows] == [
        ("published", "1", "M. R.", "prueba"),
        ("published", "2", "M. R.", "prueba"),
    ]
    with database.read() as connection:
        assert chain.kept_heads(connection)[2] == second.head


def test_a_copied_database_keeps_the_list_and_its_guards(told: Database, tmp_path: Path) -> None:
    copied = Database(f"sqlite:///{tmp_path / 'copied.db'}", tokens=TOKENS)
    list(copy(told, copied, Deed(who="M. R.", what=What.COPIED), NOON))
    assert [row.what for row in listed(copied)][-2:] == ["relay-back", "copied"]
    assert flaws(copied) == []
    with pytest.raises(DBAPIError), copied.write() as connection:
        connection.execute(text("DELETE FROM audit"))
    copied.close()


def test_a_restored_database_says_what_it_replaced(tmp_path: Path) -> None:
    path, kept = tmp_path / "agenda.db", tmp_path / "kept.db"
    database = Database(f"sqlite:///{path}", tokens=TOKENS)
    do(database, DEEDS[0])
    back_up(database, kept, NOON, Deed(who="M. R.", what=What.BACKED_UP))
    [later] = do(database, DEEDS[2])
    database.close()
    restore(kept, path, NOON, Deed(who="M. R.", what=What.RESTORED), TOKENS)
    restored = Database(f"sqlite:///{path}", tokens=TOKENS)
    row = listed(restored)[-1]
    assert (row.number, row.what) == (2, "restored")
    assert row.details["before"] == str(later)
    assert flaws(restored) == []
    assert flaws(restored, later)[0].startswith(f"{later}: the list ends before it")
    with pytest.raises(DBAPIError), restored.write() as connection:
        connection.execute(text("UPDATE audit SET who = 'x'"))
    restored.close()
    restore(kept, path, NOON, Deed(who="M. R.", what=What.RESTORED), Tokens(["a key of another machine"]))
    assert verified(Database(f"sqlite:///{path}", tokens=TOKENS)).unkeyed == (2,)


def test_refused_sign_ins_are_counted_by_account_and_hour(database: Database) -> None:
    counts = []
    for minutes in (0, 1, 59, 60):
        with database.write() as connection:
            counts.append(refusals.refused(connection, "ana", NOON + timedelta(minutes=minutes)))
    with database.write() as connection:
        refusals.refused(connection, "", NOON)
    assert counts == [1, 2, 3, 1]
    assert [(row.who, row.details) for row in listed(database)] == [
        ("ana", {"n": 3}),
        ("ana", {"n": 1}),
        ("", {"n": 1}),
    ]


def test_without_a_key_a_stop_goes_and_nothing_else(tmp_path: Path, postgres_url: str) -> None:
    database = Database(postgres_url)
    do(database, DEEDS[0])
    with pytest.raises(NoKey):
        do(database, DEEDS[2])
    assert [row.what for row in listed(database)] == ["stopped"]
    verdict = verified(database)
    assert (verdict.unkeyed, verdict.flaws) == ((1,), ())
    database.close()


@pytest.fixture
def postgres_url(request: pytest.FixtureRequest) -> Iterator[str]:
    running = request.getfixturevalue("postgres")
    url = running.create(request.getfixturevalue("postgres_template"))
    yield url
    running.drop(url)


def test_the_chain_s_key_is_none_of_the_others_and_its_id_tells_nothing(database: Database) -> None:
    key = TOKENS.chain_keys[0]
    assert len(key.id) == 16
    assert key.id not in hashlib.sha256(key.secret).hexdigest()
    assert key.id != TOKENS.fingerprint
