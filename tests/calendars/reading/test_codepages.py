"""Which code page a file was written in, told by what it would mean in Spanish."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.reading.codepages import MACINTOSH, MS_DOS, WINDOWS, Unclear, code_page
from calendars.reading.configuration import read
from tests.support.checkout import ROOT
from tests.support.small_config import POSTS, files, problems

PAGES = (WINDOWS, MS_DOS, MACINTOSH)
SPANISH = frozenset("áéíóúüñÁÉÍÓÚÜÑ")
# Words of consular posts, titles and places: every letter of Spanish, and those of cities elsewhere.
WORDS = [
    *("Sección Consular", "Atención", "Cónsul Adscrito", "Córdoba", "Bogotá", "Panamá", "Perú", "México", "Ñuñoa"),
    *("Coordinación", "SECCIÓN", "CÓNSUL", "BOGOTÁ", "PERÚ", "ESPAÑA", "ÚNICO", "ÁREA", "ÉPOCA", "ÍNDICE", "Ángel"),
    *("Érika", "Íñigo", "Óscar", "Úrsula", "pingüino", "São Paulo", "Curaçao", "Zürich", "Genève", "Köln", "Montréal"),
    *("¿Cuándo?", "«Sí»", "1.º", "Mª José", "señora", "niño", "mañana", "credencialización", "Núñez", "Líbano"),
]


@given(st.sampled_from(PAGES), st.lists(st.sampled_from(WORDS), min_size=1))
def test_words_are_read_as_they_were_written_or_the_file_is_refused(page: str, words: list[str]) -> None:
    """Never as something else: it would be published to every post. A city elsewhere alone says nothing: «Köln»."""
    data = "\n".join(words).encode(page)
    if SPANISH.isdisjoint("".join(words)):
        return
    try:
        found = code_page(data)
    except Unclear:
        return
    assert found is None or data.decode(found) == "\n".join(words)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", ["agenda.yaml", "representations.csv", "recipients.csv"])
def test_the_shipped_files_are_known_by_each_program_that_may_save_them(name: str, page: str) -> None:
    text = (ROOT / "config" / name).read_text(encoding="utf-8")
    assert code_page(text.encode(page, "ignore")) == page


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("the site’s people don’t, we’ll, l’Italia, Côte d’Ivoire", WINDOWS),  # apostrophes, and no í of a Macintosh
        ("México–Tokio y — aparte —", WINDOWS),
        ("‘así’ “así” «así» 1.º Mª y… col·lecció", WINDOWS),
        ("Sección\u00a0Consular, a las 9\u00a0h, Atención", WINDOWS),
        ("re\u00adunión", WINDOWS),
        ("100 €, 5 ½", WINDOWS),
        ("½", WINDOWS),  # nobody knows, and on Windows it may stand there
        ("¡Hola! ¿Así?", MS_DOS),
        ("PANAMÁ, Perú", MS_DOS),
        ("Sección", MACINTOSH),
        ("Ñandú, Dirección", MACINTOSH),
    ],
)
def test_what_speaks_for_a_code_page(text: str, page: str) -> None:
    assert code_page(text.encode(page)) == page


@pytest.mark.parametrize(
    ("text", "page", "one"),
    [
        ("Bogotá", MS_DOS, "Bogot\u00a0"),
        ("Política", MACINTOSH, "Pol’tica"),
        ("cónsul", MACINTOSH, "c—nsul"),
        ("wide—open", WINDOWS, "wide—open"),
        ("Úrsula", MS_DOS, "érsula"),
        ("época", WINDOWS, "época"),
    ],
)
def test_one_letter_that_is_a_sign_or_another_letter_elsewhere_is_not_enough(text: str, page: str, one: str) -> None:
    with pytest.raises(Unclear) as found:
        code_page(b"id,sede\n" + text.encode(page))
    assert (found.value.at, found.value.one) == (8, one)


@pytest.mark.parametrize("data", [b"\xe9\x81x\xb0", b"x\x81y\xb3z"])
def test_what_is_no_text_in_any_of_them_is_no_text(data: bytes) -> None:
    """Windows-1252 lacks five bytes; the other two read any, as frames and signs."""
    assert code_page(data) is None


def test_a_file_that_could_be_two_is_refused_with_both_readings() -> None:
    posts = POSTS.replace("Sección Consular", "Bogotá").encode(MS_DOS)
    [problem] = problems(read(files(recipients=posts)))
    assert problem == (
        "recipients.csv:2:48: no se sabe qué acentos lleva el archivo: esto puede ser «Bogot�» o «Bogotá». Guarde el "
        "archivo como UTF-8 (en Excel: «CSV UTF-8»)."
    )


def test_a_file_as_excel_saves_it_for_ms_dos_is_not_published_with_signs_in_its_words() -> None:
    """«Secci¢n Consular» reached 149 posts, for it was valid Windows-1252."""
    found = read(files(recipients=POSTS.encode(MS_DOS))).draft
    assert found is not None
    assert {one.post for one in found.recipients} == {"Sección Consular"}
