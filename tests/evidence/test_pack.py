"""A pack: one moment of the database, whole or not at all, with its head in the audit."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from scheduler.evidence.against import compare
from scheduler.evidence.folder import PackFolder, PlaceTaken
from scheduler.evidence.manifest import Parsed
from scheduler.evidence.pack import NotRedacted, redact
from scheduler.evidence.redacting import commitment, write_redacted
from scheduler.evidence.verifying import NoPack, verify
from scheduler.store.audit.packs import latest_pack
from scheduler.store.audit.tables import audit
from scheduler.store.database import Database
from scheduler.store.schema import attempts, deliveries
from tests.support.evidence import AUTHOR, LATER, PEOPLE, SECRETS, files_in, listed, live, packed

pytestmark = pytest.mark.conformance


async def test_a_pack_has_all_the_rows_of_the_database_and_proves_itself(database: Database, tmp_path: Path) -> None:
    await live(database)
    packs = packed(database, tmp_path)
    with database.read() as connection:
        owed = connection.execute(select(func.count()).select_from(deliveries)).scalar_one()
        tried = connection.execute(select(func.count()).select_from(attempts)).scalar_one()
    assert len(listed(packs.full, "deliveries.csv")) == owed > 0
    assert len(listed(packs.full, "attempts.csv")) == tried > 0
    refused = [row for row in listed(packs.full, "attempts.csv") if row["code"] == "550"]
    assert [(row["status"], row["stage"]) for row in refused] == [("5.1.1", "rcpt")]
    assert "gabriela.herrera unknown" in refused[0]["reply"]
    assert {row["address"] for row in listed(packs.full, "recipients.csv")} > {one.address for one in PEOPLE[1:]}
    agenda = json.loads((packs.full / "editions/2.agenda.json").read_bytes())
    assert agenda["events"][0]["reason"]["es"].startswith("Se lo pidió")
    found = verify(packs.full, packs.made.head)
    assert (found.flaws, found.head, len(found.manifest.entries)) == ((), packs.made.head, packs.made.files)
    assert verify(packs.redacted, packs.made.redacted).flaws == ()


async def test_the_head_stands_in_the_audit_and_is_the_latest(database: Database, tmp_path: Path) -> None:
    await live(database)
    with database.read() as connection:
        assert latest_pack(connection) is None
    packs = packed(database, tmp_path)
    with database.read() as connection:
        assert latest_pack(connection) == (packs.made.head, LATER)
        row = connection.execute(select(audit).order_by(audit.c.number.desc()).limit(1)).one()
    assert (row.what, row.who, row.subject) == ("evidence-made", AUTHOR, packs.made.head)
    assert json.loads(row.details) == {
        "files": packs.made.files, "rows": packs.made.rows, "redacted": packs.made.redacted
    }  # fmt: skip


async def test_the_redacted_pack_holds_nobody_and_proves_to_be_that_of_the_full_one(
    database: Database, tmp_path: Path
) -> None:
    """The privacy test: every address, name, link and token there is, and whatever a local part may be."""
    token = await live(database)
    packs = packed(database, tmp_path, token)
    with database.read() as connection:
        keys = connection.execute(select(deliveries.c.message_key)).scalars().all()
    everything = "\n".join(
        f"{name}\n{(packs.redacted / name).read_bytes().decode()}" for name in files_in(packs.redacted)
    ).casefold()
    full = "\n".join((packs.full / name).read_bytes().decode() for name in files_in(packs.full)).casefold()
    wanted = [one.casefold() for one in SECRETS if one not in {"http://", "@sedes.example"}]
    assert [one for one in wanted if one not in full] == []
    assert [one for one in (*wanted, token.casefold(), *keys) if one in everything] == []
    assert token.casefold() not in full
    proof = compare(packs.full, verify(packs.full), packs.redacted, verify(packs.redacted))
    assert proof.flaws == ()
    assert proof.opened == everything.count("redacted:") - everything.count("“redacted:”") - everything.count(
        "«redacted:»"
    )


async def test_a_commitment_opens_by_hand_and_equal_texts_do_not_look_equal(database: Database, tmp_path: Path) -> None:
    await live(database)
    packs = packed(database, tmp_path)
    rows, hidden = listed(packs.full, "recipients.csv"), listed(packs.redacted, "recipients.csv")
    salts = listed(packs.full, "salts/recipients.csv")
    for row, other, salt in zip(rows, hidden, salts, strict=True):
        for column in ("address", "post"):
            if row[column]:
                made = hmac.new(bytes.fromhex(salt[column]), row[column].encode(), hashlib.sha256).hexdigest()
                assert other[column] == f"redacted:{made}"
        assert (other["id"], other["site"], other["language"]) == (row["id"], row["site"], row["language"])
    posts = [row["post"] for row in rows if row["post"] == "Sección Consular"]
    assert len(posts) > 1
    assert len({row["post"] for row in hidden}) == len(hidden)
    octets = (packs.full / "editions/1.agenda.json").read_bytes()
    own = json.loads((packs.full / "salts/editions/1.agenda.json").read_bytes())
    sender = json.loads((packs.redacted / "editions/1.agenda.json").read_bytes())["sender"]["address"]
    assert sender == commitment(own["/sender/address"], json.loads(octets)["sender"]["address"].encode())


async def test_the_words_of_a_server_that_took_the_message_stay_and_those_of_a_refusal_do_not(
    database: Database, tmp_path: Path
) -> None:
    await live(database)
    rows = listed(packed(database, tmp_path).redacted, "attempts.csv")
    assert all(row["reply"].startswith("250 2.0.0 queued as ") for row in rows if row["state"] == "accepted")
    [refused] = [row for row in rows if row["code"] == "550"]
    assert refused["reply"].startswith("redacted:")


async def test_a_redacted_pack_is_made_of_a_full_one_later_and_is_the_same(database: Database, tmp_path: Path) -> None:
    """Without the database: all that it takes lies in the full pack."""
    await live(database)
    packs = packed(database, tmp_path)
    again = redact(packs.full, tmp_path / "again")
    assert (again.head, again.redacted) == (packs.made.head, packs.made.redacted)
    with pytest.raises(NotRedacted, match="redacted already"):
        redact(packs.redacted, tmp_path / "more")
    (packs.full / "answers.csv").write_bytes(b"x")
    with pytest.raises(NotRedacted, match="is not what it was"):
        redact(packs.full, tmp_path / "more")
    assert not (tmp_path / "more").exists()


def test_nothing_is_written_where_something_is_and_nothing_stays_of_what_failed(
    database: Database, tmp_path: Path
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    with pytest.raises(PlaceTaken, match="not empty"):
        packed(database, tmp_path)
    (tmp_path / "full" / "mine").unlink()
    (tmp_path / "redacted").touch()
    with pytest.raises(PlaceTaken, match="redacted is there already"):
        packed(database, tmp_path)
    with pytest.raises(PlaceTaken, match="no such folder"):
        packed(database, tmp_path / "nowhere")
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith("agenda.db")] == ["full", "redacted"]
    with database.read() as connection:
        assert latest_pack(connection) is None
    (tmp_path / "redacted").unlink()
    assert packed(database, tmp_path).made.redacted, "an empty folder is taken"
    with pytest.raises(NoPack, match="no pack is here"):
        verify(tmp_path)


def test_a_pack_that_cannot_be_put_in_its_place_is_not_in_the_audit(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are there with their row, or nothing is: here the second folder is taken while the first is written."""

    def meanwhile(full: Path, manifest: Parsed, folder: PackFolder, head: str) -> None:
        write_redacted(full, manifest, folder, head)
        (tmp_path / "redacted").mkdir()
        (tmp_path / "redacted" / "theirs").touch()

    monkeypatch.setattr("scheduler.evidence.pack.write_redacted", meanwhile)
    with pytest.raises(PlaceTaken):
        packed(database, tmp_path)
    with database.read() as connection:
        assert latest_pack(connection) is None
    assert not (tmp_path / "full").exists()


def test_the_full_pack_is_its_owners_to_read(database: Database, tmp_path: Path) -> None:
    packs = packed(database, tmp_path)
    modes = {path.stat().st_mode & 0o077 for path in (packs.full, *packs.full.rglob("*")) if path.is_file()}
    assert modes == {0}
    assert packs.full.stat().st_mode & 0o077 == 0
