"""A document as JSON, and back: how one that is closed is kept, and what `--format json` gives.

A date in a table is `{"date": "2021-10-21"}`, so that no text is taken for one.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from scheduler.printing.blocks import Block, Cell, Column, Document, Grid, Heading, Items, Paragraph, Picture
from scheduler.printing.figures import printable

_KINDS: dict[str, type[Block]] = {
    "heading": Heading,
    "paragraph": Paragraph,
    "items": Items,
    "table": Grid,
    "picture": Picture,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def write(document: Document) -> str:
    """What `read` makes the same document of, as it is printed (`figures.printable`). Its figures are finite."""
    clean = printable(document)
    written = asdict(clean)
    written["blocks"] = [{"block": _NAMES[type(block)], **asdict(block)} for block in clean.blocks]
    return json.dumps(written, ensure_ascii=False, indent=1, default=_dated, allow_nan=False) + "\n"


def read(text: str) -> Document:
    """The document that `write` wrote."""
    found = json.loads(text)
    blocks = tuple(_block(one) for one in found.pop("blocks"))
    return Document(**{**found, "dated": _value(found["dated"])}, blocks=blocks)


def _dated(value: date) -> dict[str, str]:
    return {"date": value.isoformat()}


def _block(found: dict[str, Any]) -> Block:
    kind = _KINDS[found.pop("block")]
    if kind is Items:
        return Items(items=tuple(found["items"]))
    if kind is Grid:
        columns = tuple(Column(**one) for one in found.pop("columns"))
        rows = tuple(tuple(_value(cell) for cell in row) for row in found.pop("rows"))
        return Grid(**found, columns=columns, rows=rows)
    return kind(**found)


def _value(found: Any) -> Cell:
    return date.fromisoformat(found["date"]) if isinstance(found, dict) else found
