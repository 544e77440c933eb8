"""Words that people read, held to what languages want, wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.support import words

# A number with a word in the plural right behind it, which is wrong for one.
# What is named so is no number, or a bound that is never one.
_NEVER_ONE = "number|id|post|said|name|hour|limit|depth|length|line|days|written|date"
PLURAL = re.compile(rf"\{{(?!{_NEVER_ONE})\w+\}} (?!más)(?:[a-záéíóúñ]+(?:os|as|es|ones)|[a-z]+[^s]s)\b")
# «asistirán 2 de 3», "7 of 9": what follows is no noun of the number; or the number is always more than one.
FINE = {
    "Sin quien asista: {n} sedes de su región": "of one site its name is said",
    "Nobody to come: {n} sites of your region": "likewise",
    "{inside} de {all} sedes enteras dentro de su horario": "the noun belongs to all of them",
    "{inside} of {all} sites wholly within working hours": "likewise",
    "Hoy: {due} previstos · {accepted} entregados al servidor · {waiting} en espera": "a table in a line",
    "Hoy: {due} previstos · {accepted} entregados al servidor · {waiting} en espera (límite {rate}/min, fin {end})": (
        "likewise"
    ),
}


def texts() -> Iterator[str]:
    yield from (english for english, _ in words.said())
    yield from words.keys(words.catalogue(words.LANGUAGES / "es.po")).values()


def test_no_number_stands_before_a_plural_that_it_may_not_be() -> None:
    assert [one for one in texts() if PLURAL.search(one) and one not in FINE] == []


@pytest.mark.parametrize("text", ["{n} cambios sin publicar", "{n} days", "a {people} personas"])
def test_such_a_text_would_be_found(text: str) -> None:
    assert PLURAL.search(text)
