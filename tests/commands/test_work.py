"""The work that was agreed, on the terminal: by axis as on its page, for scripts, and what a change of it is called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command_line import agenda, edit

pytestmark = pytest.mark.usefixtures("here")


def test_show_says_the_work_axis_by_axis() -> None:
    """Whole, after the events; alone, with --work."""
    alone = agenda("show", "--work").stdout
    assert alone in agenda("show").stdout
    lines = alone.splitlines()
    assert lines[0].startswith("Compromiso 04/2021: Establecer una agenda de trabajo")
    for said in (
        "  Responsable: sin asignar",
        "  Estado: por confirmar",
        "  Origen: Nota 04/2021",
        "Eje 1: Operación de la credencialización en el extranjero (Nota 04/2021)",
        "  Todavía no se asigna nada a este eje.",
        "Sin asignar:",
        "  Hecho:",
        "  Ya pasó; por confirmar que se realizó:",
        "  Sin fecha todavía:",
    ):
        assert said in lines
    whole = " ".join(alone.split())
    assert "(cerca de 275 mil dípticos; 145 sedes consulares) · sin fecha · Nota 04/2021" in whole
    assert "- Taller VMRE, Europa · martes 26 de octubre de 2021, 09:00 h TCM · Duración supuesta: 2 h" in whole
    assert "- Participación de la SRE en los Grupos de Trabajo del INE · sin fecha · Nota 04/2021" in whole


def test_it_is_said_in_english_too() -> None:
    shown = agenda("show", "--work", "--lang", "en").stdout
    for said in ("  Responsible: unassigned", "  State: to be confirmed", "Unassigned:", "  Done:", "  No date yet:"):
        assert said in shown.splitlines()
    assert "about 275 thousand leaflets" in " ".join(shown.split())


def test_scripts_read_what_is_not_said_as_null() -> None:
    found = json.loads(agenda("show", "--work", "--json").stdout)
    [commitment] = found["commitments"]
    assert (commitment["id"], commitment["date"]) == ("compromiso-04-2021", "2021-09-28")
    assert (commitment["responsible"], commitment["state"]) == (None, None)
    assert [axis["id"] for axis in found["axes"]] == ["operacion", "modalidades", "promocion", None]
    rest = found["axes"][-1]
    assert [one["id"] for one in rest["advances"]] == [
        "vinculo-registro",
        "dipticos",
        "materiales-digitales",
        "inicio-talleres",
    ]
    assert rest["advances"][1]["figures"][0] == {"value": 275000, "unit": "dípticos", "approximate": True}
    assert rest["events"]["done"] == ["reunion-2021-10-19", "reunion-2021-10-06"]
    assert rest["events"]["undated"] == ["grupos-de-trabajo-ine", "conversatorios-virtuales"]


EUROPE, NORTH = "taller-europa-2021", "taller-america-del-norte-2021"


def test_sessions_were_held_or_not_as_their_attendance_says() -> None:
    """On the terminal, for scripts, and in the report: one word about each."""
    assert agenda("publish", "--reason", "Primera").exit_code == 0
    works = {one["id"] for one in json.loads(agenda("show", "--json").stdout)}
    assert {EUROPE, NORTH} <= works
    assert agenda("attendance", EUROPE, "--site", "madrid=2", "--author", "Ana", "--yes").exit_code == 0
    assert agenda("attendance", NORTH, "--not-held", "--reason", "sin enlace", "--author", "Ana").exit_code == 0
    events = json.loads(agenda("show", "--work", "--json").stdout)["axes"][-1]["events"]
    assert EUROPE in events["done"]
    assert events["not_held"] == [NORTH]
    assert {EUROPE, NORTH} & {*events["past"], *events["next"]} == set()
    alone = agenda("show", "--work").stdout
    assert "  No realizados:" in alone.splitlines()
    assert "- Taller VMRE, Europa · martes 26 de octubre de 2021, 09:00 h TCM · realizado" in " ".join(alone.split())
    assert alone in agenda("show").stdout
    assert "  Not held:" in agenda("show", "--work", "--lang", "en").stdout.splitlines()


def test_a_database_that_cannot_be_read_keeps_nobody_from_seeing_the_draft() -> None:
    """But it says that it could not be."""
    Path("nada.db").write_bytes(b"this is no database, and it is long enough not to be taken for an empty one" * 8)
    shown = agenda("show", "--work", AGENDA_DATABASE_URL="sqlite:///nada.db")
    assert (shown.exit_code, shown.stdout) == (0, agenda("show", "--work").stdout)
    assert "No se pudo leer quién asistió a las sesiones" in shown.stderr


def test_an_axis_is_assigned_by_one_edit() -> None:
    edit(("tipo: jornada\n    eje: sin asignar", "tipo: jornada\n    eje: promocion"))
    found = json.loads(agenda("show", "--work", "--json").stdout)
    [promotion] = [axis for axis in found["axes"] if axis["id"] == "promocion"]
    assert promotion["events"]["past"] == ["jornada-credencializacion-2022"]
    axes = {one["id"]: one["axis"] for one in json.loads(agenda("show", "--json").stdout)}
    assert axes["jornada-credencializacion-2022"] == "promocion"


@pytest.mark.parametrize("beside", [("--days",), ("--site", "tokio"), ("tokio",)])
def test_the_work_is_shown_alone(beside: tuple[str, ...]) -> None:
    refused = agenda("show", "--work", *beside)
    assert (refused.exit_code, "--work va sola" in refused.stderr) == (2, True)


def test_a_change_of_the_work_has_its_name() -> None:
    """`diff` tells each of these keys; taking one away again is asked about."""
    assert agenda("publish", "--reason", "Primera").exit_code == 0
    follows = "    para: {region: Europa}\n"
    edit(
        ("responsable: sin asignar             ", "responsable: Unidad Técnica "),
        ("estado: por confirmar                ", "estado: en curso "),
        ("fecha: sin fecha                     ", "fecha: 2021-10-15 "),
        ("formato: 1\n", "formato: 1\nasistencia: 15 min\n"),
        (follows, f"{follows}    seguimiento: sí\n"),
    )
    told = agenda("diff").stdout
    assert "OTRO SEGUIMIENTO  Taller VMRE, Europa" in told
    assert "OTRAS PARTES  compromisos, avances, asistencia" in told
    english = agenda("diff", "--lang", "en").stdout
    assert "OTHER FOLLOW-UP  Overseas voting workshop, Europe" in english
    assert agenda("publish", "--reason", "Se asigna", "--yes").exit_code == 0
    edit(("asistencia: 15 min\n", ""), ("responsable: Unidad Técnica ", "responsable: sin asignar "))
    lost = agenda("diff").stdout
    assert "asistencia" in lost
    assert "compromisos: compromiso-04-2021" in lost
