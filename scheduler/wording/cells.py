"""Rows as CSV that Excel opens as it should in Mexico: commas, UTF-8 with its mark, CRLF (RFC 4180)."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # evaluated at the beginning of a cell, within quotes too
_NUMBER = re.compile(r"0\d+|\d+[eE]\d+")  # ids that a spreadsheet would show as another number: 007, 1E5


def csv_octets(rows: Iterable[Sequence[object]]) -> bytes:
    """The first row being the headings. Numbers stay numbers, dates are written as ISO 8601 does; None is empty."""
    return codecs.BOM_UTF8 + csv_lines([_cell(one) for one in row] for row in rows)


def csv_lines(rows: Iterable[Sequence[object]]) -> bytes:
    """Lines of such a file, of cells that are safe already."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _cell(value: object) -> object:
    return value if value is None or isinstance(value, int | float) else safe_cell(str(value))


def safe_cell(text: str) -> str:
    """The text, behind an apostrophe where a spreadsheet would reckon with it instead of showing it."""
    return f"'{text}" if text.startswith(_FORMULA) or _NUMBER.fullmatch(text) else text
