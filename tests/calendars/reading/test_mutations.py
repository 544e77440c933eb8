"""Whatever happens to a valid configuration, it is accepted or refused with a place: never a traceback."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calendars.reading.configuration import read
from calendars.reading.files import DAYS, FILES
from tests.support import small_config
from tests.support.shipped import shipped_files

TOKENS = [
    *(b"\t", b"  ", b"\n", b"\r", b"\r\n", b": ", b"- ", b"[", b"]", b"{", b"}", b"'", b'"', b"&a ", b"*a", b"!x "),
    *(
        b"#",
        b"|",
        b">",
        b"@",
        b"`",
        b"%",
        b"? ",
        b"---\n",
        b"...\n",
        b"%YAML 1.1\n",
        b"<<: ",
        b"~",
        b"null",
        b",",
        b";",
    ),
    *(b"\x00", b"\x07", b"\xff", b"\xe9", b"\xc3", b"\xef\xbb\xbf", b"\xff\xfe", b"\xf0\x9f\x98\x80", b"\xe2\x80\xa8"),
    *(b'"\\ud800"', b'"\\U00110000"', b"2037-12-31", b"2021-02-29", b"02:30", b"9" * 30, b"A" * 400, b"NO", b"9:30"),
]
Mutation = Callable[[bytes], bytes]


def substitute(at: int, _: int, token: bytes) -> Mutation:
    return lambda data: data[: at % len(data)] + token + data[at % len(data) + 1 :]


def insert(at: int, _: int, token: bytes) -> Mutation:
    return lambda data: data[: at % len(data)] + token + data[at % len(data) :]


def cut(at: int, length: int, _: bytes) -> Mutation:
    return lambda data: data[: at % len(data)] + data[at % len(data) + length % 40 :]


def end(at: int, _: int, __: bytes) -> Mutation:
    return lambda data: data[: at % len(data)]


def swap(separator: bytes) -> Callable[[int, int, bytes], Mutation]:
    def build(one: int, other: int, _: bytes) -> Mutation:
        def mutate(data: bytes) -> bytes:
            parts = data.split(separator)
            a, b = one % len(parts), other % len(parts)
            parts[a], parts[b] = parts[b], parts[a]
            return separator.join(parts)

        return mutate

    return build


def delete_line(at: int, _: int, __: bytes) -> Mutation:
    def mutate(data: bytes) -> bytes:
        lines = data.split(b"\n")
        del lines[at % len(lines)]
        return b"\n".join(lines)

    return mutate


def repeat_line(at: int, where: int, _: bytes) -> Mutation:
    def mutate(data: bytes) -> bytes:
        lines = data.split(b"\n")
        lines.insert(where % len(lines), lines[at % len(lines)])
        return b"\n".join(lines)

    return mutate


MUTATIONS = st.builds(
    lambda kind, at, other, token: kind(at, other, token),
    st.sampled_from([substitute, insert, cut, end, swap(b"\n"), swap(b" "), swap(b","), delete_line, repeat_line]),
    st.integers(0, 2**16),
    st.integers(0, 2**16),
    st.sampled_from(TOKENS) | st.binary(min_size=1, max_size=3),
)
CHANGES = st.lists(st.tuples(st.sampled_from(FILES), MUTATIONS), min_size=1, max_size=4)


DAYS_OFF = """\
fecha,donde,es,en,labora,fuente
2021-11-01,ES,Todos los Santos,All Saints' Day,no,prueba
2021-12-29,tokio,Fin de año,Year's end,sí,prueba
"""


@cache
def untouched() -> dict[str, bytes]:
    return shipped_files()


@cache
def small() -> dict[str, bytes]:
    """The same files with a few rows each: read in a fiftieth of the time."""
    return small_config.files() | {DAYS: DAYS_OFF.encode()}


def lines_in_an_editor(data: bytes) -> list[str]:
    """Each CRLF, CR and LF ends one, mixed or not; the one after the last may be empty. No character is longer."""
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return re.split("\r\n|\r|\n", data.decode("utf-16" if utf16 else "latin-1", "replace"))


def assert_read_or_refused_with_places(files: dict[str, bytes], changes: list[tuple[str, Mutation]]) -> None:
    given_files = dict(files)
    for name, mutate in changes:
        given_files[name] = mutate(given_files[name] or b"\n")
    reading = read(given_files)
    assert (reading.draft is None) == bool(reading.problems)
    assert list(reading.problems) == sorted(reading.problems, key=lambda p: (p.file, p.line, p.column))
    for problem in reading.problems:
        lines = lines_in_an_editor(given_files[problem.file])
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert problem.message["es"]
        assert problem.message["en"]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CHANGES)
def test_any_mutation_is_accepted_or_refused_with_a_place(changes: list[tuple[str, Mutation]]) -> None:
    assert_read_or_refused_with_places(untouched(), changes)


@pytest.mark.long
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CHANGES)
def test_hundreds_of_mutations_of_the_shipped_files_are(changes: list[tuple[str, Mutation]]) -> None:
    assert_read_or_refused_with_places(untouched(), changes)


@pytest.mark.long
@settings(max_examples=10_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CHANGES)
def test_ten_thousand_mutations_are_accepted_or_refused_with_a_place(changes: list[tuple[str, Mutation]]) -> None:
    assert_read_or_refused_with_places(small(), changes)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(FILES), st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_at_all_are_accepted_or_refused_with_a_place(name: str, data: bytes) -> None:
    reading = read(untouched() | {name: data})
    assert (reading.draft is None) == bool(reading.problems)
    assert all(problem.line >= 1 and problem.column >= 1 for problem in reading.problems)
