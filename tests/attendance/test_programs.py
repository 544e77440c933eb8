"""Each form in which a meeting program writes attendance gives its people and their minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduler.attendance.presence import together
from tests.support import attendance_files as made
from tests.support.attendance_files import Came
from tests.support.attended import ANA, BETO, CARLA, MINUTES, PEOPLE, PHONE, SESSION, minutes, read_file, stay

ABSENT = Came(name="Dora Ausente", address="dora@sedes.example", stays=())
HOST = Came(name="Organiza Ejemplo", address="organiza@ine.example", stays=(stay(-20, 130),))
BY_MINUTE = {**MINUTES, "Núñez, Carla (Guest)": 119}  # where the program, or a spreadsheet, drops the seconds
# A name that is one column with a quoted line break, tab and quotation marks in the title above it.
TITLE = 'Taller "VMRE"\tAsia\nPacífico'


def moved(rows: made.Rows) -> made.Rows:
    """The columns of every row the other way round, and one more."""
    return [["De más" if "Name" in row else "7", *reversed(row)] if len(row) > 2 else row for row in rows]


def named(rows: made.Rows, old: str, new: str) -> made.Rows:
    return [[new if cell == old else cell for cell in row] for row in rows]


FILES: dict[str, tuple[bytes, str, tuple[str, ...], dict[str, int]]] = {
    "Teams 1, Spanish": (made.by_teams(made.teams_1(PEOPLE), clock="es"), "teams-1", (), MINUTES),
    "Teams 1, Spanish, day first with AM and PM": (
        made.by_teams(made.teams_1(PEOPLE), clock="es AM/PM"), "teams-1", (), MINUTES,
    ),
    "Teams 1, English": (made.by_teams(made.teams_1(PEOPLE, language="en")), "teams-1", (), MINUTES),
    "Teams 1, English, UTF-8 with commas": (
        made.by_zoom(made.teams_1(PEOPLE, language="en"), clock="en-US"), "teams-1", (), MINUTES,
    ),
    "Teams 1, who was there before": (
        made.by_teams(made.teams_1(PEOPLE, before=["Ana Ejemplo"]), clock="es"), "teams-1", (), MINUTES,
    ),
    "Teams 1, nobody's leaving is written, to the end": (
        made.by_teams([row for row in made.teams_1(PEOPLE) if row[1] != "Abandonó"], clock="es"),
        "teams-1",
        ("open=end",),
        {"Ana Ejemplo": 120, "Beto Muestra": 110, "Núñez, Carla (Guest)": 119, "+52 55 1234 5678": 117},
    ),
    "Teams 1, nobody's leaving is written, to the last moment": (
        made.by_teams([row for row in made.teams_1(PEOPLE) if row[1] != "Abandonó"], clock="es"),
        "teams-1",
        ("open=last",),
        {"Ana Ejemplo": 70, "Beto Muestra": 60, "Núñez, Carla (Guest)": 69, "+52 55 1234 5678": 67},
    ),
    "Teams 1, saved by Excel": (made.by_excel(made.teams_1(PEOPLE)), "teams-1", (), BY_MINUTE),
    "Teams 2": (made.by_teams(made.teams_2(PEOPLE)), "teams-2", (), MINUTES),
    "Teams 2, other letter case": (made.by_teams(made.teams_2(PEOPLE, lower=True)), "teams-2", (), MINUTES),
    "Teams 2, a title of two lines with tabs and quotes": (
        made.by_teams(made.teams_2(PEOPLE, title=TITLE)), "teams-2", (), MINUTES,
    ),
    "Teams 2, UTF-16BE": (made.by_teams(made.teams_2(PEOPLE), encoding="utf-16-be"), "teams-2", (), MINUTES),
    "Teams 3, UTF-16LE": (made.by_teams(made.teams_3(PEOPLE)), "teams-3", (), MINUTES),
    "Teams 3, UTF-16BE": (made.by_teams(made.teams_3(PEOPLE), encoding="utf-16-be"), "teams-3", (), MINUTES),
    "Teams 3, UTF-16LE without its mark": (
        made.by_teams(made.teams_3(PEOPLE), encoding="utf-16-le unmarked"), "teams-3", (), MINUTES,
    ),
    "Teams 3, UTF-16BE without its mark": (
        made.by_teams(made.teams_3(PEOPLE), encoding="utf-16-be unmarked"), "teams-3", (), MINUTES,
    ),
    "Teams 3, UTF-8": (made.by_teams(made.teams_3(PEOPLE), encoding="utf-8"), "teams-3", (), MINUTES),
    "Teams 3, UTF-8 with a mark": (
        made.by_teams(made.teams_3(PEOPLE), encoding="utf-8 marked"), "teams-3", (), MINUTES,
    ),
    "Teams 3, the words of 2022": (made.by_teams(made.teams_3(PEOPLE, words="en 2022")), "teams-3", (), MINUTES),
    "Teams 3, years of two digits": (made.by_teams(made.teams_3(PEOPLE), clock="en-US short"), "teams-3", (), MINUTES),
    "Teams 3, a narrow space before PM": (
        made.by_teams(made.teams_3(PEOPLE), clock="en-US narrow"), "teams-3", (), MINUTES,
    ),
    "Teams 3, British": (made.by_teams(made.teams_3(PEOPLE), clock="en-GB"), "teams-3", (), MINUTES),
    "Teams 3, Brazilian dates": (made.by_teams(made.teams_3(PEOPLE), clock="pt"), "teams-3", (), MINUTES),
    "Teams 3, p. m. with a no-break space": (
        made.by_teams(made.teams_3(PEOPLE), clock="es a. m."), "teams-3", (), MINUTES,
    ),
    "Teams 3, moved columns and one more": (made.by_teams(moved(made.teams_3(PEOPLE))), "teams-3", (), MINUTES),
    "Teams 3, saved by Excel": (made.by_excel(made.teams_3(PEOPLE), length="short"), "teams-3", (), BY_MINUTE),
    "Teams 3, saved by LibreOffice": (made.by_libreoffice(made.teams_3(PEOPLE)), "teams-3", (), MINUTES),
    "Teams 3, as a workbook": (made.workbook(made.teams_3(PEOPLE)), "teams-3", (), MINUTES),
    "Teams 3, as a workbook of texts": (
        made.workbook(made.teams_3(PEOPLE), clock="en-US", length="short"), "teams-3", (), MINUTES,
    ),
    "Teams 3, its blocks twice": (
        made.by_teams([*made.teams_3(PEOPLE), [], *made.teams_3(PEOPLE)]), "teams-3", (), MINUTES,
    ),
    "Teams 3, activities alone": (made.by_teams(made.teams_3(PEOPLE)[-7:]), "table", (), MINUTES),
    "Teams 3, Spanish": (
        made.by_teams(made.teams_3_spanish(PEOPLE), clock="es AM/PM", length="spanish"),
        "teams-3",
        (),
        {**MINUTES, "Ana Ejemplo": 115},  # without a break: the file does not say when she was out
    ),
    "Teams 3, Spanish, month first": (
        made.by_teams(
            made.teams_3_spanish(PEOPLE, length="Tiempo en la reunión"), clock="en-US short", length="spanish"
        ),
        "teams-3",
        (),
        {**MINUTES, "Ana Ejemplo": 115},
    ),
    "Teams 3, Spanish, with a last leaving that is answered for": (
        made.by_teams(named(made.teams_3(PEOPLE)[:12], "Last Leave", "Última salida")),
        "teams-3",
        ("column:8.3=last-leave",),
        {**MINUTES, "Ana Ejemplo": 110},
    ),
    "Teams 4": (made.by_zoom(made.teams_4(PEOPLE), clock="iso"), "teams-4", (), MINUTES),
    "Teams 4, without spaces": (made.by_zoom(made.teams_4(PEOPLE, spaced=False), clock="iso"), "teams-4", (), MINUTES),
    "Zoom 1": (made.by_zoom(made.zoom_1(PEOPLE)), "zoom-1", (), MINUTES),
    "Zoom 1, with a block about the meeting": (made.by_zoom(made.zoom_1(PEOPLE, block=True)), "zoom-1", (), MINUTES),
    "Zoom 1, sentence case": (made.by_zoom(made.zoom_1(PEOPLE, words="en 2023")), "zoom-1", (), MINUTES),
    "Zoom 1, Spanish": (
        made.by_zoom(made.zoom_1(PEOPLE, words="es", block=True), clock="zoom es"), "zoom-1", (), MINUTES,
    ),
    "Zoom 1, newer Spanish, 24 hours": (
        made.by_zoom(made.zoom_1(PEOPLE, words="es 2023"), clock="pt"), "zoom-1", (), MINUTES,
    ),
    "Zoom 1, saved by Excel": (made.by_excel(made.zoom_1(PEOPLE, words="es")), "zoom-1", (), BY_MINUTE),
    "Zoom 1, saved by LibreOffice": (
        made.by_libreoffice(made.zoom_1(PEOPLE, block=True), clock="zoom", length="minutes"), "zoom-1", (), MINUTES,
    ),
    "Zoom 1, as a workbook below a title": (made.workbook(made.zoom_1(PEOPLE), above=4), "zoom-1", (), MINUTES),
    "Zoom 1, without arrivals": (
        made.by_zoom([[*row[:2], *row[3:]] for row in made.zoom_1(PEOPLE)], length="clock"), "zoom-1", (), MINUTES,
    ),
    "Zoom 1, without leavings": (
        made.by_zoom([[*row[:3], *row[4:]] for row in made.zoom_1(PEOPLE)], length="clock"), "zoom-1", (), MINUTES,
    ),
    "Zoom 2": (made.by_zoom(made.zoom_2(PEOPLE)), "zoom-2", (), {**MINUTES, "Ana Ejemplo": 120}),
    "Zoom 2, Spanish": (
        made.by_zoom(made.zoom_2(PEOPLE, language="es")), "zoom-2", (), {**MINUTES, "Ana Ejemplo": 120},
    ),
    "Zoom 3": (
        made.by_zoom(made.zoom_3(PEOPLE[:3], absent=[ABSENT], phones=[PHONE]), clock="zoom month 24"),
        "zoom-3",
        (),
        MINUTES,
    ),
    "Zoom 3, minutes only, with a host": (
        made.by_zoom(made.zoom_3(PEOPLE, hosts=[HOST], absent=[ABSENT]), clock="zoom month"),
        "zoom-3",
        (),
        {**BY_MINUTE, "Organiza Ejemplo": 120},
    ),
    "Zoom 3, Spanish, with a wrong head that is answered for": (
        made.by_zoom(made.zoom_3_spanish(PEOPLE), clock="zoom es"), "zoom-3", ("column:4.6=join",), MINUTES,
    ),
    "Webex": (made.by_teams(made.webex(PEOPLE), length="mins"), "webex", (), MINUTES),
    "Webex, Portuguese": (
        made.by_teams(made.webex(PEOPLE, language="pt"), clock="pt", length="mins"), "webex", (), MINUTES,
    ),
    "Google Meet": (made.by_zoom(made.meet(PEOPLE), clock="time", length="hr min"), "meet", (), BY_MINUTE),
    "Google Meet, one name, 24 hours": (
        made.by_zoom(made.meet(PEOPLE, parted=False), clock="time 24", length="clock"), "meet", (), BY_MINUTE,
    ),
}  # fmt: skip


def test_the_forms_are_forty_at_least() -> None:
    """What the sheet of formats names, each re-saved in the ways that people re-save it."""
    assert len(FILES) >= 40


@pytest.mark.parametrize("name", FILES)
def test_a_file_gives_its_people_and_their_minutes_within_the_session(name: str) -> None:
    """By hand: each time within the session, over all rows of the person, rounded down; nobody twice."""
    content, program, answers, expected = FILES[name]
    found = read_file(content, *answers)
    assert (found.program, minutes(found)) == (program, expected)


@pytest.mark.parametrize("name", ["Teams 2", "Teams 3, UTF-16LE", "Zoom 1", "Zoom 3, minutes only, with a host"])
def test_the_totals_of_the_file_stand_beside_ours(name: str) -> None:
    """Ana's 120 minutes began before the session and went on after it."""
    people = together([read_file(FILES[name][0])], SESSION)
    assert {one.name: one.own_minutes for one in people}["Ana Ejemplo"] == 120


