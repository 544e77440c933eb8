"""The files as text: problems beside it, both texts where two edit, every state to be had back, down and up as .zip."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from calendars.reading.files import AGENDA, POSTS
from scheduler.drafts.history import FOLDER, digest_of
from scheduler.drafts.saving import NotTaken, states
from scheduler.web.desk.asked import NotThere
from scheduler.web.desk.place import Place
from scheduler.web.desk.screens import files
from tests.support.desk import NOW, asked_by, small_place

HERE: dict[str, Any] = {"names": {"name": AGENDA}}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with small_place(tmp_path) as found:
        yield found


def body(place: Place, name: str = AGENDA) -> bytes:
    return (place.folder / name).read_bytes()


def form(place: Place, text: str) -> dict[str, str]:
    return {"text": text, "digest": digest_of(body(place))}


def test_a_text_is_saved_whole_with_the_line_ends_that_the_file_had(place: Place) -> None:
    """Notepad's CRLF and its byte order mark stay, whatever a browser sends."""
    (place.folder / AGENDA).write_bytes(b"\xef\xbb\xbf" + body(place).replace(b"\n", b"\r\n"))
    text = body(place).decode("utf-8-sig").replace("Jornada", "Jornada nacional").replace("\r\n", "\n")
    files.saved(place, asked_by(form=form(place, text), **HERE))
    assert body(place).startswith(b"\xef\xbb\xbf")
    assert body(place).count(b"\r\n") == body(place).count(b"\n")
    assert "Jornada nacional" in body(place).decode()


def test_the_problems_stand_beside_the_text_with_their_lines(place: Place) -> None:
    """The words of `agenda check`, each leading to its line."""
    text = body(place).decode().replace("tipo: jornada", "tipo: jornda")
    answer = files.seen(place, asked_by(form=form(place, text), part=True, **HERE))
    line = text.split("\n").index("    tipo: jornda") + 1
    assert f'data-line="{line}"' in answer.body
    assert "¿Quiso decir «jornada»?" in answer.body
    assert b"jornda" not in body(place)


def test_a_text_that_changed_beneath_is_shown_beside_ones_own(place: Place) -> None:
    """Nothing is written; both texts stand on the screen, and the second save overwrites knowingly."""
    mine = form(place, body(place).decode().replace("Jornada", "La mía"))
    (place.folder / AGENDA).write_bytes(body(place).replace(b"Jornada", b"La suya"))
    answer = files.saved(place, asked_by(form=mine, **HERE))
    assert answer.status == 409
    assert "La mía" in answer.body
    assert "La suya" in answer.body
    assert b"La suya" in body(place)
    files.saved(place, asked_by(form={**mine, "digest": digest_of(body(place))}, **HERE))
    assert "La mía" in body(place).decode()


def test_every_saved_state_can_be_had_back(place: Place) -> None:
    """Also one that another program saved: it was kept when it was first seen."""
    first = body(place)
    files.saved(place, asked_by(form=form(place, first.decode().replace("Jornada", "Otra")), **HERE))
    assert [one.by for one in states(place.folder, NOW) if one.file == AGENDA] == ["escritorio local", ""]
    back = asked_by(form={"digest": digest_of(first)}, now=NOW + timedelta(minutes=1), **HERE)
    files.back(place, back)
    assert body(place) == first


def test_the_folder_goes_down_and_up_as_an_archive(place: Place) -> None:
    """What came down, edited in one file, goes up; the others stay untouched."""
    answer = files.down(place, asked_by())
    assert answer.file is not None
    with zipfile.ZipFile(io.BytesIO(answer.file)) as archive:
        texts = {name: archive.read(name) for name in archive.namelist()}
    assert FOLDER not in "".join(texts)
    texts[AGENDA] = texts[AGENDA].replace(b"Jornada", b"De vuelta")
    files.up(place, asked_by(files={"archive": ("agenda.zip", packed({f"config/{k}": v for k, v in texts.items()}))}))
    assert b"De vuelta" in body(place)
    assert body(place, POSTS) == texts[POSTS]


def packed(contents: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return written.getvalue()


@pytest.mark.parametrize("sent", [b"", b"PK\x03\x04 cut short", b"no archive at all"])
def test_what_is_no_archive_is_refused_and_writes_nothing(place: Place, sent: bytes) -> None:
    before = body(place)
    with pytest.raises(files.NoArchive):
        files.up(place, asked_by(files={"archive": ("x.zip", sent)}))
    assert body(place) == before


def test_an_archive_with_a_file_that_is_too_large_writes_none_of_its_files(place: Place) -> None:
    """The bound of the file holds for what it unpacks to, before anything is written."""
    before = body(place, POSTS)
    sent = packed({POSTS: before + b"\n", AGENDA: b"#" * (129 * 1024)})
    with pytest.raises(NotTaken):
        files.up(place, asked_by(files={"archive": ("x.zip", sent)}))
    assert body(place, POSTS) == before


def test_a_file_keeps_its_mode(place: Place) -> None:
    """0660 stays 0660: the next who edits it from Windows is in the same group."""
    (place.folder / AGENDA).chmod(0o660)
    files.saved(place, asked_by(form=form(place, body(place).decode() + "\n"), **HERE))
    assert (place.folder / AGENDA).stat().st_mode & 0o777 == 0o660


def test_a_text_that_was_typed_and_not_saved_is_offered_again(place: Place) -> None:
    files.seen(place, asked_by(form=form(place, "# a medias"), part=True, **HERE))
    assert "no se guardaron" in files.text(place, asked_by(**HERE)).body
    assert "# a medias" in files.text(place, asked_by(query={"typed": "1"}, **HERE)).body
    files.forgotten(place, asked_by(**HERE))
    assert "no se guardaron" not in files.text(place, asked_by(**HERE)).body


def test_a_name_that_is_no_file_of_ours_is_not_there(place: Place) -> None:
    """Nothing outside the folder's five files can be named."""
    for name in ("../agenda.db", ".historial", "otro.yaml"):
        with pytest.raises(NotThere):
            files.text(place, asked_by(names={"name": name}))
