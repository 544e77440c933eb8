"""Moments, durations, names and rows in the spellings of meeting programs; what is none is refused by its place."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from scheduler.attendance import dates, durations
from scheduler.attendance.names import address_of, folded, is_notetaker, is_phone
from scheduler.attendance.questions import AttendanceRefusal
from scheduler.attendance.values import Order, Unit
from tests.support import attendance_files as made
from tests.support.attended import MINUTES, PEOPLE, minutes, read_file


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("23/2/2021 8:30:03", "day-first", datetime(2021, 2, 23, 8, 30, 3)),
        ("31/03/2026, 5:02:11 PM", "day-first", datetime(2026, 3, 31, 17, 2, 11)),
        ("7/22/26, 7:02:11\u202fPM", "month-first", datetime(2026, 7, 22, 19, 2, 11)),
        ("14/11/22, 09:30:46", "day-first", datetime(2022, 11, 14, 9, 30, 46)),
        ("21.10.2021 18:02", "day-first", datetime(2021, 10, 21, 18, 2)),
        ("21-10-2021 06:02 p. m.", "day-first", datetime(2021, 10, 21, 18, 2)),
        ("10/21/2021 12:00:00 AM", "month-first", datetime(2021, 10, 21)),
        ("10/21/2021 12:00:00 PM", "month-first", datetime(2021, 10, 21, 12)),
        ("Mar 28, 2020 8:07 AM", None, datetime(2020, 3, 28, 8, 7)),
        ("Mar 22, 2025 19:13:27", None, datetime(2025, 3, 22, 19, 13, 27)),
        ("28 de octubre de 2021 18:00", None, datetime(2021, 10, 28, 18)),
        ("2021-10-21 18:00:00.500", None, datetime(2021, 10, 21, 18)),
        ("18:02", None, datetime(2021, 10, 22, 18, 2)),
    ],
)
def test_a_moment_is_read_as_it_is_meant(text: str, order: Order | None, expected: datetime) -> None:
    found = dates.written(text)
    assert found is not None
    assert found.wall(order, date(2021, 10, 22)) == expected


@pytest.mark.parametrize(
    "text",
    ["yesterday", "10/21/2021", "10/21/2021 25:00", "10/21/2021 13:00 PM", "0:00 AM", "32/13/2021 10:00",
     "13/13/2021 1:00", "1/2/021 10:00", "100/2/2021 10:00", "Foo 3, 2021 10:00", "10/21/2021 18:0",
     "10/21/2021 18:00 CET"],
)  # fmt: skip
def test_what_is_no_moment_is_none(text: str) -> None:
    with pytest.raises(dates.NotAMoment):
        dates.written(text)


def test_a_day_that_its_month_does_not_have_is_no_moment() -> None:
    found = dates.written("30/2/2021 10:00")
    assert found is not None
    with pytest.raises(dates.NotAMoment):
        found.wall("day-first", date(2021, 1, 1))


@pytest.mark.parametrize(
    ("text", "unit", "seconds"),
    [
        ("1h 30m 51s", None, 5451),
        ("1 h 5 min 30 s", None, 3930),
        ("47m 3s", None, 2823),
        ("5s", None, 5),
        ("57 mins", None, 3420),
        ("1 hr 2 min", None, 3720),
        ("42m", None, 2520),
        ("1d 2h", None, 93_600),
        ("1 día, 2 horas y 3 minutos", None, 93_780),
        ("1:00:00", None, 3600),
        ("47", "minutes", 2820),
        ("47.0", "minutes", 2820),
        ("1,5", "hours", 5400),
        ("1:05", "hours", 3900),
        ("1:05", "minutes", 65),
        ("0", "minutes", 0),
        ("", None, None),
        ("--", None, None),
    ],
)
def test_a_duration_is_read_as_it_is_meant(text: str, unit: Unit | None, seconds: int | None) -> None:
    """Nothing is not zero, and zero is."""
    assert durations.seconds(text, unit) == seconds


@pytest.mark.parametrize("text", ["long", "5 parsecs", "5m 1h", "-5m", "5m x", "99999h", "1:99:00", "1h1h"])
def test_what_is_no_duration_is_none(text: str) -> None:
    with pytest.raises(durations.NotADuration):
        durations.seconds(text, "minutes")


@pytest.mark.parametrize(
    "name",
    ["Núñez, Carla", "NUÑEZ, carla (Guest)", "Nunez, Carla (External)", "Núñez, Carla (No comprobado)",
     "[Secretaría] Núñez, Carla (Externo)", "Núñez,  Carla (Unverified) (Guest)"],
)  # fmt: skip
def test_what_programs_put_around_a_name_is_not_the_name(name: str) -> None:
    assert folded(name) == "nunez, carla"


def test_a_name_of_brackets_alone_stays_a_name() -> None:
    assert folded("[Ana]") == "[ana]"
    assert folded("Ana (SRE)") == "ana (sre)"


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        ("<Ana@Sedes.Example>", "ana@sedes.example"),
        ("mailto:a@b.example", "a@b.example"),
        ("--", ""),
        ("ana @ b", ""),
        ("@b", ""),
    ],
)
def test_an_address_is_what_holds_one(cell: str, address: str) -> None:
    assert address_of(cell) == address


def test_telephones_and_programs_that_listen_are_told_from_people() -> None:
    assert all(map(is_phone, ("+52 55 1234 5678", "15*****23", "(55) 1234-5678")))
    assert not any(map(is_phone, ("Ana 5", "12", "---------")))
    assert all(map(is_notetaker, ("Otter.ai", "Ana's Notetaker", "read.ai meeting notes")))
    assert not is_notetaker("Ana Ejemplo")


def test_an_empty_row_in_the_middle_of_a_table_ends_nothing() -> None:
    rows = made.zoom_1(PEOPLE)
    rows.insert(3, ["", "", "", "", "", "", ""])
    assert minutes(read_file(made.by_zoom(rows))) == MINUTES


def test_a_webinar_whose_names_stand_in_two_columns_gives_whole_names() -> None:
    """«Nombre» is the first name where «Apellido» stands beside it."""
    content = (
        "Asistió,Nombre,Apellido,Hora de entrada,Hora de salida\nSí,Ana,Ejemplo,21/10/2021 18:00,21/10/2021 18:30\n"
    )
    assert minutes(read_file(content.encode())) == {"Ana Ejemplo": 30}


def test_the_display_name_is_taken_where_the_plain_one_stands_before_it() -> None:
    content = (
        "Nombre,Nombre de usuario,Hora de entrada,Hora de salida\nAna,Sede Tokio,21/10/2021 18:00,21/10/2021 18:30\n"
    )
    assert minutes(read_file(content.encode())) == {"Sede Tokio": 30}


@pytest.mark.parametrize(
    ("content", "rule", "place"),
    [
        (b"Name,Email,Duration (Minutes)\nAna,a@b.example,a while\n", "duration", "2:17"),
        (b"Name,Join Time,Leave Time\nAna,10/21/2021 19:00,10/21/2021 18:00\n", "backwards", "2:22"),
        (b"Attended,Name,Join Time\nperhaps,Ana,10/21/2021 19:00\n", "yes-or-no", "2:1"),
        (b"Full Name,User Action,Timestamp\nAna,Joined,\n", "moment", "2:1"),
        (b"Name,Join Time,Leave Time\n", "no-rows", "1:1"),
        (b"\xef\xbb\xbf\r\n\r\n", "empty", "1:1"),
    ],
)
def test_a_refusal_has_its_rule_and_its_place(content: bytes, rule: str, place: str) -> None:
    with pytest.raises(AttendanceRefusal) as refused:
        read_file(content)
    assert (refused.value.rule, refused.value.place) == (rule, place)
    assert all(refused.value.lines(language)[0].startswith(f"asistencia.csv:{place}: ") for language in ("es", "en"))


def test_a_refusal_is_said_in_spanish_with_place_value_and_way_out() -> None:
    with pytest.raises(AttendanceRefusal) as refused:
        read_file(b"Name,Join Time,Leave Time\nAna,10/21/2021 18:00,10/21/2021 6\n")
    (line,) = refused.value.lines("es")
    assert line == (
        "asistencia.csv:2:22: «10/21/2021 6» no se puede leer como fecha y hora. Corríjalo en el archivo o descargue "
        "de nuevo la lista: puede estar cortada."
    )


def test_rows_that_name_nobody_count_nothing_and_are_said() -> None:
    found = read_file(
        b"Name,Join Time,Leave Time\n,10/21/2021 18:00,10/21/2021 19:00\nAna,10/21/2021 18:00,10/21/2021 19:00\n"
    )
    assert minutes(found) == {"Ana": 60}
    assert "1 renglón no nombra a nadie y no cuenta; el primero, en 2:1." in [said["es"] for said in found.remarks]


def test_letters_that_were_lost_are_said_and_the_rest_is_read() -> None:
    content = "Name,Join Time,Leave Time\nÁéíóú Ñandú,10/21/2021 18:00,10/21/2021 19:00\n".encode().replace(
        b"\xc3\xba,", b"\xc3,"
    )
    found = read_file(content)
    assert list(minutes(found).values()) == [60]
    assert found.remarks[0]["es"] == "Al guardar el archivo se perdió 1 letra; la primera, en el renglón 2."
