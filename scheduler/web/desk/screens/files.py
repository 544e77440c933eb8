"""The files as text: each with its problems beside it, all their states, and the whole folder down and up as .zip."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from calendars.catalogue import Phrase
from calendars.model.agenda import Problem
from calendars.reading.configuration import read
from calendars.reading.files import AGENDA, FILES, LIMITS, POSTS
from calendars.reading.tables.columns import COLUMNS
from scheduler.base.refusal import Refusal
from scheduler.drafts import typed
from scheduler.drafts.encoding import body_of, text_of
from scheduler.drafts.files import without_posts
from scheduler.drafts.history import FileState, digest_of
from scheduler.drafts.patching import AsText, Events
from scheduler.drafts.saving import ChangedBeneath, packed, refuse, state, states
from scheduler.drafts.tables import workbooks_of
from scheduler.store.accounts.roles import DeskRole
from scheduler.web.desk.asked import Answer, Asked, NotThere
from scheduler.web.desk.declared import Declared
from scheduler.web.desk.place import Place, moment_in
from scheduler.web.desk.rendering import go, part, screen
from scheduler.web.desk.screens.bounds import everywhere
from scheduler.web.desk.screens.writing import write_file

TITLE = Phrase("Files")
NO_FILE = Phrase("There is no file “{name}” among those of the configuration.")
IN_A_WORKBOOK = Phrase("{file} is read from the workbook {workbook}: edit that in Excel.")
TOO_LONG = Phrase(
    "A text field is too small for {file} ({size} KB): take the folder down, edit it, and put the folder up again."
)
NO_ARCHIVE = Phrase("That is no .zip archive with files of the configuration.")
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others may want any amount of memory
BROKEN_ARCHIVE = (  # what the library raises where an offset, a name, a size or the packed bytes are wrong
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    zlib.error,
    struct.error,
)
EDITABLE = 256 * 1024  # bytes that a text field is given; a larger file is taken down, and put back
STATES = 50  # that are listed
PROGRAM = Phrase("another program")


@dataclass(frozen=True, kw_only=True, slots=True)
class FileLine:
    """One file of the folder."""

    name: str
    there: bool
    workbook: str  # that is read in its place; "" where none is
    size: int  # KB
    problems: int
    saved: str  # «mar 9 nov, 09:12 h, Ana»; "" where no state is known


@dataclass(frozen=True, kw_only=True, slots=True)
class StateLine:
    """One earlier state of a file."""

    file: str
    digest: str
    moment: str
    by: str
    now: bool  # it is what the file holds


class InAWorkbook(Refusal):
    """The file is not edited as text."""

    status = 409


class NoArchive(Refusal):
    """What was sent is no archive of our files."""


@everywhere(DeskRole.EDIT)
def listed(place: Place, asked: Asked) -> Answer:
    """The files, with how many problems each has, and their states."""
    contents, found = place.files.contents(), place.reading()
    kept = states(place.folder, asked.now)
    zone = place.zone
    latest = {one.file: one for one in reversed(kept)}
    lines = [
        FileLine(
            name=name,
            there=name in contents,
            workbook=_workbook(place, name),
            size=(len(contents.get(name, b"")) + 1023) // 1024,
            problems=sum(problem.file == name for problem in found.problems),
            saved=_saved(latest[name], zone, asked) if name in latest else "",
        )
        for name in FILES
    ]
    holds = {name: digest_of(body) for name, body in contents.items()}
    earlier = [_state(one, holds.get(one.file, ""), zone, asked) for one in kept[:STATES]]
    values = {"lines": lines, "states": earlier, "problems": found.problems, "notice": asked.query.get("put", "")}
    return screen(asked, "desk/files.html", TITLE[asked.language], values)


@everywhere(DeskRole.EDIT)
def text(place: Place, asked: Asked) -> Answer:
    """One file in a text field, its problems beside it."""
    name = _name(asked)
    if workbook := _workbook(place, name):
        raise InAWorkbook(IN_A_WORKBOOK, file=name, workbook=workbook)
    body = place.files.contents().get(name, b"")
    if len(body) > EDITABLE:
        raise InAWorkbook(TOO_LONG, file=name, size=len(body) // 1024)
    written, digest = text_of(name, body) if body else "", digest_of(body or None)
    left = typed.kept(place.folder, asked.who, name, asked.now)
    if left is not None and asked.query.get("typed"):
        written, digest, left = left.fields["text"], left.fields["digest"], None
    values = {"typed_at": "" if left is None else moment_in(left.at, place.zone, asked.language)}
    return _text(place, asked, written, digest, values)


@everywhere(DeskRole.EDIT)
def seen(place: Place, asked: Asked) -> Answer:
    """What is wrong with the text as typed; nothing is written to the file."""
    name, written = _name(asked), _written(asked)
    refuse(name, len(written.encode()))
    fields = {"text": written, "digest": asked.form.one("digest")}
    typed.keep(place.folder, asked.who, name, typed.Typed(at=asked.now, fields=fields))
    problems = _problems(place, name, written)
    if asked.part:
        return part(asked, "desk/file-problems.html", {"problems": problems, "name": name})
    return _text(place, asked, written, asked.form.one("digest"), {})


@everywhere(DeskRole.EDIT)
def saved(place: Place, asked: Asked) -> Answer:
    """Write the text, unless the file changed beneath it: then both are shown."""
    name, written = _name(asked), _written(asked)
    before = place.files.contents().get(name, b"")
    try:
        body = body_of(written, before)
        write_file(place, asked, name, body, expected=asked.form.one("digest"))
    except ChangedBeneath as error:
        theirs = error.theirs or b""
        values = {
            "theirs": text_of(name, theirs) if theirs else "",
            "by": "" if error.by is None else _saved(error.by, place.zone, asked),
        }
        return _text(place, asked, written, digest_of(error.theirs), values, status=409)
    typed.forget(place.folder, asked.who, name)
    return go(asked, f"/desk/files/{name}", saved="1")


@everywhere(DeskRole.EDIT)
def forgotten(place: Place, asked: Asked) -> Answer:
    """Give up what was typed and not saved."""
    typed.forget(place.folder, asked.who, _name(asked))
    return go(asked, f"/desk/files/{_name(asked)}")


@everywhere(DeskRole.EDIT)
def down(place: Place, asked: Asked) -> Answer:
    """The whole folder as an archive."""
    return Answer(file=packed(place.files.contents()), name="agenda-consular.zip", media="application/zip")


@everywhere(DeskRole.EDIT)
def up(place: Place, asked: Asked) -> Answer:
    """The files of an archive in the place of those that are there; each former state is kept."""
    _, body = asked.files.get("archive", ("", b""))
    found = _unpacked(body)
    contents = place.files.contents()
    for name, content in found.items():
        if content != contents.get(name):
            write_file(place, asked, name, content, expected=digest_of(contents.get(name)))
    return go(asked, "/desk/files", put=str(len(found)))


@everywhere(DeskRole.EDIT)
def earlier(place: Place, asked: Asked) -> Answer:
    """One state of a file, to be looked at or taken down."""
    name = _name(asked)
    body = state(place.folder, name, asked.names["digest"])
    return Answer(file=body, name=name, media="text/plain; charset=utf-8")


@everywhere(DeskRole.EDIT)
def back(place: Place, asked: Asked) -> Answer:
    """Put an earlier state of a file in the place of what it holds now, which is kept, too."""
    name = _name(asked)
    body = state(place.folder, name, asked.form.one("digest"))
    write_file(place, asked, name, body, expected=digest_of(place.files.contents().get(name)))
    return go(asked, f"/desk/files/{name}", saved="1")


def _text(
    place: Place, asked: Asked, written: str, digest: str, values: Mapping[str, str], *, status: int = 200
) -> Answer:
    name = _name(asked)
    given = {
        "name": name,
        "text": written,
        "digest": digest,
        "line": _line(written, asked.query.get("event", "")) if name == AGENDA else 0,
        "problems": _problems(place, name, written),
        "saved": bool(asked.query.get("saved")),
        "typed_at": "",
        "theirs": None,
        "by": "",
        **values,
    }
    return screen(asked, "desk/file.html", name, given, status=status)


def _problems(place: Place, name: str, written: str) -> tuple[Problem, ...]:
    contents = place.files.contents()
    files = {**contents, name: body_of(written, contents.get(name, b""))}
    read_so = files if name == POSTS else without_posts(files)
    return tuple(one for one in read(read_so).problems if one.file == name)


def _line(written: str, event: str) -> int:
    """Where an event begins in the text; 0 where none is meant."""
    try:
        events = Events(written)
    except AsText:
        return 0
    return written.count("\n", 0, events.lines(event).start) + 1 if event in events.ids else 0


def _unpacked(body: bytes) -> dict[str, bytes]:
    """The files of the configuration in an archive, whatever folder they lie in. Raises NoArchive; NotTaken."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            found = {}
            for entry in archive.infolist():
                name = entry.filename.rpartition("/")[2]
                if name in FILES and name not in found:
                    if entry.compress_type not in PACKINGS:
                        raise NoArchive(NO_ARCHIVE)
                    refuse(name, entry.file_size)
                    with archive.open(entry) as file:
                        found[name] = file.read(LIMITS[name] + 1)
                    refuse(name, len(found[name]))
    except BROKEN_ARCHIVE as error:
        raise NoArchive(NO_ARCHIVE) from error
    if not found:
        raise NoArchive(NO_ARCHIVE)
    return found


