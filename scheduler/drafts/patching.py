"""One value of a YAML file replaced in its text: every other character stays, comments and order included.

ruamel says where each value begins and ends; what is written here is only that stretch. Whatever cannot be done so
(a file that is no YAML, an event written in braces) is refused, and is edited as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from calendars.catalogue import LANGUAGES, Phrase
from scheduler.base.refusal import Refusal

Value = str | Sequence[str] | Mapping[str, str | Sequence[str]]  # what a form can write
WIDTH = 110  # columns of a mapping in braces; a wider one gets a line a key

_PLAIN = re.compile(r"[^\W\d_][\w ./-]*|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]+( ?(h|min|d))?|P[0-9]+D a las [0-9:]+")
_WORDS = frozenset({"null", "true", "false"})  # editors take these for something else; our own reading does not


class AsText(Refusal):
    """The file is written so that only its text can be edited."""

    status = 409


class NoText(Refusal):
    """The file's bytes are no text."""


_BROKEN = Phrase("agenda.yaml cannot be read as it stands: correct its text first.")
_BRACES = Phrase("“{name}” is written in braces {{…}}: it is edited as text.")
_SHORTHAND = Phrase("“{name}” uses a shorthand of YAML (&, *, ?): it is edited as text.")
_UNKNOWN = Phrase("“{name}” does not stand in the file any more.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Extent:
    """Where something stands in a text: characters, the end exclusive."""

    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One key of a block mapping and its value."""

    key: Extent
    value: Extent
    node: Node


class Patch:
    """One block mapping of a file: an event, or `enlaces:`. Raises AsText where it is none."""

    def __init__(self, text: str, mapping: MappingNode) -> None:
        self.text = text
        self._mapping = mapping
        self._entries = _entries(text, mapping)

    @property
    def indent(self) -> int:
        """The column in which its keys stand."""
        first = self._mapping.value[0][0]
        return int(first.start_mark.column)

    @property
    def end(self) -> int:
        """Where its last value ends."""
        return max(entry.value.end for entry in self._entries.values())

    def lines(self) -> dict[str, tuple[int, int]]:
        """The lines of each key, from 1, both inclusive."""
        return {
            name: (
                self.text.count("\n", 0, entry.key.start) + 1,
                self.text.count("\n", 0, max(entry.key.start, entry.value.end - 1)) + 1,
            )
            for name, entry in self._entries.items()
        }

    def nodes(self) -> dict[str, Node]:
        """The value of each key, as ruamel composes it."""
        return {name: entry.node for name, entry in self._entries.items()}

    def put(self, name: str, value: Value | None, order: Sequence[str] = ()) -> str:
        """The text with `name` set to `value`, or without it (None).

        A new key goes behind the last of those that stand before it in `order`, else to the end.
        """
        entry = self._entries.get(name)
        if value is None:
            return self.text if entry is None else self._without(entry)
        if entry is None:
            return self._with_new(name, value, order)
        written = _written(value, self.indent + 2, len(name) + 2 + self.indent)
        start = entry.key.end
        colon = self.text.index(":", start) + 1
        gap = "" if written.startswith("\n") else " "
        end = max(entry.value.end, colon)
        was, now = self.text[colon:end], gap + written
        return self.text[:colon] + now + _aligned(self.text[end:], len(was) - len(now), was + now)

    def _without(self, entry: Entry) -> str:
        start = self.text.rfind("\n", 0, entry.key.start) + 1
        end = self.text.find("\n", max(entry.value.end, entry.key.end))
        dash = self.text[start : entry.key.start]
        if dash.strip():  # «- id: …»: the dash stays, and the next key comes up to it
            raise AsText(_BRACES, name=self.text[entry.key.start : entry.key.end])
        # Of the last line, the break before it goes along: the text ends without one.
        return self.text[: max(start - 1, 0)] if end < 0 else self.text[:start] + self.text[end + 1 :]

    def _with_new(self, name: str, value: Value, order: Sequence[str]) -> str:
        before = order[: order.index(name)] if name in order else ()
        found = [entry for key, entry in self._entries.items() if key in before]
        behind = (found or list(self._entries.values()))[-1]
        end = self.text.find("\n", max(behind.value.end, behind.key.end))
        end = len(self.text) if end < 0 else end
        written = _written(value, self.indent + 2, len(name) + 2 + self.indent)
        gap = "" if written.startswith("\n") else " "
        return f"{self.text[:end]}\n{' ' * self.indent}{name}:{gap}{written}{self.text[end:]}"


class Events:
    """The events of agenda.yaml in its text, each by its id. Raises AsText where the file is no YAML."""

    def __init__(self, text: str) -> None:
        self.text = text
        events = _child(_root(text), "eventos")
        self._items: dict[str, Node] = {}
        for one in events.value if isinstance(events, SequenceNode) else ():
            named = _child(one, "id")
            if isinstance(named, ScalarNode):
                self._items.setdefault(named.value.strip(), one)

    @property
    def ids(self) -> tuple[str, ...]:
        """In the order of the file."""
        return tuple(self._items)

    def lines(self, key: str) -> Extent:
        """The characters of an event's lines, from its dash on; comments behind it are somebody else's."""
        node = self._items.get(key)
        if node is None:
            raise AsText(_UNKNOWN, name=key)
        start = self.text.rfind("\n", 0, node.start_mark.index) + 1
        end = self.text.find("\n", _trimmed(self.text, node.start_mark.index, node.end_mark.index))
        return Extent(start=start, end=len(self.text) if end < 0 else end)

    def snippet(self, key: str) -> str:
        """An event's lines: a list of one event, as YAML reads it."""
        found = self.lines(key)
        return self.text[found.start : found.end]

    def alone(self, key: str) -> str:
        """The text without the other events, each line where it was."""
        text = self.text
        for other in reversed(self.ids):
            if other != key:
                gone = self.lines(other)
                text = text[: gone.start] + "\n" * text.count("\n", gone.start, gone.end) + text[gone.end :]
        return text


def event_patch(snippet: str) -> Patch:
    """The one event of a snippet. Raises AsText where it is written in braces."""
    listed = _root(snippet)
    event = listed.value[0] if isinstance(listed, SequenceNode) and listed.value else None
    named = _child(event, "id")
    return _block(snippet, event, named.value if isinstance(named, ScalarNode) else "evento")


def with_event(text: str, values: Mapping[str, Value]) -> str:
    """The text with a new event at the end of `eventos:`. Raises AsText."""
    events = _child(_root(text), "eventos")
    if not isinstance(events, SequenceNode) or events.flow_style or not events.value:
        raise AsText(_BRACES, name="eventos")
    last = events.value[-1]
    column = last.start_mark.column
    end = _trimmed(text, last.start_mark.index, last.end_mark.index)
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    return f"{text[:line_end]}\n{item(values, column)}{text[line_end:]}"


def item(values: Mapping[str, Value], column: int) -> str:
    """A mapping as an item of a list, its keys in that column."""
    lines = [f"{name}:{_gap(value, column, name)}" for name, value in values.items()]
    return f"{' ' * (column - 2)}- " + f"\n{' ' * column}".join(lines)


def own_kinds(text: str) -> tuple[Mapping[str, str], ...]:
    """The kinds of events of the agenda's own, each by language, as agenda.yaml has them; none where it is no YAML."""
    try:
        found = _child(_root(text), "tipos") if "tipos:" in text else None
    except AsText:
        return ()
    listed = found.value if isinstance(found, SequenceNode) else ()
    kinds = [{key.value: str(name.value) for key, name in one.value} for one in listed if isinstance(one, MappingNode)]
    return tuple(kind for kind in kinds if all(kind.get(language) for language in LANGUAGES))


def links_of(text: str) -> dict[str, str]:
    """The joining links of privado.yaml by event (id). Raises AsText."""
    links = _child(_root(text), "enlaces")
    pairs = links.value if isinstance(links, MappingNode) else ()
    return {key.value: value.value for key, value in pairs if isinstance(value, ScalarNode)}


def with_link(text: str, key: str, link: str | None) -> str:
    """The text of privado.yaml with the joining link of an event, or without it. Raises AsText."""
    root = _root(text)
    links = _child(root, "enlaces")
    if isinstance(links, MappingNode) and links.value and not links.flow_style:
        found = _block(text, links, "enlaces")
        keys = [node.value for node, _ in links.value]
        if link is None and keys == [key]:
            start, end = links.start_mark.index, found.end
            return f"{text[:start].rstrip()} {{}}{text[end:]}"
        return found.put(key, link)
    if link is None:
        return text
    body = f"enlaces:\n  {key}: {json.dumps(link, ensure_ascii=False)}\n"
    if links is None:
        return text + ("" if not text or text.endswith("\n") else "\n") + body
    begins = _entries(text, root)["enlaces"] if isinstance(root, MappingNode) else None
    if begins is None:
        raise AsText(_BRACES, name="enlaces")
    return (
        text[: begins.key.start]
        + body.rstrip("\n")
        + text[max(begins.value.end, text.index(":", begins.key.end) + 1) :]
    )


def _gap(value: Value, column: int, name: str) -> str:
    written = _written(value, column + 2, column + len(name) + 2)
    return written if written.startswith("\n") else f" {written}"


@lru_cache(maxsize=16)
def _root(text: str) -> Node | None:
    """The document, made once for several that ask for that of one text; none changes it.

    A tab between values is a space to YAML, though not to ruamel; its nodes are built by recursion, ours are not.
    """
    try:
        found: Node | None = YAML(typ="safe", pure=True).compose(text.replace("\t", " "))
    except (YAMLError, RecursionError) as error:
        raise AsText(_BROKEN) from error
    return found


def _child(node: Node | None, name: str) -> Node | None:
    if not isinstance(node, MappingNode):
        return None
    return next((value for key, value in node.value if key.value == name), None)


def _block(text: str, node: Node | None, name: str) -> Patch:
    if not isinstance(node, MappingNode) or node.flow_style or not node.value:
        raise AsText(_BRACES, name=name)
    return Patch(text, node)


def _entries(text: str, mapping: MappingNode) -> dict[str, Entry]:
    """Raises AsText where a key is no plain word, or a value stands elsewhere (*)."""
    for key, value in mapping.value:
        if not isinstance(key, ScalarNode) or value.start_mark.index < key.end_mark.index:
            raise AsText(_SHORTHAND, name=text[key.start_mark.index : key.end_mark.index].strip())
    return {
        key.value: Entry(
            key=Extent(start=key.start_mark.index, end=key.end_mark.index),
            value=Extent(
                start=value.start_mark.index, end=_trimmed(text, value.start_mark.index, value.end_mark.index)
            ),
            node=value,
        )
        for key, value in mapping.value
    }


def _trimmed(text: str, start: int, end: int) -> int:
    """The end of a value without the blank lines and whole-line comments behind it, which are somebody else's."""
    lines = text[start:end].split("\n")
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines.pop()
    return start + len("\n".join(lines).rstrip())


def _aligned(rest: str, narrower: int, both: str) -> str:
    """What follows a value, its comment in the column where it stood, if both values were on one line."""
    spaces = len(rest) - len(rest.lstrip(" "))
    if "\n" in both or not spaces or not rest[spaces:].startswith("#"):
        return rest
    return " " * max(1, spaces + narrower) + rest[spaces:]


def _written(value: Value, indent: int, column: int) -> str:
    """A value as YAML: on the key's line, or on lines of its own, `indent` columns in."""
    if isinstance(value, str):
        return _scalar(value, indent)
    if isinstance(value, Mapping):
        flat = "{" + ", ".join(f"{key}: {_inner(key, one)}" for key, one in value.items()) + "}"
        many = any(isinstance(one, str) and "\n" in one for one in value.values())
        if column + len(flat) <= WIDTH and not many:
            return flat
        return "".join(f"\n{' ' * indent}{key}: {_nested(key, one, indent)}" for key, one in value.items())
    return "[" + ", ".join(_flat(one) for one in value) + "]"


def _inner(key: str, value: str | Sequence[str]) -> str:
    """Texts in a language stand in quotes, as the shipped files have them."""
    return json.dumps(value, ensure_ascii=False) if key in LANGUAGES else _flat(value)


def _nested(key: str, value: str | Sequence[str], indent: int) -> str:
    if isinstance(value, str) and "\n" in value.strip("\n"):
        return _scalar(value, indent + 2)
    return _inner(key, value)


def _flat(value: str | Sequence[str]) -> str:
    if not isinstance(value, str):
        return "[" + ", ".join(_flat(one) for one in value) + "]"
    plain = _PLAIN.fullmatch(value) and not _reserved(value)
    return value if plain else json.dumps(value, ensure_ascii=False)


def _reserved(value: str) -> bool:
    return value.casefold() in _WORDS or value != value.strip()


def _scalar(value: str, indent: int) -> str:
    if "\n" in value.strip("\n"):
        lines = value.strip("\n").split("\n")
        if all(line == line.rstrip() and line.isprintable() for line in lines) and not lines[0].startswith(" "):
            return "|-\n" + "\n".join(f"{' ' * indent}{line}" if line else "" for line in lines)
    return _flat(value)
