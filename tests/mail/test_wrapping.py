"""Plain text in lines of 76 characters: nothing is lost, and no link is broken."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.catalogue import LANGUAGES, Phrase
from calendars.model.text import Language
from scheduler.mail.mime import LINE, slot
from scheduler.mail.wrapping import OWN_PIECE, wrapped

LINK = "https://reuniones.example/j/" + "1" * 70
WORDS = st.lists(st.text("aáñ:=h0123,. ", min_size=1, max_size=30), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("corta", ["corta"]),
        (f"Entrar: {LINK}  (no lo reenvíe)", [f"Entrar: {LINK}", "(no lo reenvíe)"]),
        (f"{'a' * 70} {LINK}", [f"{'a' * 70} {LINK}"]),  # with the words that name it
        (f"{'a ' * 37}18:00 h.", ["a " * 36 + "a", "18:00 h."]),  # an hour and its unit
        (f"AHORA  {'palabra ' * 9}final", [f"AHORA  {'palabra ' * 8}palabra"[:-8].rstrip(), "       palabra final"]),
        (f"       = {'palabra ' * 9}final", [f"       = {'palabra ' * 8}".rstrip(), "         palabra final"]),
        (f"{'b' * 60} {slot('manage')}?instead=otra-sesion", [f"{'b' * 60} {slot('manage')}?instead=otra-sesion"]),
    ],
)
def test_a_line_is_broken_at_blanks_and_hangs_under_its_words(text: str, lines: list[str]) -> None:
    """Each with its own reason."""
    assert wrapped(text).split("\n") == lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_before_a_personal_piece_find_the_room_that_is_left_to_them(language: Language) -> None:
    """Else the line that names the post would be longer than the rest."""
    assert Phrase("Sent {office}.").say(language, office="|").index("|") <= OWN_PIECE


@given(WORDS, st.integers(20, LINE))
def test_any_text_comes_through_with_every_word_in_short_lines(words: list[str], first: int) -> None:
    """A line is longer only where it is one word, an hour with its unit, or ends in a link."""
    text = " ".join([*words, LINK, "fin"])
    found = wrapped(text, first)
    assert found.split() == text.split()
    for number, line in enumerate(found.split("\n")):
        blanks = len(re.sub(r"(?<! ) h\b", "h", line.strip()).split())
        assert len(line) <= (LINE if number else first) or LINK in line or blanks <= 2, line
