"""`agenda check` and `agenda schema`: is the draft right, and how may it be written."""

from __future__ import annotations

import json

import typer

from calendars.catalogue import Phrase
from calendars.model.agenda import Problem
from calendars.model.text import Language
from calendars.reading.yaml.schema import json_schema
from scheduler.commands.common import ConfigOption, JsonOption, LangOption, language, print_json, told
from scheduler.drafts.files import InvalidDraft, cell_name, configuration

FINE = Phrase("The draft is fine. Nothing has been published.")


def check(config: ConfigOption = None, lang: LangOption = None, as_json: JsonOption = False) -> None:
    """Validate the draft; nothing is written.

    Every problem of every file is listed at once, as file:line:column: message; of a workbook, with sheet and cell.
    """
    with told(lang) as settings:
        try:
            found = configuration(config, settings)
            notes = found.reading().notes
        except InvalidDraft as error:
            if as_json:
                print_json([problem_json(problem, language(lang, settings)) for problem in error.problems])
            raise
        if as_json:
            print_json([])
        else:
            spoken = language(lang, settings)
            for note in notes:
                typer.echo(found.note(note, spoken))
            typer.echo(FINE[spoken])


def schema() -> None:
    """Print the JSON schema of agenda.yaml, with which editors complete and check while typing."""
    typer.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


def problem_json(problem: Problem, lang: Language) -> dict[str, object]:
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "value": problem.value,
        "rule": problem.rule,
        "message": problem.message[lang],
        **({"sheet": problem.sheet, "cell": cell_name(problem)} if problem.sheet else {}),
    }
