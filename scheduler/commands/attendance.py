"""`agenda attendance`: who came, from the meeting program's file or by hand, counted by site."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from calendars.catalogue import Phrase
from calendars.model.text import Language, Said
from calendars.spelling import fold
from scheduler.attendance.questions import AttendanceQuestion, FileQuestion, choices
from scheduler.base.clock import SystemClock
from scheduler.base.disk.named import read_named
from scheduler.base.refusal import PROBLEMS, Refusal, UsageRefusal
from scheduler.commands.attended import print_attended, print_looked
from scheduler.commands.common import AuthorOption, JsonOption, LangOption, author_of, language, print_json, told
from scheduler.commands.confirming import WANTS_YES_ONLY, YES
from scheduler.commands.screen import print_lines
from scheduler.installation.database import existing_database
from scheduler.people.attendance.as_json import looked_json, session_json
from scheduler.people.attendance.known import known, known_lines, known_of
from scheduler.people.attendance.looking import GivenFile, Looked, Wish, look
from scheduler.people.attendance.recording import Recorder
from scheduler.people.attendance.sequel_words import owing_line, would_follow
from scheduler.people.attendance.sessions import session_of, site_of
from scheduler.store.attendance import counts
from scheduler.store.database import Database

LARGEST = 8 * 1024 * 1024  # bytes of a file; a meeting of thousands takes some hundreds of KB
NO_EVENT = Phrase("say of which event: agenda attendance EVENT …; without options, agenda attendance lists them")
ONE_OF = Phrase(
    "FILE, --held, --not-held, --site and --forget do not go together: one at a time. --assign goes with FILE or alone."
)
TOO_LARGE = Phrase("{file} is larger than {mb} MB, and no attendance is")
ASSIGN_FORM = Phrase("NAME=SITE", "placeholder in a command")
SITE_FORM = Phrase("SITE=N", "placeholder in a command")
NO_PAIR = Phrase("--{option} {given}: write it as {form}")
NO_NUMBER = Phrase("--site {given}: “{n}” is no number of people. Write SITE=N, as tokio=3.")
ANSWER_BY = Phrase("Answer with --answer, for example: --answer {given}")
CHOOSE = Phrase("Number of the answer (1 to {n})")
UNANSWERED = Phrase("That is none of the answers. Nothing was recorded.")
NOTHING_NEW = Phrase("It is recorded already: nothing changes.")
CONFIRM = Phrase("Record it? Type “{yes}”")
UNRECORDED = Phrase("Nothing was recorded.")
DONE = Phrase("Recorded.", "of attendance")


EventArgument = Annotated[str | None, typer.Argument(help="The event: its id.", metavar="EVENT")]
FilesArgument = Annotated[list[Path] | None, typer.Argument(help="Files of the meeting program.", metavar="FILE…")]
AnswerOption = Annotated[
    list[str] | None,
    typer.Option("--answer", help="Answer to a question about the files; repeatable.", metavar="ANSWER"),
]
AssignOption = Annotated[
    list[str] | None,
    typer.Option(
        "--assign", help="Whoever has this name or address belongs to this site; repeatable.", metavar="NAME=SITE"
    ),
]
SiteOption = Annotated[
    list[str] | None,
    typer.Option("--site", help="So many people of this site came, by your word; repeatable.", metavar="SITE=N"),
]
HeldOption = Annotated[bool, typer.Option("--held", help="It took place.")]
NotHeldOption = Annotated[bool, typer.Option("--not-held", help="It did not take place; say why with --reason.")]
ForgetOption = Annotated[
    str | None, typer.Option("--forget", help="Take back a file (its digest) or a site's typed figure.", metavar="WHAT")
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why it was held, or not.", metavar="TEXT")]
RecordOption = Annotated[bool, typer.Option("--yes", help="Record it without asking.")]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Said:
    """What the call says of one session."""

    files: tuple[Path, ...]
    answers: tuple[str, ...]
    assigned: tuple[str, ...]
    figures: tuple[str, ...]
    held: bool
    not_held: bool
    forget: str | None
    reason: str

    @property
    def acts(self) -> bool:
        """Does it record anything? Raises UsageRefusal for two things at once."""
        alone = (self.held, self.not_held, bool(self.figures), self.forget is not None)
        if sum((*alone, bool(self.files))) > 1 or (self.assigned and any(alone)):
            raise UsageRefusal(ONE_OF)
        return any(alone) or bool(self.files) or bool(self.assigned)


def attendance(
    event: EventArgument = None,
    files: FilesArgument = None,
    answer: AnswerOption = None,
    assign: AssignOption = None,
    site: SiteOption = None,
    held: HeldOption = False,
    not_held: NotHeldOption = False,
    forget: ForgetOption = None,
    reason: ReasonOption = "",
    author: AuthorOption = None,
    yes: RecordOption = False,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record who came to EVENT, from the meeting program's FILEs or by hand; without FILE, say what is known.

    It reads what Teams, Zoom, Webex and Google Meet write, a workbook of it, or a plain list, and shows who was matched
    to a site, who was not, and the sites with nobody, before anything is recorded. Names are not kept: people count by
    site, from the minutes that `asistencia:` of agenda.yaml says. The same file twice changes nothing; a second file of
    the session joins the first. With --json and without --yes it only looks.
    """
    with told(lang) as settings, existing_database(settings) as database:
        spoken, at = language(lang, settings), SystemClock().now()
        lists = {"answers": answer, "assigned": assign, "figures": site}
        texts = {name: tuple(one or ()) for name, one in lists.items()}
        given = tuple(files or ())
        said = _Said(files=given, held=held, not_held=not_held, forget=forget, reason=reason, **texts)
        if said.acts and event is None:
            raise UsageRefusal(NO_EVENT)
        if said.acts and event is not None:
            name = author_of(author, None if as_json else spoken)
            recorder = Recorder(database=database, who=name, by=name, now=at)
            if not _recorded(recorder, event, said, spoken, yes=yes, as_json=as_json):
                return
        _tell(database, event, spoken, at, as_json=as_json)


