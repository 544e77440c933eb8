"""The keys of one mapping, read against its form: unknown, missing and ill-shaped ones are reported, never guessed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel

from calendars.catalogue import Phrase
from calendars.model.text import Text, verbatim
from calendars.reading.problems import (
    AlreadyReported,
    Position,
    Report,
    Wrong,
    known,
    meant_key,
    sentences,
    shown,
    unknown_key,
)
from calendars.reading.values import line
from calendars.reading.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from calendars.reading.yaml.schema import TextForm

T = TypeVar("T")


def scalar(parse: Callable[[str], T]) -> Callable[[Node], T]:
    """A reader of one written value."""

    def read(node: Node) -> T:
        if not isinstance(node, ScalarNode):
            raise Wrong(
                "wrong-shape",
                Phrase("one value goes here, not a list or several keys."),
            )
        return parse(node.text)

    return read


_MISSING = Phrase("the key “{name}” is missing.")
_LIST = Phrase("a list goes here: one line with a dash for each item, or [] if there is none.")
_LIST_OF_ONE = Phrase("a list goes here: [{item}], or one line with a dash for each item, or [] if there is none.")


def rows(node: Node) -> tuple[Node, ...]:
    """The items of a list. An empty one is written `[]`: a key without anything may be a file cut short."""
    if isinstance(node, SequenceNode):
        return node.nodes
    if isinstance(node, ScalarNode) and not node.empty:
        raise Wrong("wrong-shape", _LIST_OF_ONE.of(item=shown(node.text)))
    raise Wrong("wrong-shape", _LIST)


def _unknown_key(key: str, node: Node, names: tuple[str, ...]) -> Wrong:
    """A key that the form has not; two slips of punctuation make keys that nobody wrote."""
    head, colon, _ = key.partition(":")
    if colon and head in names:
        return Wrong(
            "unknown-key",
            Phrase("“{key}”: a space is missing after “{head}:”.").of(key=shown(key), head=head),
            value=key,
        )
    wrong = unknown_key("unknown-key", Phrase("the key"), key, names)
    if isinstance(node, ScalarNode) and node.empty and not meant_key(key, names):
        quotes = Phrase("If it is part of a text with a comma, put the text in quotes.")
        return Wrong(wrong.rule, sentences(wrong.message, quotes), value=key)
    return wrong


class Fields:
    """One mapping being read. Each problem is reported at its place; `finish` stops what cannot be built."""

    def __init__(self, node: Node, form: type[BaseModel], report: Report) -> None:
        self.report = report
        self.form = form
        self.broken = False
        self.place = node.place
        if not isinstance(node, MappingNode):
            names = ", ".join(form.model_fields)
            self.report.add(node.place, Wrong("wrong-shape", Phrase("keys go here: {names}.").of(names=names)))
            raise AlreadyReported
        self.entries = node.entries
        self._check_keys()

    def _check_keys(self) -> None:
        names = tuple(self.form.model_fields)
        misspelt = set()
        for key, entry in self.entries.items():
            if key not in names:
                misspelt.add(meant_key(key, names))
                self.fail(entry.place, _unknown_key(key, entry.node, names))
        for name, info in self.form.model_fields.items():
            if info.is_required() and name not in self.entries and name not in misspelt:
                self.fail(
                    self.place,
                    Wrong("missing-key", _MISSING.of(name=name, description=info.description), value=name),
                )

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    def fail(self, place: Position, wrong: Wrong) -> None:
        self.report.add(place, wrong)
        self.broken = True

    def place_of(self, key: str) -> Position:
        """Where the key's value stands; the mapping itself if the key is absent."""
        return self.entries[key].node.place if key in self.entries else self.place

    def key_place(self, key: str) -> Position:
        return self.entries[key].place

    def read(self, key: str, parse: Callable[[Node], T]) -> T | None:
        """The value of a key; None if it is absent or broken."""
        if key not in self.entries:
            return None
        return self._read(self.entries[key].node, parse)

    def each(self, key: str, parse: Callable[[Node], T]) -> tuple[T, ...]:
        """The items of a list that can be read; none if it is absent."""
        found = (self._read(node, parse) for node in self.read(key, rows) or ())
        return tuple(value for value in found if value is not None)

    def value(self, key: str, parse: Callable[[str], T]) -> T | None:
        return self.read(key, scalar(parse))

    def text(self, key: str, parse: Callable[[str], str] = line) -> Text | None:
        """Said in both languages: written once for both, or as {es: …, en: …}."""
        return self.worded(key, scalar(parse))

    def worded(self, key: str, words: Callable[[Node], str]) -> Text | None:
        """The same, by a reader of nodes."""

        def read(node: Node) -> Text:
            if isinstance(node, ScalarNode):
                return verbatim(words(node))
            fields = Fields(node, TextForm, self.report)
            es, en = fields.read("es", words), fields.read("en", words)
            fields.finish()
            return Text(es=known(es), en=known(en))

        return self.read(key, read)

    def finish(self) -> None:
        """Raises AlreadyReported if anything in the mapping is broken."""
        if self.broken:
            raise AlreadyReported

    def _read(self, node: Node, parse: Callable[[Node], T]) -> T | None:
        try:
            return parse(node)
        except AlreadyReported:
            self.broken = True
        except Wrong as wrong:
            self.fail(node.place, wrong)
        return None
