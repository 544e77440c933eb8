"""One catalogue a language, whole and in line with what code and templates say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from calendars.catalogue import LANGUAGES
from tests.support import words

CATALOGUES = sorted(words.LANGUAGES.glob("*.po"))
FIELD = re.compile(r"\{(\w*)[^{}]*\}")
OPEN = re.compile(r"\{(\w+):([^{}]*\|[^{}]*)\}")


def fields(text: str) -> set[str]:
    return set(FIELD.findall(text.replace("{{", "").replace("}}", "")))


def test_spanish_and_english_are_there() -> None:
    assert LANGUAGES[:2] == ("es", "en")


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_catalogue_has_each_text_that_is_said_and_no_other(path: Path) -> None:
    """`make words` brings it in line; what it adds waits for a translation."""
    known = words.keys(words.catalogue(path))
    said = words.said()
    assert (sorted(map(str, said - known.keys())), sorted(map(str, known.keys() - said))) == ([], [])
    assert [key for key, text in known.items() if not text] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_translation_has_the_values_of_its_text_and_no_other(path: Path) -> None:
    """It may leave one out, as the English of a missing key leaves out what the key is for."""
    for (english, _), text in words.keys(words.catalogue(path)).items():
        assert fields(text) <= fields(english) | {"description"}, english


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_counted_word_has_as_many_forms_as_the_language(path: Path) -> None:
    known = words.catalogue(path)
    for text in words.keys(known).values():
        for _, forms in OPEN.findall(text):
            assert len(forms.split("|")) == known.num_plurals, text


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_what_the_program_reads_is_made_of_the_catalogue_as_it_stands(path: Path) -> None:
    """`make` makes it anew where the catalogue is younger."""
    assert path.with_suffix(".mo").read_bytes() == words.compiled(words.catalogue(path))
