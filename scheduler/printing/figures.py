"""A cell of a table as people of a language read it, and what no format can hold left out of a document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from itertools import count
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from calendars.catalogue import Phrase, catalogue
from calendars.model.text import Language
from scheduler.printing.blocks import Block, Cell, Document, Grid, Heading

# Line breaks and tabs, of which a document's texts have none: a block is a line that each format breaks for itself.
_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
# What XML 1.0 §2.2 has no place for, and with it every format but JSON: controls, halves of pairs, non-characters.
_NOWHERE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")

PAGE = Phrase("Page {n} of {all}")
_THIRD, _NARROWEST, _ROOM = 32, 6, 3  # characters: of a column's text, and beside it
_UNBROKEN = 18  # a longer word may be broken
_EASE, _LEAST = 1.25, 0.4  # how much wider than it wants a small table is, and of the line at least


def shown(cell: Cell, language: Language) -> str:
    """«1,234.5», «21 oct 2021»; a text is itself, and what is not known is empty."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    locale = catalogue(language).locale
    if isinstance(cell, date):
        return format_date(cell, "d MMM y", locale=locale)
    return format_decimal(cell, locale=locale)


def named(grids: Iterable[Grid], longest: int, *taken: str) -> dict[str, Grid]:
    """The tables by names that differ, made of their ids, of at most `longest` characters."""
    found: dict[str, Grid] = {}
    for grid in grids:
        tries = (grid.id[:longest] if n == 1 else f"{grid.id[: longest - 4]}-{n}" for n in count(1))
        found[next(name for name in tries if name not in found and name not in taken)] = grid
    return found


def widths(grid: Grid, language: Language) -> tuple[int, ...]:
    """How many characters each column wants: its longest word, and a text's whole length up to a third of a line."""
    return tuple(max(_wanted(cell, language) for cell in column) for column in _columns(grid))


@dataclass(frozen=True, kw_only=True, slots=True)
class Measures:
    """`shares`: how wide each column is, of the line; a small table leaves some of it."""

    shares: tuple[float, ...]
    tight: bool  # no column has room for its longest word


def measured(grid: Grid, language: Language, line: int) -> Measures:
    """A line of so many characters, divided among the columns.

    First each gets what it cannot be without, its longest word, number or date; what is left goes to long texts.
    """
    need = [max(_needed(cell, language) for cell in column) + _ROOM for column in _columns(grid)]
    want: list[float] = [width + _ROOM for width in widths(grid, language)]
    spare, more = line - sum(need), sum(want) - sum(need)
    if sum(want) > line and spare > 0:
        want = [least + spare * (most - least) / more for least, most in zip(need, want, strict=True)]
    elif sum(want) > line:
        want = [*need]
    whole = min(1.0, max(sum(want) * _EASE / line, _LEAST))
    return Measures(shares=tuple(whole * width / sum(want) for width in want), tight=spare < 0)


def _columns(grid: Grid) -> Iterator[tuple[Cell, ...]]:
    return zip(*([column.title for column in grid.columns], *grid.rows), strict=True)


def _wanted(cell: Cell, language: Language) -> int:
    return max(min(len(shown(cell, language)), _THIRD), _needed(cell, language), _NARROWEST)


def _needed(cell: Cell, language: Language) -> int:
    """Characters that stay together: a word, a figure."""
    parts = cell.split() if isinstance(cell, str) else [shown(cell, language)]
    return max((min(len(part), _UNBROKEN) for part in parts), default=0)


def printable(document: Document) -> Document:
    """The document as every format prints it.

    Line breaks are blanks, and characters that have no place are left out. No heading is more than one level below the
    one before it: who hears a document goes by them, and PDF/UA-1 (§7.4.2) refuses a gap.
    """
    cleaned: Document = _cleaned(document)
    return replace(cleaned, blocks=tuple(_in_steps(cleaned.blocks)))


def printable_text(text: str) -> str:
    return _NOWHERE.sub("", _BREAKS.sub(" ", text))


def _in_steps(blocks: Iterable[Block]) -> Iterator[Block]:
    before = 0
    for block in blocks:
        if isinstance(block, Heading) and not block.text.strip():
            continue  # it heads nothing that can be found by it, and PDF/UA-1 refuses it
        if isinstance(block, Heading):
            before = min(block.level, before + 1)
            yield replace(block, level=before)
        else:
            yield block


def _cleaned(value: Any) -> Any:
    """A value with all texts in it, however deep, as they can be printed."""
    if isinstance(value, str):
        return printable_text(value)
    if isinstance(value, tuple):
        return tuple(_cleaned(one) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _cleaned(getattr(value, field.name)) for field in fields(value)})
    return value
