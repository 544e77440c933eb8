"""What a file leaves open is asked with its answers, and an answer settles it; nothing is guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scheduler.attendance.questions import AttendanceQuestion, AttendanceRefusal, choices
from scheduler.attendance.values import Meeting
from scheduler.base.refusal import UsageRefusal
from tests.support import attendance_files as made
from tests.support.attendance_files import MEXICO, Came
from tests.support.attended import ANA, BETO, CARLA, MINUTES, PEOPLE, SESSION, minutes, read_file, stay

# A campaign of five weeks, from 10 November: 11/12 may be either day.
LONG = Meeting(
    event="jornada",
    start=datetime(2021, 11, 10, 15, tzinfo=UTC),
    end=datetime(2021, 12, 15, 15, tzinfo=UTC),
    zone=MEXICO,
)
AMBIGUOUS = b"Name,Join Time,Leave Time\nAna Ejemplo,11/12/2021 10:00,11/12/2021 11:00\n"


def asked(content: bytes, *answers: str, session: Meeting = SESSION) -> AttendanceQuestion:
    with pytest.raises(AttendanceQuestion) as question:
        read_file(content, *answers, session=session)
    return question.value


def test_an_order_of_day_and_month_that_two_readings_fit_is_asked() -> None:
    question = asked(AMBIGUOUS, session=LONG)
    assert question.lines("en") == (
        "asistencia.csv:2:13: the dates of the file can be read in two ways. What is “11/12/2021 10:00”?",
        "  order=day-first  it is 2021-12-11",
        "  order=month-first  it is 2021-11-12",
    )
    assert question.lines("es") == (
        "asistencia.csv:2:13: las fechas del archivo se pueden leer de dos maneras. ¿Qué día es «11/12/2021 10:00»?",
        "  order=day-first  es el 2021-12-11",
        "  order=month-first  es el 2021-11-12",
    )


@pytest.mark.parametrize(("order", "month"), [("day-first", 12), ("month-first", 11)])
def test_an_answer_settles_the_order(order: str, month: int) -> None:
    found = read_file(AMBIGUOUS, f"order={order}", session=LONG)
    assert found.seen[0].intervals[0][0].month == month


def test_one_date_of_the_file_settles_the_order_of_all() -> None:
    content = AMBIGUOUS + b"Beto Muestra,11/13/2021 10:00,11/13/2021 11:00\n"
    assert read_file(content, session=LONG).order == "month-first"


def test_the_date_of_the_session_settles_the_order_and_that_is_said() -> None:
    session = Meeting(
        event="x", start=datetime(2021, 11, 12, 15, tzinfo=UTC), end=datetime(2021, 11, 12, 17, tzinfo=UTC), zone=MEXICO
    )
    found = read_file(AMBIGUOUS, session=session)
    assert found.order == "month-first"
    assert "Which of day and month comes first, the date of the session decided: the month." in [
        said["en"] for said in found.remarks
    ]


def test_a_day_that_is_its_month_is_no_question() -> None:
    session = Meeting(
        event="x", start=datetime(2021, 11, 11, 16, tzinfo=UTC), end=datetime(2021, 11, 11, 17, tzinfo=UTC), zone=MEXICO
    )
    assert read_file(AMBIGUOUS.replace(b"11/12", b"11/11"), session=session).order is None


def test_an_answer_that_contradicts_the_file_is_refused() -> None:
    with pytest.raises(AttendanceRefusal) as refused:
        read_file(made.by_zoom(made.zoom_1(PEOPLE)), "order=day-first")
    assert refused.value.rule == "date-order"


@pytest.mark.parametrize("days", [-30, -1, 1, 365])
def test_a_file_of_another_day_is_refused_with_both_dates(days: int) -> None:
    other = Came(name="Ana Ejemplo", stays=(stay(0, 60, SESSION.start + timedelta(days=days)),))
    with pytest.raises(AttendanceRefusal) as refused:
        read_file(made.by_zoom(made.zoom_1([other])))
    assert refused.value.rule == "another-session"
    assert "2021-10-21 18:00" in refused.value.lines("es")[0]
    assert refused.value.value in refused.value.lines("es")[0]


def test_a_clock_by_which_nobody_was_there_is_asked_about() -> None:
    """The file is of the same day, six hours late: written in UTC, perhaps."""
    content = made.by_zoom(made.zoom_1(PEOPLE, zone="UTC"), clock="pt")
    question = asked(content)
    assert [one.given for one in question.questions[0].answers] == ["zone=UTC", "zone=America/Mexico_City"]
    assert [one.words["es"] for one in question.questions[0].answers] == [
        "de UTC: entonces van de 2021-10-21 17:55 a 2021-10-21 20:05",
        "de America/Mexico_City de todos modos: nadie estuvo",
    ]
    assert [one.words["en"] for one in question.questions[0].answers] == [
        "the clock of UTC: then they go from 2021-10-21 17:55 to 2021-10-21 20:05",
        "the clock of America/Mexico_City all the same: nobody was there",
    ]
    assert minutes(read_file(content, "zone=UTC")) == MINUTES
    assert set(minutes(read_file(content, f"zone={MEXICO}")).values()) == {0}


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Asia/Kolkata", "Pacific/Auckland"])
def test_the_clock_of_a_site_by_which_all_were_there_is_offered_first(zone: str) -> None:
    """Somebody at one of the sites downloaded it. No zone by which nobody was there stands before the last answer."""
    clocks = ("Asia/Kolkata", "Asia/Seoul", "Asia/Tokyo", "Pacific/Auckland", "Asia/Hong_Kong", "Asia/Singapore")
    session = replace(SESSION, clocks=clocks)
    people = [one for one in PEOPLE if one is not CARLA]
    content = made.by_zoom(made.zoom_1(people, zone=zone), clock="pt")
    given = [one.given for one in asked(content, session=session).questions[0].answers]
    same = {"Asia/Tokyo": "Asia/Seoul"}.get(zone, zone)  # of two that are always alike, the first
    assert given[0] == f"zone={same}"
    assert given[-1] == f"zone={MEXICO}"
    assert len(given) == len(set(given)) <= 7
    for one in given:
        found = minutes(read_file(content, one, session=session)).values()
        assert any(found) is (one != given[-1])


def test_hours_in_utc_leave_no_zone_to_choose() -> None:
    """No answer but one would change anything."""
    late = [replace(ANA, stays=(stay(200, 230),)), replace(BETO, stays=(stay(210, 240),))]
    [question] = asked(made.by_teams(made.teams_4(late)), session=replace(SESSION, clocks=("Asia/Tokyo",))).questions
    assert [one.given for one in question.answers] == [f"zone={MEXICO}"]


def test_a_zone_that_is_named_is_not_said_to_be_assumed() -> None:
    content = made.by_zoom(made.zoom_1(PEOPLE, zone="Asia/Tokyo"), clock="zoom")
    found = read_file(content, "zone=Asia/Tokyo")
    assert (found.zone, found.remarks) == ("Asia/Tokyo", ())
    assert minutes(found) == MINUTES


def test_times_without_a_date_in_a_session_of_days_are_asked_about() -> None:
    content = made.by_zoom(made.meet([ANA]), clock="time 24", length="clock")
    assert asked(content, session=LONG).questions[0].answers[0].given == "day=2021-11-10"
    found = read_file(content, "day=2021-11-20", session=LONG)
    assert found.seen[0].intervals[0][0].day == 20


@pytest.mark.parametrize(("unit", "held"), [("minutes", 45), ("seconds", 1)])
def test_a_number_without_a_unit_is_asked_about(unit: str, held: int) -> None:
    content = b"Name,Email,Duration\nAna Ejemplo,ana@sedes.example,45\nBeto Muestra,,50\n"
    assert [one.given for one in asked(content).questions[0].answers] == ["unit=minutes", "unit=seconds", "unit=hours"]
    assert read_file(content, f"unit={unit}").seen[0].minutes == held


def test_a_number_whose_unit_the_two_moments_give_is_not_asked_about() -> None:
    content = b"Name,Join Time,Leave Time,Duration\nAna,10/21/2021 18:00,10/21/2021 18:45,45\n"
    assert read_file(content).seen[0].minutes == 45


def test_a_column_of_moments_whose_word_is_not_known_is_asked_about() -> None:
    """The Spanish word of Teams for «Last Leave» was seen in no source."""
    rows: made.Rows = [
        ["Última salida" if cell == "Last Leave" else cell for cell in row] for row in made.teams_3(PEOPLE)
    ]
    question = asked(made.by_teams(rows))
    assert question.lines("es")[:2] == (
        "asistencia.csv:8:17: la columna «Última salida» contiene fechas y horas, y no se conoce su nombre. ¿Qué es?",
        "  column:8.3=join  cuándo entró; un renglón por cada vez",
    )
    assert minutes(read_file(made.by_teams(rows), "column:8.3=last-leave")) == MINUTES


def test_a_table_of_which_no_word_is_known_is_asked_about_whole() -> None:
    content = b"Teilnehmer;Beitritt;Verlassen\nAna Ejemplo;21.10.2021 18:00;21.10.2021 18:45\n"
    question = asked(content)
    assert [one.place for one in question.questions] == ["1:1", "1:12", "1:21"]
    found = read_file(content, "column:1.1=name", "column:1.2=join", "column:1.3=leave")
    assert minutes(found) == {"Ana Ejemplo": 45}


def test_a_table_that_does_not_count_is_left_out_by_an_answer() -> None:
    more: made.Rows = [[], ["Alguien", "Dijo", "Cuándo"], ["Ana", "Hola", "10/21/2021, 6:30:00 PM"]]
    content = made.by_teams([*made.teams_2(PEOPLE), *more])
    question = asked(content)
    assert question.questions[0].answers[-1].given == "column:14.0=ignore"
    assert minutes(read_file(content, "column:14.0=ignore")) == MINUTES


def test_a_column_that_nothing_needs_is_not_asked_about() -> None:
    """More columns appear without notice."""
    rows = [
        [*row, "Engagement: Reactions" if "Name" in row else "4"] if len(row) > 5 else row
        for row in made.teams_3(PEOPLE)
    ]
    assert minutes(read_file(made.by_teams(rows))) == MINUTES


def test_an_action_whose_word_is_not_known_is_asked_about() -> None:
    rows = [["Entrou" if cell == "Unido" else cell for cell in row] for row in made.teams_1([BETO])]
    content = made.by_teams(rows, clock="pt")
    assert [one.given for one in asked(content).questions[0].answers] == ["action:entrou=join", "action:entrou=leave"]
    assert minutes(read_file(content, "action:entrou=join")) == {"Beto Muestra": 30}


def test_how_long_somebody_stayed_whose_leaving_is_not_written_is_asked() -> None:
    content = made.by_teams(made.teams_1([ANA, BETO])[:-1], clock="es")
    question = asked(content)
    first, *answers = question.lines("es")
    assert first == (
        "asistencia.csv: de 1 persona la lista dice cuándo entró y no cuándo salió: se descargó antes. ¿Hasta cuándo "
        "cuenta?"
    )
    assert answers == [
        "  open=end  hasta el término de la sesión",
        "  open=last  hasta el último momento que trae la lista: 2021-10-21 19:10",
    ]
    assert minutes(read_file(content, "open=end"))["Ana Ejemplo"] == 110
    assert minutes(read_file(content, "open=last"))["Ana Ejemplo"] == 60


def test_accents_that_two_code_pages_read_in_two_ways_are_asked_about() -> None:
    content = "Name,Join Time,Leave Time\nUn c—nsul,10/21/2021 18:00,10/21/2021 19:00\n".encode("cp1252")
    question = asked(content)
    assert [one.given for one in question.questions[0].answers] == [
        "encoding=cp1252", "encoding=cp850", "encoding=mac_roman",
    ]  # fmt: skip
    assert minutes(read_file(content, "encoding=mac_roman")) == {"Un cónsul": 60}


@pytest.mark.parametrize(
    "answer", ["", "order", "order=first", "zone=Tokio", "day=ayer", "column:1=name", "column:1.2=time", "colour=red"]
)
def test_what_answers_no_question_is_refused(answer: str) -> None:
    with pytest.raises(UsageRefusal, match="answers no question"):
        choices([answer])


@pytest.mark.parametrize("days", [-1, 1])
def test_a_long_session_of_the_day_before_is_not_taken_for_another_zone(days: int) -> None:
    """Six hours long: its end is nearer to the session than any two zones are to each other."""
    start = SESSION.start + timedelta(days=days)
    other = Came(name="Ana Ejemplo", stays=((start, start + timedelta(hours=6)),))
    session = Meeting(event="x", start=SESSION.start, end=SESSION.start + timedelta(hours=6), zone=MEXICO)
    with pytest.raises(AttendanceRefusal) as refused:
        read_file(made.by_zoom(made.zoom_1([other])), session=session)
    assert refused.value.rule == "another-session"
