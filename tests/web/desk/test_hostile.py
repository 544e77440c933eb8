"""What a careless colleague or a hostile insider sends to the desk: refused in words, nothing lost, nobody held up."""

from __future__ import annotations

import fcntl
import io
import os
import signal
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import perf_counter

import pytest
from starlette.requests import Request
from starlette.types import Message

from calendars.reading.files import AGENDA
from scheduler.drafts import saving, typed
from scheduler.drafts.history import FOLDER, INDEX, digest_of
from scheduler.drafts.patching import AsText, Events, NoText
from scheduler.web.desk.asked import Answer, Asked, NotThere
from scheduler.web.desk.place import Place
from scheduler.web.desk.screens import event_form, events, files, heard
from scheduler.web.desk.screens.operating import deliveries
from scheduler.web.desk.uploads import read_upload
from scheduler.web.desk.workshop import Busy, Workshop
from scheduler.web.http.forms import FORM_LIMIT, read_form
from scheduler.web.http.refusals import TooLarge
from scheduler.web.site import DeskHome
from tests.support.desk import NOW, asked_by, running, small_place

WORKSHOP = "taller-europa"
HEAD = b'--B\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nprueba\r\n'
FILE = b'--B\r\nContent-Disposition: form-data; name="archive"; filename="a.zip"\r\n\r\n'
MULTIPART = "multipart/form-data; boundary=B"
LARGE = 4_000_000


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with small_place(tmp_path) as found:
        yield found


def request(body: bytes, kind: str = MULTIPART) -> Request:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request({"type": "http", "method": "POST", "headers": [(b"content-type", kind.encode())]}, receive)


