"""Attendance recorded of the small configuration's workshop, for the tests of whoever records and shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scheduler.attendance.questions import choices
from scheduler.people.attendance.looking import GivenFile, Looked, Wish, look
from scheduler.people.attendance.recording import Recorder
from scheduler.store.attendance import counts
from scheduler.store.attendance.counts import SessionAttendance
from scheduler.store.database import Database
from tests.support import attendance_files as made
from tests.support import small_config
from tests.support.attendance_files import Came, Stay
from tests.support.attended import stay
from tests.support.desk import publish

WORKSHOP = "taller-europa"
BEGAN = datetime(2021, 10, 26, 14, tzinfo=UTC)  # 09:00 in Mexico City
AFTER = BEGAN + timedelta(days=1)
THRESHOLD = 10  # minutes, as agenda.yaml has it where it says nothing


def at(begin: float, end: float) -> Stay:
    """From and until, in minutes from the start of the workshop."""
    return stay(begin, end, BEGAN)


ANA = Came(name="Ana Ejemplo", address="Madrid@Sedes.example", stays=(at(-5, 60), at(70, 125)))  # Madrid's post
BETO = Came(name="Beto Muestra (Embajada Tokio)", stays=(at(10, 40),))
CARLA = Came(name="Núñez, Carla", address="carla@otra.example", stays=(at(0.5, 119),))  # of no known site
DORA = Came(name="Dora Breve", stays=(at(3, 8),))
PEOPLE = (ANA, BETO, CARLA, DORA)


def published(database: Database, folder: Path, *edits: tuple[str, str]) -> Database:
    """The small configuration in force, with other texts in its files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in small_config.edited(*edits).items():
        (folder / name).write_bytes(body)
    publish(database, folder)
    return database


def report(people: Iterable[Came] = PEOPLE) -> bytes:
    """As Teams writes it: a row for each time that somebody came in."""
    return made.by_teams(made.teams_2(list(people)))


def recorder(database: Database, now: datetime = AFTER) -> Recorder:
    return Recorder(database=database, who="cuenta", by="Ana Prueba", now=now)


def looked(
    database: Database, *contents: bytes, assigned: Mapping[str, str] | None = None, now: datetime = AFTER
) -> Looked:
    """What these files would come to."""
    files = tuple(GivenFile(name=f"{number}.csv", content=one) for number, one in enumerate(contents))
    # Two addresses of a small file may leave the order of day and month open.
    wish = Wish(event=WORKSHOP, files=files, choices=choices(["order=month-first"]), assigned=assigned or {})
    with database.read() as connection:
        return look(connection, database.tokens, wish, now)


def record(
    database: Database, *contents: bytes, assigned: Mapping[str, str] | None = None, now: datetime = AFTER
) -> SessionAttendance:
    """Look, and record what was seen."""
    found = looked(database, *contents, assigned=assigned, now=now)
    return recorder(database, now).files(found, database.tokens)


def recorded(database: Database) -> SessionAttendance | None:
    with database.read() as connection:
        return counts.of_event(connection, WORKSHOP, THRESHOLD)
