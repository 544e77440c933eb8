"""What the commands share: options, languages, JSON, how a refusal is told."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn, cast

import typer

from calendars.catalogue import LANGUAGES, Phrase
from calendars.model.text import Language, Said, verbatim
from scheduler.base.disk.objections import objection
from scheduler.base.login import login_name
from scheduler.base.refusal import ENVIRONMENT, PROBLEMS, Refusal, UsageRefusal
from scheduler.base.settings import WRONG, Settings, load_settings, spoken
from scheduler.base.variables import UnreadableText, parse_language

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="Folder of the configuration.", metavar="DIR", envvar="AGENDA_CONFIG"),
]
LangOption = Annotated[
    str | None, typer.Option("--lang", help="Language of what is printed.", metavar="|".join(LANGUAGES))
]
ShiftedOption = Annotated[
    bool, typer.Option("--shifted", help="Not the files: what is in force, by this machine's zone data and days off.")
]
AuthorOption = Annotated[
    str | None,
    typer.Option("--author", help="Who does it; default: the login name.", metavar="NAME"),
]
WhyOption = Annotated[str, typer.Option("--reason", help="Why; kept in the audit.", metavar="TEXT")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


BY_LOGIN = Phrase('Author: {name}, the login name of this machine. To name a person: --author "Name"')
BUSY = Phrase(
    "the database is busy: another command, or the service, is writing to it. Nothing was changed; try again in a "
    "minute."
)
DATABASE_FAILED = Phrase("the database failed: {error}")
NO_SITE = Phrase("--{option} {site}: there is no such site; ids are in representations.csv")


def language(given: str | None, settings: Settings) -> Language:
    """`--lang`, else AGENDA_LANG, else Spanish."""
    return settings.lang if given is None else chosen_language("--lang", given)


def chosen_language(option: str, given: str) -> Language:
    """What an option says, if it has a catalogue."""
    try:
        return parse_language(given)
    except UnreadableText as error:
        raise UsageRefusal(WRONG, variable=option, rule=error.why) from error


def author_of(given: str | None, lang: Language | None = None) -> str:
    """Who acts, for editions, handovers, deliveries and the audit: `--author`, AGENDA_AUTHOR, else the login name.

    With a note in the language `lang`, if one is given: an office's account is no person.
    """
    named = (given or "").strip() or load_settings().author
    if named:
        return named
    name = login_name()
    if lang is None:
        return name
    typer.echo(BY_LOGIN.say(lang, name=name), err=True)
    return name


def print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


NOT_PUBLISHED = Phrase("Nothing was published; what was in force stays in force.")


# Raised below the commands, and expected: by class and its module, which a command that does without has not loaded.
EXPECTED = (
    ("calendars.zones", "WallTimeError", PROBLEMS),
    ("calendars.zones", "UnusableZoneData", ENVIRONMENT),
    ("sqlalchemy.exc", "DBAPIError", ENVIRONMENT),
)


@contextmanager
def told(lang: str | None = None) -> Iterator[Settings]:
    """Run a command's body with the settings; every expected failure becomes its exit code and a line on stderr."""
    speaking = spoken(lang, os.environ.get("AGENDA_LANG"))
    try:
        if (zones := sys.modules.get("calendars.zones")) is not None:  # what reckons no hours needs none to be right
            zones.refuse_unusable_data()
        settings = load_settings()
        speaking = language(lang, settings)
        yield settings
    except Refusal as error:
        _end(error.code, *(f"{error.speaker}{line}" for line in error.lines(speaking)))
    except BrokenPipeError:
        raise  # whoever reads our output has had enough; click ends quietly
    except OSError as error:
        _end(ENVIRONMENT, f"agenda: {objection(error)[speaking]}")
    except Exception as error:
        code = _expected(error)
        if code is None:
            raise
        _end(code, f"agenda: {_failure(error)[speaking]}")


def _expected(error: Exception) -> int | None:
    """The exit code of a failure that is none of the program; None for one that is."""
    for module, name, code in EXPECTED:
        if module in sys.modules and isinstance(error, getattr(sys.modules[module], name)):
            return code
    return None


def _failure(error: Exception) -> Said:
    """What was refused, in words, or a library objects to; of a database that somebody else writes to, what to do."""
    if (why := getattr(error, "why", None)) is not None:
        return cast("Said", why)
    of_database = getattr(error, "orig", None)
    if of_database is None:
        return verbatim(str(error))
    busy = "locked" in str(of_database).lower()
    return BUSY if busy else DATABASE_FAILED.of(error=of_database)


def _end(code: int, *lines: str) -> NoReturn:
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(code)
