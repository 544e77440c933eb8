"""The work that was agreed, as agenda.yaml says it: axes, commitments, advances, and from when somebody was there."""

from __future__ import annotations

import re

from calendars.addresses import masked
from calendars.catalogue import Phrase
from calendars.model.agenda import Advance, Axis, Commitment, Figure
from calendars.model.text import Text
from calendars.reading import values, words
from calendars.reading.context import Context
from calendars.reading.problems import MEANT, Report, Wrong, known, shown
from calendars.reading.yaml.coverage import YES_NO
from calendars.reading.yaml.events import axis_id
from calendars.reading.yaml.fields import Fields
from calendars.reading.yaml.nodes import Node, ScalarNode
from calendars.reading.yaml.schema import AdvanceForm, AxisForm, CommitmentForm, FigureForm
from calendars.spelling import fold

MOST_MINUTES = 720

_STATE = values.one_of(words.COMMITMENT_STATES, "unknown-status", Phrase("status"))
_MINUTES = re.compile(r"([0-9]{1,3}) ?(m|min|minutos?|minutes?)?\.?")


def axis(node: Node, report: Report) -> Axis:
    fields = Fields(node, AxisForm, report)
    id_, title, source = fields.value("id", values.identifier), fields.text("titulo"), _source(fields)
    fields.finish()
    return Axis(id=known(id_), title=known(title), source=known(source))


def commitment(node: Node, report: Report) -> Commitment:
    fields = Fields(node, CommitmentForm, report)
    id_, title = fields.value("id", values.identifier), fields.text("titulo", values.prose)
    session, day = fields.text("sesion", values.prose), fields.value("fecha", values.day)
    responsible, state = _responsible(fields), fields.value("estado", _STATE)
    informed, source = fields.text("informe", values.prose), _source(fields)
    fields.finish()
    return Commitment(
        id=known(id_),
        title=known(title),
        session=known(session),
        date=known(day),
        report=informed,
        source=known(source),
        responsible=responsible,
        state=state,
    )


def advance(node: Node, context: Context, report: Report) -> Advance:
    fields = Fields(node, AdvanceForm, report)
    id_, title = fields.value("id", values.identifier), fields.text("titulo", values.prose)
    axis = fields.value("eje", lambda name: axis_id(name, context))
    day = None if _says(fields, "fecha", words.UNDATED) else fields.value("fecha", values.day)
    figures = fields.each("cifras", lambda part: _figure(part, report))
    source = _source(fields)
    fields.finish()
    return Advance(id=known(id_), title=known(title), axis=axis, figures=figures, source=known(source), date=day)


def minutes(value: str) -> int:
    """`10 min`: more than none, at most MOST_MINUTES. A bare figure may be hours."""
    plain = values.line(value)
    match = _MINUTES.fullmatch(fold(plain))
    number = int(match[1]) if match else 0
    if match and match[2] and 1 <= number <= MOST_MINUTES:
        return number
    meant = f"{number} min" if match and 1 <= number <= MOST_MINUTES else ""
    raise Wrong(
        "minutes-format",
        Phrase("“{plain}” is not clear. {way}").of(
            plain=shown(plain),
            way=MEANT.of(meant=meant)
            if meant
            else Phrase("Write minutes, from 1 min to {most} min.").of(most=MOST_MINUTES),
        ),
        value=plain,
        instead=meant,
    )


def _responsible(fields: Fields) -> Text | None:
    """Who answers for it: an area or a post. It stands on a public page, so no address may."""
    if _says(fields, "responsable", words.UNASSIGNED):
        return None
    return fields.text("responsable", _without_address)


def _without_address(value: str) -> str:
    plain = values.line(value)
    if "@" in plain:
        raise Wrong(
            "public-address",
            Phrase("“{plain}” holds an address, and this is shown to the public. Write the area or the post.").of(
                plain=shown(masked(plain))
            ),
            value=masked(plain),
        )
    return plain


def _says(fields: Fields, key: str, words_: str) -> bool:
    """Does a key say in so many words that there is nothing?"""
    entry = fields.entries.get(key)
    return entry is not None and isinstance(entry.node, ScalarNode) and fold(entry.node.text) == words_


def _figure(node: Node, report: Report) -> Figure:
    fields = Fields(node, FigureForm, report)
    value, unit = fields.value("valor", values.number), fields.text("unidad")
    about = fields.value("aproximado", YES_NO)
    fields.finish()
    return Figure(value=known(value), unit=known(unit), approximate=about or False)


def _source(fields: Fields) -> str | None:
    return fields.value("fuente", values.prose)
