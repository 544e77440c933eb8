"""The shipped campaign of 2021–22 as a report finds it: rehearsed with three changes, answered, attended, bounced."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from calendars.model.text import Language
from calendars.zones import rules_digest
from scheduler.planning.rolls import ClockWord
from scheduler.printing.blocks import Document, Grid, Heading, Items, Paragraph, Picture
from scheduler.reporting.commission.figures import CommissionFigures
from scheduler.reporting.commission.gather import ReportWanted, gather
from scheduler.reporting.commission.informe import informe
from scheduler.store import editions
from scheduler.store.attendance.tables import attendance_sessions, attendance_typed
from scheduler.store.database import Database
from scheduler.store.posts import answers, feed_tokens, roll_answers
from scheduler.store.posts.answers import PostAnswer, Reply
from scheduler.store.posts.feed_tokens import Poll
from scheduler.store.roll_tables import roll_calls
from tests.support.checkout import CONFIG
from tests.support.command_line import agenda
from tests.support.ledger import TOKENS

ASIA, EUROPE = "taller-asia-pacifico-2021", "taller-europa-2021"
LATIN, NORTH = "taller-america-latina-y-el-caribe-2021", "taller-america-del-norte-2021"
MIDDLE, DRIVE = "taller-medio-oriente-y-africa-2021", "jornada-credencializacion-2022"
SINCE = {ASIA: 1, MIDDLE: 1, NORTH: 1, EUROPE: 2, LATIN: 3, DRIVE: 4}  # the edition from which each stands as it does
AT = datetime(2022, 2, 3, 18, tzinfo=UTC)  # two days before the drive: 12:00 in Mexico City
SCRIPT = """\
formato: 1
pasos:
  - cuando: 2021-10-20 11:00
    motivo: "La sala no está disponible"
    eventos:
      taller-europa-2021:
        fecha: 2021-10-27
        dia: miércoles
        hora: "08:30"
        motivo: {es: "La sala no está disponible", en: "The room is not available"}
  - cuando: 2021-10-27 08:00
    motivo: "Fallas de la red"
    eventos:
      taller-america-latina-y-el-caribe-2021:
        estado: cancelado
        motivo: {es: "Hay una falla de la red", en: "There is a network failure"}
  - cuando: 2022-01-10 12:00
    motivo: "Se confirma la jornada"
    eventos:
      jornada-credencializacion-2022:
        {estado: confirmado, fecha: 2022-02-05, hasta: null, dia: sábado, supuesto: null}
"""
SAID = {  # of the workshop for Asia Pacific, by the posts' sites
    "tokio": Reply.YES, "seul": Reply.YES, "hanoi": Reply.YES, "singapur": Reply.NO, "manila": Reply.MAYBE,
}  # fmt: skip
PRESENT = {"tokio": 3, "seul": 1, "nueva-delhi": 2, "canberra": 0}  # people who came to it
CLOCKS = {"tokio": 0, "seul": 1, "madrid": 60}  # minutes by which posts say that their clocks are ahead


def played(folder: Path) -> Path:
    """The database of the rehearsal, as an installation's own: two days after its last mail."""
    script, database = folder / "guion.yaml", folder / "played.db"
    script.write_text(SCRIPT, encoding="utf-8")
    wanted = ["--script", str(script), "--outbox", str(folder / "outbox"), "--database", str(database)]
    done = agenda("rehearse", "--config", str(CONFIG), *wanted)
    assert done.exit_code == 0, done.output
    sql(database, "DELETE FROM controls WHERE name = 'rehearsal'")
    return database


def copied(file: Path, folder: Path, name: str = "agenda.db") -> Path:
    """A copy to be changed."""
    return Path(shutil.copyfile(file, folder / name))


