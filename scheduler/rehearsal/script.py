"""A rehearsal's script: on this date this edit is published. Read and tried before it begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from pydantic import Field

from calendars.catalogue import Phrase
from calendars.documents import draft_digest
from calendars.model.agenda import Draft, Problem
from calendars.model.text import Language, OwnWords
from calendars.reading import values, words
from calendars.reading.configuration import read
from calendars.reading.decoding import decode
from calendars.reading.problems import AlreadyReported, Position, Report, Wrong, known, shown
from calendars.reading.yaml.fields import Fields
from calendars.reading.yaml.messages import own_words
from calendars.reading.yaml.nodes import MappingEntry, MappingNode, Node, ScalarNode, SequenceNode, compose
from calendars.reading.yaml.schema import MappingForm, MessageForm
from calendars.zones import WallTimeError, to_instant
from scheduler.base.disk.named import read_named
from scheduler.base.refusal import Refusal
from scheduler.drafts.edits import Copy, Edit, removed
from scheduler.planning.channels import Channel
from scheduler.rehearsal.calling import RollStep, check_roll, roll_step
from scheduler.rehearsal.choosing import ChannelChoice, choices, chosen

LIMIT = 512 * 1024  # bytes
FORMAT = "1"
INSTALLED = "instalados"  # the zone data that this program runs with
_YES_NO = values.one_of(words.YES_NO, "unknown-yes-no", Phrase("value"))
_PROBE = Path("Etc") / "UTC"  # a file that every folder of compiled zones has


class ScriptForm(MappingForm):
    formato: str = Field(description="versión del formato: 1")
    datos_de_zona: str = Field(default="", description="carpeta de los datos de zona del principio")
    canales: dict[str, str] = Field(default={}, description="quién eligió qué antes de empezar")
    pasos: list[str] = Field(description="qué se publica y cuándo, en orden")


class StepForm(MappingForm):
    cuando: str = Field(description="fecha y hora en la zona de la agenda: 2021-10-15 12:00")
    motivo: str = Field(default="", description="motivo de la edición")
    mensaje: str | MessageForm = Field(default="", description="va al principio de los avisos de la edición")
    eventos: dict[str, str] = Field(default={}, description="id: claves que cambian")
    sedes: dict[str, str] = Field(default={}, description="id: columnas de representations.csv que cambian")
    destinatarios: dict[str, str] = Field(default={}, description="id: columnas de recipients.csv que cambian")
    enlaces: dict[str, str] = Field(default={}, description="id del evento: enlace")
    canales: dict[str, str] = Field(default={}, description="quién elige calendario, invitaciones o ninguno")
    pase_de_lista: dict[str, str] = Field(default={}, description="se llama la lista, o qué se contesta")
    callada: str = Field(default="no", description="sí: se publica sin avisar")
    datos_de_zona: str = Field(default="", description="carpeta de datos de zona, o instalados")


@dataclass(frozen=True, kw_only=True, slots=True)
class ZoneFolder:
    """What a process reckons with from some moment on."""

    folder: Path | None  # of compiled zones; None: what is installed


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One publication, or what posts choose, as the script has it."""

    place: Position
    node: MappingNode
    at: datetime  # UTC
    reason: str
    message: OwnWords | None
    silent: bool
    edits: Mapping[str, tuple[Edit, ...]]  # by key of the script
    choices: tuple[ChannelChoice, ...]
    zone_data: ZoneFolder | None  # None: as before
    roll: RollStep | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Script:
    file: str  # as problems name it
    zone_data: ZoneFolder
    choices: tuple[ChannelChoice, ...]  # made before it begins
    steps: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """One publication, ready; and what posts choose at that moment."""

    number: int  # of the step, from 1
    at: datetime  # UTC
    draft: Draft
    reason: str
    silent: bool
    zone_data: ZoneFolder | None  # from here on; None: as before
    message: OwnWords | None = None  # at the head of what it sends
    channels: Mapping[str, Channel] = field(default_factory=dict)  # by Recipient.id
    roll: RollStep | None = None  # what becomes of the roll call then


class InvalidScript(Refusal):
    """The script cannot be played; nothing was begun."""

    speaker = ""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(Phrase("{problems} {problems:problem|problems}").of(problems=len(problems)))
        self.problems = tuple(problems)

    def lines(self, language: Language) -> tuple[str, ...]:
        return tuple(f"{one.file}:{one.line}:{one.column}: {one.message[language]}" for one in self.problems)


