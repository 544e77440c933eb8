"""Is a pack what it was: no file changed, added or taken out, no line of its manifest moved or cut off."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from calendars.catalogue import Phrase
from calendars.model.text import Said
from scheduler.base.refusal import Refusal
from scheduler.evidence.manifest import MANIFEST, ManifestLine, Parsed, head_of, parsed, rendered

NO_PACK = Phrase("{folder}: no pack is here; name the folder that has {manifest}")
CHANGED = Phrase("the file was changed; SHA-256 expected {expected}, found {found}")
OF_SIZE = Phrase("the file was changed; expected {expected} {expected:byte|bytes}, found {found}")
GONE = Phrase("the file is missing; expected SHA-256 {expected}")
ADDED = Phrase("the file is not in the manifest; SHA-256 found {found}")
NO_FILE = Phrase("no plain file, and nothing of a pack")
OUTSIDE = Phrase("line {number} names what lies outside of the folder: {name}")
TWICE = Phrase("line {number} names {name} a second time")
UNREADABLE = Phrase("line {number} cannot be read: it was changed, or something was added")
NUMBERED = Phrase("line {number}: expected entry {expected}, found {found} ({name}); lines were moved, added or cut")
UNCHAINED = Phrase("line {number} ({name}) was changed or moved: chain expected {expected}, found {found}")
CUT = Phrase("the last line is missing: the manifest was cut off after {n} {n:file|files}")
OTHER_END = Phrase("the last line is of another manifest; expected {expected}, found {found}")
OTHERWISE = Phrase("line {number} is not as it was written, though it says the same")
OTHER_HEAD = Phrase("its head is another; expected {expected}, found {found}: it is another pack, or was made anew")


class NoPack(Refusal):
    """What is to be verified is not there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Flaw:
    """What is wrong with one file of a pack."""

    file: str  # with slashes, relative to the pack
    what: Said


@dataclass(frozen=True, kw_only=True, slots=True)
class PackVerdict:
    """What was found. Whole where there is no flaw."""

    manifest: Parsed
    head: str  # of the chain as it stands
    octets: int
    flaws: tuple[Flaw, ...]


def verify(folder: Path, head: str = "") -> PackVerdict:
    """Every file against the manifest, and the manifest against itself; `head`: or the first digits of it.

    Raises NoPack where there is no manifest.
    """
    place = folder / MANIFEST
    if not place.is_file():
        raise NoPack(NO_PACK, folder=folder, manifest=MANIFEST)
    octets = place.read_bytes()
    manifest = parsed(octets)
    flaws = [Flaw(file=MANIFEST, what=what) for what in _of_manifest(manifest, octets)]
    found = head_of(manifest.entries)
    flaws += _of_files(folder, manifest.entries)
    if head and not found.startswith(head.lower()):
        flaws.append(Flaw(file=MANIFEST, what=OTHER_HEAD.of(expected=head, found=found)))
    total = sum(one.octets for one in manifest.entries)
    return PackVerdict(manifest=manifest, head=found, octets=total, flaws=tuple(flaws))


def _of_manifest(manifest: Parsed, octets: bytes) -> Iterator[Said]:
    before, flaws = "", 0
    for number, entry in enumerate(manifest.entries, start=1):
        if entry.number != number:
            flaws += 1
            yield NUMBERED.of(number=number + 1, expected=number, found=entry.number, name=entry.name)
        expected = entry.linked(before)
        if entry.chain != expected:
            flaws += 1
            yield UNCHAINED.of(number=number + 1, name=entry.name, expected=expected, found=entry.chain)
        before = entry.chain
    if manifest.unreadable is not None:
        yield UNREADABLE.of(number=manifest.unreadable)
        return
    if manifest.head is None:
        yield CUT.of(n=len(manifest.entries))
        return
    end = len(manifest.entries), before
    if manifest.head != end:
        yield OTHER_END.of(expected=_end(*end), found=_end(*manifest.head))
    elif not flaws and octets != (written := rendered(manifest.entries)):
        yield OTHERWISE.of(number=_first_other_line(octets, written))


def _end(files: int, chain: str) -> str:
    return f"{files}-{chain}"


def _first_other_line(found: bytes, expected: bytes) -> int:
    same = 0
    for one, other in zip(found, expected, strict=False):
        if one != other:
            break
        same += 1
    return expected[:same].count(b"\n") + 1


def _of_files(folder: Path, entries: Sequence[ManifestLine]) -> Iterator[Flaw]:
    known: set[str] = {MANIFEST}
    for entry in entries:
        if not _is_inside(entry.name):
            yield Flaw(file=MANIFEST, what=OUTSIDE.of(number=entry.number + 1, name=entry.name))
        elif entry.name in known:
            yield Flaw(file=MANIFEST, what=TWICE.of(number=entry.number + 1, name=entry.name))
        else:
            known.add(entry.name)
            yield from _of_file(folder / entry.name, entry)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            yield Flaw(file=name, what=NO_FILE)
        elif path.is_file() and name not in known:
            yield Flaw(file=name, what=ADDED.of(found=digest_of(path)))


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and bool(path.parts) and ".." not in path.parts and "\\" not in name


def _of_file(path: Path, entry: ManifestLine) -> Iterator[Flaw]:
    if path.is_symlink() or not path.is_file():
        yield Flaw(file=entry.name, what=GONE.of(expected=entry.sha256))
        return
    size = path.stat().st_size
    if size != entry.octets:
        yield Flaw(file=entry.name, what=OF_SIZE.of(expected=entry.octets, found=size))
        return
    found = digest_of(path)
    if found != entry.sha256:
        yield Flaw(file=entry.name, what=CHANGED.of(expected=entry.sha256, found=found))


def digest_of(path: Path) -> str:
    """SHA-256, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
