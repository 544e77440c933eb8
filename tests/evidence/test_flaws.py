"""What `--verify` finds: one byte in any file, a file more or less, lines of the manifest moved, changed or cut off."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.evidence.against import Proof, compare
from scheduler.evidence.folder import PackFolder
from scheduler.evidence.manifest import MANIFEST, ManifestLine, head_of, parsed, rendered
from scheduler.evidence.verifying import PackVerdict, verify
from scheduler.store.database import Database
from tests.support.evidence import Packs, files_in, live, packed
from tests.support.ledger import TOKENS
from tests.support.sqlite import migrated_at


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Packs:
    """Of a database that has seen something; each test leaves them as they were."""
    folder = tmp_path_factory.mktemp("packs")
    database = Database(migrated_at(folder / "agenda.db"), tokens=TOKENS)
    asyncio.run(live(database))
    made = packed(database, folder)
    database.close()
    return made


@contextmanager
def changed(path: Path, octets: bytes) -> Iterator[None]:
    before = path.read_bytes()
    path.write_bytes(octets)
    try:
        yield
    finally:
        path.write_bytes(before)


def found(verdict: PackVerdict | Proof, language: str = "en") -> list[str]:
    return [f"{flaw.file}: {flaw.what[language]}" for flaw in verdict.flaws]


def entries(packs: Packs) -> list[ManifestLine]:
    return list(parsed((packs.full / MANIFEST).read_bytes()).entries)


@settings(max_examples=300)
@given(data=st.data())
def test_one_byte_that_is_another_is_found_in_whatever_file(packs: Packs, data: st.DataObject) -> None:
    """In lists, documents, salts, the manifest itself; and of the file in which it is, nothing else."""
    name = data.draw(st.sampled_from(files_in(packs.full)))
    octets = bytearray((packs.full / name).read_bytes())
    if not octets:
        return
    at = data.draw(st.integers(0, len(octets) - 1))
    octets[at] ^= data.draw(st.integers(1, 255))
    with changed(packs.full / name, bytes(octets)):
        flaws = verify(packs.full).flaws
    assert flaws
    assert name == MANIFEST or {flaw.file for flaw in flaws} == {name}


@given(data=st.data())
def test_a_manifest_that_is_cut_anywhere_is_found(packs: Packs, data: st.DataObject) -> None:
    octets = (packs.full / MANIFEST).read_bytes()
    with changed(packs.full / MANIFEST, octets[: data.draw(st.integers(0, len(octets) - 1))]):
        assert verify(packs.full).flaws


@given(data=st.data())
def test_two_lines_of_the_manifest_in_each_other_s_place_are_found(packs: Packs, data: st.DataObject) -> None:
    lines = (packs.full / MANIFEST).read_bytes().split(b"\r\n")
    one, other = data.draw(st.lists(st.integers(0, len(lines) - 2), min_size=2, max_size=2, unique=True))
    lines[one], lines[other] = lines[other], lines[one]
    with changed(packs.full / MANIFEST, b"\r\n".join(lines)):
        assert verify(packs.full).flaws


def test_the_file_is_named_with_what_was_expected_and_what_was_found(packs: Packs) -> None:
    path, [was] = packs.full / "answers.csv", [one for one in entries(packs) if one.name == "answers.csv"]
    octets = path.read_bytes()
    with changed(path, octets.replace(b",yes,", b",not,")):
        [said] = found(verify(packs.full))
        [spanish] = found(verify(packs.full), "es")
    assert said.startswith(f"answers.csv: the file was changed; SHA-256 expected {was.sha256}, found ")
    assert spanish.startswith(f"answers.csv: el archivo fue cambiado; se esperaba SHA-256 {was.sha256}, se encontró ")
    with changed(path, octets + b"x"):
        size = len(octets)
        assert found(verify(packs.full)) == [
            f"answers.csv: the file was changed; expected {size} bytes, found {size + 1}"
        ]


def test_a_file_less_and_a_file_more_are_named(packs: Packs) -> None:
    path, more = packs.full / "answers.csv", packs.full / "salts" / "nuevo.csv"
    octets = path.read_bytes()
    path.unlink()
    more.write_bytes(b"")
    (packs.full / "enlace").symlink_to(more)
    os.mkfifo(packs.full / "tubo")
    try:
        said = found(verify(packs.full))
    finally:
        path.write_bytes(octets)
        for one in (more, packs.full / "enlace", packs.full / "tubo"):
            one.unlink()
    assert [one.partition(";")[0] for one in said] == [
        "answers.csv: the file is missing",
        "enlace: no plain file, and nothing of a pack",
        "salts/nuevo.csv: the file is not in the manifest",
        "tubo: no plain file, and nothing of a pack",
    ]
    assert verify(packs.full).flaws == ()


def test_a_link_in_the_place_of_a_file_is_no_file(packs: Packs, tmp_path: Path) -> None:
    """It would be read from somewhere else, and be another tomorrow."""
    path = packs.full / "answers.csv"
    moved = path.rename(tmp_path / "answers.csv")
    path.symlink_to(moved)
    said = found(verify(packs.full))
    path.unlink()
    moved.rename(path)
    assert said[0].startswith("answers.csv: the file is missing")


def chained(given: list[ManifestLine]) -> list[ManifestLine]:
    """These files under numbers and hashes that fit, as whoever changes a pack would reckon them."""
    made = PackFolder(Path(), private=False)
    for one in given:
        made.enter(one.name, one.octets, one.rows, one.sha256, one.note)
    return made.entries


def test_a_pack_that_was_changed_with_its_manifest_is_found_by_the_head_alone(packs: Packs, tmp_path: Path) -> None:
    shutil.copytree(packs.full, tmp_path / "full")
    (tmp_path / "full" / "answers.csv").unlink()
    forged = chained([one for one in entries(packs) if one.name != "answers.csv"])
    (tmp_path / "full" / MANIFEST).write_bytes(rendered(forged))
    assert verify(tmp_path / "full").flaws == ()
    [said] = found(verify(tmp_path / "full", packs.made.head))
    assert said.startswith(
        f"manifest.csv: its head is another; expected {packs.made.head}, found {head_of(forged)}: it is another pack"
    )
    assert verify(packs.full, packs.made.head[:16].upper()).flaws == ()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../full/answers.csv", "names what lies outside of the folder: ../full/answers.csv"),
        ("/etc/passwd", "names what lies outside of the folder: /etc/passwd"),
        ("README.txt", "names README.txt a second time"),
        ("manifest.csv", "names manifest.csv a second time"),
    ],
)
def test_a_manifest_that_names_what_it_must_not_is_told(packs: Packs, name: str, said: str) -> None:
    last = entries(packs)[-1]
    forged = chained([*entries(packs), replace(last, name=name)])
    with changed(packs.full / MANIFEST, rendered(forged)):
        assert found(verify(packs.full)) == [f"manifest.csv: line {len(forged) + 1} {said}"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: lines[:-2], "the last line is missing: the manifest was cut off after"),
        (lambda lines: [*lines[:-1], b"1,x", b""], "cannot be read: it was changed, or something was added"),
        (lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]], "expected entry 3, found 4"),
        (lambda lines: [lines[0].lower().replace(b"rows", b"Rows"), *lines[1:]], "line 1 is not as it was written"),
        (lambda lines: [*lines[:-2], lines[-2].replace(b"head,", b"head,1"), b""], "is of another manifest"),
    ],
)
def test_a_manifest_that_is_not_whole_is_told_with_its_line(packs: Packs, change: object, said: str) -> None:
    assert callable(change)
    lines = (packs.full / MANIFEST).read_bytes().split(b"\r\n")
    with changed(packs.full / MANIFEST, b"\r\n".join(change(lines))):
        assert said in found(verify(packs.full))[0]


def against(packs: Packs) -> Proof:
    return compare(packs.full, verify(packs.full), packs.redacted, verify(packs.redacted))


@contextmanager
def forged(folder: Path, name: str, octets: bytes) -> Iterator[None]:
    """A file of a pack changed, and its manifest made to fit."""
    made = PackFolder(folder, private=False)
    with changed(folder / name, octets):
        for one in parsed((folder / MANIFEST).read_bytes()).entries:
            body = (folder / one.name).read_bytes()
            found_now = digest(body)
            made.enter(one.name, len(body), one.rows, found_now, one.note)
        with changed(folder / MANIFEST, rendered(made.entries)):
            yield


def digest(body: bytes) -> str:

    return hashlib.sha256(body).hexdigest()


def test_a_redacted_pack_that_was_changed_with_its_manifest_is_not_that_of_the_full_one(packs: Packs) -> None:
    """A figure in the clear, a commitment, a document, a file more: the row and the column are named."""
    octets = (packs.redacted / "deliveries.csv").read_bytes()
    with forged(packs.redacted, "deliveries.csv", octets.replace(b"rejected", b"accepted")):
        [said] = found(against(packs))
    assert said.startswith("deliveries.csv: row ")
    assert said.endswith("column state: expected rejected, found accepted")
    octets = (packs.redacted / "recipients.csv").read_bytes()
    with forged(packs.redacted, "recipients.csv", octets.replace(b"redacted:", b"redacted:0", 1)):
        assert "column address: expected redacted:" in found(against(packs))[0]
    with forged(packs.redacted, "answers.csv", (packs.redacted / "answers.csv").read_bytes() + b"x\r\n"):
        assert found(against(packs)) == ["answers.csv: row 3: the packs have another number of rows, or of columns"]
    with forged(packs.redacted, "editions/1.agenda.json", b"{}"):
        assert "it is not what the full pack's file is when it is redacted" in found(against(packs))[0]
    with forged(packs.redacted, "README.txt", (packs.redacted / "README.txt").read_bytes() + b"x"):
        assert "it is not what the full pack's file is when it is redacted" in found(against(packs))[0]


def test_packs_of_the_wrong_kind_and_of_another_time_are_told(packs: Packs) -> None:
    """Which of the two it is, and in which order they are named; a hundred files that differ say no more than that."""
    whole, short = verify(packs.full), verify(packs.redacted)
    order = "name the full one with --verify, and the redacted one with --against"
    assert found(compare(packs.redacted, short, packs.full, whole)) == [
        f"{packs.redacted}/pack.json: this is no full pack; {order}",
        f"{packs.full}/pack.json: this is no redacted pack; {order}",
    ]
    [said] = found(compare(packs.full, whole, packs.full, whole), "es")
    assert said.startswith(
        f"{packs.full}/pack.json: no es una versión pública; el expediente completo va con --verify,"
    )
    other = (packs.redacted / "pack.json").read_bytes().replace(packs.made.head.encode(), b"0" * 64)
    with forged(packs.redacted, "pack.json", other):
        [said] = found(against(packs))
    assert said.startswith(
        f"{packs.redacted}/pack.json: it was made from another full pack; expected {packs.made.head},"
    )
    assert said.endswith(f"found {'0' * 64}")


def test_of_two_packs_the_one_that_was_changed_is_named(packs: Packs) -> None:
    """Both have an answers.csv. Nothing is compared then."""
    for folder in (packs.full, packs.redacted):
        with changed(folder / "answers.csv", b""):
            [said] = found(against(packs))
        assert said.startswith(f"{folder}/answers.csv: the file was changed")


def test_salts_that_cannot_be_read_are_told(packs: Packs) -> None:
    """Though both manifests were made to fit."""
    about = (packs.redacted / "pack.json").read_bytes()
    with forged(packs.full, "salts/answers.csv", b"x\r\n"):
        head = verify(packs.full).head
        with forged(packs.redacted, "pack.json", about.replace(packs.made.head.encode(), head.encode())):
            assert "answers.csv: it cannot be read" in " ".join(found(against(packs)))


def test_a_redacted_pack_with_a_file_less_or_with_salts_is_told(packs: Packs, tmp_path: Path) -> None:
    shutil.copytree(packs.redacted, tmp_path / "redacted")
    place = tmp_path / "redacted"
    (place / "answers.csv").unlink()
    (place / "salts").mkdir()
    shutil.copy(packs.full / "salts" / "answers.csv", place / "salts" / "answers.csv")
    kept = [one for one in parsed((place / MANIFEST).read_bytes()).entries if one.name != "answers.csv"]
    salts = next(one for one in entries(packs) if one.name == "salts/answers.csv")
    (place / MANIFEST).write_bytes(rendered(chained([*kept, salts])))
    proof = compare(packs.full, verify(packs.full), place, verify(place))
    assert sorted(found(proof)) == [
        "answers.csv: the redacted pack has no such file",
        "salts/answers.csv: a redacted pack must have no salts",
    ]
