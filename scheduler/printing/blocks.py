"""A document before it has a format: headings, paragraphs, lists, tables and pictures, in one language.

What stands in it is final: every format prints these words and figures, and none reckons. Texts are plain, without
markup of any format.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from calendars.model.text import Language

Cell = str | int | float | date | None  # a number is printed as the language writes it; None: left empty


@dataclass(frozen=True, kw_only=True, slots=True)
class Heading:
    level: int  # 1 to 3; 1 is a part of the document, whose title stands above all
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Items:
    items: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    title: str
    numeric: bool = False  # set flush right


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """A table. The first cell of a row is its head; `total` says that the last row sums up the others."""

    id: str  # names it in a file of its own: lower case, hyphens
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: bool = False
    note: str = ""  # below it: what a figure in it means


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    id: str
    svg: str  # whole and standing alone: no script, nothing from elsewhere
    alternative: str  # what it shows, for who does not see it
    caption: str


Block = Heading | Paragraph | Items | Grid | Picture


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """`reference` is what it is cited by («Informe 3»); "" for one that is not closed."""

    language: Language
    title: str  # never empty
    subtitle: str
    author: str  # the institution that gives it out
    dated: date
    reference: str
    blocks: tuple[Block, ...]