def test_what_a_summary_says_of_the_number_of_people_is_kept_and_held_against_the_rows() -> None:
    whole = read_file(made.by_teams(made.teams_2(PEOPLE)))
    assert whole.totals["participants"] == 4
    rows = made.teams_2(PEOPLE)[:-1]
    fewer = read_file(made.by_teams(rows))
    assert "The file says that 4 people took part, and names 3: it may be cut off." in [
        said["en"] for said in fewer.remarks
    ]


def test_the_zone_that_was_assumed_is_said() -> None:
    """The clock of whoever downloads the file is nowhere in it."""
    found = read_file(made.by_zoom(made.zoom_1(PEOPLE)))
    assert found.zone == "America/Mexico_City"
    assert [said["es"] for said in found.remarks] == [
        "El archivo no dice su zona horaria: sus horas se tomaron como de America/Mexico_City."
    ]
    assert read_file(made.by_zoom(made.teams_4(PEOPLE), clock="iso")).remarks == ()


def test_an_address_is_read_in_lower_case_from_the_mail_or_the_account() -> None:
    people = {one.name: one.address for one in together([read_file(made.by_teams(made.teams_3(PEOPLE)))], SESSION)}
    assert (people["Ana Ejemplo"], people["Beto Muestra"]) == ("ana@sedes.example", "beto@sedes.example")
    assert people["+52 55 1234 5678"] == ""


