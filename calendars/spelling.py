"""Words that are alike: the same but for accents and case, or probably meant."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

_LONGEST = 60  # characters of a word that any other is compared with
_ALIKE = 0.6  # of two words that are taken for each other


def fold(word: str) -> str:
    """A word without case, accents and doubled spaces: what a slip of the keyboard leaves equal."""
    if word.isascii():  # most are, and have nothing to take off
        return " ".join(word.casefold().split())
    plain = unicodedata.normalize("NFKD", word.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def near(word: str, choices: Iterable[str], most: int, *, alike: float = _ALIKE) -> list[str]:
    """The choices that may have been meant, the likeliest first; `alike` from 0 to 1, as difflib measures it."""
    if len(word) > _LONGEST:
        return []
    by_fold = {fold(choice): choice for choice in choices}
    return [by_fold[found] for found in difflib.get_close_matches(fold(word), by_fold, n=most, cutoff=alike)]
