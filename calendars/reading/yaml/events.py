"""One entry of `eventos:` -> Event, checked against the rest of the agenda."""

from __future__ import annotations

from collections.abc import Callable

from calendars.catalogue import Phrase
from calendars.model.events import Assumption, Audience, Days, Event, EventKind, Timed
from calendars.model.rules import DaysBefore, ReminderRule
from calendars.model.text import Text
from calendars.reading import values, words
from calendars.reading.context import REGION, SITE, Context, reference
from calendars.reading.problems import AlreadyReported, Report, Wrong, known, nearest, sentences, shown
from calendars.reading.yaml import coverage, messages
from calendars.reading.yaml.fields import Fields, scalar
from calendars.reading.yaml.nodes import Node, ScalarNode, SequenceNode
from calendars.reading.yaml.schema import AudienceForm, EventForm
from calendars.reading.yaml.times import when
from calendars.spelling import fold

_A_KIND = Phrase("kind")
_OWN_KIND = Phrase("A kind of your own goes into the list “tipos”, with its name in Spanish and in English.")
_STATUS = values.one_of(words.STATUSES, "unknown-status", Phrase("status"))
_ASSUMPTION = values.one_of(words.ASSUMPTIONS, "unknown-assumption", Phrase("assumption"))
_AUDIENCE = values.one_of(words.EVERYONE, "unknown-audience", Phrase("audience"))
_RULE_OF_DAYS = Wrong(
    "rule-needs-hour",
    Phrase("an event of whole days has no hour: use a rule like “P7D a las 09:00”."),
)
_NOBODY = Wrong(
    "empty-audience",
    Phrase("“para” names nobody. Write todas, coordinacion, {region: …}, {regiones: […]} or {sedes: […]}."),
)


def event(node: Node, context: Context, report: Report) -> Event:
    """Raises AlreadyReported if any key is wrong; every wrong key is in the report then."""
    fields = Fields(node, EventForm, report)
    id_ = fields.value("id", values.identifier)
    title, source = fields.text("titulo"), fields.value("fuente", values.prose)
    kind: EventKind | Text | None = fields.value("tipo", _kind_of(context))
    status = fields.value("estado", _STATUS)
    moment = when(fields, status, context)
    place, reason = fields.text("lugar"), fields.text("motivo", values.prose)
    description = fields.text("descripcion", values.prose)
    own_words = fields.read("mensaje", lambda part: messages.own_words(part, report))
    audience = fields.read("para", lambda part: _audience(part, context, report))
    axis = fields.value("eje", lambda name: axis_id(name, context))
    assumed = _assumed(fields)
    rules = _rules(fields, moment) if "recordatorios" in fields else None
    covered, others = coverage.coverage(fields, audience, report), coverage.other_sessions(fields, moment)
    follows = coverage.follow_up(fields, audience, moment)
    fields.finish()
    assert kind is not None, "`finish` vouches for it"
    return Event(
        id=known(id_),
        title=known(title),
        kind=kind,
        status=known(status),
        when=moment,
        audience=known(audience),
        axis=axis,
        source=known(source),
        place=place,
        description=description,
        reason=reason,
        assumed=assumed,
        rules=rules,
        coverage=covered,
        follow_up=follows,
        other_sessions=others,
        message=own_words,
    )


def _kind_of(context: Context) -> Callable[[str], EventKind | Text]:
    """Reads one that the program knows, or one of the agenda's own."""
    choices: dict[str, EventKind | Text] = {**words.KINDS, **(context.kinds or {})}
    reader: Callable[[str], EventKind | Text] = values.one_of(choices, "unknown-kind", _A_KIND)

    def read(name: str) -> EventKind | Text:
        try:
            return reader(name)
        except Wrong as wrong:
            if context.kinds is None:
                raise AlreadyReported from None  # it may stand in the part of `tipos` that is broken
            if nearest(name, tuple(choices)):
                raise
            raise Wrong(wrong.rule, sentences(wrong.message, _OWN_KIND), value=wrong.value) from None

    return read


