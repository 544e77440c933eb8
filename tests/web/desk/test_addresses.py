"""A bad address: corrected where it stands, with what was missed and what will be sent; reports in doubt decided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from calendars.reading.files import POSTS
from scheduler.base.refusal import Refusal
from scheduler.drafts.saving import states as saved_states
from scheduler.planning.delivery import WAITING
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.ledger import states
from scheduler.store.people import quarantine
from scheduler.store.people.quarantine import Quarantined
from scheduler.store.posts import roster
from scheduler.store.schema import bounces, deliveries
from scheduler.web.desk.place import Place
from scheduler.web.desk.screens.operating import addresses
from scheduler.web.desk.visit import NotYours
from tests.support.desk import NOW, asked_by, person, publish, small_place

POST = "madrid-consular"
OF_POST = {"post": POST}
NEW = "consular@madrid.example"
LATER = NOW + timedelta(days=1)
_D = deliveries.c


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with small_place(tmp_path) as found:
        yield found


def spoil(place: Place, post: str = POST) -> None:
    """The server said that its address is bad."""
    with place.database.write() as connection:
        states.suppress_address(connection, post, NOW, "5.1.1 no existe")


def doubt(place: Place, post: str) -> None:
    """A report about it came in a flood."""
    with place.database.write() as connection:
        delivery = connection.execute(select(_D.id).where(_D.recipient == post)).scalars().first()
        row = {"digest": post, "recipient": post, "delivery": delivery, "at": NOW, "status": "5.1.10"}
        connection.execute(insert(bounces).values(**row, kind="doubted", text="no se encontró"))


def is_bad(place: Place, post: str = POST) -> bool:
    with place.database.read() as connection:
        found = roster.find(connection, post)
    assert found is not None
    return found.suppressed


def waiting(place: Place, post: str = POST) -> int:
    with place.database.read() as connection:
        chosen = select(_D.id).where(_D.recipient == post, _D.state.in_(WAITING))
        return len(connection.execute(chosen).all())


def roster_file(place: Place) -> bytes:
    return (place.folder / POSTS).read_bytes()


def test_bad_addresses_are_listed_masked_with_the_servers_words(place: Place) -> None:
    """Never whole: the list is for seeing, and seeing needs no address."""
    spoil(place)
    body = addresses.listed(place, asked_by()).body
    assert "5.1.1 no existe" in body
    assert "m…@sedes.example" in body
    assert "madrid@sedes.example" not in body


def test_an_address_is_corrected_in_the_file_and_nothing_else_of_it(place: Place) -> None:
    """One cell of one line, as a state that can be had back; what it will be sent is shown, and then sent so."""
    spoil(place)
    before = roster_file(place)
    answer = addresses.corrected(place, asked_by(names=OF_POST, form={"address": NEW}, person=person(DeskRole.EDIT)))
    assert answer.location == f"/desk/addresses/{POST}?saved=corrected"
    assert roster_file(place) == before.replace(b"madrid@sedes.example", NEW.encode())
    assert [one.by for one in saved_states(place.folder, NOW) if one.file == POSTS] == ["Ana Prueba", ""]
    assert is_bad(place)
    comes = addresses.comes(place, asked_by(names=OF_POST, now=LATER, part=True)).body
    assert "Qué se le envía en cuanto usted publique" in comes
    assert comes.count("<li>") == 3
    assert waiting(place) == 0
    publish(place.database, place.folder, at=LATER)
    assert not is_bad(place)
    assert waiting(place) == 3


def test_lines_and_code_page_of_excel_stay(place: Place) -> None:
    """Semicolons, CRLF and Windows-1252: only the address is another."""
    spoil(place)
    text = (place.folder / POSTS).read_text(encoding="utf-8").replace(",", ";").replace("\n", "\r\n")
    (place.folder / POSTS).write_bytes(text.encode("cp1252"))
    addresses.corrected(place, asked_by(names=OF_POST, form={"address": NEW}))
    assert roster_file(place) == text.replace("madrid@sedes.example", NEW).encode("cp1252")


@pytest.mark.parametrize("wrong", ["nadie", "a b@c.example", "ñandú@sedes.example"])
def test_what_is_no_address_is_refused_and_the_file_stays(place: Place, wrong: str) -> None:
    """In the words of `agenda check`."""
    before = roster_file(place)
    with pytest.raises(Refusal):
        addresses.corrected(place, asked_by(names=OF_POST, form={"address": wrong}))
    assert roster_file(place) == before


def test_an_address_that_another_post_of_the_site_has_is_refused(place: Place) -> None:
    """The file would have a problem: nothing is written."""
    more = b"madrid-dos,madrid,dos@sedes.example,es,Otra,2021-10-01\n"
    (place.folder / POSTS).write_bytes(roster_file(place) + more)
    before = roster_file(place)
    with pytest.raises(Refusal):
        addresses.corrected(place, asked_by(names=OF_POST, form={"address": "dos@sedes.example"}))
    assert roster_file(place) == before


def test_lifting_writes_to_it_again_and_says_beforehand_what(place: Place) -> None:
    """The address was right after all: the three reminders that lie ahead."""
    spoil(place)
    assert "Qué no recibió" in addresses.one(place, asked_by(names=OF_POST)).body
    comes = addresses.comes(place, asked_by(names=OF_POST, part=True)).body
    assert "si se le vuelve a escribir" in comes
    assert comes.count("<li>") == 3
    answer = addresses.lifted(place, asked_by(names=OF_POST))
    assert answer.location == f"/desk/addresses/{POST}?saved=lifted&n=3"
    assert not is_bad(place)
    assert waiting(place) == 3


@pytest.mark.parametrize(("verdict", "bad"), [("accept", True), ("dismiss", False)])
def test_doubted_reports_are_decided_here(place: Place, verdict: str, bad: bool) -> None:
    """Those ticked, and no other."""
    doubt(place, POST)
    doubt(place, "tokio-consular")
    assert "no se encontró" in addresses.listed(place, asked_by()).body
    form = {"post": [POST], "verdict": verdict}
    answer = addresses.judged(place, asked_by(form=form))
    assert answer.location == f"/desk/addresses?saved={verdict}&n=1"
    assert is_bad(place) is bad
    assert not is_bad(place, "tokio-consular")
    assert addresses.listed(place, asked_by()).body.count('name="post" value=') == 1


def test_a_region_decides_and_sees_of_its_own(place: Place) -> None:
    """Who edits and operates in Europe does nothing about Tokyo, and is not shown its address."""
    spoil(place, "tokio-consular")
    doubt(place, "tokio-consular")
    who = person(DeskRole.OPERATE, DeskRole.EDIT, region="europa")
    assert "tokio-consular" not in addresses.listed(place, asked_by(person=who)).body
    there = {"names": {"post": "tokio-consular"}, "person": who}
    for act in (addresses.one, addresses.comes, addresses.lifted, addresses.corrected):
        with pytest.raises(NotYours):
            act(place, asked_by(**there, form={"address": NEW}))  # type: ignore[arg-type]  # its values are of two kinds
    with pytest.raises(NotYours):
        addresses.judged(place, asked_by(person=who, form={"post": ["tokio-consular"], "verdict": "accept"}))
    assert is_bad(place, "tokio-consular")


def test_messages_that_were_set_aside_are_saved_and_dropped_by_who_operates_everywhere(place: Place) -> None:
    """They hold what people wrote: who operates one region does not get them."""
    aside = Quarantined(digest="a" * 64, at=NOW, source="pipe", reason="no-report", octets=2000, kept=True)
    with place.database.write() as connection:
        quarantine.put(connection, aside, b"From: x\r\n\r\nhola")
    assert "no-report" in addresses.listed(place, asked_by()).body
    digest = {"digest": aside.digest}
    assert addresses.message(place, asked_by(names=digest)).file == b"From: x\r\n\r\nhola"
    europe = person(DeskRole.OPERATE, region="europa")
    assert "no-report" not in addresses.listed(place, asked_by(person=europe)).body
    with pytest.raises(NotYours):
        addresses.message(place, asked_by(names=digest, person=europe))
    addresses.forgotten(place, asked_by(form={"digest": [aside.digest]}))
    with place.database.read() as connection:
        assert quarantine.listed(connection) == []