@pytest.mark.parametrize(
    "content",
    [b"\n" * LARGE, b"A: b\r\n" * (LARGE // 6), b"--C\r\n\r\n" * (LARGE // 7)],
    ids=["lines", "headers", "boundaries"],
)
async def test_a_large_file_is_taken_apart_in_one_pass_whatever_is_in_it(content: bytes) -> None:
    """A parser of mail took five seconds and more for these, and every feed waited for it."""
    began = perf_counter()
    form, found = await read_upload(request(HEAD + FILE + content + b"\r\n--B--\r\n"))
    assert perf_counter() - began < 1.5
    assert form.one("csrf") == "prueba"
    assert found["archive"] == ("a.zip", content)


async def test_parts_past_all_measure_and_nested_ones_are_refused_at_once() -> None:
    """Half a million parts, and three thousand one within the other, which ended the recursion."""
    with pytest.raises(TooLarge):
        await read_upload(request(HEAD + b"--B\r\n\r\n" * 500_000))
    nested = b"".join(b"--B%d\r\nContent-Type: multipart/mixed; boundary=B%d\r\n\r\n" % (i, i + 1) for i in range(3000))
    form, found = await read_upload(request(nested, "multipart/form-data; boundary=B0"))
    assert not found
    assert not form.one("csrf")


async def test_a_form_without_files_has_a_bound_of_its_own() -> None:
    """Files come as multipart: what is longer is no text that somebody typed."""
    with pytest.raises(TooLarge):
        await read_form(request(b"text=" + b"a" * FORM_LIMIT, "application/x-www-form-urlencoded"))


def test_a_damaged_archive_is_refused_in_words_wherever_the_damage_is(place: Place) -> None:
    """Each byte of an archive turned over: it is taken, or it is said that it is none."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(AGENDA, (place.folder / AGENDA).read_bytes())
    whole = written.getvalue()
    for at in range(0, len(whole), 7):
        damaged = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        with suppress(files.NoArchive, saving.NotTaken):
            assert files._unpacked(damaged)  # because no screen is needed to read it


@pytest.mark.parametrize("number", ["²", "9" * 25, "9" * 5000, "-1", "٣" * 20])
def test_a_number_that_is_none_is_not_there(place: Place, number: str) -> None:
    """Digits that no number is made of, and numbers past what a database holds."""
    with pytest.raises(NotThere):
        deliveries.one(place, asked_by(names={"id": number}))
    with pytest.raises(NotThere):
        heard.listed(place, asked_by(query={"which": number}))


@pytest.mark.parametrize(
    "more",
    ["x: " + "[" * 5000, "    ? [a, b]\n    : 1", '    lugar: &l "Virtual"\n    descripcion: *l', "%YAML 9.9"],
    ids=["deep", "key", "alias", "directive"],
)
def test_yaml_that_no_form_can_write_is_left_to_the_text(place: Place, more: str) -> None:
    """Nesting without end, a key that is a list, a value that stands elsewhere: refused, and nothing is guessed."""
    path = place.folder / AGENDA
    text = path.read_text().rstrip("\n") + f"\n{more}\n"
    path.write_text(text)
    key = text.rpartition("  - id: ")[2].partition("\n")[0]
    with pytest.raises(AsText):
        event_form.saved(place, asked_by(names={"event": key}, form={"digest": "x", "descripcion.es": "Otra"}))
    assert path.read_text() == text


def test_a_tab_between_values_is_a_space_to_the_form_as_to_agenda_check(place: Place) -> None:
    text = (place.folder / AGENDA).read_text().replace("tipo: taller", "tipo:\ttaller")
    assert WORKSHOP in Events(text).ids


def test_a_folder_without_its_agenda_is_said_and_nothing_breaks(place: Place) -> None:
    """It vanished, or somebody renamed it."""
    (place.folder / AGENDA).unlink()
    for screen in (events.listed, event_form.edit, event_form.blank):
        with pytest.raises(NoText):
            screen(place, asked_by(names={"event": WORKSHOP}, query={"from": WORKSHOP}))
    assert files.listed(place, asked_by()).status == 200


def test_a_file_of_notepad_in_utf_16_keeps_its_line_ends(place: Place) -> None:
    """It becomes UTF-8; every line ended with CRLF, and ends so."""
    path = place.folder / AGENDA
    text = path.read_text()
    path.write_bytes(text.replace("\n", "\r\n").encode("utf-16"))
    form = {"text": text + "# más", "digest": digest_of(path.read_bytes())}
    files.saved(place, asked_by(names={"name": AGENDA}, form=form))
    assert path.read_bytes() == (text + "# más").replace("\n", "\r\n").encode()


def test_what_was_typed_for_an_event_that_somebody_removed_is_shown_as_a_new_one(place: Place) -> None:
    """Saved beneath an open form, or come back to later: the words are there, and nothing was written."""
    path = place.folder / AGENDA
    form = {"titulo.es": "Mis palabras", "digest": "x"}
    path.write_text(path.read_text().replace(f"id: {WORKSHOP}", "id: otro"))
    before = path.read_bytes()
    names = {"event": WORKSHOP}
    answer = event_form.saved(place, asked_by(form=form, names=names))
    assert answer.status == 409
    assert "Mis palabras" in answer.body
    assert 'action="/desk/events/new"' in answer.body
    event_form.seen(place, asked_by(form=form, part=True, names=names))
    assert "Mis palabras" in event_form.edit(place, asked_by(names=names)).body
    assert path.read_bytes() == before


def test_a_damaged_list_of_states_loses_none_of_them(place: Place) -> None:
    """Cut in half by whoever opened it in Notepad: the folder is read and saved as before, and no state goes."""
    index = place.folder / FOLDER / INDEX
    for n in range(4):
        body = (place.folder / AGENDA).read_bytes()
        saving.save(place.folder, AGENDA, body + b"# %d\n" % n, expected=digest_of(body), at=NOW, by="Ana")
    kept = {path.name for path in index.parent.iterdir() if len(path.name) == len(digest_of(b""))}
    index.write_bytes(index.read_bytes()[: len(index.read_bytes()) // 2] + b"\xff\n[1]\n{}\n")
    body = (place.folder / AGENDA).read_bytes()
    saving.save(place.folder, AGENDA, body + b"# fin\n", expected=digest_of(body), at=NOW, by="Ana")
    assert kept <= {path.name for path in index.parent.iterdir()}
    assert next(one.by for one in saving.states(place.folder, NOW) if one.file == AGENDA) == "Ana"


def test_a_folder_that_takes_no_files_is_looked_at_all_the_same(place: Place) -> None:
    """Its history cannot be written: the files are listed and looked at, and saving says why it cannot."""
    (place.folder / FOLDER).write_text("")  # because a folder may be read-only to all but root
    assert files.listed(place, asked_by()).status == 200
    typed.keep(place.folder, "ana", WORKSHOP, typed.Typed(at=NOW, fields={}))
    assert typed.kept(place.folder, "ana", WORKSHOP, NOW) is None
    with pytest.raises(saving.NotSaved):
        saving.save(place.folder, AGENDA, b"", expected="", at=NOW, by="Ana")


def test_a_lock_that_another_program_holds_is_waited_for_in_vain_no_longer_than_it_is_said(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else whoever saves would hold a process of the desk for as long as that program likes."""
    saving.states(place.folder, NOW)
    monkeypatch.setattr(saving, "SECONDS", 0)
    with (place.folder / FOLDER / saving.LOCK).open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(saving.NotSaved):
            saving.save(place.folder, AGENDA, b"", expected="", at=NOW, by="Ana")


def test_what_was_typed_and_is_damaged_is_no_reason_to_show_nothing(place: Place) -> None:
    typed.keep(place.folder, "ana", WORKSHOP, typed.Typed(at=NOW, fields={"fecha": "2021-10-27"}))
    (path,) = (place.folder / FOLDER / typed.TYPED).glob("*.json")
    path.write_text('{"at": ')
    assert typed.kept(place.folder, "ana", WORKSHOP, NOW) is None


async def test_a_session_that_ended_under_a_large_file_leads_to_the_sign_in(place: Place) -> None:
    """Not to «too large»: the file is edited by somebody who has to sign in again, and what was typed is kept."""
    async with running(place.folder, place.database) as desk, desk.client() as client:
        body = {"text": "# " + "x" * 40_000}
        look, save = f"/desk/files/{AGENDA}/look", f"/desk/files/{AGENDA}"
        part = await client.inner.post(look, data=body, headers={"HX-Request": "true"})
        assert (part.status_code, part.headers["HX-Redirect"]) == (401, "/desk/sign-in?next=/desk/")
        whole = await client.inner.post(save, data=body)
        assert whole.status_code == 401
        assert (await client.inner.post("/desk/sign-in", data=body)).status_code == 413


def ends(_place: Place, _asked: Asked) -> Answer:
    """A screen whose process is killed, as by a machine that has no memory left."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("it was killed")


def stays(_place: Place, _asked: Asked) -> Answer:
    return Answer(body=str(os.getpid()))


async def test_after_a_process_was_killed_the_next_screen_comes(place: Place) -> None:
    """Be it while it made one, of which it is said that nobody knows; or while nothing was asked of it."""
    shop = Workshop(home=DeskHome(folder=place.folder, settings=place.settings), base_url=place.base_url)
    try:
        with pytest.raises(Busy, match="Look whether it was done"):
            await shop.make(ends, asked_by())
        first = await shop.make(stays, asked_by())
        os.kill(int(first.body), signal.SIGKILL)
        again = await shop.make(stays, asked_by())
        assert first.body != again.body
    finally:
        shop.close()
