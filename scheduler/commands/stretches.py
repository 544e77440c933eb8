"""A rehearsal in stretches: whatever reckons with other zone data than this process runs in one of its own.

pytz keeps each zone that it has read, so new data want a new process, as a node that gets them is started anew. All
stretches share the database and the outbox, and whoever started them sees one run. `python -m` this module is such a
process: it is told on its standard input what to do, and tells on its standard output how far it is.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from calendars.catalogue import Phrase
from calendars.editions import first_stamp
from calendars.model.agenda import Agenda, Draft
from calendars.model.text import Language
from calendars.zones import nearest_instant
from scheduler.base import loop
from scheduler.base.logs import configure_logs
from scheduler.base.refusal import UsageRefusal
from scheduler.base.settings import WRONG
from scheduler.base.tokens import Tokens
from scheduler.base.variables import UnreadableText, parse_pace
from scheduler.commands.common import told
from scheduler.commands.screen import err
from scheduler.drafts.files import Configuration
from scheduler.rehearsal.capture import Outbox
from scheduler.rehearsal.run import (
    Plan,
    Summary,
    last_moment,
    planned,
    rehearsal_database,
    rehearse,
    repeatable_tokens,
    resumes,
    summary,
)
from scheduler.rehearsal.script import Stage, ZoneFolder, check_within, opening_channels, read_script, stages
from scheduler.rehearsal.steps import steps_done
from scheduler.store.database import Database

AFTER_LAST = timedelta(days=2)
ZONE_VARIABLE = "PYTZ_TZDATADIR"  # where pytz takes its data from, instead of its own folder
REHEARSING = Phrase("Rehearsing")
EDITION = Phrase("edition {number}")
BACKWARDS = Phrase("--to is before --from; change one of them")


class Heard(Protocol):
    """Whoever follows a rehearsal."""

    def kept(self) -> None:
        """A mail has come in."""
        ...

    def published(self, number: int, mails: int, kept: int) -> None:
        """An edition is in force; so many mails are planned in all, and so many have come in."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class RehearsalWish:
    """What is to be rehearsed: the same for every process that takes part."""

    config: Path
    script: Path | None
    start: datetime | None  # a day, by the agenda's zone
    until: datetime | None  # likewise, the last one included
    base_url: str
    pace: str | None
    feeds: Path | None
    invitations: bool = False  # every post has chosen them

    @classmethod
    def from_json(cls, known: dict[str, Any]) -> RehearsalWish:
        paths = {name: known[name] and Path(known[name]) for name in ("config", "script", "feeds")}
        days = {name: known[name] and datetime.fromisoformat(known[name]) for name in ("start", "until")}
        return cls(**(known | paths | days))


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    draft: Draft  # of the first edition
    plan: Plan
    zone_data: ZoneFolder

    @property
    def opening(self) -> int:
        return self.plan.opening


def stretches(wanted: RehearsalWish) -> tuple[Stretch, ...]:
    """The files and the script read and tried; in order, each with its own zone data.

    Raises InvalidDraft, InvalidScript, UsageRefusal.
    """
    folder = Configuration(folder=wanted.config)
    draft = folder.draft()
    if wanted.script is None:
        plan = _plan(wanted, draft.agenda, (draft.agenda,), ())
        return (Stretch(draft=draft, plan=plan, zone_data=ZoneFolder(folder=None)),)
    script = read_script(wanted.script, draft.agenda.zone)
    steps = stages(script, folder.contents(), draft)
    plan = _plan(wanted, draft.agenda, (draft.agenda, *(step.draft.agenda for step in steps)), steps)
    plan = replace(plan, channels=opening_channels(script, draft))
    check_within(script, plan.start, plan.until)
    openings = [step for step in steps if step.zone_data is not None]
    ends = [step.at - timedelta(microseconds=1) for step in openings]  # the step itself is the next stretch's
    return tuple(
        Stretch(
            draft=draft,
            plan=replace(plan, opening=0 if step is None else step.number, until=end),
            zone_data=script.zone_data if step is None or step.zone_data is None else step.zone_data,
        )
        for step, end in zip((None, *openings), (*ends, plan.until), strict=True)
    )


def whole_campaign(agenda: Agenda, base_url: str, tokens: Tokens) -> Plan:
    """From the first day of the agenda until it is over."""
    first = first_stamp(agenda)
    return Plan(start=first, until=(last_moment(agenda) or first) + AFTER_LAST, base_url=base_url, tokens=tokens)


