"""One cell of recipients.csv written, and every other byte of the file left as it was.

Separators, quotes and ids are ASCII in whatever code page Excel saved the file, so the bytes are gone through as they
are, one character each. A file in UTF-16 is read and written as its text.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE

from calendars.catalogue import Phrase
from calendars.reading.problems import Wrong
from calendars.reading.tables.posts import POST_COLUMNS
from calendars.reading.tables.rows import column_name, record, separator
from scheduler.base.refusal import Refusal

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_MARK = BOM_UTF8.decode("latin-1")
NO_ROW = Phrase("recipients.csv has no line of “{post}” that can be changed here: open it as a file.")


class NoCell(Refusal):
    """The file has no such row, or it cannot be split."""

    status = 409


def with_cell(body: bytes, post: str, column: str, value: str) -> bytes:
    """The file with another value in one column of a post's row (its id). `value` is ASCII. Raises NoCell."""
    encoding = "utf-16" if body.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "latin-1"
    text = body.decode(encoding, "surrogatepass" if encoding == "utf-16" else "strict")
    mark = _MARK if text.startswith(_MARK) else ""
    lines = [found.group() for found in _LINE.finditer(text.removeprefix(mark)) if found.group()]
    bare = [line.rstrip("\r\n") for line in lines]
    index, start, end = _cell(bare, post, column)
    line = lines[index]
    lines[index] = line[:start] + _kept(line[start:end], value) + line[end:]
    return (mark + "".join(lines)).encode(encoding)


def cell(body: bytes, post: str, column: str) -> str:
    """What stands there, as ASCII. Raises NoCell."""
    encoding = "utf-16" if body.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "latin-1"
    text = body.decode(encoding).removeprefix(_MARK)
    lines = [found.group().rstrip("\r\n") for found in _LINE.finditer(text)]
    index, start, end = _cell(lines, post, column)
    return lines[index][start:end].strip().strip('"').strip()


def _cell(lines: list[str], post: str, column: str) -> tuple[int, int, int]:
    """Which line, and from where to where in it."""
    probe = list(lines) or [""]
    sign = separator(probe, POST_COLUMNS)  # blanks a first line that names it
    columns: dict[str, int] = {}
    for number, line in enumerate(probe):
        if not line.strip(f" {sign}\t"):
            continue
        try:
            found = record(line, number + 1, sign)
        except Wrong:
            break
        if not columns:
            columns = {column_name(name): index for index, name in enumerate(found.cells)}
            if not {"id", column} <= columns.keys():
                break
        elif columns["id"] < len(found.cells) and found.cells[columns["id"]].strip() == post:
            wanted = columns[column]
            if wanted >= len(found.cells):
                break
            start = found.place(wanted).column - 1
            last = wanted + 1 == len(found.cells)
            return number, start, len(line) if last else found.place(wanted + 1).column - 2
    raise NoCell(NO_ROW, post=post)


def _kept(cell: str, value: str) -> str:
    """With the spaces and quotes that the cell had."""
    inner = cell.strip()
    quoted = f'"{value}"' if inner.startswith('"') else value
    return cell.replace(inner, quoted, 1) if inner else value
