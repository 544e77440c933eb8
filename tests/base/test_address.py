"""What is kept of a server's words: one short printable line, without addresses, however long and whatever they are."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.base.address import hide, scrub, seen


@given(st.text(max_size=500))
def test_a_servers_words_become_one_printable_line_of_bounded_length(text: str) -> None:
    line = scrub(text)
    assert len(line) <= 300
    assert not any(letter < " " or "\x7f" <= letter <= "\x9f" for letter in line)


@given(st.integers(0, 5_000), st.integers(1, 400))
def test_an_address_is_hidden_wherever_the_words_are_cut(before: int, each: int) -> None:
    words = f"550 {'x' * each}@host.example " * (before // 20 + 1) + "uno.dos@tokio.example no such user"
    assert "uno" not in scrub(words)


@pytest.mark.parametrize("letters", ["a", "%", "a@", "@", '"', "a@[", "\\", "%40", "5.1.1 "])
def test_words_without_end_are_looked_at_in_the_time_that_their_length_gives_them(letters: str) -> None:
    begun = time.process_time()
    hide(letters * (200_000 // len(letters)))
    scrub(letters * (2_000_000 // len(letters)))
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("<uno@tokio.example>: no such user", "<…@…>: no such user"),
        ('"uno dos"@tokio.example unknown', "…@… unknown"),
        ("mailto:uno%40tokio.example", "mailto:…@…"),
        ("uno@[192.0.2.1] unknown", "…@… unknown"),
        ("no such user", "no such user"),
    ],
)
def test_an_address_is_hidden_in_each_form_that_servers_write(words: str, kept: str) -> None:
    assert scrub(words) == kept


def test_what_steers_a_terminal_or_passes_unseen_is_dropped() -> None:
    """Control, format and private-use characters; accents, signs and other scripts stay."""
    assert seen("a\x1b[31mb\u202ec\u200bd\ue000e\x9bf") == "a[31mbcdef"
    assert seen("Ñandú 日本 — «10:00»") == "Ñandú 日本 — «10:00»"
    assert seen("uno\ndos\x00", besides="\n") == "uno\ndos"
    assert scrub("550 \x1b[2J\u202eno\ue000") == "550 [2Jno"
