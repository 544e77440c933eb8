"""No pattern grows faster than its text: whatever strangers write, it takes them longer to send than us to look at."""

from __future__ import annotations

import importlib
import re
import time
from collections.abc import Iterator
from itertools import permutations

import pytest

from tests.support.checkout import ROOT

LENGTH = 12_000  # characters, at which one that grows with the square takes seconds
SECONDS = 0.5
_USED = r"\b{name}\.(search|match|fullmatch|sub|finditer|findall|split)\("
_OFTEN = (" ", "\n", "a", "0", ".", "@", '"', "\\", ">")


def patterns() -> Iterator[tuple[str, re.Pattern[str] | re.Pattern[bytes], frozenset[str]]]:
    """Each compiled pattern of the program, its name, and how it is applied where it stands."""
    for path in sorted((*(ROOT / "calendars").rglob("*.py"), *(ROOT / "scheduler").rglob("*.py"))):
        source = path.read_text(encoding="utf-8")
        if "re.compile(" not in source or "migrations" in path.parts:
            continue
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for name, value in vars(importlib.import_module(module)).items():
            if isinstance(value, re.Pattern) and re.search(rf"^{name}\b.*=", source, re.MULTILINE):
                used = frozenset(re.findall(_USED.format(name=name), source)) or frozenset(["search"])
                yield f"{module}.{name}", value, used


FOUND = list(patterns())


def texts(pattern: str) -> Iterator[str]:
    """One or two of its own characters, and of those that strangers like, over and over."""
    own = [letter for letter in dict.fromkeys(pattern) if letter.isprintable() and letter not in "^$|*?{}"]
    letters = list(dict.fromkeys((*_OFTEN, *own[:12])))
    for pair in (*((letter,) for letter in letters), *permutations(letters, 2)):
        yield "".join(pair) * (LENGTH // len(pair))


def test_patterns_are_found() -> None:
    assert len(FOUND) > 40


@pytest.mark.parametrize(("pattern", "used"), [pytest.param(pattern, used, id=name) for name, pattern, used in FOUND])
def test_no_pattern_grows_faster_than_its_text(pattern: re.Pattern[str], used: frozenset[str]) -> None:
    source: str | bytes = pattern.pattern
    octets = isinstance(source, bytes)
    for text in texts(source.decode("latin-1") if isinstance(source, bytes) else source):
        begun = time.process_time()
        apply(pattern, used, text.encode() if octets else text)
        assert time.process_time() - begun < SECONDS, f"{text[:2]!r} over and over"


def apply(pattern: re.Pattern[str], used: frozenset[str], text: str | bytes) -> None:
    """As strictly as the program does: what is only matched from the beginning is not looked for everywhere."""
    held: str = text  # type: ignore[assignment]  # because octets are given to a pattern of octets
    if used <= {"match", "fullmatch"}:
        for how in used:
            getattr(pattern, how)(held)
    else:
        list(pattern.finditer(held))
