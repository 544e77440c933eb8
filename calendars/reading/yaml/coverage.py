"""What an event says about who has to come, where else one may, and what follows: `cobertura`, `otras_sesiones`,
`seguimiento`.
"""

from __future__ import annotations

from calendars.catalogue import Phrase
from calendars.model.events import Audience, Days, Timed
from calendars.model.rules import Coverage, DaysBefore
from calendars.reading import values, words
from calendars.reading.problems import Report, Wrong, shown
from calendars.reading.yaml.fields import Fields
from calendars.reading.yaml.nodes import Node, ScalarNode
from calendars.reading.yaml.schema import CoverageForm

MOST = 99  # posts of one site
_NO_SESSION = Phrase("“seguimiento” goes with “hora” only. Write the hour, or delete “seguimiento”.")
_TO_NOBODY = Phrase("“seguimiento” writes to the sites, and “para: coordinacion” names none. Delete one.")
YES_NO = values.one_of(words.YES_NO, "unknown-yes-no", Phrase("value"))


def coverage(fields: Fields, audience: Audience | None, report: Report) -> Coverage | None:
    """`cobertura`: yes, with what is usual; or what is not. None where it is absent, `no` or broken."""
    found = fields.read("cobertura", lambda node: _coverage(node, report))
    if found is not None and audience is not None and audience.kind == "coordination":
        fields.fail(
            fields.key_place("cobertura"),
            Wrong(
                "coverage-of-nobody",
                Phrase("“cobertura” counts who comes from each site, and “para: coordinacion” names none. Delete one."),
                value="cobertura",
            ),
        )
    return found


def other_sessions(fields: Fields, moment: Timed | Days | None) -> bool:
    found = fields.value("otras_sesiones", YES_NO)
    if found and isinstance(moment, Days):
        fields.fail(
            fields.key_place("otras_sesiones"),
            Wrong(
                "conflicting-keys",
                Phrase("“otras_sesiones” goes with “hora” only. Write the hour, or delete “otras_sesiones”."),
                value="otras_sesiones",
            ),
        )
    return found or False


def follow_up(fields: Fields, audience: Audience | None, moment: Timed | Days | None) -> bool:
    """`seguimiento`: it goes to those whom a session with an hour addresses."""
    found = fields.value("seguimiento", YES_NO)
    if found and isinstance(moment, Days):
        fields.fail(fields.key_place("seguimiento"), Wrong("conflicting-keys", _NO_SESSION, value="seguimiento"))
    elif found and audience is not None and audience.kind == "coordination":
        fields.fail(fields.key_place("seguimiento"), Wrong("follow-up-of-nobody", _TO_NOBODY, value="seguimiento"))
    return found or False


def _coverage(node: Node, report: Report) -> Coverage | None:
    usual = Coverage()
    if isinstance(node, ScalarNode):
        return usual if YES_NO(node.text) else None
    fields = Fields(node, CoverageForm, report)
    minimum = fields.value("minimo", _minimum)
    deputy, coordination = fields.value("suplente", _day_rule), fields.value("coordinacion", _day_rule)
    fields.finish()
    found = Coverage(
        minimum=usual.minimum if minimum is None else minimum,
        deputy=deputy or usual.deputy,
        coordination=coordination or usual.coordination,
    )
    if _before(found.coordination, found.deputy):
        raise Wrong(
            "escalation-order",
            Phrase(
                "the coordination would hear of it ({coordination}) before the deputy ({deputy}). Correct "
                "“suplente” or “coordinacion”."
            ).of(coordination=found.coordination, deputy=found.deputy),
            value=str(found.coordination),
            place=fields.place_of("coordinacion" if coordination else "suplente"),
        )
    return found


def _minimum(value: str) -> int:
    number = values.number(value)
    if 1 <= number <= MOST:
        return number
    raise Wrong(
        "coverage-minimum",
        Phrase(
            "minimum “{strip}” will not do: it goes from 1 to {most}. If nobody has to come, write “cobertura: no”."
        ).of(strip=shown(value.strip()), most=MOST),
        value=value.strip(),
    )


def _day_rule(value: str) -> DaysBefore:
    """A moment by the day, at the site: whoever is asked to step in needs a day, not an hour."""
    try:
        found = values.reminder(value)
    except Wrong:
        found = None
    if isinstance(found, DaysBefore):
        return found
    plain = value.strip()
    raise Wrong(
        "escalation-format",
        Phrase("“{plain}” is not clear. Write days before and the site's hour, for instance “P5D a las 10:00”.").of(
            plain=shown(plain)
        ),
        value=plain,
    )


def _before(one: DaysBefore, other: DaysBefore) -> bool:
    return (-one.days, one.at) < (-other.days, other.at)
