"""Bad addresses: whose they are, what their posts missed, corrected where they stand; doubted reports; what came in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from calendars.catalogue import Phrase
from calendars.model.agenda import Agenda
from calendars.model.people import Recipient
from calendars.reading.addresses import address as checked
from calendars.reading.configuration import read
from calendars.reading.files import POSTS
from calendars.reading.problems import Wrong
from scheduler.base.refusal import Refusal
from scheduler.drafts.cells import NoCell, cell, with_cell
from scheduler.drafts.history import digest_of
from scheduler.people import addresses
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.ledger.deliveries import Listed
from scheduler.store.people import bounces, doubts, handovers, quarantine
from scheduler.store.posts import roster
from scheduler.store.posts.roster import Post
from scheduler.web.desk.asked import Answer, Asked, NotThere
from scheduler.web.desk.declared import Declared
from scheduler.web.desk.place import Place, moment_in
from scheduler.web.desk.rendering import go, part, screen
from scheduler.web.desk.screens.operating.deliveries import DeliveryLine, agenda_of, line_of
from scheduler.web.desk.screens.operating.scope import operator_of, require, require_everywhere, sites_of
from scheduler.web.desk.screens.writing import write_file
from scheduler.wording.places import city_name
from scheduler.wording.posts import masked, office_of

TITLE = Phrase("Addresses")
HERE = "/desk/addresses"
NO_POST = Phrase("There is no post “{name}” on the list.")
NO_MESSAGE = Phrase("That message is not kept here any more.")
NO_FILE = Phrase("recipients.csv is not in the folder: correct the address where the list of posts stands.")
OF_NOBODY = Phrase("This post signed up by itself: its address is its own, and stands in no file.")
DECIDED = Phrase("Choose for each report whether it is believed.")
COLUMN = "correo"


@dataclass(frozen=True, kw_only=True, slots=True)
class AddressLine:
    """A post whose address counts as bad, or that a doubted report is about."""

    post: str
    site: str
    address: str  # masked
    moment: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AsideLine:
    """A message that came in and could not be read."""

    digest: str
    moment: str
    source: str
    reason: str
    size: int  # KB
    kept: bool


def listed(place: Place, asked: Asked) -> Answer:
    """Bad addresses, reports in doubt, and messages that were set aside."""
    agenda = agenda_of(place)
    own = sites_of(agenda, asked, DeskRole.SEE)
    with place.database.read() as connection:
        bad = [one for one in bounces.suppressed(connection) if own is None or one.site in own]
        doubted = [one for one in doubts.undecided(connection, asked.now) if own is None or one.site in own]
        aside = quarantine.listed(connection) if asked.person.everywhere(DeskRole.OPERATE) else []

    def line(post: str, site: str, address: str, at: datetime, why: str) -> AddressLine:
        moment = moment_in(at, agenda.zone, asked.language)
        return AddressLine(post=post, site=_city(agenda, site, asked), address=masked(address), moment=moment, why=why)

    values = {
        "bad": [line(one.recipient, one.site, one.address, one.since, one.why) for one in bad],
        "doubted": [line(one.recipient, one.site, one.address, one.at, f"{one.status} {one.text}") for one in doubted],
        "aside": [
            AsideLine(
                digest=one.digest,
                moment=moment_in(one.at, agenda.zone, asked.language),
                source=one.source,
                reason=one.reason,
                size=-(-one.octets // 1024),
                kept=one.kept,
            )
            for one in aside
        ],
        "saved": asked.query.get("saved", ""),
        "n": asked.query.get("n", "0"),
        "zone": agenda.zone,
    }
    return screen(asked, "desk/addresses.html", TITLE[asked.language], values)


def one(place: Place, asked: Asked) -> Answer:
    """A post: what it missed, its address to be corrected, and what it will then be sent."""
    agenda, found = agenda_of(place), _post(place, asked, DeskRole.SEE)
    written = _written(place, found)
    with place.database.read() as connection:
        stands = addresses.missed(connection, found.recipient.id, asked.now)
        why = next((one for one in bounces.suppressed(connection) if one.recipient == found.recipient.id), None)
        stale = () if written is None else handovers.uncorrected(connection, [written])
    values = {
        "post": found,
        "office": office_of(agenda, found, asked.language),
        "address": masked(found.recipient.address),
        "whole": found.recipient.address if asked.person.may(DeskRole.EDIT, _region(agenda, found)) else "",
        "why": why,
        "since": "" if why is None else moment_in(why.since, agenda.zone, asked.language),
        "missed": _lines(agenda, stands.missed, asked),
        "corrected": not stale and _differs(written, found),
        "stale": bool(stale),
        "saved": asked.query.get("saved", ""),
        "n": asked.query.get("n", "0"),
        "may_edit": asked.person.may(DeskRole.EDIT, _region(agenda, found)),
        "may_lift": asked.person.may(DeskRole.OPERATE, _region(agenda, found)),
    }
    return screen(asked, "desk/address.html", office_of(agenda, found, asked.language), values)


def comes(place: Place, asked: Asked) -> Answer:
    """What the post would be sent: once it is written to again, or once the files are published as they are saved."""
    agenda, found = agenda_of(place), _post(place, asked, DeskRole.SEE)
    id_, written = found.recipient.id, _written(place, found)
    draft = place.draft() if _differs(written, found) else None
    if draft is not None:
        waits: Sequence[Listed] = addresses.with_draft(place.database, draft, id_, asked.now)
    elif found.suppressed:
        waits = addresses.when_lifted(place.database, id_, asked.now)
    else:
        with place.database.read() as connection:
            waits = addresses.missed(connection, id_, asked.now).waiting
    office = office_of(agenda, found, asked.language)
    values = {
        "waits": _lines(agenda, waits, asked),
        "corrected": draft is not None,
        "suppressed": found.suppressed,
        "office": office,
        "post": id_,
    }
    if asked.part:
        return part(asked, "desk/address-comes.html", values)
    return screen(asked, "desk/address-comes.html", office, values)


def corrected(place: Place, asked: Asked) -> Answer:
    """Another address in recipients.csv, on the line of the post; every other byte of the file stays."""
    found = _post(place, asked, DeskRole.EDIT)
    id_ = found.recipient.id
    if found.origin != "file":
        raise Refusal(OF_NOBODY)
    contents = place.files.contents()
    if not (place.folder / POSTS).is_file():
        raise Refusal(NO_FILE)
    try:
        address = checked(asked.form.one("address"))
    except Wrong as wrong:
        raise Refusal(wrong.message) from wrong
    before = contents[POSTS]
    body = with_cell(before, id_, COLUMN, address)
    _refuse_worse(contents, {**contents, POSTS: body})
    write_file(place, asked, POSTS, body, expected=digest_of(before))
    return go(asked, f"{HERE}/{id_}", saved="corrected")


def lifted(place: Place, asked: Asked) -> Answer:
    """The address is right after all: write there again."""
    found = _post(place, asked, DeskRole.OPERATE)
    n = operator_of(place, asked).lift(found.recipient.id)
    return go(asked, f"{HERE}/{found.recipient.id}", saved="lifted", n=str(n))


def judged(place: Place, asked: Asked) -> Answer:
    """The doubted reports that were ticked: believed, or not."""
    agenda, names = agenda_of(place), asked.form.fields.get("post", [])
    verdict = asked.form.one("verdict")
    if not names or verdict not in ("accept", "dismiss"):
        raise Refusal(DECIDED)
    with place.database.read() as connection:
        about = {one.recipient: one.site for one in doubts.undecided(connection, asked.now)}
    for name in names:
        if name in about:
            require(agenda, asked, DeskRole.OPERATE, about[name])
    yes, no = (names, []) if verdict == "accept" else ([], names)
    found = operator_of(place, asked).judge(yes, no)
    return go(asked, HERE, saved=verdict, n=str(found.believed + found.rejected))


def message(place: Place, asked: Asked) -> Answer:
    """A message that was set aside and is kept here, to be saved."""
    require_everywhere(asked, DeskRole.OPERATE)
    with place.database.read() as connection:
        raw = quarantine.message(connection, asked.names["digest"])
    if raw is None:
        raise NotThere(NO_MESSAGE)
    operator_of(place, asked).saved_quarantined(1)
    return Answer(file=raw, name=f"{asked.names['digest'][:16]}.eml", media="message/rfc822")


def forgotten(place: Place, asked: Asked) -> Answer:
    """Drop those that were ticked from the list, and from here."""
    require_everywhere(asked, DeskRole.OPERATE)
    n = operator_of(place, asked).forget_quarantined(asked.form.fields.get("digest", []))
    return go(asked, HERE, saved="forgotten", n=str(n))


def _post(place: Place, asked: Asked, role: DeskRole) -> Post:
    """The post of the path, if the person has the role for its site. Raises NotThere, NotYours."""
    with place.database.read() as connection:
        found = roster.find(connection, asked.names["post"])
    if found is None or not found.confirmed:
        raise NotThere(NO_POST, name=asked.names["post"])
    require(agenda_of(place), asked, role, found.recipient.site)
    return found


def _written(place: Place, found: Post) -> Recipient | None:
    """The post with the address that its line in recipients.csv has; None where it has none there."""
    path = place.folder / POSTS
    if found.origin != "file" or not path.is_file():
        return None
    try:
        return replace(found.recipient, address=cell(path.read_bytes(), found.recipient.id, COLUMN))
    except NoCell:
        return None


def _differs(written: Recipient | None, found: Post) -> bool:
    """Has the file another address for the post than it has?"""
    return written is not None and written.address.lower() != found.recipient.address.lower()


def _refuse_worse(before: dict[str, bytes], after: dict[str, bytes]) -> None:
    """Raises Refusal where the file would have a problem that it has not: the address stands at its site already."""
    known = {(one.rule, one.line, one.value) for one in read(before).problems}
    new = (one for one in read(after).problems if one.file == POSTS and (one.rule, one.line, one.value) not in known)
    wrong = next(new, None)
    if wrong is not None:
        raise Refusal(wrong.message)


def _lines(agenda: Agenda, found: Sequence[Listed], asked: Asked) -> list[DeliveryLine]:
    return [line_of(agenda, one, asked.language) for one in found]


def _region(agenda: Agenda, found: Post) -> str:
    site = agenda.site(found.recipient.site)
    return "" if site is None else site.region


def _city(agenda: Agenda, key: str, asked: Asked) -> str:
    return city_name(agenda, key, asked.language)


SCREENS = (
    Declared(path=HERE, need=DeskRole.SEE, get=listed),
    Declared(path=f"{HERE}/reports", need=DeskRole.OPERATE, post=judged),
    Declared(path=f"{HERE}/messages", need=DeskRole.OPERATE, post=forgotten),
    Declared(path=f"{HERE}/messages/{{digest}}", need=DeskRole.OPERATE, get=message),
    Declared(path=f"{HERE}/{{post}}", need=DeskRole.SEE, get=one),
    Declared(path=f"{HERE}/{{post}}/comes", need=DeskRole.SEE, get=comes),
    Declared(path=f"{HERE}/{{post}}/correct", need=DeskRole.EDIT, post=corrected),
    Declared(path=f"{HERE}/{{post}}/lift", need=DeskRole.OPERATE, post=lifted),
)
