"""Every text of code and templates, and every holiday's name, beside the catalogues.

`python -m tests.support.words` brings these in line. A new text is added without a translation, which a test counts;
one that nothing says any more goes.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract
from typer.main import get_command as app_command

from calendars.days.names import HOLIDAY
from scheduler.cli import COMMANDS, app, loaded
from scheduler.commands.helping import CONTEXT, PLACEHOLDER, TYPES, WORD, paragraphs
from tests.support import holiday_names
from tests.support.checkout import ROOT

LANGUAGES = ROOT / "calendars" / "languages"
WIDTH = 100  # columns of a catalogue's file
_IN_CODE: dict[str, Any] = {"Phrase": {1: (1,), 2: (1, (2, "c"))}}
_IN_TEMPLATES = {"_": None, "pgettext": ((1, "c"), 2)}

Key = tuple[str, str | None]  # the English, the context


def said() -> set[Key]:
    """The texts that the program says."""
    holidays = {(name, HOLIDAY) for name in holiday_names.known()}
    return {*_in_code(), *_in_templates(), *_in_help(), *holidays}


def _in_code() -> Iterator[Key]:
    for package in ("calendars", "scheduler"):
        for path in (ROOT / package).rglob("*.py"):
            with path.open("rb") as file:
                for _, text, _, context in extract("python", file, keywords=_IN_CODE):
                    yield str(text), context


def _in_templates() -> Iterator[Key]:
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]:
        with path.open("rb") as file:
            for _, name, found, _ in babel_extract(file, tuple(_IN_TEMPLATES), (), {}):
                parts = found if isinstance(found, tuple) else (found,)
                if name == "pgettext":
                    yield str(parts[1]), str(parts[0])
                else:
                    yield str(parts[0]), None


def _in_help() -> Iterator[Key]:
    """What the commands say of themselves, before it is said in any language."""
    for command in COMMANDS:
        yield command.panel, CONTEXT
        yield command.summary, CONTEXT
        yield from _of_command(loaded(command.name))
    yield from _of_command(app_command(app))


def placeholders_of(parameter: Any) -> tuple[str, ...]:
    """The words that stand for a value in a usage line, as SITE does; none of a flag."""
    if getattr(parameter, "is_flag", False):
        return ()
    named = parameter.metavar or (parameter.name.upper() if parameter.param_type_name == "argument" else "")
    return tuple(WORD.findall(named)) or tuple(TYPES.values())


def _of_command(command: Any) -> Iterator[Key]:
    texts = [command.help or "", *(getattr(one, "help", None) or "" for one in command.params)]
    yield from ((part, CONTEXT) for text in texts for part in paragraphs(text) if part)
    yield from ((word, PLACEHOLDER) for one in command.params for word in placeholders_of(one))
    for one in getattr(command, "commands", {}).values():
        yield from _of_command(one)


def catalogue(path: Path, locale: str | None = None) -> Catalog:
    """A catalogue; `locale` is whose plurals Babel reckons with where the file's name is none that CLDR knows."""
    with path.open("rb") as file:
        return read_po(file, locale=locale or {"es": "es_MX"}.get(path.stem, path.stem), abort_invalid=True)


def keys(known: Catalog) -> dict[Key, str]:
    """What a catalogue says for each text."""
    return {(str(one.id), one.context): str(one.string or "") for one in known if one.id}


def compiled(known: Catalog) -> bytes:
    """What `make` makes of it."""
    made = io.BytesIO()
    write_mo(made, known)
    return made.getvalue()


def _renew(path: Path, wanted: set[Key]) -> None:
    known = catalogue(path)
    had = keys(known)
    for text, context in had.keys() - wanted:
        known.delete(text, context)
    for text, context in wanted - had.keys():
        known.add(text, context=context)
    with path.open("wb") as file:
        write_po(file, known, no_location=True, sort_output=True, width=WIDTH)
    lacking = sum(not text for text in keys(known).values())
    new, gone = len(wanted - had.keys()), len(had.keys() - wanted)
    sys.stdout.write(f"{path.name}: {len(wanted)} texts, {new} new, {gone} gone, {lacking} to translate\n")


if __name__ == "__main__":
    texts = said()
    for one in sorted(LANGUAGES.glob("*.po")):
        _renew(one, texts)
