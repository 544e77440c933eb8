"""Wall times that clocks skip or show twice are never guessed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars import zones
from calendars.model.events import Timed
from calendars.reading.configuration import read
from tests.support.small_config import edited, event, problems

FOLD_LINE = "    duracion: 2 h\n"


def at(day: str, hour: str, zone: str = "TCM", fold: str = "") -> tuple[tuple[str, str], ...]:
    return (
        ("zona: TCM", f"zona: {zone}"),
        ("fecha: 2021-10-26\n    dia: martes", f"fecha: {day}"),
        ('hora: "09:00"', f'hora: "{hour}"'),
        (FOLD_LINE, FOLD_LINE + (f"    pliegue: {fold}\n" if fold else "")),
    )


def test_an_hour_that_clocks_skip_is_refused() -> None:
    [problem] = problems(read(edited(*at("2021-04-04", "02:30"))))
    assert problem == (
        "agenda.yaml:21:11: las 02:30 del 4-abr-2021 no existen en America/Mexico_City: ese día los relojes pasan de "
        "las 02:00 a las 03:00. Escriba otra hora."
    )


def test_an_hour_that_comes_twice_asks_which() -> None:
    [problem] = problems(read(edited(*at("2021-10-31", "01:30"))))
    assert problem == (
        "agenda.yaml:21:11: las 01:30 del 31-oct-2021 ocurren dos veces en America/Mexico_City. "
        "Agregue «pliegue: primero» (06:30 UTC) o «pliegue: segundo» (07:30 UTC)."
    )


@pytest.mark.parametrize(("written", "fold"), [("primero", 0), ("Segundo", 1)])
def test_pliegue_says_which_of_two(written: str, fold: int) -> None:
    when = event(*at("2021-10-31", "01:30", fold=written)).when
    assert isinstance(when, Timed)
    assert when.fold == fold


@pytest.mark.parametrize("zone", ["Europe/Dublin", "Africa/Casablanca"])
def test_pliegue_is_asked_for_where_summer_time_is_flagged_backwards(zone: str) -> None:
    day, hour = ("2021-10-31", "01:30") if zone == "Europe/Dublin" else ("2021-04-11", "02:30")
    [problem] = read(edited(*at(day, hour, zone))).problems
    assert problem.rule == "repeated-time"
    assert event(*at(day, hour, zone, "primero")).when != event(*at(day, hour, zone, "segundo")).when


def test_pliegue_where_an_hour_comes_once_is_refused() -> None:
    assert problems(read(edited(*at("2021-10-26", "09:00", fold="primero")))) == [
        "agenda.yaml:23:5: las 09:00 del 26-oct-2021 ocurren una sola vez en America/Mexico_City. Borre «pliegue»."
    ]


def test_a_pliegue_that_is_no_word_is_one_problem() -> None:
    assert problems(read(edited(*at("2021-10-31", "01:30", fold="tercero")))) == [
        "agenda.yaml:23:14: pliegue «tercero» no existe. Puede ser: primero, segundo."
    ]


def test_the_last_day_with_rules_is_read_and_the_next_is_not() -> None:
    assert event(*at("2037-12-31", "23:59")).when is not None
    [problem] = read(edited(*at("2038-01-01", "00:00"))).problems
    assert (problem.line, problem.column, problem.rule) == (20, 12, "date-range")


def test_mexico_without_summer_time_since_2022_has_no_gap_in_april() -> None:
    assert event(*at("2023-04-02", "02:30")).when is not None


@given(
    wall=st.datetimes(
        min_value=datetime(2021, 1, 1),
        max_value=datetime(2037, 12, 31, 23, 59),
    ),
    zone=st.sampled_from(["America/Mexico_City", "Europe/Dublin", "Africa/Casablanca", "Australia/Lord_Howe"]),
)
def test_any_wall_time_is_taken_as_written_or_refused(wall: datetime, zone: str) -> None:
    wall = wall.replace(second=0, microsecond=0)
    reading = read(edited(*at(f"{wall:%Y-%m-%d}", f"{wall:%H:%M}", zone)))
    if reading.draft:
        when = reading.draft.agenda.events[0].when
        assert when == Timed(wall=wall, duration=timedelta(hours=2))
        assert zones.to_wall(zones.to_instant(wall, zone), zone) == wall
    else:
        assert {p.rule for p in reading.problems} <= {"nonexistent-time", "repeated-time"}
