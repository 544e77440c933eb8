"""What was erased leaves the earlier states of the files, too; the present file is its editors' own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from calendars.reading.files import AGENDA, POSTS
from scheduler.drafts import typed
from scheduler.drafts.history import KEPT_DAYS, digest_of
from scheduler.drafts.saving import save, state, states
from scheduler.people import past_states
from scheduler.store.people import signups
from scheduler.web.desk.place import Place
from tests.support.desk import NOW, publish, small_place

LATER = NOW + timedelta(days=2)
OLD, NEW = b"madrid@sedes.example", b"consular@sedes.example"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with small_place(tmp_path) as found:
        yield found


def put(place: Place, file: str, body: bytes, days: int) -> None:
    before = (place.folder / file).read_bytes()
    save(place.folder, file, body, expected=digest_of(before), at=NOW + timedelta(days=days), by="Ana")


def erase(place: Place, address: bytes) -> None:
    with place.database.write() as connection:
        digests = place.database.tokens.digests(address.decode())
        signups.erase(connection, "madrid-consular", digests, LATER)


def kept(place: Place, file: str) -> list[bytes]:
    return [state(place.folder, file, one.digest) for one in states(place.folder, LATER) if one.file == file]


def test_a_state_with_an_erased_address_ends_and_the_others_stay(place: Place) -> None:
    """Two lists of posts: the one that held the address goes; that of the agenda, and the present one, do not."""
    roster, agenda = (place.folder / POSTS).read_bytes(), (place.folder / AGENDA).read_bytes()
    put(place, POSTS, roster.replace(OLD, NEW), 0)
    put(place, AGENDA, agenda.replace(b"Jornada", b"Otra"), 0)
    assert past_states.forget(place.folder, place.database, LATER) == 0
    erase(place, OLD)
    assert past_states.forget(place.folder, place.database, LATER) == 1
    assert kept(place, POSTS) == [roster.replace(OLD, NEW)]
    assert len(kept(place, AGENDA)) == 2
    assert OLD not in b"".join(path.read_bytes() for path in place.folder.rglob("*") if path.is_file())


def test_an_address_in_a_file_of_excel_is_found(place: Place) -> None:
    """UTF-16, as «Unicode text» of a spreadsheet is, and another case of letters."""
    roster = (place.folder / POSTS).read_bytes()
    put(place, POSTS, roster.decode().replace("madrid@", "MADRID@").encode("utf-16"), 0)
    put(place, POSTS, roster.replace(OLD, NEW), 1)
    erase(place, OLD)
    assert past_states.forget(place.folder, place.database, LATER) == 2


def test_what_was_typed_and_not_saved_ends_with_it(place: Place) -> None:
    typed.keep(place.folder, "ana", POSTS, typed.Typed(at=LATER, fields={"text": OLD.decode()}))
    typed.keep(place.folder, "ana", AGENDA, typed.Typed(at=LATER, fields={"text": "otra cosa"}))
    erase(place, OLD)
    assert past_states.forget(place.folder, place.database, LATER) == 1
    assert typed.kept(place.folder, "ana", POSTS, LATER) is None
    assert typed.kept(place.folder, "ana", AGENDA, LATER) is not None


def test_states_end_in_time_although_nobody_saves(place: Place) -> None:
    """After ninety days; those of the posts after `retencion`, where it is shorter."""
    agenda = (place.folder / AGENDA).read_bytes()
    put(place, AGENDA, agenda.replace(b"zona: TCM", b"zona: TCM\nretencion: 30 d"), 0)
    publish(place.database, place.folder)
    put(place, POSTS, (place.folder / POSTS).read_bytes().replace(OLD, NEW), 0)
    assert past_states.forget(place.folder, place.database, NOW + timedelta(days=29)) == 0
    assert past_states.forget(place.folder, place.database, NOW + timedelta(days=31)) == 1
    assert past_states.forget(place.folder, place.database, NOW + timedelta(days=KEPT_DAYS + 1)) == 1


def test_a_folder_without_states_is_left_alone(place: Place) -> None:
    assert past_states.forget(place.folder, place.database, LATER) == 0
    assert not (place.folder / ".historial").exists()
