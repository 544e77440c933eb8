"""Campaigns played through the rehearsal, and what they should have come to, for the judge."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytz

from calendars.documents import draft_digest
from calendars.model import Draft
from scheduler.capture import Outbox
from scheduler.rehearsal import Plan, Summary, rehearsal_database, rehearse
from scheduler.script import Stage
from scheduler.tokens import Tokens
from tests.judge.fault import Fault
from tests.judge.reader import judge_mails
from tests.judge.subscriber import judge_feeds
from tests.judge.truth import Truth
from tests.judge.words import Said, read_outbox

INSTALLED = Path(pytz.__file__).parent / "zoneinfo"
BEGINS = datetime(2021, 10, 1, 5, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """What is published next, and when."""

    at: datetime
    draft: Draft
    silent: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Played:
    """A campaign that is over."""

    truths: tuple[Truth, ...]
    outbox: Path
    feeds: Path
    until: datetime
    summary: Summary

    def mails(self) -> list[Said]:
        return read_outbox(self.outbox)

    def faults(self) -> list[Fault]:
        """Of its mails and of the feeds of every edition."""
        folders = [self.feeds / str(number) for number in range(1, len(self.truths) + 1)]
        found = judge_mails(self.truths, self.mails(), self.until)
        return [*found, *judge_feeds(self.truths, folders, self.until)]


def play(opening: Draft, edits: Sequence[Edit], until: datetime, folder: Path) -> Played:
    """A campaign that opens on 1 October 2021; edits that change nothing are left out, as nobody can publish them."""
    truths, stages = [truth(opening, BEGINS)], []
    before = opening
    for edit in edits:
        if digest(edit.draft) != digest(before):
            truths.append(truth(edit.draft, edit.at, silent=edit.silent))
            stages.append(
                Stage(
                    number=len(truths) - 1,
                    at=edit.at,
                    draft=edit.draft,
                    reason="prueba",
                    silent=edit.silent,
                    zone_data=None,
                )
            )
            before = edit.draft
    plan = Plan(
        start=BEGINS,
        until=until,
        base_url="https://agenda.example",
        tokens=Tokens(["a key for tests only"]),
        steps=stages,
        feeds=folder / "feeds",
    )
    shutil.copyfile(_migrated(), folder / "ensayo.db")
    with rehearsal_database(folder / "ensayo.db") as database:
        outbox = Outbox(folder / "outbox", resuming=False)
        summary = asyncio.run(rehearse(database, opening, plan, outbox, lambda: None))
    return Played(truths=tuple(truths), outbox=folder / "outbox", feeds=folder / "feeds", until=until, summary=summary)


def truth(draft: Draft, at: datetime, *, silent: bool = False, zones: Path = INSTALLED) -> Truth:
    return Truth(at=at, agenda=draft.agenda, links=draft.links, posts=draft.recipients, zones=zones, silent=silent)


def digest(draft: Draft) -> str:
    return draft_digest(draft.agenda, draft.recipients, draft.links)


@cache
def _migrated() -> Path:
    """An empty database, made once: to make each anew would take longer than to play on it."""
    path = Path(mkdtemp(prefix="agenda-empty-")) / "ensayo.db"
    with rehearsal_database(path):
        pass
    return path


def days(number: float) -> timedelta:
    return timedelta(days=number)
