"""What the commands share: options, languages, tables and JSON, how a refusal is told."""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from calendars.catalogue import Phrase
from calendars.model.agenda import AnotherAgenda
from calendars.model.text import Language, verbatim
from calendars.zones import UnusableZoneData, WallTimeError, refuse_unusable_data
from scheduler.base.refusal import ENVIRONMENT, PROBLEMS, USAGE, Refusal
from scheduler.base.settings import Settings, load_settings

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="Folder of the configuration.", metavar="DIR", envvar="AGENDA_CONFIG"),
]
LangOption = Annotated[
    str | None, typer.Option("--lang", help="Language of what is printed: es or en.", metavar="es|en")
]
ShiftedOption = Annotated[
    bool, typer.Option("--shifted", help="Not the files: what is in force, reckoned with this machine's zone data.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


class Failure(Refusal):
    """A command's own refusal, said in the language that was asked for."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(verbatim(message))
        self.code = code


NO_SITE = Phrase("--{option} {site}: there is no such site; ids are in representations.csv")


def language(given: str | None, settings: Settings) -> Language:
    """`--lang`, else AGENDA_LANG, else Spanish."""
    wanted = given or settings.lang
    if wanted not in ("es", "en"):
        raise Failure(USAGE, f"--lang {wanted}: there is es and en")
    return "es" if wanted == "es" else "en"


def login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return f"uid {os.getuid()}"


def out() -> Console:
    """Standard output; into a file or a pipe, wide enough for the tables."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 140)


def err() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


NOT_PUBLISHED = Phrase("Nothing was published; what was in force stays in force.")


@contextmanager
def told(lang: str | None = None) -> Iterator[Settings]:
    """Run a command's body with the settings; every expected failure becomes its exit code and a line on stderr."""
    spoken: Language = "en" if lang == "en" else "es"
    try:
        refuse_unusable_data()
        settings = load_settings()
        spoken = language(lang, settings)
        yield settings
    except Refusal as error:
        _end(error.code, *(f"{error.speaker}{line}" for line in error.lines(spoken)))
    except (AnotherAgenda, WallTimeError) as error:
        _end(PROBLEMS, f"agenda: {error}")
    except UnusableZoneData as error:
        _end(ENVIRONMENT, f"agenda: {error}")
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise  # whoever reads our output has had enough; click ends quietly
        _end(ENVIRONMENT, f"agenda: {error}")
    except Exception as error:
        failed = sys.modules.get("sqlalchemy.exc")  # a command that asks no database has not loaded it
        if failed is None or not isinstance(error, failed.DBAPIError):
            raise
        _end(ENVIRONMENT, f"agenda: the database failed: {error.orig}")


def _end(code: int, *lines: str) -> NoReturn:
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(code)
