"""`agenda new`: a skeleton that is valid as it is, and last year's agenda on the weekdays of another year."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.model.agenda import Agenda, Draft
from calendars.model.events import EventStatus, Timed
from calendars.reading.configuration import read
from calendars.reading.files import FILES
from scheduler.drafts.files import Configuration
from scheduler.drafts.next_year import copied, moved, still_named
from scheduler.drafts.skeleton import skeleton
from tests.support.command_line import agenda, edit
from tests.support.small_config import edited

pytestmark = pytest.mark.usefixtures("here")

TODAY = date(2026, 11, 29)


def draft_of(files: Mapping[str, bytes]) -> Draft:
    found = read({name: body for name, body in files.items() if name in FILES})
    assert found.draft is not None, [problem.message["es"] for problem in found.problems]
    return found.draft


def small(*edits: tuple[str, str], year: int = 2027) -> tuple[str, Draft]:
    """agenda.yaml of the small configuration for another year, and what it holds."""
    files = edited(*edits)
    done = copied(files, draft_of(files), year, TODAY)
    return done.files["agenda.yaml"].decode(), draft_of(done.files)


@given(st.dates(date(2020, 1, 1), date(2036, 12, 31)))
def test_the_skeleton_is_valid_whatever_the_day(today: date) -> None:
    """Its sample session lies two months ahead, on the weekday that it names."""
    found = draft_of(skeleton(today))
    [event] = found.agenda.events
    assert event.status is EventStatus.TENTATIVE
    assert event.when is not None
    assert len(found.agenda.representations) == 149


def test_a_new_folder_passes_the_check_and_is_explained_in_spanish() -> None:
    done = agenda("new", "nueva")
    assert done.exit_code == 0
    assert re.search(r"Agenda nueva en nueva: agenda-20\d\d\. Nada se ha publicado\.", done.stdout)
    assert agenda("check", "--config", "nueva").exit_code == 0
    text = (Path("nueva") / "agenda.yaml").read_text("utf-8")
    comments = re.findall(r"#.*", text)
    assert len(comments) > 40
    assert "Guardar NO envía nada" in text
    assert not (Path("nueva") / "agenda.db").exists()
    english = agenda("new", "other", "--lang", "en").stdout
    assert "New agenda in other: " in english
    assert "Next: edit other/agenda.yaml" in english


def test_nothing_is_ever_written_over() -> None:
    """Not even where one file alone stands there."""
    folder = Path("nueva")
    folder.mkdir()
    (folder / "recipients.csv").write_text("mío", "utf-8")
    done = agenda("new", "nueva")
    assert (done.exit_code, "ya hay archivos de una agenda (recipients.csv)" in done.stderr) == (1, True)
    assert [path.name for path in folder.iterdir()] == ["recipients.csv"]
    assert (folder / "recipients.csv").read_text("utf-8") == "mío"
    assert "nothing is written over" in agenda("new", "nueva", "--lang", "en").stderr
    copy = agenda("new", "nueva", "--from", "config", "--year", "2027")
    assert (copy.exit_code, [path.name for path in folder.iterdir()]) == (1, ["recipients.csv"])


def test_the_shipped_agenda_comes_to_another_year_with_its_comments_and_its_order() -> None:
    """What differs is ids, dates, status and source; every other line is the same."""
    done = agenda("new", "n27", "--from", "config", "--year", "2027")
    assert (done.exit_code, done.stderr) == (0, "")
    assert agenda("check", "--config", "n27").exit_code == 0
    old, new = ((Path(where) / "agenda.yaml").read_text("utf-8").splitlines() for where in ("config", "n27"))
    pairs = [
        (was, now)
        for kind, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if kind != "equal"
        for was, now in zip(old[i:j], new[k:m], strict=True)
    ]
    keys = {line.strip().removeprefix("- ").partition(":")[0] for pair in pairs for line in pair}
    assert keys == {"agenda", "publicada", "id", "estado", "fecha", "hasta", "fuente"}
    assert all(was.partition("#")[2] == now.partition("#")[2] for was, now in pairs)
    for name in ("representations.csv", "recipients.csv", "festivos.csv"):
        assert (Path("n27") / name).read_bytes() == (Path("config") / name).read_bytes()


def weekdays(of: Agenda) -> list[int]:
    """On which each dated event begins."""
    dated = [event.when for event in of.events if event.when is not None]
    return [(when.wall if isinstance(when, Timed) else when.first).weekday() for when in dated]


def test_everything_is_tentative_and_on_its_weekday() -> None:
    agenda("new", "n27", "--from", "config", "--year", "2027")
    before, after = (Configuration(folder=Path(name)).draft().agenda for name in ("config", "n27"))
    assert after.id == "vmre-2027-2028"
    assert {event.status for event in after.events if event.when} == {EventStatus.TENTATIVE}
    assert {event.status for event in after.events if not event.when} == {EventStatus.UNSCHEDULED}
    assert [event.id for event in after.events][:2] == ["reunion-2027-10-06", "reunion-2027-10-19"]
    assert all(event.source.startswith("Copiado de vmre-2021-2022 (") for event in after.events)
    assert weekdays(after) == weekdays(before)


def test_it_says_which_sites_have_another_hour_and_where_a_holiday_stands_in_the_way() -> None:
    """Mexico keeps no summer time since 2022: who had 04:30 has 05:30."""
    said = agenda("new", "n27", "--from", "config", "--year", "2027").stdout
    part = said.split("taller-asia-pacifico-2027")[1].split("\n\n")[0]
    assert "jue 21 oct 2021 → jue 21 oct 2027" in part
    assert "Otra hora local que en 2021: Nueva Delhi 04:30 h → 05:30 h" in part
    assert "noche: Nueva Delhi" in part
    assert "feriado: Fiesta Nacional: Viena" in said
    assert "feriado en México: Día de la Constitución (lun 7 feb)" in said
    assert "festivos.csv no tiene ningún día de 2027" in said
    english = agenda("new", "e27", "--from", "config", "--year", "2027", "--lang", "en").stdout
    assert "Another local hour than in 2021: New Delhi 04:30 → 05:30" in english
    assert "holiday: National Day: Vienna" in english


def test_links_reasons_and_messages_of_last_year_stay_behind() -> None:
    edit(("    dia: jueves\n", '    dia: jueves\n    motivo: "La sala"\n    mensaje: "Traiga su lista"\n'))
    Path("config/privado.yaml").write_text("enlaces:\n  taller-asia-pacifico-2021: https://salas.example/1\n", "utf-8")
    agenda("new", "n27", "--from", "config", "--year", "2027")
    found = Configuration(folder=Path("n27")).draft()
    event = found.agenda.event("taller-asia-pacifico-2027")
    assert event is not None
    assert (event.reason, event.message, found.links) == (None, None, {})
    assert "salas.example" not in (Path("n27") / "privado.yaml").read_text("utf-8")


def test_the_comment_after_what_is_left_behind_stays() -> None:
    """It is about what follows."""
    written = (
        "    mensaje:\n      es: |\n        Uno.\n        Dos.\n",
        "    motivo:\n      es: >-\n        Uno\n        dos.\n      en: >-\n        One\n        two.\n",
        '    mensaje:\n      es: "Uno"  # y\n',
        "    motivo: |\n      Uno dos.\n",
        '    motivo: "x" # y\n',
        "    mensaje: {es: Uno}\n",
    )
    for key in written:
        before = f"    fuente: Nota\n{key}\n  # Esta:\n  - id: jornada\n"
        text, _ = small(("    fuente: Nota\n  - id: jornada\n", before))
        assert "\n\n  # Esta:\n  - id: jornada\n" in text
        assert "mensaje" not in text
        assert "motivo" not in text


def test_what_was_cancelled_is_proposed_again_and_named() -> None:
    files = edited(("estado: confirmado", "estado: cancelado"))
    done = copied(files, draft_of(files), 2027, TODAY)
    assert done.cancelled == ("taller-europa",)
    assert {event.status for event in draft_of(done.files).agenda.events} == {EventStatus.TENTATIVE}


def test_an_agenda_without_a_year_in_its_name_gets_one() -> None:
    _, found = small(("agenda: prueba-2021", "agenda: prueba"))
    assert found.agenda.id == "prueba-2027"


def test_several_days_stay_as_many() -> None:
    _, found = small()
    event = found.agenda.event("jornada")
    assert event is not None
    assert (event.when.first, event.when.last) == (date(2028, 2, 1), date(2028, 2, 7))  # type: ignore[union-attr]  # days


def test_an_hour_that_does_not_exist_that_year_is_told_with_its_line() -> None:
    """On 4 April 2021 clocks stay as they are in Madrid; on 31 March 2030, which is that Sunday, they skip 02:30."""
    edit(("zona: TCM ", "zona: Europe/Madrid "))
    early = '    fecha: 2021-04-04\n    dia: domingo\n    hora: "02:30"'
    edit(('    fecha: 2021-10-21\n    dia: jueves\n    hora: "18:00"', early))
    done = agenda("new", "n30", "--from", "config", "--year", "2030")
    assert done.exit_code == 1, done.output
    assert re.search(r"n30/agenda\.yaml:\d+:\d+: .*02:30", done.stderr)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "config"], "--from y --year van juntas"),
        (["--year", "2027"], "--from y --year van juntas"),
        (["--from", "config", "--year", "2021"], "la agenda es de 2021. Escriba un año posterior"),
        (["--from", "config", "--year", "2037"], "su último evento caería en 2038"),
        (["--from", "no-hay", "--year", "2027"], "no-hay"),
    ],
)
def test_a_year_that_cannot_be_is_refused_and_nothing_is_written(arguments: list[str], said: str) -> None:
    done = agenda("new", "x", *arguments)
    assert (done.exit_code, said in done.stderr) == (2, True)
    assert not Path("x").exists()


def test_an_agenda_with_problems_is_not_copied() -> None:
    edit(("estado: tentativo", "estado: tentatibo"))
    done = agenda("new", "x", "--from", "config", "--year", "2027")
    assert (done.exit_code, "¿Quiso decir «tentativo»?" in done.stderr, Path("x").exists()) == (1, True, False)


@given(st.dates(date(2000, 1, 1), date(2036, 12, 31)), st.integers(1, 37))
def test_a_date_keeps_its_weekday_and_its_week(day: date, by: int) -> None:
    """And so lies within a week of the same date."""
    new = moved(day, by)
    assert new.weekday() == day.weekday()
    was, now = day.isocalendar(), new.isocalendar()
    assert now.year == was.year + by
    assert now.week == was.week or (was.week, now.week) == (53, 52)


def test_the_lines_that_still_name_the_year_are_found() -> None:
    text = "agenda: a-2021\ntitulo: Agenda 2021\nfuente: Nota 2021\nvalor: 20215\n# de 2022\n"
    assert list(still_named(text.encode(), frozenset({2021, 2022}), "a-2021")) == [2, 5]