def axis_id(name: str, context: Context) -> str | None:
    """The axis that a name refers to; None for «sin asignar»."""
    if fold(name) == words.UNASSIGNED:
        return None
    declared = None if context.axes is None else {**context.axes, words.UNASSIGNED: words.UNASSIGNED}
    return reference(name, declared, "unknown-axis", Phrase("axis"))


def _audience(node: Node, context: Context, report: Report) -> Audience:
    if isinstance(node, ScalarNode):
        return _everyone(node.text, context)
    if isinstance(node, SequenceNode) and not node.nodes:
        raise _NOBODY
    fields = Fields(node, AudienceForm, report)
    region = fields.value("region", lambda name: _region(name, context))
    regions = fields.each("regiones", scalar(lambda name: _region(name, context)))
    sites = fields.each("sedes", scalar(lambda name: reference(name, context.sites, "unknown-site", SITE)))
    fields.finish()
    if len(fields.entries) > 1:
        keys = ", ".join(f"«{key}»" for key in fields.entries)
        raise Wrong(
            "conflicting-keys",
            Phrase("“para” holds {keys}. Keep one key; for several regions use “regiones”.").of(keys=keys),
        )
    ids = tuple(dict.fromkeys((region,) if region else regions or sites))
    if not ids:
        raise _NOBODY
    return Audience(kind="sites" if sites else "regions", ids=ids)


def _everyone(value: str, context: Context) -> Audience:
    if not value.strip():
        raise _NOBODY
    region = nearest(value.strip(), tuple((context.regions or {}).values()))
    if region and not nearest(value.strip(), tuple(words.EVERYONE)):
        raise Wrong(
            "unknown-audience",
            Phrase("audience “{value}” does not exist. Did you mean {{region: {region}}}?").of(
                value=shown(value), region=region
            ),
            value=value,
        )
    return Audience(kind=_AUDIENCE(value))


def _region(name: str, context: Context) -> str:
    id_ = reference(name, context.regions, "unknown-region", REGION)
    if context.peopled is not None and id_ not in context.peopled:
        raise Wrong(
            "empty-audience",
            Phrase("the region “{name}” has no site in representations.csv. Correct one of the two.").of(
                name=shown(name)
            ),
            value=name,
        )
    return id_


def _assumed(fields: Fields) -> tuple[Assumption, ...]:
    """What is assumed must be there: an assumed duration of an event without one says nothing.

    But a day without an hour may say that it has one, which nobody knows yet.
    """

    def read(node: Node) -> Assumption:
        assumption = scalar(_ASSUMPTION)(node)
        key = next(word for word, meaning in words.ASSUMPTIONS.items() if meaning is assumption)
        hour_open = assumption is Assumption.TIME and "hasta" not in fields
        if key not in fields and not hour_open:
            raise Wrong(
                "nothing-assumed",
                Phrase("“supuesto” names “{key}”, which the event does not have. Write “{key}” or delete it there.").of(
                    key=key
                ),
                value=key,
            )
        return assumption

    return tuple(dict.fromkeys(fields.each("supuesto", read)))


def _rules(fields: Fields, moment: Timed | Days | None) -> tuple[ReminderRule, ...]:
    return rules_of(fields, "recordatorios", whole_days=isinstance(moment, Days))


def rules_of(fields: Fields, key: str, *, whole_days: bool) -> tuple[ReminderRule, ...]:
    """A list of reminder rules, each once; only `P…D a las …` where days have no hour."""
    seen: set[ReminderRule] = set()

    def read(node: Node) -> ReminderRule:
        rule = scalar(values.reminder)(node)
        if whole_days and not isinstance(rule, DaysBefore):
            raise _RULE_OF_DAYS
        if rule in seen:
            raise Wrong("duplicate-rule", Phrase("this rule comes twice. Delete it."))
        seen.add(rule)
        return rule

    return fields.each(key, read)
