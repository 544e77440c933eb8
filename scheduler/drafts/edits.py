"""A private copy of the configuration folder, edited as an administrator would: by event, site, post and link."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import LiteralScalarString

from calendars.catalogue import Phrase
from calendars.model.text import Said
from calendars.reading.context import SITE
from calendars.reading.decoding import decode
from calendars.reading.files import AGENDA, LIMITS, POSTS, PRIVATE, SITES
from calendars.reading.problems import Position, Report, Wrong, unknown
from calendars.reading.tables.posts import POST_COLUMNS
from calendars.reading.tables.rows import column_name, separator
from calendars.reading.tables.sites import SITE_COLUMNS
from calendars.reading.yaml.nodes import MappingNode, Node, ScalarNode
from calendars.reading.yaml.schema import EventForm

POST = Phrase("recipient")
_EVENT = Phrase("event")
_NOTHING = ("", "null", "~")
_WHOLE_EVENT = tuple(key for key, info in EventForm.model_fields.items() if info.is_required() and key != "id")


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """What becomes of one event, site, post or link."""

    id: str
    place: Position  # of its id, in the script
    values: Mapping[str, Node] | None  # by key or column; None: it is removed
    value: Node | None = None  # of a link, which has one value and no keys


class Copy:
    """The files of a configuration that can be read, kept in memory with their comments."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = dict(files)
        self._agenda = loaded(files[AGENDA])
        self._private = loaded(files.get(PRIVATE, b""))
        self._sites = Table(_text(files, SITES), SITE_COLUMNS)
        self._posts = Table(_text(files, POSTS), POST_COLUMNS)

    def events(self, edits: tuple[Edit, ...], report: Report) -> None:
        events = self._agenda.setdefault("eventos", CommentedSeq())
        known = {str(one["id"]): one for one in events}

        def put(edit: Edit) -> None:
            event = known.setdefault(edit.id, CommentedMap(id=edit.id))
            if not any(one is event for one in events):
                events.append(event)
            for key, node in (edit.values or {}).items():
                _replace(event, key, node)

        for edit in edits:
            if wrong := _wrong(edit, known, _WHOLE_EVENT, ("unknown-event", _EVENT)):
                report.add(edit.place, wrong)
            elif edit.values is None:
                _drop(events, edit)
            else:
                put(edit)
        self._files[AGENDA] = dumped(self._agenda)

    def sites(self, edits: tuple[Edit, ...], report: Report) -> None:
        self._files[SITES] = self._sites.edited(edits, ("unknown-site", SITE), report)

    def posts(self, edits: tuple[Edit, ...], report: Report) -> None:
        self._files[POSTS] = self._posts.edited(edits, ("unknown-recipient", POST), report)

    def links(self, edits: tuple[Edit, ...], _report: Report) -> None:
        """Whether there is such an event, the reading of the edited file tells."""
        if self._private.get("enlaces") is None:
            self._private["enlaces"] = CommentedMap()
        for edit in edits:
            assert edit.value is not None, "a link has one value"
            _replace(self._private["enlaces"], edit.id, edit.value)
        self._files[PRIVATE] = dumped(self._private)

    @property
    def files(self) -> dict[str, bytes]:
        return dict(self._files)


class Table:
    """A CSV file by its rows, each found by its id."""

    def __init__(self, text: str, columns: tuple[str, ...]) -> None:
        """`columns` are those that it must have; what they are named tells what separates them."""
        self._columns = columns
        lines = text.split("\n")
        self._separator = separator(lines, columns)
        written = (line for line in lines if line.strip(" ,;\t"))
        header, *rows = csv.reader(written, delimiter=self._separator)
        self._header = [column_name(cell) for cell in header]
        self._rows = {cells[self._header.index("id")].strip(): cells for cells in rows}

    def edited(self, edits: tuple[Edit, ...], noun: tuple[str, Said], report: Report) -> bytes:
        """The file after the edits; what names no row and is not a whole one is reported."""
        wanted = tuple(name for name in self._columns if name != "id")
        for edit in edits:
            if wrong := _wrong(edit, self._rows, wanted, noun):
                report.add(edit.place, wrong)
            elif edit.values is None:
                del self._rows[edit.id]
            else:
                self._put(edit)
        written = io.StringIO()
        writer = csv.writer(written, delimiter=self._separator, lineterminator="\n")
        writer.writerow(self._header)
        writer.writerows(self._rows.values())
        return written.getvalue().encode()

    def _put(self, edit: Edit) -> None:
        row = self._rows.setdefault(edit.id, [])
        for column, node in (("id", None), *(edit.values or {}).items()):
            if column not in self._header:
                self._header.append(column)
            index = self._header.index(column)
            row.extend([""] * (index + 1 - len(row)))
            row[index] = edit.id if node is None else str(plain(node) or "")


def removed(node: Node) -> bool:
    """Is nothing written, or `null`: the way to say that a key, a row or a link is to go?"""
    return isinstance(node, ScalarNode) and node.text.strip() in _NOTHING


def plain(node: Node) -> Any:  # because YAML holds what it holds
    """What ruamel writes for a node: words, lists and mappings of them."""
    if isinstance(node, ScalarNode):
        if removed(node):
            return None
        return LiteralScalarString(node.text) if node.literal else node.text
    if isinstance(node, MappingNode):
        return CommentedMap((key, plain(entry.node)) for key, entry in node.entries.items())
    return CommentedSeq(plain(one) for one in node.nodes)


def _wrong(edit: Edit, known: Mapping[str, object], whole: tuple[str, ...], noun: tuple[str, Said]) -> Wrong | None:
    """Why it cannot be done: it names nothing that is there, and does not bring it whole."""
    values = edit.values
    if "id" in (values or {}):
        return _fixed(edit.id)
    if edit.id not in known and (values is None or any(key not in values for key in whole)):
        return unknown(*noun, edit.id, tuple(known))
    return None


def _fixed(name: str) -> Wrong:
    return Wrong(
        "id-fixed",
        Phrase("the id “{name}” never changes. Delete the key “id”.").of(name=name),
        value=name,
    )


def _drop(events: CommentedSeq, edit: Edit) -> None:
    del events[next(index for index, one in enumerate(events) if str(one["id"]) == edit.id)]


def _replace(mapping: CommentedMap, key: str, node: Node) -> None:
    if removed(node):
        mapping.pop(key, None)
    else:
        mapping[key] = plain(node)


def _text(files: Mapping[str, bytes], name: str) -> str:
    text = decode(files[name], Report(name), limit=LIMITS[name])
    assert text is not None, "the files were read before they are edited"
    return text


def loaded(content: bytes) -> CommentedMap:
    text = decode(content, Report(AGENDA), limit=LIMITS[AGENDA])
    assert text is not None, "the files were read before they are edited"
    found = _yaml().load(text.replace("\t", " "))
    return CommentedMap() if found is None else found


def dumped(document: CommentedMap) -> bytes:
    written = io.BytesIO()
    _yaml().dump(document, written)
    return written.getvalue()


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 4096  # a line that was not broken stays whole
    return yaml
