"""festivos.csv: single days that are off or on by the administrator's word."""

from __future__ import annotations

from datetime import date

import pytest

from calendars.model.days import OwnDay
from calendars.reading.configuration import Reading, read
from tests.support.factories import text
from tests.support.small_config import files, problems

HEADER = "fecha,donde,es,en,labora,fuente\n"
ROW = "2021-10-19,ES,Fiesta,Feast,no,Gaceta\n"


def reading(*rows: str, header: str = HEADER) -> Reading:
    return read({**files(), "festivos.csv": (header + "".join(rows)).encode()})


def days(*rows: str, header: str = HEADER) -> tuple[OwnDay, ...]:
    found = reading(*rows, header=header)
    assert found.draft is not None, problems(found)
    return found.draft.agenda.own_days


def test_a_row_is_a_day_a_place_and_a_source() -> None:
    [row] = days("2021-10-19,DZ,Natalicio del Profeta,Prophet's Birthday,no,Gaceta\n")
    assert row == OwnDay(
        first=date(2021, 10, 19),
        last=date(2021, 10, 19),
        where="DZ",
        name=text("Natalicio del Profeta", "Prophet's Birthday"),
        works=False,
        source="Gaceta",
    )


def test_a_range_has_both_its_ends() -> None:
    [row] = days("2027-03-20..2027-03-22,todas,Fiesta,Feast,sí,Gaceta\n")
    assert (row.first, row.last, row.works) == (date(2027, 3, 20), date(2027, 3, 22), True)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("Tokio", "tokio"), ("Misiones", "misiones"), ("TODAS", "todas"), ("jp", "JP"), ("madrid", "madrid")],
)
def test_a_place_is_a_site_a_country_the_missions_or_all(written: str, meant: str) -> None:
    assert [row.where for row in days(f"2021-10-19,{written},Fiesta,Feast,no,Gaceta\n")] == [meant]


def test_excel_may_have_its_semicolons_and_notepad_its_code_page() -> None:
    table = "fecha;donde;es;en;labora;fuente\r\n2021-10-19;tokio;Día del niño;Children's Day;SI;Gaceta\r\n"
    found = read({**files(), "festivos.csv": table.encode("cp1252")})
    assert found.draft is not None, problems(found)
    assert [(row.name.es, row.works) for row in found.draft.agenda.own_days] == [("Día del niño", True)]


def test_the_table_may_be_absent_or_have_a_header_alone() -> None:
    alone = read(files())
    assert alone.draft is not None
    assert alone.draft.agenda.own_days == days() == ()


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            "19/10/2021,ES,Fiesta,Feast,no,Gaceta\n",
            "2:1: fecha «19/10/2021» no se entiende. ¿Quiso decir 2021-10-19?",
        ),
        (
            "2021-10-19..2021-10-18,ES,Fiesta,Feast,no,Gaceta\n",
            "2:1: «2021-10-19..2021-10-18» termina antes de empezar. Escriba primero la fecha menor.",
        ),
        (
            "2021-10-19..2022-10-20,ES,Fiesta,Feast,no,Gaceta\n",
            "2:1: «2021-10-19..2022-10-20» dura más de 100 días. Revise el año, o escriba varias filas.",
        ),
        (
            "2021-10-19,madird,Fiesta,Feast,no,Gaceta\n",
            "2:12: sede «madird» no está en representations.csv. ¿Quiso decir «madrid»?",
        ),
        (
            "2021-10-19,XX,Fiesta,Feast,no,Gaceta\n",
            "2:12: país «XX» no existe. Escriba el código de dos letras (ISO 3166), por ejemplo MX.",
        ),
        ("2021-10-19,ES,Fiesta,,no,Gaceta\n", "2:22: falta «en» en esta fila. Escríbalo, o borre la fila completa."),
        (
            "2021-10-19,ES,Fiesta,Feast,quizá,Gaceta\n",
            "2:28: valor «quizá» no existe. Puede ser: sí, no, true, false.",
        ),
        ("2021-10-19,ES,Fiesta,Feast,no\n", "2:28: falta «fuente» en esta fila. Escríbalo, o borre la fila completa."),
    ],
)
def test_a_slip_is_refused_at_its_place_with_its_correction(row: str, expected: str) -> None:
    found = reading(row)
    assert problems(found) == [f"festivos.csv:{expected}"]
    assert all(one.message["en"] != one.message["es"] for one in found.problems)


def test_a_header_without_a_column_is_refused() -> None:
    found = reading("2021-10-19,ES,Fiesta,no,Gaceta\n", header="fecha,donde,es,labora,fuente\n")
    assert problems(found) == [
        "festivos.csv:1:1: falta la columna «en». El primer renglón debe ser: fecha,donde,es,en,labora,fuente"
    ]


def test_the_later_row_of_one_place_counts_and_a_note_says_so() -> None:
    found = reading(ROW, ROW, "2021-10-18..2021-10-19,ES,Otra,Other,sí,Gaceta\n", ROW.replace("ES", "tokio"))
    assert found.draft is not None
    assert [(note.line, note.column, note.rule) for note in found.notes] == [
        (3, 1, "later-row-counts"),
        (4, 1, "later-row-counts"),
    ]
    said = found.notes[1].message
    assert said["es"] == "el 2021-10-19 en «ES» ya está en el renglón 3. Cuenta esta fila, que es posterior."
    assert said["en"] == "2021-10-19 at “ES” stands already on line 3. This row counts, for it is the later one."


def test_notes_are_as_bounded_as_problems() -> None:
    assert len(reading(*[ROW] * 600).notes) == 500
