"""Words that people read, held to what languages want, wherever they stand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.support.checkout import ROOT

# A number with a word in the plural right behind it, which is wrong for one.
PLURAL = re.compile(r"\{(?!number|id|post|said)\w+\} (?!más)(?:[a-záéíóúñ]+(?:os|as|es|ones)|[a-z]+[^s]s)\b")
# «asistirán 2 de 3», "7 of 9": what follows is no noun of the number; or the number is always more than one.
FINE = {
    "Sin quien asista: {n} sedes de su región": "of one site its name is said",
    "Nobody to come: {n} sites of your region": "likewise",
    "{inside} de {all} sedes enteras dentro de su horario": "the noun belongs to all of them",
    "{inside} of {all} sites wholly within working hours": "likewise",
    "Hoy: {due} previstos · {accepted} entregados al servidor · {waiting} en espera{pace}": "a table in a line",
}


def texts() -> Iterator[str]:
    for path in (*(ROOT / "scheduler").rglob("*.py"), *(ROOT / "calendars").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text":
                yield from (
                    kw.value.value
                    for kw in node.keywords
                    if isinstance(kw.value, ast.Constant) and isinstance(kw.value.value, str)
                )


def test_no_number_stands_before_a_plural_that_it_may_not_be() -> None:
    assert [one for one in texts() if PLURAL.search(one) and one not in FINE] == []


@pytest.mark.parametrize("text", ["{n} cambios sin publicar", "{n} days", "a {people} personas"])
def test_such_a_text_would_be_found(text: str) -> None:
    assert PLURAL.search(text)