def _state(one: FileState, holds: str, zone: str, asked: Asked) -> StateLine:
    return StateLine(
        file=one.file,
        digest=one.digest,
        moment=moment_in(one.at, zone, asked.language),
        by=one.by or PROGRAM[asked.language],
        now=one.digest == holds,
    )


def _saved(one: FileState, zone: str, asked: Asked) -> str:
    return f"{moment_in(one.at, zone, asked.language)}, {one.by or PROGRAM[asked.language]}"


def _workbook(place: Place, name: str) -> str:
    """The workbook that is read in the place of a table; "" of a file that is there itself."""
    if name not in COLUMNS or (place.folder / name).is_file():
        return ""
    return next((one.name for one in workbooks_of(place.folder, name)), "")


def _name(asked: Asked) -> str:
    name = asked.names["name"]
    if name not in FILES:
        raise NotThere(NO_FILE, name=name)
    return name


def _written(asked: Asked) -> str:
    return next(iter(asked.form.fields.get("text", ())), "").replace("\r\n", "\n")


SCREENS = (
    Declared(path="/desk/files", need=DeskRole.EDIT, get=listed),
    Declared(path="/desk/files.zip", need=DeskRole.EDIT, get=down, post=up),
    Declared(path="/desk/files/{name}", need=DeskRole.EDIT, get=text, post=saved),
    Declared(path="/desk/files/{name}/look", need=DeskRole.EDIT, post=seen),
    Declared(path="/desk/files/{name}/forget", need=DeskRole.EDIT, post=forgotten),
    Declared(path="/desk/files/{name}/back", need=DeskRole.EDIT, post=back),
    Declared(path="/desk/files/{name}/states/{digest}", need=DeskRole.EDIT, get=earlier),
)
