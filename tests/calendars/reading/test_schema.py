"""The JSON schema says what reading says, so that an editor does not promise what a publish refuses."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from pydantic import ValidationError

from calendars.reading.problems import Report
from calendars.reading.yaml.nodes import MappingNode, Node, SequenceNode, compose
from calendars.reading.yaml.schema import AgendaForm, EventForm, PrivacyForm, SignupsForm, json_schema
from tests.support.checkout import CONFIG
from tests.support.shipped import shipped_files
from tests.support.small_config import AGENDA


def load(text: str) -> Any:
    """As an editor loads it, by the core schema of YAML 1.2: dates and hours are text."""
    node = compose(text, Report("agenda.yaml"))
    assert node is not None
    return plain(node)


def plain(node: Node) -> Any:
    match node:
        case MappingNode():
            return {key: plain(entry.node) for key, entry in node.entries.items()}
        case SequenceNode():
            return [plain(part) for part in node.nodes]
    return int(node.text) if node.text.isdigit() else node.text


def conforms(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """As much of JSON Schema as this schema uses."""
    if "$ref" in schema:
        return conforms(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    if "anyOf" in schema:
        return any(conforms(value, part, root) for part in schema["anyOf"])
    if "const" in schema or "enum" in schema:
        return value in schema.get("enum", [schema.get("const")])
    match schema["type"]:
        case "object" if isinstance(value, dict):
            known = schema["properties"]
            whole = set(schema.get("required", ())) <= set(value) <= set(known)
            enough = len(value) >= schema.get("minProperties", 0)
            return whole and enough and all(conforms(part, known[key], root) for key, part in value.items())
        case "array" if isinstance(value, list):
            enough = len(value) >= schema.get("minItems", 0)
            return enough and all(conforms(part, schema["items"], root) for part in value)
        case "integer":
            return isinstance(value, int)
        case "string":
            return isinstance(value, str) and bool(re.search(schema.get("pattern", ""), value))
    return False


def test_the_file_beside_the_agenda_holds_the_schema() -> None:
    assert json.loads((CONFIG / "agenda.schema.json").read_text(encoding="utf-8")) == json_schema()


def test_the_shipped_agenda_names_its_schema_and_conforms() -> None:
    text = shipped_files()["agenda.yaml"].decode()
    assert text.startswith("# yaml-language-server: $schema=agenda.schema.json\n")
    assert conforms(load(text), json_schema(), json_schema())
    AgendaForm.model_validate(load(text))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("estado: confirmado", "estado: cancelada"),
        ("tipo: taller", "tipo: [taller]"),
        ("dia: martes", "dia: marte"),
        ("2021-10-26", "26/10/2021"),
        ("2 h\n", "2 h\n    otra: 1\n"),
        ("formato: 1\n", ""),
        ("para: todas", "para: todos"),
        ("{region: Europa}", "{zona: Europa}"),
        ("id: jornada", "id: Jornada 2022"),
        ("PT1H", "P1W"),
        ("dia_completo: [P1D a las 09:00]", "dia_completo: [PT1H]"),
        ("supuesto: [duracion]", "supuesto: duracion"),
        ("recordatorios:", "retencion: 6 meses\nrecordatorios:"),
        ("recordatorios:", "altas: sí\nrecordatorios:"),
        ("recordatorios:", "altas: {dominios: []}\nrecordatorios:"),
        ("recordatorios:", "altas: {dominios: [ana@sre.gob.mx]}\nrecordatorios:"),
        ("recordatorios:", 'altas: {dominios: ["*.mx"]}\nrecordatorios:'),
        ("recordatorios:", "privacidad: {}\nrecordatorios:"),
        ("recordatorios:", "privacidad: {enlace: http://ine.example}\nrecordatorios:"),
    ],
)
def test_an_editor_underlines_what_reading_refuses(old: str, new: str) -> None:
    assert conforms(load(AGENDA), json_schema(), json_schema())
    assert not conforms(load(AGENDA.replace(old, new)), json_schema(), json_schema())


@pytest.mark.parametrize(
    "line",
    [
        "retencion: 180 d",
        "retencion: 90 días",
        "retencion: no",
        "altas: no",
        'altas: {dominios: [sre.gob.mx, "*.gob.mx", méxico.example]}',
        "privacidad: no",
        "privacidad: {texto: Uno.}",
        "privacidad: {texto: {es: Uno., en: One.}, enlace: https://ine.example/aviso}",
        "asistencia: 10 min",
        "asistencia: 5 minutos",
        "compromisos: [{id: a, titulo: A, sesion: S, fecha: 2021-09-28, estado: por confirmar, fuente: n}]",
        "compromisos: [{id: a, titulo: A, sesion: S, fecha: 2021-09-28, responsable: {es: A, en: B}, fuente: n}]",
        "avances: [{id: a, titulo: A, fecha: sin fecha, fuente: n}]",
        "avances: [{id: a, titulo: A, fecha: 2021-10-15, fuente: n}]",
    ],
)
def test_an_editor_lets_pass_what_reading_accepts_about_people_and_work(line: str) -> None:
    assert conforms(load(f"{line}\n{AGENDA}"), json_schema(), json_schema())


def test_every_key_is_explained_in_the_editor() -> None:
    schema = json_schema()
    for form in (schema, *schema["$defs"].values()):
        for key, part in form["properties"].items():
            assert part.get("description"), key


def test_an_unknown_key_is_no_part_of_the_form() -> None:
    with pytest.raises(ValidationError, match="otra"):
        AgendaForm.model_validate(load(AGENDA) | {"otra": 1})


def test_the_manual_explains_every_key_of_an_event_and_of_people() -> None:
    manual = (CONFIG.parent / "docs" / "configuration.md").read_text(encoding="utf-8")
    for key in (*EventForm.model_fields, "retencion", "altas", "privacidad"):
        assert f"`{key}`" in manual, key
    for key in (*SignupsForm.model_fields, *PrivacyForm.model_fields):
        assert f"  {key}:" in manual, key
