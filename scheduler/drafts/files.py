"""The administrator's folder: finding it, reading its files into a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from calendars.catalogue import Phrase
from calendars.model.agenda import Draft, Problem
from calendars.model.text import Language
from calendars.reading.configuration import Reading
from calendars.reading.files import AGENDA, DAYS, FILES, POSTS, SITES, Lines
from calendars.reading.files import LIMITS as BYTES
from calendars.reading.problems import shown
from scheduler.base.refusal import USAGE, Refusal
from scheduler.base.settings import Settings
from scheduler.base.shipped import shipped
from scheduler.drafts.strays import explained, newer, strays
from scheduler.drafts.tables import Tables, read_with, tables_of

NOTE = Phrase("note")
KEPT = (AGENDA, SITES, DAYS)  # with an edition; who is written to and the links to join by have a history of their own
CELL = Phrase("sheet “{sheet}”, cell {cell}")
NO_FOLDER = Phrase("{named}: there is no such folder")


class InvalidDraft(Refusal):
    """The files cannot be published; what is in force stays in force."""

    speaker = ""

    def __init__(self, folder: Path, problems: tuple[Problem, ...]) -> None:
        super().__init__(
            Phrase("{folder}: {problems} {problems:problem|problems}").of(folder=folder, problems=len(problems))
        )
        self.folder = folder
        self.problems = problems

    def lines(self, language: Language) -> tuple[str, ...]:
        places = Configuration(folder=self.folder)
        return tuple(f"{places.place(problem, language)}: {problem.message[language]}" for problem in self.problems)


class NoConfiguration(Refusal):
    """The folder named for the configuration is not there."""

    code = USAGE
    status = 404


@dataclass(frozen=True, kw_only=True, slots=True)
class Configuration:
    folder: Path

    def place(self, problem: Problem, language: Language) -> str:
        """`file:line:column`; of a workbook, the file, its sheet and the cell."""
        path = self.folder / problem.file
        if problem.sheet:
            return f"{path}: {CELL.say(language, sheet=shown(problem.sheet), cell=cell_name(problem))}"
        return f"{path}:{problem.line}:{problem.column}"

    def note(self, problem: Problem, language: Language) -> str:
        """What is to be noted, with its place."""
        return f"{self.place(problem, language)}: {NOTE[language]}: {problem.message[language]}"

    def draft(self) -> Draft:
        """The files as saved. Raises InvalidDraft, with every problem of every file."""
        return self.draft_and_lines()[0]

    def draft_and_lines(self) -> tuple[Draft, Lines]:
        """The same, and where its events and links stand in the files."""
        found = self.reading()
        assert found.draft is not None, "what has problems was refused"
        return found.draft, found.lines

    def reading(self) -> Reading:
        """The same, and what is to be noted about the files."""
        return self._read(self._texts(), tables_of(self.folder))

    def _read(self, texts: dict[str, bytes], tables: Tables) -> Reading:
        found, beside = read_with(texts, tables), strays(self.folder)
        if found.draft is None:
            raise InvalidDraft(self.folder, tuple(explained(problem, beside) for problem in found.problems))
        return replace(found, notes=(*newer(self.folder, beside), *found.notes))

    def saved(self) -> tuple[Reading, dict[str, bytes]]:
        """The same, and the files that its agenda was read from, by name, as they are: no posts and no links.

        What a workbook holds is kept as the table in CSV.
        """
        found, contents = self.whole()
        return found, {name: contents[name] for name in KEPT if name in contents}

    def whole(self) -> tuple[Reading, dict[str, bytes]]:
        """The same, and the contents of all files, as they were read."""
        texts, tables = self._texts(), tables_of(self.folder)
        return self._read(texts, tables), {**texts, **tables.bodies}

    def contents(self) -> dict[str, bytes]:
        """The files that are there, by name; a workbook's as the table in CSV."""
        return {**self._texts(), **tables_of(self.folder).bodies}

    def _texts(self) -> dict[str, bytes]:
        return {name: _bounded(self.folder / name, BYTES[name]) for name in FILES if (self.folder / name).is_file()}


def without_posts(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Files by name, the posts without their rows: thousands, on which nothing but themselves depends."""
    head = {POSTS: files[POSTS].split(b"\n", 1)[0] + b"\n"} if POSTS in files else {}
    return {**files, **head}


def cell_name(problem: Problem) -> str:
    """A cell of a workbook as it is called there: the third of row 7 is C7."""
    letters, column = "", problem.column
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{problem.line}"


def configuration(given: Path | None, settings: Settings) -> Configuration:
    """`--config`, else AGENDA_CONFIG, else `config/` here, else the shipped one. Raises NoConfiguration."""
    named = given or settings.config
    if named is None:
        here = Path("config")
        meant = here.is_dir() and ((here / AGENDA).is_file() or AGENDA in strays(here))
        return Configuration(folder=here if meant else shipped("config"))
    if not named.is_dir():
        raise NoConfiguration(NO_FOLDER, named=named)
    return Configuration(folder=named)


def _bounded(path: Path, limit: int) -> bytes:
    """The file's bytes; one more than the limit where it is larger, which is enough for it to be refused."""
    with path.open("rb") as file:
        return file.read(limit + 1)
