"""One event of agenda.yaml as the fields of a form, and a filled-in form as the text with those fields.

A field that is one text in two languages is two: `titulo.es`, `titulo.en`. Only what differs from the file is written
(patching.py), so that comments, order and whatever the form does not show stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from calendars.catalogue import LANGUAGES
from calendars.reading.yaml.schema import EventForm
from scheduler.drafts.history import digest_of
from scheduler.drafts.patching import Events, Patch, Value, event_patch, item, with_event

KEYS = tuple(EventForm.model_fields)  # in the order in which a new key is put in
TEXTS = ("titulo", "lugar", "descripcion", "motivo", "mensaje")
IN_ONE = ("mensaje",)  # of these texts, one language is enough
LISTS = ("supuesto", "recordatorios")
LINES = (
    "tipo",
    "eje",
    "estado",
    "fecha",
    "hasta",
    "dia",
    "hora",
    "duracion",
    "pliegue",
    "fuente",
    "otras_sesiones",
    "seguimiento",
)
AUDIENCE = ("para.quien", "para.cuales")  # todas, coordinacion, regiones, sedes; and which, one a line
COVERAGE = ("cobertura.minimo", "cobertura.suplente", "cobertura.coordinacion")
FIELDS = (
    *(f"{key}.{language}" for key in TEXTS for language in LANGUAGES),
    *LINES,
    *LISTS,
    *AUDIENCE,
    *COVERAGE,
)
_TIMED = ("fecha", "hasta", "hora", "duracion", "pliegue", "para")
SEVERAL = ("regiones", "sedes")
_BREAK = re.compile(r"[\n,;]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class EventText:
    """An event as it stands in the text of agenda.yaml."""

    id: str
    fields: Mapping[str, str]  # by FIELDS; a key that is not there is ""
    lines: Mapping[str, tuple[int, int]]  # key -> its lines in the file, from 1, both inclusive
    digest: str  # of the event's own text: another's edit leaves it as it is


def event_text(events: Events, key: str) -> EventText:
    """Raises AsText where the event cannot be edited by a form."""
    snippet = events.snippet(key)
    patch = event_patch(snippet)
    above = events.text.count("\n", 0, events.lines(key).start)
    return EventText(
        id=key,
        fields=dict.fromkeys(FIELDS, "") | dict(_fields(patch)),
        lines={name: (above + first, above + last) for name, (first, last) in patch.lines().items()},
        digest=digest_of(snippet.encode()),
    )


def with_fields(events: Events, key: str, fields: Mapping[str, str]) -> str:
    """The text of agenda.yaml with an event's fields as they were filled in. Raises AsText."""
    where, snippet = events.lines(key), events.snippet(key)
    before = event_text(events, key).fields
    wanted, was = _values({**before, **fields}), _values(before)
    for name in KEYS:
        if name != "id" and wanted.get(name) != was.get(name):
            snippet = event_patch(snippet).put(name, wanted.get(name), KEYS)
    return events.text[: where.start] + snippet + events.text[where.end :]


def with_new(text: str, key: str, fields: Mapping[str, str]) -> str:
    """The text with one more event, whose id is new. Raises AsText."""
    return with_event(text, {"id": key, **_values(dict.fromkeys(FIELDS, "") | dict(fields))})


def timed_alone(events: Events, key: str) -> str:
    """The text with nothing of all events but this one's time and audience: what its local hours depend on.

    Its weekday is left out, too: while a date is being typed, it is that of another.
    """
    whole, where = Events(events.alone(key)), event_text(events, key)
    stated = _values(where.fields)
    kept = {name: value for name, value in stated.items() if name in _TIMED}
    values: dict[str, Value] = {
        "id": key,
        "titulo": "x",
        "tipo": "taller",
        "estado": "tentativo",
        **kept,
        "fuente": "x",
    }
    found = whole.lines(key)
    return whole.text[: found.start] + item(values, event_patch(events.snippet(key)).indent) + whole.text[found.end :]


def _fields(patch: Patch) -> Iterator[tuple[str, str]]:
    nodes = patch.nodes()
    for key in TEXTS:
        yield from _texts(key, nodes.get(key))
    for key in LINES:
        yield key, _line(nodes.get(key))
    for key in LISTS:
        yield key, "\n".join(_items(nodes.get(key)))
    yield from _audience(nodes.get("para"))
    yield from _coverage(nodes.get("cobertura"))


def _texts(key: str, node: Node | None) -> Iterator[tuple[str, str]]:
    for language in LANGUAGES:
        yield f"{key}.{language}", _line(_child(node, language) if isinstance(node, MappingNode) else node)


def _audience(node: Node | None) -> Iterator[tuple[str, str]]:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            kind = "regiones" if key.value == "region" else key.value
            yield "para.quien", kind
            yield "para.cuales", "\n".join(_items(value)) or _line(value)
    else:
        yield "para.quien", _line(node)


def _coverage(node: Node | None) -> Iterator[tuple[str, str]]:
    if isinstance(node, MappingNode):
        yield "cobertura.minimo", _line(_child(node, "minimo")) or "1"
        yield "cobertura.suplente", _line(_child(node, "suplente"))
        yield "cobertura.coordinacion", _line(_child(node, "coordinacion"))
    else:
        word = _line(node)
        yield "cobertura.minimo", "1" if word in ("sí", "true") else "" if word in ("no", "false") else word


def _values(fields: Mapping[str, str]) -> dict[str, Value]:
    """By key, what the fields come to; a key without anything is left out."""
    found: dict[str, Value] = {}
    for key in KEYS:
        value = _value(key, fields)
        if value:
            found[key] = value
    return found


def _value(key: str, fields: Mapping[str, str]) -> Value:
    if key in TEXTS:
        said = {language: fields[f"{key}.{language}"].strip() for language in LANGUAGES}
        return _in_one(said) if key in IN_ONE else _said(said)
    if key in LISTS:
        return _split(fields[key])
    if key == "para":
        return _addressed(fields["para.quien"].strip(), _split(fields["para.cuales"]))
    if key == "cobertura":
        return _covered(*(fields[name].strip() for name in COVERAGE))
    return fields[key].strip() if key in LINES else ""


def _said(words: Mapping[str, str]) -> Value:
    """One text where both languages have the same; a language without words is written empty, which is a problem."""
    several = set(words.values())
    return several.pop() if len(several) == 1 else dict(words)


def _in_one(words: Mapping[str, str]) -> Value:
    """One text where both languages have the same; else of each that has words."""
    found = {language: text for language, text in words.items() if text}
    same = len(found) == len(words) and len(set(found.values())) == 1
    return next(iter(found.values())) if same else found


def _addressed(kind: str, which: tuple[str, ...]) -> Value:
    if kind not in SEVERAL:
        return kind
    if kind == "regiones" and len(which) == 1:
        return {"region": which[0]}
    return {kind: which}


def _covered(least: str, deputy: str, coordinator: str) -> Value:
    if not least:
        return ""
    if not (deputy or coordinator):
        return "sí" if least == "1" else {"minimo": least}
    found = {"minimo": least, "suplente": deputy, "coordinacion": coordinator}
    return {key: value for key, value in found.items() if value}


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in _BREAK.split(text) if part.strip())


def _child(node: Node | None, name: str) -> Node | None:
    if not isinstance(node, MappingNode):
        return None
    return next((value for key, value in node.value if key.value == name), None)


def _line(node: Node | None) -> str:
    return str(node.value) if isinstance(node, ScalarNode) else ""


def _items(node: Node | None) -> tuple[str, ...]:
    return tuple(_line(one) for one in node.value) if isinstance(node, SequenceNode) else ()