def sql(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def rows(file: Path, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """What plain SQL finds, past everything that the program knows."""
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.execute(statement, values))


def number(file: Path, statement: str, *values: object) -> int:
    [(found,)] = rows(file, statement, *values)
    assert isinstance(found, int)
    return found


@contextmanager
def opened(file: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{file}", tokens=TOKENS)
    try:
        yield database
    finally:
        database.close()


def happen(file: Path) -> None:
    """Answers, a calendar that was read, a bounce, a doubt, attendance typed, and a roll call with its answers."""
    with opened(file) as database, database.write() as connection:
        found = editions.load(connection)
        assert found is not None
        edition = found.edition
        revision = edition.revisions[ASIA]
        assert revision.start is not None
        assert revision.end is not None
        before = revision.start - timedelta(days=1)
        for site, reply in SAID.items():
            said = PostAnswer(
                recipient=f"{site}-consular",
                subject=revision.uid,
                event=ASIA,
                reply=reply,
                instead=None,
                via="link",
                at=before,
                start=revision.start,
            )
            answers.record(connection, said)
        for site, read in (("tokio", True), ("hanoi", False)):
            token = feed_tokens.issue(connection, site, before, label="", recipient=f"{site}-consular")
            if read:
                feed_tokens.record_polls(connection, {feed_tokens.id_of(token): Poll(at=before, client="Outlook")})
        session = {"event": ASIA, "start": revision.start, "end": revision.end, "held": 1}
        connection.execute(attendance_sessions.insert().values(**session, author="M. R.", at=revision.end))
        off = edition.revisions[MIDDLE]
        session = {"event": MIDDLE, "start": off.start, "end": off.end, "held": 0}
        connection.execute(attendance_sessions.insert().values(**session, author="M. R.", at=revision.end))
        came = [
            {"event": ASIA, "site": site, "count": count, "author": "M. R.", "at": revision.end}
            for site, count in PRESENT.items()
        ]
        connection.execute(attendance_typed.insert(), came)
        called = {"number": 1, "at": before, "author": "M. R.", "ends_at": before + timedelta(days=9)}
        connection.execute(roll_calls.insert().values(**called))
        zones = {site.id: site.zone for site in edition.agenda.representations}
        for site, ahead in CLOCKS.items():
            word = ClockWord(at=before, ahead=ahead, zone=zones[site], digest=rules_digest(zones[site]))
            roll_answers.say_clock(connection, f"{site}-consular", word)
    sql(
        file,
        f"UPDATE deliveries SET state = 'bounced' WHERE event = '{ASIA}' AND recipient = 'pekin-consular'",
        f"UPDATE deliveries SET state = 'uncertain', uncertain_at = due_at WHERE event = '{ASIA}' "
        "AND recipient = 'hong-kong-consular'",
    )


def figures_of(file: Path, at: datetime = AT, commitment: str = "") -> CommissionFigures:
    with opened(file) as database, database.read() as connection:
        now = editions.load(connection)
        assert now is not None
        return gather(connection, now, ReportWanted(at=at, commitment=commitment))


ROWS = 12  # of a table that is read aloud; more of them add nothing to how it sounds


def read_aloud(document: Document) -> list[str]:
    """The document as lines of text: what differs from one installation to another is left out."""
    lines = [document.title, document.subtitle, document.author, document.reference]
    for block in document.blocks:
        match block:
            case Heading(level=level, text=text):
                lines += ["", f"{'#' * level} {text}"]
            case Paragraph(text=text):
                lines.append(text)
            case Items(items=items):
                lines += [f"- {item}" for item in items]
            case Grid(id="ediciones", caption=caption):
                lines.append(f"[{caption}]")
            case Grid(caption=caption, columns=columns, rows=found, note=note):
                lines += [f"[{caption}]", " | ".join(column.title for column in columns)]
                lines += [" | ".join(map(str, row)) for row in found[:ROWS]]
                lines += ["…"] * (len(found) > ROWS) + [note] * bool(note)
            case Picture(alternative=alternative):
                lines.append(f"({alternative})")
    return lines


def anonymous(found: CommissionFigures) -> CommissionFigures:
    """Without the version of the zone data and the head of the audit, which every installation has its own."""
    return replace(found, head=replace(found.head, zone_version="2026f", audit="12-3f9a", zone_agrees=True))


def spoken(found: CommissionFigures, language: Language) -> list[str]:
    """The report of these figures, read aloud."""
    return read_aloud(informe(anonymous(found), language))
