"""Words of English on a screen in Spanish: those that the catalogue's English has and none of its Spanish."""

from __future__ import annotations

import re
from functools import cache

from calendars.days.names import HOLIDAY
from scheduler.cli import COMMANDS, loaded
from scheduler.commands.helping import PLACEHOLDER
from tests.support.checkout import CONFIG
from tests.support.words import LANGUAGES, catalogue, keys

WORD = re.compile(r"[A-Za-zÁÉÍÓÚÜÑáéíóúüñ]+")
# What has one name in every language: options, variables, keys, files, addresses, links, quotations, fingerprints.
_NAMES = re.compile(
    r"--[a-z-]+|AGENDA_[A-Z_]+|\{[^}]*\}|`[^`]*`|\S*[@/_.]\w\S*|\S*://\S*|«[^»]*»|MAIL FROM|holidays [0-9.]+"
    r"|\b[0-9a-f]{12,}\b"
)
# What the English quotes or writes the same; what is typed as it stands.
_SPANISH = frozenset(("es", "en", "vie", "dom", "sáb", "may", "ago", "canales", "t", "no", "all", "english", "open"))
# Common words that the catalogue's English may not have, or that its Spanish has in a name.
_BESIDES = frozenset(
    (
        *("the", "and", "of", "is", "are", "was", "with", "for", "this", "that", "from", "by", "what", "which", "not"),
        *("nothing", "options", "arguments", "required", "default", "missing", "option", "value", "type", "try"),
        *("print", "language", "folder", "day", "site", "event", "file", "text", "number", "name"),
    )
)


@cache
def english() -> frozenset[str]:
    """In lower case. Names of holidays and what the shipped tables say are nobody's wording of ours."""
    said = {key: spanish for key, spanish in keys(catalogue(LANGUAGES / "es.po")).items() if key[1] != HOLIDAY}
    ours = {word for text, _ in said for word in words(text)} - {word for text in said.values() for word in words(text)}
    shipped = {word for path in CONFIG.iterdir() if path.suffix != ".json" for word in every(path.read_text("utf-8"))}
    holders = {key[0].lower() for key, spanish in said.items() if key[1] == PLACEHOLDER and spanish != key[0]}
    return frozenset((ours - shipped) | _BESIDES | holders) - _SPANISH


@cache
def names() -> frozenset[str]:
    """Commands, and the values that options take: they are typed as they stand."""
    found = {one.name for one in COMMANDS}
    for one in COMMANDS:
        for command in (loaded(one.name), *getattr(loaded(one.name), "commands", {}).values()):
            found.add(command.name)
            for parameter in command.params:
                found |= set(map(str, getattr(parameter.type_descriptor, "choices", None) or ()))
    return frozenset(word for name in found for word in every(name))


def words(text: str) -> set[str]:
    return set(every(_NAMES.sub(" ", text)))


def every(text: str) -> list[str]:
    return [word.lower() for word in WORD.findall(text) if len(word) > 1]


def english_words(screen: str) -> list[str]:
    """In order of appearance."""
    plain = re.sub(r"[│╭╮╰╯─━]", " ", screen)
    return [word for word in every(_NAMES.sub(" ", plain)) if word in english() and word not in names()]
