"""No fork on the language outside its catalogue: what is said in each stands in the `.po` files, or is content."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.checkout import ROOT

CODES = frozenset(path.stem for path in (ROOT / "calendars" / "languages").glob("*.po")) | {"en"}
# Module, and the code that may stand in it: why. Nothing else may ask which language it is.
ALLOWED = {
    ("calendars/catalogue.py", '"es" not in found'): "the catalogues were compiled, if Spanish was",
    ("calendars/model/text.py", 'language == "es"'): "content has Spanish and English, and English for all others",
    ("calendars/wording.py", 'spoken.language == "es"'): "Spanish grammar that CLDR lacks: «e» for «y» before i",
}


def forks(code: str) -> Iterator[tuple[int, str]]:
    """Where code asks which language it is, or has words for each: the line, and what stands there."""
    for node in ast.walk(ast.parse(code)):
        if _compares(node) or _is_keyed(node) or _is_pair(node) or _matches(node):
            yield node.lineno, ast.get_source_segment(code, node) or ""  # type: ignore[attr-defined]  # because all have


def _is_code(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value in CODES


def _compares(node: ast.AST) -> bool:
    """`language == "es"`, `"es" in …`, `language in ("es", "en")`."""
    if not isinstance(node, ast.Compare):
        return False
    sides = (node.left, *node.comparators)
    return any(map(_is_code, (*sides, *(one for side in sides for one in getattr(side, "elts", ())))))


def _is_keyed(node: ast.AST) -> bool:
    """`{"es": …}`: a dict by languages."""
    return isinstance(node, ast.Dict) and any(map(_is_code, node.keys))


def _is_pair(node: ast.AST) -> bool:
    """`Text(es="…", en="…")` of words that stand in the code."""
    named = isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "Text"
    return named and any(_holds_words(word.value) for word in node.keywords)  # type: ignore[attr-defined]  # a call


def _holds_words(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _matches(node: ast.AST) -> bool:
    """`case "es":`."""
    return isinstance(node, ast.MatchValue) and _is_code(node.value)


def modules() -> list[Path]:
    return [path for package in ("calendars", "scheduler") for path in sorted((ROOT / package).rglob("*.py"))]


def test_no_module_asks_which_language_it_is_but_the_few_that_are_named() -> None:
    found = {
        (path.relative_to(ROOT).as_posix(), text, line)
        for path in modules()
        for line, text in forks(path.read_text(encoding="utf-8"))
    }
    assert sorted(f"{name}:{line}: {text}" for name, text, line in found if (name, text) not in ALLOWED) == []
    assert {(name, text) for name, text, _ in found} == set(ALLOWED), "an exception that nothing needs any more"


@pytest.mark.parametrize(
    "code",
    [
        'word = "y" if language == "es" else "and"',
        'if "en" != site.language: pass',
        '_LONG = {"es": "d de MMMM", "en": "d MMMM"}',
        'Text(es="sí", en="yes")',
        'text.Text(es=f"{n} días", en=f"{n} days")',
        'if language in ("fr", "es"): pass',
        'match language:\n    case "es": pass',
    ],
)
def test_a_fork_would_be_found(code: str) -> None:
    assert list(forks(code))


@pytest.mark.parametrize("code", ["Text(es=known(es), en=known(en))", 'fields.value("es", line)', "language == other"])
def test_what_reads_content_is_none(code: str) -> None:
    assert not list(forks(code))
