"""A post handed over to a successor in one dialog: what all three are told is read before it is done."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from calendars.catalogue import LANGUAGES, Phrase
from calendars.model.agenda import Agenda
from calendars.model.text import Language
from calendars.reading.files import POSTS
from scheduler.base.refusal import Refusal
from scheduler.drafts.cells import with_cell
from scheduler.drafts.history import digest_of
from scheduler.people.handover import HandoverWish, NoHandover, enact, hand_over
from scheduler.planning.delivery import Purpose
from scheduler.sending.foresight import foreseen_of
from scheduler.sending.letters import Letters, letters_of
from scheduler.sending.showing import ShownMail, shown_mail
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.audit.deeds import Via
from scheduler.store.ledger import claiming, deliveries
from scheduler.store.ledger.deliveries import Chosen
from scheduler.store.people import handovers
from scheduler.store.people.handovers import Successor
from scheduler.store.posts import roster
from scheduler.store.posts.roster import Post
from scheduler.web.desk.asked import Answer, Asked, NotThere
from scheduler.web.desk.declared import Declared
from scheduler.web.desk.place import Place, moment_in
from scheduler.web.desk.rendering import go, part, screen
from scheduler.web.desk.screens.operating.addresses import COLUMN, NO_POST
from scheduler.web.desk.screens.operating.deliveries import agenda_of
from scheduler.web.desk.screens.operating.scope import require, shown_sites, site_choices
from scheduler.web.desk.screens.operating.words import PURPOSES
from scheduler.web.desk.screens.writing import write_file
from scheduler.wording.languages import own_name
from scheduler.wording.posts import masked, office_of

TITLE = Phrase("Hand a post over")
HERE = "/desk/handover"
TOLD = (Purpose.WELCOME, Purpose.FAREWELL, Purpose.HANDOVER)


def shown(place: Place, asked: Asked) -> Answer:
    """Which post; then the dialog; below, what was handed over so far."""
    agenda, key = agenda_of(place), asked.query.get("post", "")
    if key:
        return _dialog(place, asked, agenda, _post(place, asked, agenda, key))
    site = asked.query.get("site", "")
    with place.database.read() as connection:
        done = handovers.listed(connection)
        posts = roster.of_site(connection, site) if site else []
    sites = shown_sites(agenda, asked, DeskRole.OPERATE)
    own = {one.id for one in sites}
    values = {
        "sites": site_choices(agenda, asked, DeskRole.OPERATE),
        "site": site,
        "posts": [
            (one.recipient.id, one.recipient.post, masked(one.recipient.address)) for one in posts if site in own
        ],
        "done": [
            {
                "moment": moment_in(one.at, agenda.zone, asked.language),
                "post": one.recipient,
                "former": masked(one.former) if one.former else "—",
                "successor": masked(one.successor) if one.successor else "—",
                "by": one.author,
                "reason": one.reason,
                "corrected": one.corrected_at is not None,
            }
            for one in reversed(done)
            if one.site in own
        ],
        "saved": asked.query.get("saved", ""),
        "file": asked.query.get("file", ""),
    }
    return screen(asked, "desk/handover.html", TITLE[asked.language], values)


def seen(place: Place, asked: Asked) -> Answer:
    """The three mails, for what is typed; or why it cannot go there. Nothing is done."""
    agenda = agenda_of(place)
    post = _post(place, asked, agenda, asked.form.one("post"))
    if asked.part:
        return part(asked, "desk/handover-mails.html", _foreseen(place, asked, post))
    return _dialog(place, asked, agenda, post)


def handed(place: Place, asked: Asked) -> Answer:
    """Do it; and put the new address into recipients.csv, if that was wished."""
    agenda = agenda_of(place)
    post = _post(place, asked, agenda, asked.form.one("post"))
    wish, tokens = _wish(asked), place.database.tokens
    try:
        hand_over(place.database, wish, at=asked.now, author=asked.by, reason=asked.form.one("reason"), tokens=tokens)
    except NoHandover:
        return _dialog(place, asked, agenda, post, status=422)
    into_file = bool(asked.form.one("correct")) and _corrected(place, asked, agenda, post, wish.address)
    return go(asked, HERE, saved=wish.recipient, file="1" if into_file else "")


def _dialog(place: Place, asked: Asked, agenda: Agenda, post: Post, *, status: int = 200) -> Answer:
    language = asked.language
    values: dict[str, Any] = {
        "post": post,
        "office": office_of(agenda, post, language),
        "former": masked(post.recipient.address),
        "languages": [(one, own_name(one)) for one in LANGUAGES],
        "form": {name: asked.form.one(name) for name in ("to", "language", "reason")},
        "may_correct": post.origin == "file" and _may_edit(asked, agenda, post),
        **_foreseen(place, asked, post),
    }
    return screen(asked, "desk/handover-dialog.html", TITLE[language], values, status=status)


def _foreseen(place: Place, asked: Asked, post: Post) -> dict[str, Any]:
    """The mails, found out by handing it over and taking that back."""
    if not asked.form.one("to"):
        return {"mails": [], "why": ""}
    to = Successor(address=_wish(asked).address, language=_wish(asked).language, author=asked.by, reason="")
    letters, tokens = letters_of(place.settings, place.database.tokens), place.database.tokens
    try:
        with place.database.suppose() as connection:
            before = claiming.newest(connection)
            enact(connection, _wish(asked), to, at=asked.now, tokens=tokens)
            owed = [
                one
                for purpose in TOLD
                for one in deliveries.listing(connection, Chosen(purpose=purpose, after=before), len(TOLD))
            ]
            mails = [
                (PURPOSES[Purpose(one.purpose)][asked.language], mail)
                for one in owed
                for mail in _written(connection, letters, one.id, asked)
            ]
    except NoHandover as refusal:
        return {"mails": [], "why": " ".join(refusal.lines(asked.language))}
    return {"mails": mails, "why": "", "bad": post.suppressed}


def _written(connection: Connection, letters: Letters, id_: int, asked: Asked) -> list[ShownMail]:
    return [shown_mail(body) for body in foreseen_of(connection, letters, [id_], asked.now)]


def _wish(asked: Asked) -> HandoverWish:
    spoken = asked.form.one("language")
    language: Language | None = next((one for one in LANGUAGES if one == spoken), None)
    return HandoverWish(
        recipient=asked.form.one("post"),
        address=asked.form.one("to"),
        language=language,
        via=Via.DESK,
        who=asked.who,
    )


def _corrected(place: Place, asked: Asked, agenda: Agenda, post: Post, address: str) -> bool:
    """False where the file cannot take it: it says so itself, and the list names what is to be corrected."""
    contents = place.files.contents()
    if post.origin != "file" or not (place.folder / POSTS).is_file() or not _may_edit(asked, agenda, post):
        return False
    before = contents[POSTS]
    try:
        body = with_cell(before, post.recipient.id, COLUMN, address)
        write_file(place, asked, POSTS, body, expected=digest_of(before))
    except Refusal:
        return False
    return True


def _may_edit(asked: Asked, agenda: Agenda, post: Post) -> bool:
    site = agenda.site(post.recipient.site)
    return asked.person.may(DeskRole.EDIT, "" if site is None else site.region)


def _post(place: Place, asked: Asked, agenda: Agenda, key: str) -> Post:
    with place.database.read() as connection:
        found = roster.find(connection, key)
    if found is None or not found.confirmed:
        raise NotThere(NO_POST, name=key)
    require(agenda, asked, DeskRole.OPERATE, found.recipient.site)
    return found


SCREENS = (
    Declared(path=HERE, need=DeskRole.OPERATE, get=shown, post=handed),
    Declared(path=f"{HERE}/look", need=DeskRole.OPERATE, post=seen),
)
