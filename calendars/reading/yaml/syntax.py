"""What the YAML parser objects to, said to somebody who does not know YAML."""

from __future__ import annotations

import re

from ruamel.yaml.error import MarkedYAMLError

from calendars.catalogue import Phrase
from calendars.reading.problems import START, Position, Wrong

TAB = Phrase("there is a tab at the start of the line. Use spaces, never a tab.")
KEY_NOT_A_WORD = Phrase("a key must be a word, not a list. Check “?”, “[” and “{” on this line.")
SECOND_DOCUMENT = Phrase("the file has more than one part (“---”). Keep one.")
NOT_UNDERSTOOD = Phrase("this line cannot be understood. Check quotes, indentation and the space after the colon.")
_INDENT = Phrase(
    "the indentation does not match, or something follows a value. Align the line, or put the value in quotes."
)
_COLON = Phrase("there is a “:” where none fits. Put the text in quotes, or check the indentation and the line above.")
_NO_COLON = Phrase("“:” and a space are missing after the key.")
_BRACKET = Phrase("this bracket is not closed, or a comma is missing inside.")
_QUOTE = Phrase("this quote is not closed.")
_BACKSLASH = Phrase("a backslash “\\” does not go in double quotes. Use single quotes.")
_SIGN = Phrase("a value cannot start with this sign. Put it in quotes.")
_DASH = Phrase("the dash of a list goes on its own line, not after “key:”.")

# What the parser says, whether the place that helps is where the part began, and what we say.
_SAYINGS: tuple[tuple[re.Pattern[str], bool, Phrase], ...] = (
    (re.compile(r"mapping values are not allowed"), False, _COLON),
    (re.compile(r"could not find expected ':'"), True, _NO_COLON),
    (re.compile(r"unexpected (end of stream|document separator)"), True, _QUOTE),
    (re.compile(r"expected ',' or "), True, _BRACKET),
    (re.compile(r"escape (character|sequence)"), False, _BACKSLASH),
    (re.compile(r"cannot start any token"), False, _SIGN),
    (re.compile(r"sequence entries are not allowed"), False, _DASH),
    (re.compile(r"another document|<document start>"), False, SECOND_DOCUMENT),
    (re.compile(r"expected <block end>"), False, _INDENT),
)


# A double quote that begins a value; in «5" más» it is a sign like any other.
_OPENING = re.compile(r'(?:^|[\s{\[,])"')
_QUOTES_NEAR = 20  # lines: a quote that is left open is closed by the next one, and the error comes after that


def explain(error: MarkedYAMLError, text: str) -> Wrong:
    """The parser's error in `text` as a problem, at the place where a person should look."""
    said = error.problem or ""
    if place := _open_quote(text, _place(error.problem_mark).line):
        return Wrong("syntax", _QUOTE, place=place)
    for pattern, where_it_began, saying in _SAYINGS:
        if pattern.search(said):
            mark = error.context_mark if where_it_began and error.context_mark else error.problem_mark
            return Wrong("syntax", saying, place=_place(mark))
    return Wrong("syntax", NOT_UNDERSTOOD, place=_place(error.problem_mark or error.context_mark))


def _open_quote(text: str, last: int) -> Position | None:
    """The quote that a line up to the `last` one does not close, unless a later line closes it."""
    odd: list[Position] = []
    for number, line in enumerate(text.split("\n")[:last], 1):
        opening = _OPENING.search(line)
        if line.replace('\\"', "").count('"') % 2 and (opening or len(odd) % 2) and not line.lstrip().startswith("#"):
            odd.append(Position(number, opening.end() if opening else 1))
    return odd[-1] if len(odd) % 2 and odd[-1].line > last - _QUOTES_NEAR else None


def _place(mark: object) -> Position:
    line, column = getattr(mark, "line", None), getattr(mark, "column", None)
    return START if line is None or column is None else Position(line + 1, column + 1)
