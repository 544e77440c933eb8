"""privado.yaml -> joining links. They are private: no problem repeats one."""

from __future__ import annotations

from dataclasses import dataclass

from calendars.catalogue import Phrase
from calendars.reading.context import Context, reference
from calendars.reading.problems import Report, Wrong
from calendars.reading.values import link
from calendars.reading.yaml.fields import Fields, scalar
from calendars.reading.yaml.nodes import MappingNode, Node, ScalarNode
from calendars.reading.yaml.schema import LinksForm

_EVENT = Phrase("event")


@dataclass(frozen=True, kw_only=True, slots=True)
class Joining:
    url: str
    line: int  # of the file


def links(node: Node, context: Context, report: Report) -> dict[str, Joining]:
    """Event id -> link and where it stands. Without `enlaces:`, or with nothing under it, there are none."""
    return Fields(node, LinksForm, report).read("enlaces", lambda part: _links(part, context, report)) or {}


def _links(node: Node, context: Context, report: Report) -> dict[str, Joining]:
    if isinstance(node, ScalarNode) and node.empty:
        return {}
    if not isinstance(node, MappingNode):
        raise Wrong(
            "wrong-shape",
            Phrase("one line for each event goes here: id: https://…"),
        )
    found = {}
    for key, entry in node.entries.items():
        place = entry.place
        try:
            id_ = reference(key, context.events, "unknown-event", _EVENT)
            place = entry.node.place
            found[id_] = Joining(url=scalar(link)(entry.node), line=entry.place.line)
        except Wrong as wrong:
            report.add(place, wrong)
    return found
