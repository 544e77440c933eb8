"""A second pack without what is personal, made from a full one: the same files but for the salts.

Each replaced text is a commitment, HMAC-SHA-256 under its own salt: whoever has the full pack can show what it was,
and nobody can show that it was anything else.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scheduler.evidence.folder import PackFolder, Sink
from scheduler.evidence.leaves import canonical, replaced
from scheduler.evidence.lists import NO_SALT, as_list, rows_of
from scheduler.evidence.manifest import ABOUT, SALTS, ManifestLine, Parsed

REDACTED = "redacted:"
FULL, SHORTENED = "full", "redacted"  # kinds of pack


def commitment(salt: str, text: bytes) -> str:
    """What stands in the place of a text (UTF-8). `salt`: hexadecimal."""
    return REDACTED + hmac.digest(bytes.fromhex(salt), text, "sha256").hex()


def write_redacted(full: Path, manifest: Parsed, folder: PackFolder, head: str) -> None:
    """Every file of a full pack (where it is, its manifest and head) into another, redacted. The manifest is left."""
    salted = {one.name for one in manifest.entries if one.name.startswith(SALTS)}
    for entry in manifest.entries:
        if entry.name.startswith(SALTS):
            continue
        sink = Sink(folder, entry.name, entry.note)
        for piece in redacted_file(full, entry, head, has_salts=SALTS + entry.name in salted):
            sink.write(piece)
        sink.close(entry.rows)


def redacted_file(full: Path, entry: ManifestLine, head: str, *, has_salts: bool) -> Iterator[bytes]:
    """One file as it is in the redacted pack, in pieces. Raises ValueError where file or salts cannot be read."""
    path, salts = full / entry.name, full / SALTS / entry.name
    if entry.name == ABOUT:
        yield canonical(redacted_about(json.loads(path.read_bytes()), head))
    elif not has_salts:
        yield from _as_it_is(path)
    elif entry.rows is not None:
        yield from as_list(redacted_rows(path, salts))
    elif entry.name.endswith(".json"):
        yield canonical(_document(json.loads(path.read_bytes()), json.loads(salts.read_bytes())))
    else:
        yield commitment(salts.read_text("ascii"), path.read_bytes()).encode()


def redacted_about(about: Any, head: str) -> Any:
    """What the redacted pack says of itself: which full one it is made from."""
    return {**about, "kind": SHORTENED, "of": head}


def redacted_rows(path: Path, salts: Path) -> Iterator[list[str]]:
    """A list with its heading. Raises ValueError where the salts are not those of the list."""
    listed, salted = rows_of(path), rows_of(salts)
    headings, hidden = next(listed, []), next(salted, [])
    columns = [headings.index(name) for name in hidden]
    yield headings
    for row, own in zip(listed, salted, strict=True):
        for column, salt in zip(columns, own, strict=True):
            if salt != NO_SALT:
                row[column] = commitment(salt, row[column].encode())
        yield row


def _document(document: object, salts: dict[str, str]) -> object:
    return replaced(document, lambda at, text: commitment(salts[at], text.encode()) if at in salts else text)


def _as_it_is(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            yield piece
