"""What `--help` and a wrong call say, in the reader's language: by the catalogue, and loaded no sooner than wanted."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from calendars.catalogue import LANGUAGES, SOURCE, Phrase, catalogue
from calendars.model.text import Language
from scheduler.base.heavy import load

CONTEXT = "help"  # of each text of the commands in the catalogue: a paragraph, without its line breaks
PLACEHOLDER = "placeholder in a command"  # likewise of what stands for a value
USAGE = Phrase("Usage: ")
OPTIONS = Phrase("[OPTIONS]")
SUBCOMMAND = Phrase("COMMAND [ARGS]...")
HELP_OPTION = Phrase("Show this message and exit.")
PANELS = {  # what typer.rich_utils draws with, by its name there
    "DEFAULT_STRING": Phrase("[default: {}]", "help"),
    "ENVVAR_STRING": Phrase("[env var: {}]", "help"),
    "REQUIRED_LONG_STRING": Phrase("[required]", "help"),
    "ARGUMENTS_PANEL_TITLE": Phrase("Arguments", "help"),
    "OPTIONS_PANEL_TITLE": Phrase("Options", "help"),
    "COMMANDS_PANEL_TITLE": Phrase("Commands", "help"),
    "ERRORS_PANEL_TITLE": Phrase("Error", "help"),
    "ABORTED_TEXT": Phrase("Aborted.", "help"),
    "RICH_HELP": Phrase("Try [blue]'{command_path} {help_option}'[/] for help.", "help"),
}
WORD = re.compile(r"[A-Z]{2,}")  # of what stands for a value: in the usage, beside options, in refusals of a call
_CHOICES = re.compile(r"<(?:list\[)?([^<>\[\]]*)\]?>")  # as typer writes the type of an option that has no metavar
TYPES = {"str": "TEXT", "int": "NUMBER", "int range": "NUMBER", "path": "FILE"}
# What typer says of a wrong call, by its own words; what is none of these stays as typer says it.
REFUSALS = (
    (re.compile(r"No such option: (?P<name>[^ ]+)"), Phrase("There is no option {name}.")),
    (re.compile(r"No such command '(?P<name>[^']*)'"), Phrase("There is no command {name}.")),
    (re.compile(r"Missing command"), Phrase("A command is missing.")),
    (re.compile(r"Missing option '(?P<name>[^']*)'"), Phrase("The option {name} is missing.")),
    (re.compile(r"Missing argument '(?P<name>[^']*)'"), Phrase("The argument {name} is missing.")),
    (re.compile(r"Option '(?P<name>[^']*)' requires"), Phrase("The option {name} wants a value after it.")),
    (re.compile(r"Got unexpected extra argument\(s\) \((?P<name>[^)]*)\)"), Phrase("This is too much: {name}")),
    (
        re.compile(
            r"Invalid value for '(?P<name>[^']*)': (?:Value error, )?'(?P<value>[^']*)' is not one of (?P<all>[^.]*)"
        ),
        Phrase("{name}: «{value}» is not known here; write one of: {all}"),
    ),
    (re.compile(r"Invalid value for '(?P<name>[^']*)'"), Phrase("{name}: that value does not go here; see --help")),
)


def asked_language(arguments: Sequence[str]) -> Language:
    """`--lang` as it stands in a call that is not read yet, else AGENDA_LANG, else Spanish."""
    following = zip(arguments, [*arguments[1:], ""], strict=True)
    given = [after if one == "--lang" else one.partition("=")[2] for one, after in following if _is_lang(one)]
    wanted = (*given[:1], os.environ.get("AGENDA_LANG"))
    return next((one for one in wanted if one in LANGUAGES), None) or LANGUAGES[0]


def _is_lang(argument: str) -> bool:
    return argument == "--lang" or argument.startswith("--lang=")


def paragraphs(text: str) -> tuple[str, ...]:
    """A help text as it is translated: paragraph by paragraph, each on one line."""
    return tuple(" ".join(part.split()) for part in text.split("\n\n"))


def in_language(text: str, language: Language) -> str:
    return "\n\n".join(catalogue(language).text(one, CONTEXT) for one in paragraphs(text))


def speak(command: Any, language: Language) -> None:
    """Make a command, its options and the commands below it say what they say in a language."""
    if language == SOURCE:
        return
    command.context_class = type("SpokenContext", (command.context_class,), {"formatter_class": _formatter(language)})
    command.help = in_language(command.help or "", language)
    for name, phrase in (("options_metavar", OPTIONS), ("subcommand_metavar", SUBCOMMAND)):
        if hasattr(command, name):
            setattr(command, name, phrase[language])
    if command.rich_help_panel:
        command.rich_help_panel = in_language(command.rich_help_panel, language)
    with typer.Context(command) as context:
        for parameter in command.params:
            if getattr(parameter, "help", None):
                parameter.help = in_language(parameter.help, language)
            parameter.metavar = _metavar(parameter, context, language)
            if parameter.param_type_name == "argument":
                parameter.display_type_rich = _untyped
        if (option := command.get_help_option(context)) is not None:
            option.help, option.metavar = HELP_OPTION[language], ""
    for one in getattr(command, "commands", {}).values():
        speak(one, language)


def _metavar(parameter: Any, context: Any, language: Language) -> str:
    """What stands for the value of an option or an argument; nothing for one that takes none."""
    if getattr(parameter, "is_flag", False):
        return ""
    named = parameter.metavar
    if named is None and parameter.param_type_name == "argument":
        named = parameter.name.upper()
    if named is None:
        written = _CHOICES.sub(r"\1", parameter.display_type(context))
        named = TYPES.get(written, written)
    return WORD.sub(lambda found: catalogue(language).text(found[0], PLACEHOLDER), named)


def _untyped(*, ctx: typer.Context) -> None:
    """Beside an argument stands what it is for, and no type of the programming language."""


def _formatter(language: Language) -> type:
    def write_usage(self: Any, prog: str, args: str = "", prefix: str | None = None) -> None:
        base.write_usage(self, prog, args, prefix or USAGE[language])

    base: Any = typer.Context.formatter_class
    return type("SpokenFormatter", (base,), {"write_usage": write_usage})


def _dress(language: Language) -> None:
    """The frames around help and errors; typer loads this itself as soon as it draws either."""
    drawing = load("typer.rich_utils")
    for name, phrase in PANELS.items():
        setattr(drawing, name, phrase[language])


class SpokenGroup(TyperGroup):
    """A group of commands that says everything in the language of the call."""

    language: Language = SOURCE

    def main(self, args: Sequence[str] | None = None, *others: Any, **extra: Any) -> Any:
        given = sys.argv[1:] if args is None else list(args)
        self.language = asked_language(given)
        speak(self, self.language)
        if not given or "--help" in given:
            _dress(self.language)
        return super().main(args, *others, **extra)

    def make_context(self, *given: Any, **extra: Any) -> Any:
        with self._refusing():
            return super().make_context(*given, **extra)

    def invoke(self, ctx: Any) -> Any:
        with self._refusing():
            return super().invoke(ctx)

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except TyperException as error:
            _dress(self.language)
            found: Any = error
            if hasattr(found, "format_message") and self.language != SOURCE:
                said = _refusal(found.format_message(), self.language)
                found.format_message = lambda: said
            raise


def _refusal(words: str, language: Language) -> str:
    for pattern, phrase in REFUSALS:
        if match := pattern.match(words):
            return phrase.say(language, **match.groupdict())
    return words
