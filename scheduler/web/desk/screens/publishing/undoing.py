"""After publishing: the countdown to the first mail that would leave, and Undo until then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from calendars.catalogue import Phrase
from calendars.model.text import Language
from calendars.wording import and_list
from scheduler.drafts.files import KEPT
from scheduler.drafts.history import digest_of
from scheduler.drafts.returning import refuse_read_only, workbooks_aside
from scheduler.drafts.saving import put_in_place, states
from scheduler.publishing.in_words import moment_at_home
from scheduler.publishing.prospect import Act, Prospect, Seen, beside
from scheduler.publishing.publish import NothingToPublish, SeenOtherwise
from scheduler.publishing.rollback import NoWayBack, prospect_back, returning, roll_back
from scheduler.publishing.undo import REASON, UndoWindow, countdown, undo_lines
from scheduler.store import editions
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.audit.deeds import Via
from scheduler.web.desk.asked import Answer, Asked
from scheduler.web.desk.declared import Declared
from scheduler.web.desk.place import Place
from scheduler.web.desk.rendering import go, part, screen
from scheduler.web.desk.screens.publishing.offers import Candidate, CandidateSource
from scheduler.web.desk.screens.publishing.putting import author
from scheduler.web.desk.screens.publishing.regions import BeyondRegion, refuse_beyond

TITLE = Phrase("Undo edition {number}")
LOOKED = Phrase("Since you looked, something has left or was published. Nothing was undone; this is how it stands now.")
OVER = Phrase("A notice of it has left already, or something else is in force by now. To go back, choose an edition.")
SAME = Phrase("What is in force says the same as the edition before: there is nothing to undo.")
NO_FILES = Phrase("The files of edition {number} were not kept: correct the draft by hand afterwards.")
EDITED = Phrase("{files} were edited since it was published, by {by}: they stay as they are unless you tick the box.")
SOMEBODY = Phrase("another program")


@dataclass(frozen=True, kw_only=True, slots=True)
class FilesBack:
    """Whether the draft can go back as well."""

    possible: bool
    chosen: bool  # nobody edited them since
    remark: str  # "" where there is nothing to say


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """What the countdown shows."""

    edition: int
    undoes_to: int
    moment: str  # until when, by the agenda's clock; "" where nothing leaves because of it
    until: str  # the same for a script, ISO 8601; ""
    now: str  # ISO 8601, of the server
    halted: bool
    runs: bool
    people: int  # who would be written to by undoing it
    lines: tuple[str, ...]  # what undoing does, and what it cannot
    files: FilesBack
    beyond: str  # why this person may not; ""


def panel(place: Place, asked: Asked) -> Panel | None:
    """None where there is nothing that could be undone before a notice of it has left."""
    with place.database.read() as connection:
        running = countdown(connection)
        if running is None or not running.offered(asked.now):
            return None
        try:
            offered = _offer(place, running)
            found = prospect_back(connection, running.undoes_to, offered.draft, Act(at=asked.now))
        except NoWayBack:
            return None
        if found.unchanged:
            return None
        try:
            refuse_beyond(connection, asked.person, offered, found, beside(connection, found, offered.draft))
            beyond = ""
        except BeyondRegion as refusal:
            beyond = refusal.why[asked.language]
        ours, theirs = (editions.files_of(connection, one) for one in (running.edition, running.undoes_to))
    return _panel(running, found, asked, _files_back(place, asked, running, ours, theirs), beyond)


def runs(place: Place, now: datetime) -> bool:
    """Is there a countdown? Cheap: it reads figures alone."""
    with place.database.read() as connection:
        running = countdown(connection)
    return running is not None and running.runs(now)


def shown(place: Place, asked: Asked) -> Answer:
    """The countdown by itself: as a part of another screen, or as a screen."""
    found = panel(place, asked)
    values = {"undo": found, "problem": "" if found else OVER[asked.language]}
    if asked.part:
        return part(asked, "desk/undo.html", values)
    number = "" if found is None else found.edition
    return screen(asked, "desk/undo.html", TITLE.say(asked.language, number=number), values)


def undone(place: Place, asked: Asked) -> Answer:
    """Put the edition before in force again, and its files into the draft, if that is wanted."""
    found = panel(place, asked)
    form, lang = asked.form, asked.language
    if found is None or form.one("edition") != str(found.edition):
        return _again(asked, found, OVER)
    if form.one("people") != str(found.people):
        return _again(asked, found, LOOKED)
    if found.beyond:
        return _again(asked, found, None, found.beyond)
    wanted = bool(form.one("files")) and found.files.possible
    if wanted:
        refuse_read_only(place.folder)
    act = Act(
        at=asked.now,
        author=author(asked),
        via=Via.DESK,
        by=asked.person.id or "",
        reason=REASON.say(lang, number=found.edition),
        seen=Seen(edition=found.edition, people=found.people, exactly=True),
    )
    try:
        done = roll_back(place.database, found.undoes_to, act, confirmed=True, asked_above=place.settings.asked_above)
    except SeenOtherwise:
        return _again(asked, panel(place, asked), LOOKED)
    except NothingToPublish:
        return _again(asked, found, SAME)
    number = done.prospect.publication.edition.number
    changed = put_back(place, asked, found.undoes_to) if wanted else ()
    return go(asked, f"/desk/editions/{number}", undone=str(found.edition), files=",".join(changed))


def put_back(place: Place, asked: Asked, number: int) -> tuple[str, ...]:
    """The files of an edition into the draft; what stood there is kept as states. Returns which were others."""
    with place.database.read() as connection:
        files = editions.files_of(connection, number)
    if not files:
        return ()
    names = workbooks_aside(place.folder, files, number)
    return put_in_place(place.folder, files, names, at=asked.now, by=author(asked))


def _again(asked: Asked, found: Panel | None, why: Phrase | None, text: str = "") -> Answer:
    said = text if why is None else why[asked.language]
    title = TITLE.say(asked.language, number="" if found is None else found.edition)
    return screen(asked, "desk/undo.html", title, {"undo": found, "problem": said}, status=409)


def _offer(place: Place, running: UndoWindow) -> Candidate:
    with place.database.read() as connection:
        draft = returning(connection, running.undoes_to)
    return Candidate(
        source=CandidateSource.BACK, draft=draft, in_force=running.edition, seal="", number=running.undoes_to
    )


def _panel(running: UndoWindow, found: Prospect, asked: Asked, files: FilesBack, beyond: str) -> Panel:
    until, zone = running.until, found.publication.edition.agenda.zone
    return Panel(
        edition=running.edition,
        undoes_to=running.undoes_to,
        moment="" if until is None else moment_at_home(until, zone, asked.language, asked.now),
        until="" if until is None else until.isoformat(),
        now=asked.now.isoformat(),
        halted=running.halted,
        runs=running.runs(asked.now),
        people=found.people,
        lines=tuple(undo_lines(found, running, asked.now, asked.language)),
        files=files,
        beyond=beyond,
    )


def _files_back(
    place: Place, asked: Asked, running: UndoWindow, ours: dict[str, bytes], theirs: dict[str, bytes]
) -> FilesBack:
    """`ours`: the files of the edition in force; `theirs`: of the one before."""
    lang = asked.language
    if not theirs:
        return FilesBack(possible=False, chosen=False, remark=NO_FILES.say(lang, number=running.undoes_to))
    there = place.files.contents()
    others = [name for name in KEPT if digest_of(there.get(name)) != digest_of(ours.get(name))]
    if not ours or not others:
        return FilesBack(possible=True, chosen=not others, remark="")
    hands = dict.fromkeys(_hand(place, asked, name, lang) for name in others)
    remark = EDITED.say(lang, files=and_list(others, lang), by=and_list(list(hands), lang))
    return FilesBack(possible=True, chosen=False, remark=remark)


def _hand(place: Place, asked: Asked, name: str, lang: Language) -> str:
    latest = next((one for one in states(place.folder, asked.now) if one.file == name), None)
    return latest.by if latest is not None and latest.by else SOMEBODY[lang]


SCREENS = (
    Declared(path="/desk/undo", need=DeskRole.SEE, get=shown),
    Declared(path="/desk/undo", need=DeskRole.PUBLISH, post=undone, sensitive=True),
)
