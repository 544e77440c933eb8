"""The list of posts from Excel: dropped, compared by name and line, put into the draft; the present one taken down."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any

from calendars.catalogue import Phrase
from calendars.model.agenda import Agenda
from calendars.reading.files import POSTS
from scheduler.base.refusal import Refusal
from scheduler.drafts import typed
from scheduler.drafts.history import digest_of
from scheduler.drafts.roster import Dropped, RosterChange, RosterRow, beside_others, compared, dropped, rows_of
from scheduler.drafts.tables import workbooks_of
from scheduler.drafts.typed import Typed
from scheduler.drafts.workbooks.writing import workbook_of
from scheduler.store.accounts.roles import DeskRole
from scheduler.web.desk.asked import Answer, Asked
from scheduler.web.desk.declared import Declared
from scheduler.web.desk.place import Place, moment_in
from scheduler.web.desk.rendering import go, screen
from scheduler.web.desk.screens.operating.scope import require, require_everywhere, sites_of
from scheduler.web.desk.screens.writing import write_file
from scheduler.wording.places import city_name
from scheduler.wording.posts import masked

TITLE = Phrase("Recipients")
HERE = "/desk/roster"
KEPT = "lista"  # the form, among what was typed and not saved
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 200  # rows of each kind
NO_FILE = Phrase("Choose the file first: the list as a workbook (.xlsx) or as a table (.csv).")
GONE = Phrase("That list is not kept any more: drop it again.")
IN_A_WORKBOOK = Phrase("The list stands in the workbook {name}, which this desk does not write: change it there.")


@dataclass(frozen=True, kw_only=True, slots=True)
class PostLine:
    """A post that is new, leaves or is another."""

    id: str
    site: str
    post: str
    address: str  # masked
    line: int
    parts: str  # the columns that differ


def shown(place: Place, asked: Asked) -> Answer:
    """How many posts there are, the way to take them down, and the place to drop a list."""
    rows, under = rows_of(place.files.contents().get(POSTS, b"")), place.in_force()
    zone = "UTC" if under is None else under.edition.agenda.zone
    own = None if under is None else sites_of(under.edition.agenda, asked, DeskRole.EDIT)
    sites = [row.get("sede", "") for row in rows if own is None or row.get("sede", "") in own]
    left = typed.kept(place.folder, asked.who, KEPT, asked.now)
    values = {
        "posts": len(sites),
        "sites": len(set(sites)),
        "readable": bool(rows),
        "left": "" if left is None else moment_in(left.at, zone, asked.language),
        "left_name": "" if left is None else left.fields["name"],
        "saved": asked.query.get("saved", ""),
        "bound": own is not None,
    }
    return screen(asked, "desk/roster.html", TITLE[asked.language], values)


def taken(place: Place, asked: Asked) -> Answer:
    """The present list as a workbook; of who edits some regions, their sites' posts."""
    body, agenda = place.files.contents().get(POSTS, b""), place.agenda()
    own = None if agenda is None else sites_of(agenda, asked, DeskRole.EDIT)
    rows = [row for row in rows_of(body) if own is None or row.get("sede", "") in own]
    return Answer(file=workbook_of(POSTS, rows), name="recipients.xlsx", media=XLSX)


def received(place: Place, asked: Asked) -> Answer:
    """A dropped list: kept, and shown against the one that is there. Nothing of it is in the draft yet."""
    name, content = asked.files.get("list", ("", b""))
    if not content:
        raise Refusal(NO_FILE)
    contents = place.files.contents()
    dropped(name, content, contents)  # a file of another kind is refused before it is kept
    fields = {"name": name, "content": b64encode(content).decode(), "digest": digest_of(contents.get(POSTS))}
    typed.keep(place.folder, asked.who, KEPT, Typed(at=asked.now, fields=fields))
    return go(asked, f"{HERE}/compare")


def seen(place: Place, asked: Asked) -> Answer:
    """The kept list against the one that is there: added, changed, leaving, with names and lines."""
    name, found = _kept(place, asked)
    change = None if found.problems else compared(place.reading(), found)
    agenda = place.agenda()
    values: dict[str, Any] = {
        "name": name,
        "problems": found.problems[:SHOWN],
        "more": max(0, len(found.problems) - SHOWN),
        "change": change,
        "added": _lines(agenda, () if change is None else change.added, asked),
        "changed": _lines(agenda, () if change is None else change.changed, asked),
        "leaving": _lines(agenda, () if change is None else change.leaving, asked),
        "most": SHOWN,
        "digest": digest_of(place.files.contents().get(POSTS)),
    }
    return screen(asked, "desk/roster-compare.html", TITLE[asked.language], values)


def applied(place: Place, asked: Asked) -> Answer:
    """Put it into the draft: as recipients.csv, the former list kept. Nothing is sent before it is published."""
    _, found = _kept(place, asked)
    if found.problems:
        return go(asked, f"{HERE}/compare")
    _refuse_others(place, asked, compared(place.reading(), found))
    if books := workbooks_of(place.folder, POSTS):
        raise Refusal(IN_A_WORKBOOK, name=books[0].name)
    write_file(place, asked, POSTS, found.body, expected=asked.form.one("digest"))
    typed.forget(place.folder, asked.who, KEPT)
    return go(asked, HERE, saved="1")


def forgotten(place: Place, asked: Asked) -> Answer:
    """Give the dropped list up."""
    typed.forget(place.folder, asked.who, KEPT)
    return go(asked, HERE)


def _kept(place: Place, asked: Asked) -> tuple[str, Dropped]:
    left = typed.kept(place.folder, asked.who, KEPT, asked.now)
    if left is None:
        raise Refusal(GONE)
    name, contents, agenda = left.fields["name"], place.files.contents(), place.agenda()
    found = dropped(name, b64decode(left.fields["content"]), contents)
    own = None if agenda is None else sites_of(agenda, asked, DeskRole.EDIT)
    if own is not None and not found.problems:
        found = beside_others(found, contents.get(POSTS, b""), place.reading(), own)
    return name, found


def _refuse_others(place: Place, asked: Asked, change: RosterChange) -> None:
    """Raises NotYours where it changes a post of a region that the person does not edit."""
    agenda = place.agenda()
    if agenda is None:
        require_everywhere(asked, DeskRole.EDIT)
        return
    for site in {row.site for row in change.rows()}:
        require(agenda, asked, DeskRole.EDIT, site)


def _lines(agenda: Agenda | None, rows: tuple[RosterRow, ...], asked: Asked) -> list[PostLine]:
    return [
        PostLine(
            id=one.id,
            site=_city(agenda, one.site, asked),
            post=one.post,
            address=masked(one.address),
            line=one.line,
            parts=", ".join(one.parts),
        )
        for one in rows[:SHOWN]
    ]


def _city(agenda: Agenda | None, key: str, asked: Asked) -> str:
    return key if agenda is None else city_name(agenda, key, asked.language)


SCREENS = (
    Declared(path=HERE, need=DeskRole.EDIT, get=shown, post=received),
    Declared(path=f"{HERE}.xlsx", need=DeskRole.EDIT, get=taken),
    Declared(path=f"{HERE}/compare", need=DeskRole.EDIT, get=seen),
    Declared(path=f"{HERE}/apply", need=DeskRole.EDIT, post=applied),
    Declared(path=f"{HERE}/forget", need=DeskRole.EDIT, post=forgotten),
)