def _recorded(recorder: Recorder, event: str, said: _Said, lang: Language, *, yes: bool, as_json: bool) -> bool:
    """Do what the call says. False: it only looked."""
    assigned = dict(_pair(one, "assign", ASSIGN_FORM) for one in said.assigned)
    if said.files:
        looked = _looked(recorder, event, said, assigned, lang)
        if not _wanted(looked, lang, recorder.now, assigning=bool(assigned), yes=yes, as_json=as_json):
            return False
        recorder.files(looked, recorder.database.tokens)
    elif assigned:
        recorder.assign(event, assigned, recorder.database.tokens)
    elif said.figures:
        figures = dict(_figure(one) for one in said.figures)
        _agree(recorder, event, figures, lang, yes=yes)
        recorder.typed(event, figures)
    elif said.forget is not None:
        recorder.forget(event, said.forget)
    else:
        if said.held:
            _agree(recorder, event, {}, lang, yes=yes)
        recorder.mark(event, held=said.held, reason=said.reason)
    if not as_json:
        typer.echo(DONE[lang])
    return True


def _wanted(looked: Looked, lang: Language, at: datetime, *, assigning: bool, yes: bool, as_json: bool) -> bool:
    """Show it; is it to be recorded? Raises Exit where it was to be, and nobody said yes."""
    if as_json:
        if not yes:
            print_json(looked_json(looked))
        return yes
    print_looked(looked, lang, at)
    if not looked.new and not assigning:
        typer.echo(NOTHING_NEW[lang])
        return False
    if not yes and not _confirmed(lang):
        raise typer.Exit(PROBLEMS)
    return True


