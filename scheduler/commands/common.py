"""What the commands share: options, exit codes, how a failure is told, where the database is."""

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
from sqlalchemy.exc import DBAPIError

from calendars.editions import AnotherAgenda
from calendars.model.agenda import Problem
from calendars.model.text import Language, Text
from calendars.zones import UnusableZoneData, WallTimeError, refuse_unusable_data
from scheduler.base.settings import Settings, SettingsError, load_settings
from scheduler.base.tokens import NoKey
from scheduler.drafts.files import Configuration, InvalidDraft, NoConfiguration
from scheduler.installation import NothingPublished, WrongDatabase
from scheduler.mail.relay.smtp import RelayUnavailable
from scheduler.publishing.announcing import NothingToAnnounce
from scheduler.publishing.shifted import NoSuchHour, NothingInForce
from scheduler.rehearsal.capture import OutboxNotEmpty
from scheduler.rehearsal.run import AnotherDraft, NotARehearsal
from scheduler.rehearsal.script import InvalidScript
from scheduler.store.database import DatabaseInUse, DatabaseUnavailable
from scheduler.web.feeds.export import ExportFailed
from scheduler.web.http.server import PortTaken

PROBLEMS, USAGE, ENVIRONMENT = 1, 2, 3  # exit codes, besides 0

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


class Failure(Exception):
    """Ends the command with an exit code and one line on stderr."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


NO_SITE = Text(
    es="--{option} {site}: no hay tal sede. Los id están en representations.csv.",
    en="--{option} {site}: there is no such site; ids are in representations.csv",
)


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


def problem_lines(folder: Configuration, problems: tuple[Problem, ...], lang: Language) -> list[str]:
    return [f"{folder.place(problem)}: {problem.message[lang]}" for problem in problems]


def problem_json(problem: Problem, lang: Language) -> dict[str, object]:
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "value": problem.value,
        "rule": problem.rule,
        "message": problem.message[lang],
    }


NOT_PUBLISHED = Text(
    es="No se publicó nada; sigue vigente lo que estaba.",
    en="Nothing was published; what was in force stays in force.",
)


@contextmanager
def _in_words(lang: Language) -> Iterator[None]:
    """What has words of its own for administrators says them."""
    try:
        yield
    except InvalidScript as error:
        for one in error.problems:
            typer.echo(f"{one.file}:{one.line}:{one.column}: {one.message[lang]}", err=True)
        raise typer.Exit(PROBLEMS) from error
    except InvalidDraft as error:
        for line in problem_lines(Configuration(folder=error.folder), error.problems, lang):
            typer.echo(line, err=True)
        raise typer.Exit(PROBLEMS) from error
    except NoSuchHour as error:
        for why in error.why:
            typer.echo(why[lang], err=True)
        raise typer.Exit(PROBLEMS) from error
    except NothingPublished as error:
        raise Failure(PROBLEMS, error.why[lang]) from error
    except NothingToAnnounce as error:
        raise Failure(USAGE, f"--announce: {error.why[lang]}") from error


@contextmanager
def told(lang: str | None = None) -> Iterator[Settings]:
    """Run a command's body with the settings; every expected failure becomes its exit code and a line on stderr."""
    try:
        refuse_unusable_data()
        settings = load_settings()
        with _in_words(language(lang, settings)):
            yield settings
    except Failure as error:
        _end(error.code, error.message)
    except (AnotherAgenda, AnotherDraft, NothingInForce, OutboxNotEmpty, WallTimeError) as error:
        _end(PROBLEMS, str(error))
    except NoConfiguration as error:
        _end(USAGE, str(error))
    except (
        DatabaseInUse,
        DatabaseUnavailable,
        ExportFailed,
        NoKey,
        NotARehearsal,
        PortTaken,
        RelayUnavailable,
        SettingsError,
        UnusableZoneData,
        WrongDatabase,
    ) as error:
        _end(ENVIRONMENT, str(error))
    except DBAPIError as error:
        _end(ENVIRONMENT, f"the database failed: {error.orig}")
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise  # whoever reads our output has had enough; click ends quietly
        _end(ENVIRONMENT, str(error))


def _end(code: int, message: str) -> NoReturn:
    typer.echo(f"agenda: {message}", err=True)
    raise typer.Exit(code)
