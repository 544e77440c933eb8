"""Lists made by hand: an address or a site a line, or a workbook with name and site. Who is on one was there."""

from __future__ import annotations

import pytest

from scheduler.attendance.presence import together
from scheduler.attendance.questions import AttendanceQuestion, AttendanceRefusal
from tests.support import attendance_files as made
from tests.support.attended import SESSION, read_file

ROWS: made.Rows = [["Nombre", "Sede"], ["Ana Ejemplo", "Tokio"], ["Beto Muestra", "Nueva Delhi"]]


@pytest.mark.parametrize("encoding", made.ENCODINGS)
def test_an_address_a_line_is_a_list(encoding: str) -> None:
    content = made.ENCODINGS[encoding]("Tokio@sedes.example\r\n\r\n  delhi@sedes.example ")
    people = together([read_file(content)], SESSION)
    assert [(one.address, one.listed, one.present(10)) for one in people] == [
        ("delhi@sedes.example", True, True),
        ("tokio@sedes.example", True, True),
    ]


def test_a_site_a_line_is_a_list_and_that_presence_was_taken_from_it_is_said() -> None:
    found = read_file("Tokio\nNueva Delhi\nSan José (Costa Rica)\n".encode())
    assert [one.name for one in found.seen] == ["Tokio", "Nueva Delhi", "San José (Costa Rica)"]
    assert (found.program, [said["es"] for said in found.remarks]) == (
        "list",
        ["La lista no trae horas: quien está en ella cuenta como presente."],
    )


@pytest.mark.parametrize("content", [made.workbook(ROWS), made.by_excel(ROWS), made.by_libreoffice(ROWS)])
def test_name_and_site_are_read_by_their_heads(content: bytes) -> None:
    found = read_file(content)
    assert [(one.name, one.site) for one in found.seen] == [("Ana Ejemplo", "Tokio"), ("Beto Muestra", "Nueva Delhi")]


def test_columns_without_heads_are_asked_about() -> None:
    content = made.workbook(ROWS[1:])
    with pytest.raises(AttendanceQuestion) as question:
        read_file(content)
    assert [one.place for one in question.value.questions] == ["A1", "B1"]
    found = read_file(content, "column:1.1=name", "column:1.2=site")
    assert [(one.name, one.site) for one in found.seen] == [("Ana Ejemplo", "Tokio"), ("Beto Muestra", "Nueva Delhi")]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"Tokio\n12345\n", "2:1"),
        (b"Tokio\n\nWe met at 10:30 and talked; it was <b>good</b>\n", "3:1"),
        (b"a@b.example\n" + b"x" * 200 + b"\n", "2:1"),
    ],
)
def test_a_line_that_is_no_address_name_or_site_is_refused(content: bytes, place: str) -> None:
    with pytest.raises(AttendanceRefusal) as refused:
        read_file(content)
    assert (refused.value.rule, refused.value.place) == ("list", place)


def test_a_table_without_any_word_that_is_known_is_no_list() -> None:
    with pytest.raises(AttendanceRefusal) as refused:
        read_file(b"a;b;c;d;e;f\n1;2;3;4;5;6\n")
    assert refused.value.rule == "no-table"
    assert "one address or site a line" in refused.value.lines("en")[0]
