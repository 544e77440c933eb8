"""Every slip is refused at its place, with its correction: the table is reading_problems.txt."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from calendars.reading.configuration import read
from tests.support.small_config import edited, files, problems

TABLE = Path(__file__).with_name("problems.txt")


class Case(NamedTuple):
    name: str
    old: str
    new: str
    expected: list[str]


def cases() -> list[Case]:
    """Blocks of the table, each named by its heading and its first changed line."""
    heading, found = "", []
    for block in TABLE.read_text(encoding="utf-8").split("\n\n"):
        lines = block.strip("\n").split("\n")
        if block.startswith("# "):
            heading = block[2:].strip()
        elif lines[0].startswith("-"):
            old, new = _lines("-", lines), _lines("+", lines)
            changed = next((line.strip() for line in new if line not in old), "nothing")
            found.append(Case(f"{heading}: {changed}"[:80], "".join(old), "".join(new), _lines("= ", lines)))
    return [case._replace(expected=[line.strip() for line in case.expected]) for case in found]


def _lines(sign: str, lines: list[str]) -> list[str]:
    plain = (line.removeprefix(sign) for line in lines if line.startswith(sign))
    return [line.replace("␉", "\t").replace("␇", "\x07") + "\n" for line in plain]


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_slip_is_refused_at_its_place_with_its_correction(case: Case) -> None:
    reading = read(edited((case.old, case.new)))
    assert problems(reading) == case.expected
    assert reading.draft is None


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_each_problem_is_told_in_english_too_and_has_a_code(case: Case) -> None:
    for problem in read(edited((case.old, case.new))).problems:
        assert problem.message["en"]
        assert problem.message["en"] != problem.message["es"]
        assert problem.rule.replace("-", "").isalpha()


def test_the_table_is_whole() -> None:
    """A block that lost its first sign would be skipped in silence."""
    blocks = TABLE.read_text(encoding="utf-8").split("\n\n")
    assert len(cases()) == sum("\n= " in block for block in blocks) > 120


def test_all_problems_of_all_files_come_at_once_in_order_of_place() -> None:
    reading = read(
        edited(
            ("estado: confirmado", "estado: cancelada"),
            ("tipo: jornada", "tipo: jornadas"),
            ("España,ES", "España,"),
            ("@sedes.example,es", ".sedes.example,fr"),
            ("https://", "http://"),
        )
    )
    assert problems(reading) == [
        "agenda.yaml:19:13: estado «cancelada» no existe. ¿Quiso decir «cancelado»?",
        "agenda.yaml:29:11: tipo «jornadas» no existe. ¿Quiso decir «jornada»?",
        "privado.yaml:2:18: el enlace no es válido. Debe empezar con https:// y no llevar espacios ni acentos.",
        "recipients.csv:2:24: la dirección «…» no es válida: debe llevar una arroba, y solo una.",
        "recipients.csv:2:45: idioma «fr» no existe. Puede ser: es, en, español, inglés, english.",
        "representations.csv:2:60: falta «country_code» en esta fila. Escríbalo, o borre la fila completa.",
    ]


def test_a_problem_carries_value_rule_and_both_languages() -> None:
    [problem] = read(edited(("dia: martes", "dia: jueves"))).problems
    assert (problem.file, problem.line, problem.column) == ("agenda.yaml", 21, 10)
    assert (problem.value, problem.rule) == ("jueves", "weekday-mismatch")
    assert problem.message["en"] == "“dia: jueves”, but 26 Oct 2021 is a Tuesday. Correct “fecha” or “dia”."


@pytest.mark.parametrize("name", ["agenda.yaml", "representations.csv", "recipients.csv"])
def test_a_missing_file_is_a_problem_at_its_start(name: str) -> None:
    given = {key: data for key, data in files().items() if key != name}
    assert problems(read(given)) == [
        f"{name}:1:1: falta el archivo «{name}». Recupérelo de su respaldo o de la distribución."
    ]


def test_privado_may_be_absent() -> None:
    given = {name: data for name, data in files().items() if name != "privado.yaml"}
    draft = read(given).draft
    assert draft is not None
    assert draft.links == {}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  - {es: Europa, en: Europe}\n", "  - {es: Europa}\n"),
        ("regiones:\n", "regiones: nada\nx:\n"),
        ("regiones:\n", "otras:\n"),
        ("  - {id: promocion,", "  - {id: Promoción,"),
        ("ejes:\n", "ejes: nada\nx:\n"),
        ("zona: TCM", "zona: TMC"),
        ("id: taller-europa", "id: [taller-europa]"),
        ("id: taller-europa", "id: Taller Europa"),
        ("eventos:\n  - id: taller-europa\n", "eventos:\n  - tipos: a\n"),
        ("eventos:\n", "eventos: nada\nx:\n"),
        ("madrid,embajada", "Madrid!,embajada"),
        ("ES,Europa", "ES,Europ"),
        ("id,kind", "id,kid"),
    ],
)
def test_what_hangs_on_a_broken_part_is_not_blamed(old: str, new: str) -> None:
    """A region that cannot be read is one problem, not one more for each site and event that names it."""
    found = read(edited((old, new))).problems
    assert found
    assert not {p.rule for p in found} & {"unknown-site", "unknown-event", "unknown-axis", "empty-audience"}
    assert sum(p.rule == "unknown-region" for p in found) == (new == "ES,Europ")
