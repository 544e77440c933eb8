"""Plain text in lines of 76 characters, as programs show it that wrap nothing (RFC 3676 §4.2 for the number).

A link is never broken, nor parted from the words that name it: the line that holds one may be longer. What a slot is
filled with later is not known here; that of a link counts as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scheduler.mail.mime import LINE, slot

OWN_PIECE = 8  # columns of its first line that a personal piece leaves to the words before it
_COLUMN = re.compile(r" *(?:[^\W\d_]+ {2,})?(?:= )?")  # «AHORA  », before what stands in a column of its own
_UNIT = re.compile(r"h[.,;:)]*")  # of an hour, which stays with its number
_LINKS = ("http://", "https://", *map(slot, ("stop", "manage", "answer")))


def wrapped(text: str, first: int = LINE) -> str:
    """The text with its longer lines broken at blanks, each under the column in which its words begin.

    `first`: columns of the first line, where something else begins it.
    """
    lines = text.split("\n")
    return "\n".join(
        "\n".join(_lines(line, LINE if number else first)) if len(line) > (LINE if number else first) else line
        for number, line in enumerate(lines)
    )


def _lines(line: str, room: int) -> Iterator[str]:
    begun = _COLUMN.match(line)
    head = begun[0] if begun is not None and len(begun[0]) < LINE // 2 else ""
    shown, empty = head, True
    for word in _words(line[len(head) :]):
        longer = f"{shown}{word}" if empty else f"{shown} {word}"
        if empty or len(longer) <= room or _is_link(word):
            shown, empty = longer, False
            continue
        yield shown
        room, shown = LINE, " " * len(head) + word
    yield shown


def _words(text: str) -> Iterator[str]:
    """Between blanks; an hour and its unit are one."""
    kept = ""
    for word in text.split(" "):
        if kept and _UNIT.fullmatch(word):
            kept += f" {word}"
            continue
        if kept:
            yield kept
        kept = word
    yield kept


def _is_link(word: str) -> bool:
    return any(link in word for link in _LINKS)