def read_script(path: Path, zone: str) -> Script:
    """The script in a file, its hours in the agenda's `zone`. Raises InvalidScript; UsageRefusal as `read_named`."""
    report = Report(str(path))
    text = decode(read_named(path, LIMIT), report, limit=LIMIT)
    node = None if text is None else compose(text, report)
    if node is None:
        raise InvalidScript(report.problems)
    try:
        return _script(node, report, path, zone)
    except AlreadyReported as error:
        raise InvalidScript(report.problems) from error


def stages(script: Script, files: Mapping[str, bytes], draft: Draft) -> tuple[Stage, ...]:
    """Each step as a draft: edited into a copy of the `files`, which hold `draft`, and read as any draft is.

    Raises InvalidScript for the first step that leaves a problem in a file, or nothing to publish.
    """
    copy, report = Copy(files), Report(script.file)
    found: list[Stage] = []
    for number, step in enumerate(script.steps, 1):
        after = _edited(copy, step, report) if any(step.edits.values()) else draft
        if after is not None and not (step.zone_data or step.choices or step.roll) and _digest(after) == _digest(draft):
            report.add(step.place, _NOTHING_CHANGES)
        channels = {} if after is None else chosen(step.choices, after.recipients, report)
        check_roll(step.roll, after, report)
        if after is None or report.problems:
            raise InvalidScript(report.problems)
        draft = after
        found.append(
            Stage(
                number=number,
                at=step.at,
                draft=draft,
                reason=step.reason or f"Guion, paso {number}",
                silent=step.silent,
                message=step.message,
                zone_data=step.zone_data,
                channels=channels,
                roll=step.roll,
            )
        )
    return tuple(found)


def opening_channels(script: Script, draft: Draft) -> Mapping[str, Channel]:
    """What the posts of the first draft chose before it, by Recipient.id. Raises InvalidScript."""
    report = Report(script.file)
    found = chosen(script.choices, draft.recipients, report)
    if report.problems:
        raise InvalidScript(report.problems)
    return found


def check_within(script: Script, first: datetime, last: datetime) -> None:
    """Raises InvalidScript where a step lies outside a rehearsal that begins and ends so (UTC)."""
    report = Report(script.file)
    for step in script.steps:
        if not first < step.at < last:
            report.add(step.place, _OUTSIDE)
    if report.problems:
        raise InvalidScript(report.problems)


def _script(node: Node, report: Report, path: Path, zone: str) -> Script:
    fields = Fields(node, ScriptForm, report)
    fields.value("formato", _format)
    opening = fields.value("datos_de_zona", lambda name: _zone_data(name, path))
    channels = fields.read("canales", lambda part: choices(part, report))
    steps = fields.each("pasos", lambda part: _step(part, report, path, zone))
    for before, after in pairwise(steps):
        if after.at <= before.at:
            fields.fail(after.place, _NOT_IN_ORDER)
    fields.finish()
    return Script(file=str(path), zone_data=opening or ZoneFolder(folder=None), choices=channels or (), steps=steps)


def _step(node: Node, report: Report, path: Path, zone: str) -> Step:
    fields = Fields(node, StepForm, report)
    at = fields.value("cuando", lambda text: _instant(text, zone))
    reason, silent = fields.value("motivo", values.line), fields.value("callada", _YES_NO)
    message = fields.read("mensaje", lambda part: own_words(part, report))
    data = fields.value("datos_de_zona", lambda name: _zone_data(name, path))
    edits = {key: fields.read(key, parse) or () for key, parse in _WHAT.items()}
    channels = fields.read("canales", lambda part: choices(part, report)) or ()
    roll = fields.read("pase_de_lista", lambda part: roll_step(part, report))
    if not any((*edits.values(), channels, roll)) and data is None and not fields.broken:
        fields.fail(node.place, _NOTHING_CHANGES)
    fields.finish()
    assert isinstance(node, MappingNode), "Fields refuses anything else"
    return Step(
        place=fields.place_of("cuando"),
        node=node,
        at=known(at),
        reason=reason or "",
        message=message,
        silent=silent or False,
        edits=edits,
        choices=channels,
        zone_data=data,
        roll=roll,
    )


