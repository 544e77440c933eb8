"""A tagged PDF as a program that reads aloud has it: its tags in order, and the words of each (ISO 32000-1)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pikepdf

_RANGE = re.compile(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>")
_CHAR = re.compile(r"<(\w+)>\s*<(\w+)>")
_SECTION = re.compile(r"beginbf(char|range)(.*?)endbf", re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tag:
    kind: str  # H1, TD …
    text: str  # all words in it, in reading order
    alternative: str
    scope: str  # of a TH
    depth: int
    page: int  # on which its first words stand, from 1; 0: it has none


@dataclass(frozen=True, kw_only=True, slots=True)
class TaggedPdf:
    language: str
    title: str  # of its metadata
    author: str
    shows_title: bool
    pages: int
    sizes: frozenset[tuple[float, float]]  # points
    tags: tuple[Tag, ...]
    loose: str  # words in no tag: heads, feet

    def of(self, *kinds: str) -> list[Tag]:
        return [tag for tag in self.tags if tag.kind in kinds]


def read_tagged(content: bytes) -> TaggedPdf:
    with pikepdf.open(io.BytesIO(content)) as file:
        spoken, loose = {}, []
        numbers = {page.obj.objgen: number for number, page in enumerate(file.pages, 1)}
        for page in file.pages:
            words, outside = _words(page)
            spoken[page.obj.objgen] = words
            loose.append(outside)
        tags = tuple(_tags(file.Root.StructTreeRoot.K, None, spoken, numbers, 0))
        return TaggedPdf(
            language=str(file.Root.Lang),
            title=str(file.docinfo["/Title"]),
            author=str(file.docinfo["/Author"]),
            shows_title=bool(file.Root.ViewerPreferences.DisplayDocTitle),
            pages=len(file.pages),
            sizes=frozenset((float(page.mediabox[2]), float(page.mediabox[3])) for page in file.pages),
            tags=tags,
            loose="\n".join(loose),
        )


_Spoken = Mapping[tuple[int, int], Mapping[int, str]]


def _tags(node: Any, page: Any, spoken: _Spoken, numbers: Mapping[Any, int], depth: int) -> Iterator[Tag]:
    if isinstance(node, pikepdf.Array):
        for one in node:
            yield from _tags(one, page, spoken, numbers, depth)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        here = node.get("/Pg", page)
        pieces = list(_pieces(node.get("/K"), here, spoken, numbers))
        owner = node.get("/A", pikepdf.Dictionary())
        attributes = owner[0] if isinstance(owner, pikepdf.Array) else owner
        yield Tag(
            kind=str(node.S)[1:],
            text="".join(words for words, _ in pieces),
            alternative=str(node.get("/Alt", "")),
            scope=str(attributes.get("/Scope", ""))[1:],
            depth=depth,
            page=next((number for _, number in pieces), 0),
        )
        yield from _tags(node.get("/K"), here, spoken, numbers, depth + 1)


def _pieces(node: Any, page: Any, spoken: _Spoken, numbers: Mapping[Any, int]) -> Iterator[tuple[str, int]]:
    """What is said in an element, and on which page."""
    if isinstance(node, pikepdf.Array):
        for one in node:
            yield from _pieces(one, page, spoken, numbers)
    elif isinstance(node, int):
        yield spoken[page.objgen].get(node, ""), numbers[page.objgen]
    elif isinstance(node, pikepdf.Dictionary):
        here = node.get("/Pg", page)
        yield from _pieces(node.get("/MCID") if "/MCID" in node else node.get("/K"), here, spoken, numbers)


def _words(page: Any) -> tuple[dict[int, str], str]:
    """The words of a page's marked contents by their ids, and those that stand in none."""
    found: dict[int, str] = {}
    outside, marks, font = list[str](), list[_Mark](), dict[int, str]()
    fonts = {name: _unicode(one) for name, one in page.Resources.get("/Font", {}).items()}
    for instruction in pikepdf.parse_content_stream(page):
        operands = instruction.operands
        match str(instruction.operator):
            case "BDC" | "BMC":
                marks.append(_mark(operands))
                if marks[-1].instead is not None:
                    _say(marks[-1].instead, marks[:-1], found, outside)
            case "EMC":
                marks.pop()
            case "Tf":
                font = fonts[str(operands[0])]
            case "Tj" | "TJ":
                _say(_shown(operands[0], font), marks, found, outside)
    return found, " ".join(outside)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Mark:
    """A stretch of a page's contents."""

    number: int | None  # by which a tag holds it
    instead: str | None  # what it is read as, whatever letters are drawn (14.9.4)


def _mark(operands: Any) -> _Mark:
    named = operands[1] if len(operands) > 1 and isinstance(operands[1], pikepdf.Dictionary) else pikepdf.Dictionary()
    return _Mark(
        number=int(named.MCID) if "/MCID" in named else None,
        instead=str(named.ActualText) if "/ActualText" in named else None,
    )


def _say(words: str, marks: list[_Mark], found: dict[int, str], outside: list[str]) -> None:
    if any(mark.instead is not None for mark in marks):
        return
    number = next((mark.number for mark in reversed(marks) if mark.number is not None), None)
    if number is None:
        outside.append(words)
    else:
        found[number] = found.get(number, "") + words


def _shown(strings: Any, font: Mapping[int, str]) -> str:
    parts = strings if isinstance(strings, pikepdf.Array) else [strings]
    codes = b"".join(bytes(one) for one in parts if isinstance(one, pikepdf.String))
    return "".join(font[int.from_bytes(codes[at : at + 2], "big")] for at in range(0, len(codes), 2))


def _unicode(font: Any) -> dict[int, str]:
    """What each code of two bytes means (ISO 32000-1, 9.10.3)."""
    found: dict[int, str] = {}
    for kind, lines in _SECTION.findall(bytes(font.ToUnicode.read_bytes()).decode("latin-1")):
        if kind == "char":
            found.update((int(code, 16), _utf16(words)) for code, words in _CHAR.findall(lines))
        else:
            for first, last, words in _RANGE.findall(lines):
                start, base = int(first, 16), _utf16(words)
                for code in range(start, int(last, 16) + 1):
                    found[code] = base[:-1] + chr(ord(base[-1]) + code - start)
    return found


def _utf16(digits: str) -> str:
    return bytes.fromhex(digits).decode("utf-16-be")
