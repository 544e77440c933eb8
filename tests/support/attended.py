"""A session and the invented people who came to it, for the tests of attendance files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from scheduler.attendance.presence import together
from scheduler.attendance.questions import choices
from scheduler.attendance.reading import read
from scheduler.attendance.values import AttendanceFile, Meeting
from tests.support.attendance_files import MEXICO, Came, Stay

START = datetime(2021, 10, 21, 23, tzinfo=UTC)  # 18:00 in Mexico City
SESSION = Meeting(event="taller-asia-pacifico-2021", start=START, end=START + timedelta(hours=2), zone=MEXICO)


def stay(begin: float, end: float, start: datetime = START) -> Stay:
    """From and until, in minutes from the start of the session."""
    return start + timedelta(minutes=begin), start + timedelta(minutes=end)


ANA = Came(name="Ana Ejemplo", address="Ana@Sedes.example", stays=(stay(-5, 60), stay(70, 125)))
BETO = Came(name="Beto Muestra", upn="BETO@sedes.example", stays=(stay(10, 40),))
CARLA = Came(name="Núñez, Carla (Guest)", stays=(stay(0.5, 119),))
PHONE = Came(name="+52 55 1234 5678", stays=(stay(3, 8),))
PEOPLE = (ANA, BETO, CARLA, PHONE)
# Within the session, rounded down: Ana came five minutes early, went out for ten and left five minutes late.
MINUTES = {"Ana Ejemplo": 110, "Beto Muestra": 30, "Núñez, Carla (Guest)": 118, "+52 55 1234 5678": 5}


def read_file(content: bytes, *answers: str, session: Meeting = SESSION) -> AttendanceFile:
    return read(content, "asistencia.csv", session, choices(answers))


def minutes(*files: AttendanceFile, session: Meeting = SESSION) -> dict[str, int | None]:
    """By name; a name that two have would be seen as one, and the count of people be too small."""
    people = together(files, session)
    assert len({one.name for one in people}) == len(people)
    return {one.name: one.minutes for one in people}
