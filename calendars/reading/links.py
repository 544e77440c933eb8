"""privado.yaml -> joining links. They are private: no problem repeats one."""

from __future__ import annotations

from calendars.model import Text
from calendars.reading.context import Context, reference
from calendars.reading.fields import Fields, scalar
from calendars.reading.nodes import MappingNode, Node, ScalarNode
from calendars.reading.problems import Report, Wrong
from calendars.reading.schema import LinksForm
from calendars.reading.values import link

_EVENT = Text(es="evento", en="event")


def links(node: Node, context: Context, report: Report) -> dict[str, str]:
    """Event id -> link. Without `enlaces:`, or with nothing under it, there are none."""
    return Fields(node, LinksForm, report).read("enlaces", lambda part: _links(part, context, report)) or {}


def _links(node: Node, context: Context, report: Report) -> dict[str, str]:
    if isinstance(node, ScalarNode) and node.empty:
        return {}
    if not isinstance(node, MappingNode):
        raise Wrong(
            "wrong-shape",
            "aquí va un renglón para cada evento: id: https://…",
            "one line for each event goes here: id: https://…",
        )
    found = {}
    for key, entry in node.entries.items():
        place = entry.place
        try:
            id_ = reference(key, context.events, "unknown-event", _EVENT)
            place = entry.node.place
            found[id_] = scalar(link)(entry.node)
        except Wrong as wrong:
            report.add(place, wrong)
    return found
