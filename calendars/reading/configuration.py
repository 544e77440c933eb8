"""YAML and CSV text -> the draft, or every problem with its file, line and column. Pure: it gets bytes, no paths."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from calendars.catalogue import Phrase
from calendars.model.agenda import Agenda, Draft, Problem
from calendars.reading.context import Context
from calendars.reading.decoding import decode
from calendars.reading.files import AGENDA, DAYS, FILES, LIMITS, POSTS, PRIVATE, REQUIRED, SITES, Lines
from calendars.reading.problems import START, AlreadyReported, Position, Report, Wrong
from calendars.reading.tables.days import own_days
from calendars.reading.tables.posts import recipients
from calendars.reading.tables.sites import representations
from calendars.reading.yaml.agenda import AgendaFile
from calendars.reading.yaml.links import Joining, links
from calendars.reading.yaml.nodes import compose

T = TypeVar("T")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # a zip archive, as .xlsx is; a compound file, as .xls is
_WORKBOOK = Phrase(
    "“{name}” holds a workbook, not text. Open it in Excel and save it with Save as, “CSV UTF-8”, under this name."
)


_PRIVATE_LINK = Phrase(
    "the message of “{name}” holds a link to join by. Delete it there: each mail brings the one of privado.yaml to "
    "those who may have it."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What the files hold: a draft if and only if there is no problem."""

    draft: Draft | None
    problems: tuple[Problem, ...]  # by file, line and column
    lines: Lines = field(default_factory=Lines)
    notes: tuple[Problem, ...] = ()  # what is right and may not be what was meant; likewise in order


def read(files: Mapping[str, bytes]) -> Reading:
    """All files of the configuration at once, by name (FILES; all but REQUIRED may be absent), and all problems."""
    reports = {name: Report(name) for name in FILES}
    texts = {name: _text(name, files, reports[name]) for name in FILES}
    agenda = _agenda_file(texts[AGENDA], reports[AGENDA])
    context = agenda.declared() if agenda else Context()
    sites = _rows(texts[SITES], representations, context, reports[SITES])
    posts = _rows(texts[POSTS], recipients, context, reports[POSTS])
    days = _rows(texts[DAYS], own_days, context, reports[DAYS])
    whole = _tolerant(lambda: agenda.agenda(context, sites, days)) if agenda else None
    context.events = agenda.event_ids() if agenda else None
    joining = _links(texts[PRIVATE], context, reports[PRIVATE])
    if agenda and whole:
        _keep_private(agenda, whole, joining, reports[AGENDA])
    problems = _in_order(problem for report in reports.values() for problem in report.problems)
    if problems:
        return Reading(draft=None, problems=problems)
    assert agenda is not None
    assert whole is not None
    return Reading(
        draft=Draft(agenda=whole, recipients=posts, links={key: one.url for key, one in joining.items()}),
        problems=(),
        lines=Lines(
            events=agenda.event_lines(),
            links={key: one.line for key, one in joining.items()},
            posts=context.posts,
        ),
        notes=_in_order(note for report in reports.values() for note in report.notes),
    )


def _in_order(found: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(found, key=lambda one: (one.file, one.line, one.column)))


def _text(name: str, files: Mapping[str, bytes], report: Report) -> str | None:
    if name in files and files[name].startswith(_WORKBOOKS):
        report.add(START, Wrong("workbook", _WORKBOOK.of(name=name), value=name))
        return None
    if name in files:
        return decode(files[name], report, limit=LIMITS[name])
    if name in REQUIRED:
        wrong = Wrong(
            "missing-file",
            Phrase("the file “{name}” is missing. Take it from your backup or from the distribution.").of(name=name),
            value=name,
        )
        report.add(START, wrong)
    return None


def _agenda_file(text: str | None, report: Report) -> AgendaFile | None:
    node = None if text is None else compose(text, report)
    return None if node is None else _tolerant(lambda: AgendaFile(node, report))


def _links(text: str | None, context: Context, report: Report) -> dict[str, Joining]:
    node = None if text is None else compose(text, report)
    return {} if node is None else _tolerant(lambda: links(node, context, report)) or {}


def _keep_private(agenda: AgendaFile, whole: Agenda, joining: Mapping[str, Joining], report: Report) -> None:
    """A message goes to everybody, those too who are not given the link to join by."""
    private, lines = {one.url for one in joining.values()}, agenda.event_lines()
    for event in whole.events:
        said = () if event.message is None else (event.message.es or "", event.message.en or "")
        if any(url in text for url in private for text in said):
            report.add(Position(lines[event.id], 1), Wrong("private-link", _PRIVATE_LINK.of(name=event.id)))


def _rows(
    text: str | None,
    parse: Callable[[str, Context, Report], tuple[T, ...]],
    context: Context,
    report: Report,
) -> tuple[T, ...]:
    return () if text is None else parse(text, context, report)


def _tolerant(build: Callable[[], T]) -> T | None:
    """What can be built; None if the report says why it cannot."""
    try:
        return build()
    except AlreadyReported:
        return None