def test_who_registered_and_did_not_come_was_not_there() -> None:
    found = read_file(made.by_zoom(made.zoom_3([ANA], absent=[ABSENT]), clock="zoom month 24"))
    assert list(minutes(found)) == ["Ana Ejemplo"]
    assert any("did not come" in said["en"] for said in found.remarks)


def test_an_unknown_duration_is_not_zero() -> None:
    """Who opted out of being measured has a row without times."""
    rows = made.teams_2([ANA, BETO])
    rows[-1] = ["Beto Muestra", "", "", "", "beto@sedes.example", "Attendee", ""]
    found = read_file(made.by_teams(rows))
    beto = next(one for one in found.seen if one.name == "Beto Muestra")
    assert (beto.unknown, minutes(found)["Beto Muestra"]) == (True, None)


def test_a_name_with_a_nul_a_no_break_space_and_a_line_break_is_one_name() -> None:
    rows = made.zoom_1([Came(name="Eva\u00a0 \nPr\0ueba", stays=(stay(0, 30),))])
    assert minutes(read_file(made.by_zoom(rows))) == {"Eva Prueba": 30}


def test_a_session_over_midnight_without_dates_is_read_forward() -> None:
    """23:30 is of the evening, 00:20 of the day after."""
    session = type(SESSION)(
        event="nocturno",
        start=SESSION.start + timedelta(hours=5),
        end=SESSION.end + timedelta(hours=5),
        zone=SESSION.zone,
    )
    late = Came(name="Eva Prueba", stays=(stay(30, 100, session.start),))
    content = made.by_zoom(made.meet([late]), clock="time 24", length="clock")
    assert minutes(read_file(content, session=session), session=session) == {"Eva Prueba": 70}


