"""A database in which something of everything has happened, and packs of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, insert

from calendars.model.text import OwnWords
from scheduler.evidence.lists import rows_of
from scheduler.evidence.pack import Making, Pack, make
from scheduler.people.handover import HandoverWish, hand_over
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import publish_draft
from scheduler.store.accounts import register
from scheduler.store.accounts.roles import DeskRole, Grant
from scheduler.store.attendance.tables import attendance_files, attendance_seen, attendance_sessions
from scheduler.store.audit.deeds import Deed, What
from scheduler.store.database import Database
from scheduler.store.posts import feed_tokens
from scheduler.store.roll_tables import roll_answers, roll_calls
from scheduler.store.schema import answers, bounces, quarantine
from tests.support.campaign import BASE, TOKENS
from tests.support.changes import AT_EIGHT, LINK, MONDAY, begin, sent, with_event
from tests.support.factories import event, text
from tests.support.ledger import post
from tests.support.smtpd import Reply

LATER = MONDAY + timedelta(days=1)
AUTHOR, MANAGER = "Ana Núñez Ávila", "Beto Cárdenas"
REASON = "Se lo pidió Carla Duarte a la oficina"  # of the change: all its readers got it, and it names somebody
WORDS = "Un saludo de Diego Estrada.\nNos vemos el viernes, a la hora de siempre, en la sala de siempre."
PLAIN_POST = post("uno", post="Sección de Elena Fuentes")
REFUSED = Reply(b"550 5.1.1 gabriela.herrera unknown, says <gabriela.herrera@tokio.example>\r\n")
PEOPLE = (
    PLAIN_POST,
    post("dos", address="gabriela.herrera@tokio.example"),
    replace(post("tres", address="ines@otras.example"), language="en"),
)
# What the redacted pack must not hold, in any case of its letters.
SECRETS = (
    *("uno@tokio.example", "gabriela.herrera", "ines@otras.example", "nueva@tokio.example", "jorge@ine.example"),
    *(AUTHOR, MANAGER, "Carla Duarte", "Diego Estrada", "Nos vemos el viernes", "Elena Fuentes", "Karla Luna"),
    *(LINK, "https://", "http://", "@sedes.example", "Outlook de Mario", "persona-huella"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Packs:
    """Both, and what making them came to."""

    full: Path
    redacted: Path
    made: Pack
    token: str  # of a private calendar


async def live(database: Database) -> str:
    """Publish, remind, move, tell, be refused, answer, hand over. Returns the token of a private calendar."""
    content = with_event(event(), posts=PEOPLE)
    await begin(database, content)
    moved = with_event(event(when=AT_EIGHT, reason=text(REASON)), posts=PEOPLE)
    act = Act(at=MONDAY, author=AUTHOR, reason=f"{REASON}, ines@otras.example", message=OwnWords(es=WORDS, en=WORDS))
    publish_draft(database, moved, act, confirmed=True)
    await sent(database, MONDAY, LATER, RCPT=[REFUSED])
    wish = HandoverWish(recipient="uno", address="nueva@tokio.example")
    hand_over(database, wish, at=LATER, author=AUTHOR, reason=REASON, tokens=TOKENS)
    with database.write() as connection:
        token = feed_tokens.issue(connection, "tokio", LATER, label="Outlook de Mario", recipient="tres")
        register.add(connection, "jorge@ine.example", MANAGER, [Grant(role=DeskRole.PEOPLE)], LATER)
        _insert_the_rest(connection)
    return token


def _insert_the_rest(connection: Connection) -> None:
    uid = f"{event().id}@agenda.example"
    said = {"subject": uid, "event": event().id, "answer": "yes", "via": "link", "at": LATER}
    connection.execute(insert(answers).values(recipient="tres", **said))
    report = {"kind": "soft", "status": "4.2.2", "text": "mailbox of Karla Luna <karla@tokio.example> is full"}
    connection.execute(insert(bounces).values(digest="0" * 64, recipient="tres", at=LATER, **report))
    came_in = {"source": "imap", "reason": "unreadable", "octets": 3, "raw": b"uno@tokio.example"}
    connection.execute(insert(quarantine).values(digest="1" * 64, at=LATER, **came_in))
    connection.execute(insert(roll_calls).values(number=1, at=LATER, author=AUTHOR, ends_at=LATER))
    word = {"holder": 0, "site": "tokio", "at": LATER, "successor": "karla.luna@tokio.example"}
    connection.execute(insert(roll_answers).values(recipient="tres", **word))
    held = {"start": LATER, "end": LATER, "held": 1, "reason": "dice Karla Luna", "author": AUTHOR, "at": LATER}
    connection.execute(insert(attendance_sessions).values(event=event().id, **held))
    read = {"program": "teams-1", "encoding": "utf-16", "zone": "UTC", "date_order": "day-first", "people": 1}
    connection.execute(insert(attendance_files).values(event=event().id, digest="2", at=LATER, author=AUTHOR, **read))
    person = {"name": "persona-huella", "address": "", "other_address": "", "site": "tokio", "matched": "site"}
    seen = {"row": 1, "intervals": "1-2", "span": "1-2", "listed": 0}
    connection.execute(insert(attendance_seen).values(event=event().id, file="2", **person, **seen))


def packed(database: Database, folder: Path, token: str = "") -> Packs:
    """A full pack and a redacted one in a folder."""
    full, redacted = folder / "full", folder / "redacted"
    making = Making(at=LATER, base_url=BASE, answered=False)

    def deed(made: Pack) -> Deed:
        details: dict[str, str | int] = {"files": made.files, "rows": made.rows, "redacted": made.redacted}
        return Deed(who=AUTHOR, what=What.EVIDENCE_MADE, subject=made.head, details=details)

    return Packs(full=full, redacted=redacted, made=make(database, full, making, deed, redacted), token=token)


def listed(folder: Path, name: str) -> list[dict[str, str]]:
    """A list of a pack, by its headings."""
    headings, *rows = rows_of(folder / name)
    return [dict(zip(headings, row, strict=True)) for row in rows]


def files_in(folder: Path) -> list[str]:
    """All of a pack, the manifest too."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
