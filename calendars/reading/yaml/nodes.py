"""YAML 1.2 text -> values with their places. Every scalar stays text: `NO` is not false and `9:30` is not 570.

Built from the parser's events without recursion, so that no depth can exhaust the stack.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from calendars.catalogue import Phrase
from calendars.reading.problems import START, Position, Report, Wrong, shown
from calendars.reading.yaml.syntax import KEY_NOT_A_WORD, NOT_UNDERSTOOD, SECOND_DOCUMENT, TAB, explain

DEPTH = 12  # the form's deepest value lies at 6
MANY_REPEATED = 3
_CUT = re.compile(r"[ \t]+(?P<cut>#[^\s#].*)")
_BEYOND_UNICODE = re.compile(r"\\U(?!000|0010)[0-9A-Fa-f]{8}")


@dataclass(frozen=True, kw_only=True, slots=True)
class ScalarNode:
    place: Position
    text: str
    empty: bool  # nothing was written, not even quotes
    literal: bool = False  # a block «|», which keeps its line breaks; any other form folds them


@dataclass(frozen=True, kw_only=True, slots=True)
class SequenceNode:
    place: Position
    nodes: tuple[Node, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MappingEntry:
    place: Position  # of the key
    node: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class MappingNode:
    place: Position
    entries: Mapping[str, MappingEntry]


Node = ScalarNode | SequenceNode | MappingNode


def compose(text: str, report: Report) -> Node | None:
    """The one document of a text; an empty mapping if it holds comments only. None if the report says why."""
    if _tabs(text, report):
        return None
    builder = _Builder(report, text.split("\n"))
    try:
        # A tab past the indentation is harmless; ruamel refuses it after a colon and at the end of a line.
        for event in YAML(typ="safe", pure=True).parse(text.replace("\t", " ")):
            builder.take(event)
    except Wrong as wrong:
        report.add(START, wrong)
        return None
    except MarkedYAMLError as error:
        builder.settle()
        report.add(START, explain(error, text))
        return None
    except ValueError:  # chr() of an escape beyond Unicode
        report.add(_beyond_unicode(text), Wrong("syntax", NOT_UNDERSTOOD))
        return None
    if builder.refused:
        return None
    return builder.root or MappingNode(place=START, entries={})


@dataclass(kw_only=True, slots=True)
class _Open:
    """A sequence or mapping whose end has not come yet."""

    place: Position
    mapping: bool
    nodes: list[Node] = field(default_factory=list)
    entries: dict[str, MappingEntry] = field(default_factory=dict)
    key: ScalarNode | None = None
    repeated: list[tuple[ScalarNode, int]] = field(default_factory=list)  # keys, and the line of the first

    def closed(self) -> Node:
        if self.mapping:
            return MappingNode(place=self.place, entries=self.entries)
        return SequenceNode(place=self.place, nodes=tuple(self.nodes))


class _Builder:
    def __init__(self, report: Report, lines: list[str]) -> None:
        self.report = report
        self.lines = lines
        self.stack: list[_Open] = []
        self.root: Node | None = None
        self.refused = False

    def take(self, event: Event) -> None:
        place = Position(event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, NodeEvent) and (sign := _shorthand(event)):
            self._refuse(place, _no_shorthand(sign))
        match event:
            case ScalarEvent():
                self._put(self._scalar(event, place))
            case AliasEvent():
                self._put(ScalarNode(place=place, text="", empty=True))
            case CollectionStartEvent():
                self._open(place, mapping=isinstance(event, MappingStartEvent))
            case CollectionEndEvent():
                self._settle(self.stack[-1])
                self._put(self.stack.pop().closed())
            case DocumentStartEvent() if self.root:
                raise Wrong("syntax", SECOND_DOCUMENT, value="---", place=place)

    def _scalar(self, event: ScalarEvent, place: Position) -> ScalarNode:
        empty = not event.value and event.style is None
        if empty and self.stack and self.stack[-1].key:
            place = self.stack[-1].key.place  # the parser puts what was not written on the next line
        if event.style is None and not empty:
            self._check_comment(event)
        return ScalarNode(place=place, text=event.value, empty=empty, literal=event.style == "|")

    def _check_comment(self, event: ScalarEvent) -> None:
        """«Sala #3» would silently lose its 3. A comment's sign is followed by a space."""
        line, column = event.end_mark.line, event.end_mark.column
        if cut := _CUT.match(self.lines[line], column):
            self.report.add(Position(line + 1, cut.start("cut") + 1), _comment_in_value(cut["cut"]))

    def _open(self, place: Position, *, mapping: bool) -> None:
        if len(self.stack) == DEPTH:
            raise Wrong(
                "too-deep",
                Phrase("there are more than {depth} levels of nesting. Check for a bracket that is not closed.").of(
                    depth=DEPTH
                ),
                place=place,
            )
        self.stack.append(_Open(place=place, mapping=mapping))

    def _put(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        if not top.mapping:
            top.nodes.append(node)
        elif top.key is None:
            top.key = self._key(node)
        else:
            self._enter(top, top.key, node)
            top.key = None

    def _key(self, node: Node) -> ScalarNode:
        if isinstance(node, ScalarNode):
            return node
        self._refuse(node.place, Wrong("syntax", KEY_NOT_A_WORD))
        return ScalarNode(place=node.place, text="", empty=True)

    def _enter(self, top: _Open, key: ScalarNode, node: Node) -> None:
        if first := top.entries.get(key.text):
            top.repeated.append((key, first.place.line))
        else:
            top.entries[key.text] = MappingEntry(place=key.place, node=node)

    def settle(self) -> None:
        """Report what the collections that are still open repeat: the file ends in an error."""
        for collection in self.stack:
            self._settle(collection)

    def _settle(self, collection: _Open) -> None:
        """Many repeated keys are another item that lost its first line; to delete them would delete it."""
        if len(collection.repeated) >= MANY_REPEATED:
            key, line = collection.repeated[0]
            self.report.add(key.place, _lost_dash(key.text, line))
            return
        for key, line in collection.repeated:
            self.report.add(key.place, _duplicate_key(key.text, line))

    def _refuse(self, place: Position, wrong: Wrong) -> None:
        self.report.add(place, wrong)
        self.refused = True


def _tabs(text: str, report: Report) -> bool:
    """Are there lines indented with tabs? Their depth is a guess, so they are refused; blank ones do no harm."""
    found = False
    for number, line in enumerate(text.split("\n"), 1):
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        rest = line.strip()
        if "\t" in indent and rest and not rest.startswith("#"):
            report.add(Position(number, indent.index("\t") + 1), Wrong("tab", TAB, value="\\t"))
            found = True
    return found


def _shorthand(event: NodeEvent) -> str:
    if event.anchor:
        return f"*{event.anchor}" if isinstance(event, AliasEvent) else f"&{event.anchor}"
    return event.tag or "" if isinstance(event, ScalarEvent | CollectionStartEvent) else ""


def _no_shorthand(sign: str) -> Wrong:
    return Wrong(
        "shorthand",
        Phrase("“{sign}”: YAML shorthands (&, *, !) are not allowed. Write the value out, or put it in quotes.").of(
            sign=shown(sign)
        ),
        value=sign,
    )


def _duplicate_key(key: str, line: int) -> Wrong:
    return Wrong(
        "duplicate-key",
        Phrase("the key “{key}” stands already on line {line}. Keep one.").of(key=shown(key), line=line),
        value=key,
    )


def _lost_dash(key: str, line: int) -> Wrong:
    return Wrong(
        "duplicate-key",
        Phrase(
            "from here on keys come again that stand from line {line}. If another item begins here, its "
            "dash or its first line, “- id: …”, is missing; if not, delete what is repeated."
        ).of(line=line),
        value=key,
    )


def _comment_in_value(cut: str) -> Wrong:
    return Wrong(
        "comment-in-value",
        Phrase(
            "“{cut}” would be lost: “#” starts a comment. Put the whole text in quotes; if it is a "
            "comment, leave a space after “#”."
        ).of(cut=shown(cut)),
        value=cut,
    )


def _beyond_unicode(text: str) -> Position:
    match = _BEYOND_UNICODE.search(text)
    index = match.start() if match else 0
    return Position(text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))
