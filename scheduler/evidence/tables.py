"""The tables of a pack, row by row out of one moment of the database."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, LargeBinary, Text, select, type_coerce

from scheduler.evidence.exhibits import Exhibit
from scheduler.evidence.folder import PackFolder
from scheduler.evidence.leaves import canonical, leaves
from scheduler.evidence.lists import Hidden, PackList, new_salt
from scheduler.evidence.manifest import SALTS
from scheduler.evidence.people import People, SealedWhen

Progress = Callable[[str, int], None]  # told the name of a list, and how many of its rows are written
_CHUNK = 2000
_TOLD_EVERY = 5000  # rows
_OF_AGENDAS = {"sender": SealedWhen.ALWAYS, "privacy": SealedWhen.WORDS}  # by the first name on the way to a text
_OWN_WORDS = ("message", "reason")  # anywhere on it


def write_table(
    connection: Connection, folder: PackFolder, exhibit: Exhibit, people: People, progress: Progress
) -> None:
    """The list of one table, and the files that stand for its documents."""
    table, names = exhibit.table, exhibit.columns
    listing = PackList(folder, exhibit.name, names, _hidden(exhibit, people))
    chosen = select(*(_plain(table.c[name]) for name in names)).order_by(*table.primary_key)
    documents = {names.index(name) for name in exhibit.documents}
    at = [names.index(column.name) for column in table.primary_key if documents]
    for number, row in enumerate(connection.execution_options(yield_per=_CHUNK).execute(chosen), start=1):
        values: list[Any] = list(row)
        for column in documents:
            values[column] = _document(folder, exhibit, [row[key] for key in at], names[column], row[column], people)
        listing.add(values)
        if number % _TOLD_EVERY == 0:
            progress(exhibit.name, number)
    progress(exhibit.name, listing.close())


def _plain(column: Any) -> Any:
    """Octets as both drivers give them."""
    return type_coerce(column, LargeBinary).label(column.name) if isinstance(column.type, LargeBinary) else column


def _hidden(exhibit: Exhibit, people: People) -> Mapping[str, Hidden]:
    kinds = {
        column.name: exhibit.personal.get(column.name, SealedWhen.NAMED)
        for column in exhibit.table.columns
        if isinstance(column.type, Text) or column.name in exhibit.personal
    }
    return {
        name: Hidden(people.test(kinds[name]), exhibit.beside if kinds[name] is SealedWhen.REPLY else "")
        for name in exhibit.columns
        if name in kinds and name not in exhibit.documents
    }


def _document(folder: PackFolder, exhibit: Exhibit, key: list[Any], column: str, value: Any, people: People) -> str:
    """Written to a file of its own, whose name stands in the list."""
    place = "/".join(quote(str(part), safe="") for part in key)
    if isinstance(value, bytes):
        name = f"{exhibit.table.name}/{place}"
        folder.put(name, value)
        folder.put(SALTS + name, new_salt().encode())
        return name
    name = f"{exhibit.table.name}/{place}.{column}.json"
    folder.put(name, value.encode())
    found = {at: new_salt() for at, text in leaves(json.loads(value)) if text and _is_personal(at, text, people)}
    folder.put(SALTS + name, canonical(found))
    return name


def _is_personal(at: str, text: str, people: People) -> bool:
    way = at.split("/")[1:]
    if way and way[0] in _OF_AGENDAS:
        return people.test(_OF_AGENDAS[way[0]])(text, None)
    own = any(name in way for name in _OWN_WORDS)
    return people.test(SealedWhen.ALWAYS if own else SealedWhen.LINKS)(text, None)
