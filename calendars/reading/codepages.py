"""Which code page wrote these bytes, told by what they would mean in Spanish: Windows-1252, MS-DOS (850) or Macintosh.

Every byte means something in each of them, so a file says nothing by being readable: «Secci¢n», «SecciÛn» and «Secci—n»
are «Sección» of another program. A reading is weighed by its words: Spanish letters speak for it; signs inside words,
and capitals behind small letters, against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import islice

WINDOWS, MS_DOS, MACINTOSH = "cp1252", "cp850", "mac_roman"
MOST_WORDS = 20_000  # that are weighed: what a file holds beyond them reads like these

_WORD = re.compile(rb'[^\s,;"]+')
_SPANISH = frozenset("áéíóúüñÁÉÍÓÚÜÑ")
_NO_LETTERS = frozenset("ƒµˆıªº")  # that Unicode calls letters
_ORDINALS = frozenset("ªº")
_OPENING = frozenset("¿¡«“‘‹")
_CLOSING = frozenset("»”…•°·´›")
_DASHES = frozenset("–—")
_ION = re.compile(r"n(?![^\W\d_])")  # as in «Secci—n»
_CONTRACTED = re.compile(r"(?:s|t|re|ll|ve|d|m)(?![^\W\d_])", re.IGNORECASE)  # of English: site’s, don’t
_ELIDED = re.compile(r"(?:^|[^\W\d_]*[^\w])?(?:[dlnmtscj]|qu)$", re.IGNORECASE)  # of French and Italian: d’Ivoire


class _Sense(Enum):
    GOOD = "a letter of Spanish, where one may stand"
    NONE = "says nothing"
    DOUBTFUL = "could be meant so, and could be a letter of another code page"
    BAD = "nobody writes this"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Reading:
    """How a file's words read in one code page."""

    page: str
    good: int
    doubtful: int
    bad: int

    @property
    def score(self) -> int:
        return self.good - self.doubtful - 2 * self.bad

    @property
    def clean(self) -> bool:
        return not self.bad and not self.doubtful


class Unclear(Exception):
    """The first word that reads one way on Windows, and another way elsewhere; neither is certain."""

    def __init__(self, at: int, one: str, other: str) -> None:
        super().__init__(f"byte {at}: {one} or {other}")
        self.at = at  # index of the word's first byte
        self.one = one
        self.other = other


def code_page(data: bytes) -> str | None:
    """The codec that these bytes, which are not UTF-8, were written by; None where no reading makes sense.

    Windows-1252 unless another makes more sense of the words. Raises Unclear where that one is no more than likely, and
    where both have Spanish letters and nothing tells them apart.
    """
    words = list(dict.fromkeys(word for _, word in islice(_words(data), MOST_WORDS)))
    readings = {page: found for page in (WINDOWS, MS_DOS, MACINTOSH) if (found := _reading(words, page))}
    usual = readings.pop(WINDOWS, None)
    best, second = sorted(readings.values(), key=lambda one: one.score, reverse=True)  # these two read any byte
    if usual is not None and usual.score >= best.score:
        if usual.score == best.score and usual.good and best.good:  # «Úrsula» of MS-DOS is «érsula» on Windows
            raise _unclear(data, best.page)
        return WINDOWS
    if best.clean and best.good > 0 and best.score > second.score and (usual is None or usual.bad):
        return best.page
    if usual is None:
        return None
    raise _unclear(data, best.page)


def _words(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Those with a byte that is not ASCII in them, each with its place."""
    return ((match.start(), match.group()) for match in _WORD.finditer(data) if not match.group().isascii())


def _unclear(data: bytes, page: str) -> Unclear:
    """Two readings that differ in their score differ in a word."""
    readings = ((at, word.decode(WINDOWS), word.decode(page)) for at, word in _words(data))
    return Unclear(*next(found for found in readings if found[1] != found[2]))


def _reading(words: list[bytes], page: str) -> _Reading | None:
    """None where the code page lacks one of the bytes: Windows-1252 lacks five."""
    counts = dict.fromkeys(_Sense, 0)
    for word in words:
        try:
            text = word.decode(page)
        except UnicodeDecodeError:
            return None
        for index, character in enumerate(text):
            if not character.isascii():
                counts[_sense(text, index)] += 1
    return _Reading(page=page, good=counts[_Sense.GOOD], doubtful=counts[_Sense.DOUBTFUL], bad=counts[_Sense.BAD])


def _sense(word: str, index: int) -> _Sense:
    character = word[index]
    if character.isalpha() and character not in _NO_LETTERS:
        if not _well_cased(_run(word, index)):
            return _Sense.BAD
        return _Sense.GOOD if character in _SPANISH else _Sense.NONE
    before, after = _is_letter(word[index - 1 : index]), _is_letter(word[index + 1 : index + 2])
    if character in _ORDINALS:
        return _Sense.BAD if after else _Sense.NONE
    if character in _OPENING:
        return _Sense.BAD if before else _Sense.NONE
    if character in _CLOSING:
        return _Sense.BAD if after else _Sense.NONE
    if character == "\u00ad":  # inside a word a soft hyphen, before one «¡» of MS-DOS
        return _Sense.BAD if after and not before else _Sense.NONE
    if character == "’":
        return _apostrophe(word, index) if before and after else _Sense.NONE
    if character in _DASHES:
        return _dash(word, index) if before and after else _Sense.NONE
    if character == "\u00a0":
        return _space(before, word[index + 1 : index + 2])
    return _Sense.BAD if before or after else _Sense.NONE


def _dash(word: str, index: int) -> _Sense:
    if word[index - 1] == "i" and _ION.match(word, index + 1):
        return _Sense.BAD
    return _Sense.DOUBTFUL if word[index + 1].islower() else _Sense.NONE


def _space(before: bool, following: str) -> _Sense:
    """A no-break space is á in MS-DOS: «Panamá» and «Bogotá» end in it."""
    return _Sense.DOUBTFUL if before and (not following or following.islower()) else _Sense.NONE


def _apostrophe(word: str, index: int) -> _Sense:
    meant = _CONTRACTED.match(word, index + 1) or _ELIDED.match(word[:index])
    return _Sense.NONE if meant else _Sense.DOUBTFUL


def _is_letter(character: str) -> bool:
    return character.isalpha() and character not in _NO_LETTERS


def _run(word: str, index: int) -> str:
    """The letters around a place, as far as nothing else stands between."""
    start = end = index
    while start and _is_letter(word[start - 1]):
        start -= 1
    while _is_letter(word[end : end + 1]):
        end += 1
    return word[start:end]


def _well_cased(run: str) -> bool:
    return run.islower() or run.isupper() or (run[0].isupper() and run[1:].islower())