def _edits(node: Node) -> tuple[Edit, ...]:
    """By id, keys and their new values; or that it is to go."""
    found = []
    for name, entry in _entries(node):
        if removed(entry.node):
            found.append(Edit(id=name, place=entry.place, values=None))
        elif isinstance(entry.node, MappingNode):
            changed = {key: one.node for key, one in entry.node.entries.items()}
            found.append(Edit(id=name, place=entry.place, values=changed))
        else:
            raise Wrong(
                "wrong-shape",
                Phrase("keys with their new values go here, or null to remove it all."),
                place=entry.node.place,
            )
    return tuple(found)


def _links(node: Node) -> tuple[Edit, ...]:
    return tuple(Edit(id=name, place=entry.place, values=None, value=entry.node) for name, entry in _entries(node))


def _entries(node: Node) -> Iterable[tuple[str, MappingEntry]]:
    if isinstance(node, MappingNode):
        return node.entries.items()
    raise Wrong("wrong-shape", Phrase("one line for each id goes here."))


_WHAT = {"sedes": _edits, "destinatarios": _edits, "eventos": _edits, "enlaces": _links}


def _edited(copy: Copy, step: Step, report: Report) -> Draft | None:
    """The draft after a step; None, and why, where the files can no longer be read."""
    edit = {"sedes": copy.sites, "destinatarios": copy.posts, "eventos": copy.events, "enlaces": copy.links}
    for key in _WHAT:
        if step.edits[key]:
            edit[key](step.edits[key], report)
    if report.problems:
        return None
    reading = read(copy.files)
    for problem in reading.problems:
        _pass_on(problem, step, report)
    return reading.draft


def _pass_on(problem: Problem, step: Step, report: Report) -> None:
    """A problem of an edited file, at the word of the script that made it, if that can be told."""
    where = f"{problem.file}:{problem.line}:{problem.column}"
    message = Phrase("with this step, {where}: {message}")
    wrong = Wrong(problem.rule, message.of(where=where, message=problem.message), value=problem.value)
    written = [node.place for node in _scalars(step.node) if node.text.strip() == problem.value]
    report.add(written[0] if len(written) == 1 else step.place, wrong)


def _scalars(node: Node) -> Iterator[ScalarNode]:
    """What is written in a step, keys included."""
    if isinstance(node, ScalarNode):
        yield node
    elif isinstance(node, SequenceNode):
        for one in node.nodes:
            yield from _scalars(one)
    else:
        for key, entry in node.entries.items():
            yield ScalarNode(place=entry.place, text=key, empty=False)
            yield from _scalars(entry.node)


def _digest(draft: Draft) -> str:
    return draft_digest(draft.agenda, draft.recipients, draft.links)


def _format(text: str) -> str:
    if text.strip() == FORMAT:
        return FORMAT
    raise Wrong(
        "unknown-format",
        Phrase("format “{text}” is not known. This program reads “formato: {format}”.").of(
            text=shown(text), format=FORMAT
        ),
        value=text,
    )


def _instant(text: str, zone: str) -> datetime:
    day, _, hour = values.line(text).replace("T", " ").partition(" ")
    if not hour:
        raise Wrong(
            "date-format",
            Phrase("“{text}” gives no date and hour. Write for instance: 2021-10-15 12:00").of(text=shown(text)),
            value=text,
        )
    wall = datetime.combine(values.day(day), values.hour(hour))
    try:
        return to_instant(wall, zone)
    except WallTimeError as error:
        raise Wrong(
            "nonexistent-time",
            Phrase("that hour does not exist in {zone}, or exists twice. Write another.").of(zone=zone),
            value=text,
        ) from error


def _zone_data(name: str, script: Path) -> ZoneFolder:
    """The folder that a script names, counted from its own; or the word for what is installed."""
    if values.line(name) == INSTALLED:
        return ZoneFolder(folder=None)
    folder = script.parent / name
    if (folder / _PROBE).is_file():
        return ZoneFolder(folder=folder.resolve())
    raise Wrong(
        "no-zone-data",
        Phrase("“{name}” holds no compiled zone data. Write the folder, from the script's own, or {installed}.").of(
            name=shown(name), installed=INSTALLED
        ),
        value=name,
    )


_NOTHING_CHANGES = Wrong("no-change", Phrase("this step changes nothing. Delete or complete it."))
_OUTSIDE = Wrong(
    "outside",
    Phrase("this step lies outside the rehearsal. Change “cuando”, or the days rehearsed (--from, --to)."),
)
_NOT_IN_ORDER = Wrong(
    "not-in-order",
    Phrase("this step is not after the one before it. Put them in order of date and hour."),
)
