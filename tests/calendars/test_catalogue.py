"""What the program says: English in the code, each other language by its catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from calendars.catalogue import LANGUAGES, SOURCE, NotCompiled, Phrase, catalogue
from calendars.catalogue import _languages as compiled_languages
from calendars.model.text import Spoken, Text, verbatim

CHANGES = Phrase("{changes} {changes:change|changes} not published")


@pytest.mark.parametrize(("n", "said"), [(0, "0 changes"), (1, "1 change"), (2, "2 changes"), (-1, "-1 change")])
def test_a_number_picks_the_form_of_the_word_beside_it(n: int, said: str) -> None:
    assert CHANGES.say(SOURCE, changes=n) == f"{said} not published"


def test_a_number_is_written_like_any_other_where_it_picks_no_word() -> None:
    assert Phrase("{n} {n:>3}").say("es", n=3) == "3   3"


def test_what_a_phrase_is_about_is_said_in_the_same_language() -> None:
    about = Phrase("{one} {other}").of(one=Text(es="uno", en="one"), other=verbatim("tokio"))
    assert (about["es"], about["en"]) == ("uno tokio", "one tokio")


def test_what_a_function_says_is_said_in_the_language_that_is_asked_for() -> None:
    about = Phrase("{one}!").of(one=Spoken(lambda language: f"<{language}>"))
    assert (about["es"], about["en"]) == ("<es>!", "<en>!")


def test_yes_and_no_are_no_numbers() -> None:
    assert Phrase("{so}").say("en", so=True) == "True"


def test_without_values_a_phrase_stands_as_it_is_with_its_braces() -> None:
    assert Phrase("{} sites")["en"] == "{} sites"


def test_what_the_catalogue_lacks_is_said_in_english() -> None:
    assert Phrase("no such text")["es"] == "no such text"


def test_equal_english_is_said_in_two_ways_by_its_context() -> None:
    assert (Phrase("Pause")["es"], Phrase("Pause", "verb")["es"]) == ("Pausa", "Pausar")


def test_each_language_says_whose_dates_it_writes() -> None:
    assert [catalogue(language).locale for language in LANGUAGES[:2]] == ["es_MX", "en"]


def test_a_checkout_that_was_not_set_up_says_how(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("calendars.catalogue._FOLDER", tmp_path)
    with pytest.raises(NotCompiled, match="run make"):
        compiled_languages()