def _plan(wanted: RehearsalWish, opening: Agenda, agendas: tuple[Agenda, ...], steps: tuple[Stage, ...]) -> Plan:
    """Days by the agenda's zone, the last one included; by default until every event of every edition is over."""
    start, until, zone = wanted.start, wanted.until, opening.zone
    first = nearest_instant(start, zone) if start else first_stamp(opening)
    ends = [end for agenda in agendas if (end := last_moment(agenda)) is not None]
    over = max([*ends, *(step.at for step in steps)], default=first)
    last = nearest_instant(until + timedelta(days=1), zone) if until else over + AFTER_LAST
    if last <= first:
        raise UsageRefusal(BACKWARDS)
    try:
        pace = None if wanted.pace is None else parse_pace(wanted.pace)
    except UnreadableText as error:
        raise UsageRefusal(WRONG, variable="--pace", rule=error.why) from error
    return Plan(
        start=first,
        until=last,
        base_url=wanted.base_url,
        tokens=repeatable_tokens(opening),
        pace=pace,
        invitations=wanted.invitations,
        steps=steps,
        feeds=wanted.feeds,
    )


def run(
    wanted: RehearsalWish, found: tuple[Stretch, ...], database: Path | None, folder: Path, lang: Language
) -> Summary:
    """All that is not done yet, in order. Raises OutboxNotEmpty, NotARehearsal, AnotherDraft."""
    with tempfile.TemporaryDirectory(prefix="agenda-rehearsal-") as scratch, progress(lang) as heard:
        path = database or Path(scratch) / "rehearsal.db"
        with rehearsal_database(path, found[0].plan.tokens) as ledger:
            outbox = Outbox(folder, resuming=resumes(ledger))
            with ledger.read() as connection:
                done = steps_done(connection)
        openings = [stretch.opening for stretch in found]
        begin = max(index for index, opening in enumerate(openings) if opening <= done)
        for index in range(begin, len(found)):
            if found[index].zone_data.folder is None:
                with rehearsal_database(path, found[0].plan.tokens) as ledger:
                    rehearse_here(ledger, found[index].draft, found[index].plan, outbox, heard)
            else:
                _elsewhere(wanted, index, found[index], path, folder, lang, heard)
        with rehearsal_database(path, found[0].plan.tokens) as ledger:
            return summary(ledger, outbox)


def rehearse_here(database: Database, draft: Draft, plan: Plan, outbox: Outbox, heard: Heard) -> Summary:
    """A stretch in this process."""

    def published(number: int) -> None:
        heard.published(number, planned(database, plan.until), outbox.count()[0])

    return loop.run(rehearse(database, draft, plan, outbox, heard.kept, published))


def _elsewhere(
    wanted: RehearsalWish, index: int, stretch: Stretch, database: Path, outbox: Path, lang: Language, heard: Heard
) -> None:
    """A stretch in a process of its own, with its own zone data. What is wrong there ends this command alike."""
    job = {"wanted": asdict(wanted), "stretch": index, "database": database, "outbox": outbox, "lang": lang}
    process = subprocess.Popen(
        [sys.executable, "-m", "scheduler.commands.stretches"],
        env={**os.environ, ZONE_VARIABLE: str(stretch.zone_data.folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(job, default=str))
        process.stdin.close()
        for line in process.stdout:
            match line.split():
                case ["published", *numbers]:
                    heard.published(*map(int, numbers))
                case _:
                    heard.kept()
    if process.returncode:
        raise typer.Exit(process.returncode)


class _Lines:
    """Tells another process, which reads lines."""

    def kept(self) -> None:
        self._say("kept")

    def published(self, number: int, mails: int, kept: int) -> None:
        self._say(f"published {number} {mails} {kept}")

    def _say(self, line: str) -> None:
        try:
            print(line, flush=True)  # noqa: T201  # because it is read by the process that started this one
        except BrokenPipeError:
            os._exit(3)  # that process is gone; as after a kill, the same command goes on from here


class _Bar:
    """Shows a person."""

    def __init__(self, shown: Progress, label: str, edition: Callable[[int], str]) -> None:
        self._shown, self._label, self._edition = shown, label, edition
        self._task = shown.add_task(label, total=None)

    def kept(self) -> None:
        self._shown.advance(self._task)

    def published(self, number: int, mails: int, kept: int) -> None:
        label = f"{self._label}, {self._edition(number)}"
        self._shown.update(self._task, total=mails, completed=kept, description=label)


@contextmanager
def progress(lang: Language) -> Iterator[Heard]:
    """A bar on a terminal, nothing elsewhere."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err(), disable=not sys.stderr.isatty()) as shown:
        yield _Bar(shown, REHEARSING[lang], lambda number: EDITION.say(lang, number=number))


def main() -> None:
    """The process of one stretch."""
    configure_logs(level=40)
    job = json.load(sys.stdin)
    try:
        with told(job["lang"]):
            stretch = stretches(RehearsalWish.from_json(job["wanted"]))[job["stretch"]]
            with rehearsal_database(Path(job["database"]), stretch.plan.tokens) as ledger:
                outbox = Outbox(Path(job["outbox"]), resuming=True)
                rehearse_here(ledger, stretch.draft, stretch.plan, outbox, _Lines())
    except typer.Exit as ended:
        sys.exit(ended.exit_code)


if __name__ == "__main__":
    main()