def _looked(recorder: Recorder, event: str, said: _Said, assigned: Mapping[str, str], lang: Language) -> Looked:
    """What the files say. What they leave open is asked on a terminal, and refused without one."""
    answers, files = list(said.answers), tuple(_dropped(path) for path in said.files)
    database = recorder.database
    while True:
        try:
            wish = Wish(event=event, files=files, choices=choices(answers), assigned=assigned)
            with database.read() as connection:
                return look(connection, database.tokens, wish, recorder.now)
        except AttendanceQuestion as asked:
            if not sys.stdin.isatty():
                raise Unanswered(asked) from asked
            answers += [_asked(one, lang) for one in asked.questions]


class Unanswered(Refusal):
    """A file leaves something open, and nobody is there to be asked."""

    speaker = ""

    def __init__(self, asked: AttendanceQuestion) -> None:
        self._asked = asked
        super().__init__(asked.why)

    def lines(self, language: Language) -> tuple[str, ...]:
        first = self._asked.questions[0].answers
        way = ANSWER_BY.say(language, given=first[0].given) if first else ""
        return (*self._asked.lines(language), *([way] if way else []))


def _asked(one: FileQuestion, lang: Language) -> str:
    """What somebody at the terminal answers."""
    typer.echo(f"{one.place}: {one.words[lang]}" if one.place else one.words[lang], err=True)
    for number, answer in enumerate(one.answers, start=1):
        typer.echo(f"  {number}  {answer.words[lang]}", err=True)
    typed: str = typer.prompt(CHOOSE.say(lang, n=len(one.answers)), default="", show_default=False, err=True).strip()
    if not typed.isdecimal() or not 1 <= int(typed) <= len(one.answers):
        typer.echo(UNANSWERED[lang], err=True)
        raise typer.Exit(PROBLEMS)
    return one.answers[int(typed) - 1].given


def _agree(recorder: Recorder, event: str, figures: Mapping[str, int], lang: Language, *, yes: bool) -> None:
    """Say which mails recording by hand owes that nothing owed before, and ask; where there are none, say nothing."""
    at = recorder.now
    with recorder.database.read() as connection:
        session = session_of(connection, event, at)
        before = counts.of_event(connection, event, session.threshold)
        sites = {site_of(session.agenda, site).id: n for site, n in figures.items()}
        owed = would_follow(connection, session, before, sites, at)
    if owed is None or not owed.fresh or yes:
        return
    typer.echo(owing_line(session, owed, lang, at), err=True)
    if not _confirmed(lang):
        raise typer.Exit(PROBLEMS)


def _confirmed(lang: Language) -> bool:
    if not sys.stdin.isatty():
        typer.echo(f"{UNRECORDED[lang]} {WANTS_YES_ONLY[lang]}", err=True)
        return False
    typed = typer.prompt(CONFIRM.say(lang, yes=YES[lang]), default="", show_default=False, err=True)
    if fold(typed) == fold(YES[lang]):
        return True
    typer.echo(UNRECORDED[lang], err=True)
    return False


def _dropped(path: Path) -> GivenFile:
    content = read_named(path, LARGEST)
    if len(content) > LARGEST:
        raise UsageRefusal(TOO_LARGE, file=path.name, mb=LARGEST // (1024 * 1024))
    return GivenFile(name=path.name, content=content)


def _pair(given: str, option: str, form: Said) -> tuple[str, str]:
    left, equals, right = given.rpartition("=")
    if not equals or not left.strip() or not right.strip():
        raise UsageRefusal(NO_PAIR, option=option, given=given, form=form)
    return left.strip(), right.strip()


def _figure(given: str) -> tuple[str, int]:
    site, n = _pair(given, "site", SITE_FORM)
    if not (n.isascii() and n.isdecimal() and len(n) < 7):
        raise UsageRefusal(NO_NUMBER, given=given, n=n)
    return site, int(n)


def _tell(database: Database, event: str | None, lang: Language, at: datetime, *, as_json: bool) -> None:
    """What is known: of one session, or of all that have begun."""
    with database.read() as connection:
        found = known(connection, at) if event is None else (known_of(connection, event, at),)
    if as_json:
        said = [session_json(one) for one in found]
        print_json(said if event is None else said[0])
    elif event is None:
        print_attended(found, lang, at)
    else:
        print_lines(known_lines(found[0], lang, at))