def test_a_participants_table_counts_by_its_activities() -> None:
    """First arrival and last leaving would make it 120; the activities know of the ten minutes outside."""
    with_activities = minutes(read_file(made.by_teams(made.teams_3([ANA]))))
    without = minutes(read_file(made.by_teams(made.teams_3([ANA])[:9])))
    assert with_activities == {"Ana Ejemplo": 110}
    assert without == {"Ana Ejemplo": 110}  # of 120 in all, ten may lie before and after the session


def test_a_carla_with_a_suffix_and_a_company_is_the_same_person() -> None:
    rows = made.zoom_1([CARLA, Came(name="[INE] NUÑEZ, Carla", stays=(stay(110, 120),))])
    assert list(minutes(read_file(made.by_zoom(rows))).values()) == [119]


def test_what_teams_adds_below_the_activities_is_left_alone() -> None:
    """Section 4 stands for people, too, and has neither times nor durations."""
    more: made.Rows = [[], ["4. Engagement"], ["Name", "Email", "Reactions"], ["Ana Ejemplo", "ana@sedes.example", "3"]]
    assert minutes(read_file(made.by_teams([*made.teams_3(PEOPLE), *more]))) == MINUTES


def test_moments_that_say_their_offset_are_read_by_it() -> None:
    """A list that a program wrote by ISO 8601."""
    content = b"Name,Join Time,Leave Time\nAna Ejemplo,2021-10-21T18:00:00-05:00,2021-10-21T23:30:00Z\n"
    assert minutes(read_file(content)) == {"Ana Ejemplo": 30}


def test_activities_cut_off_do_not_take_a_stay_away() -> None:
    """Ana's second time in the meeting stood in a row that is lost; the table of participants knows her total."""
    rows = made.teams_3(PEOPLE)
    del rows[-4]
    found = read_file(made.by_teams(rows))
    assert minutes(found) == MINUTES
    assert any(said["en"].startswith("The activities of 1 person come to less") for said in found.remarks)
