"""A workbook made to do harm is refused by what it declares and what it holds, before anything opens it."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable

import pytest

from scheduler.base import archive
from tests.drafts.test_workbooks import GOOD
from tests.support.workbooks import PART, read_posts, rezipped, with_part

SECONDS = 5.0  # of computing: each takes a fraction of one


def packed(part: bytes, *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A workbook whose sheet holds these bytes at its end."""
    changed = with_part(GOOD, b"</sheetData>", part + b"</sheetData>")
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(changed)) as old, zipfile.ZipFile(written, "w", method) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return written.getvalue()


def declaring_less(content: bytes, size: int) -> bytes:
    """The same, its directory saying that the sheet has so many bytes unpacked."""
    at = content.rindex(PART.encode()) - 46 + 24  # in the central directory, the size unpacked
    return content[:at] + size.to_bytes(4, "little") + content[at + 4 :]


def sheet(old: bytes, new: bytes) -> bytes:
    return with_part(GOOD, old, new)


BOMBS: dict[str, Callable[[], bytes]] = {  # made where they are wanted: to make them all takes seconds
    "unpacks to 40 MB": lambda: packed(b" " * (40 * archive.MB)),
    "unpacks to 40 MB, and says 900 bytes": lambda: declaring_less(packed(b" " * (40 * archive.MB)), 900),
    "is packed by bzip2": lambda: packed(b" " * archive.MB, method=zipfile.ZIP_BZIP2),
    "is packed by LZMA": lambda: packed(b" " * archive.MB, method=zipfile.ZIP_LZMA),
    "has a million cells": lambda: packed(b"<row>" + b"<c/>" * 1_000_000 + b"</row>"),
    "has a million rows": lambda: packed(b"<row/>" * 1_000_000),
    "has a million styles": lambda: packed(b"<xf/>" * 1_000_000),
    "has a hundred sheets": lambda: packed(b"<worksheet/>" * 100),
    "merges too many cells": lambda: sheet(
        b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:ZZ200"/></mergeCells>'
    ),
    "merges too many, behind a bracket": lambda: sheet(
        b"</sheetData>", b"</sheetData><x:mergeCell y='>' ref = '$A$1:ZZ200'/>"
    ),
    "merges what is no range": lambda: sheet(b"</sheetData>", b'</sheetData><mergeCell ref="A1&#58;ZZ200"/>'),
    "links too many cells": lambda: sheet(b"</sheetData>", b'</sheetData><hyperlink ref="A1:ZZ200"/>'),
    "declares entities": lambda: sheet(b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet'),
    "is in UTF-16": lambda: rezipped(GOOD, lambda name, part: part.decode().encode("utf-16") if name == PART else part),
    "is in a code page": lambda: sheet(b"<worksheet", b"<?xml version='1.0' encoding='utf-7'?><worksheet"),
    "is larger than fits": lambda: b"PK" + b" " * archive.LARGEST,
    "has a part twice": lambda: twice(),
}


def twice() -> bytes:
    written = io.BytesIO(GOOD)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(written, "a") as archive:
        archive.writestr(PART, b"<worksheet/>")
    return written.getvalue()


@pytest.mark.parametrize("name", BOMBS)
def test_a_workbook_that_would_take_too_much_is_refused_unopened(name: str) -> None:
    content = BOMBS[name]()
    begun = time.process_time()
    found = read_posts(content)
    assert (found.body, len(found.problems)) == (None, 1)
    assert {one.rule for one in found.problems} <= {"workbook", "too-large"}
    assert time.process_time() - begun < SECONDS


def test_a_roster_of_fifteen_thousand_rows_is_far_from_the_bounds() -> None:
    """Of eight columns, with borders: what openpyxl takes for it is measured in docs/decisions.md."""
    assert archive.MOST["c"] > 2 * 15_000 * 8
    assert archive.MOST["row"] > 2 * 15_000
    assert archive.UNPACKED > 3 * 5.4 * archive.MB
