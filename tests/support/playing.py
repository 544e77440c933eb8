"""Campaigns played through the rehearsal, and what they should have come to, for the judge."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytz

from calendars.documents import draft_digest
from calendars.model.agenda import Draft
from scheduler.base.tokens import Tokens
from scheduler.planning.channels import Channel
from scheduler.rehearsal.capture import Outbox
from scheduler.rehearsal.run import Plan, Summary, rehearsal_database, rehearse
from scheduler.rehearsal.script import Stage
from tests.judge.fault import Fault
from tests.judge.reader import Choice, judge_mails
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
    channels: Mapping[str, Channel] = field(default_factory=dict)  # what posts choose with it, by Recipient.id


@dataclass(frozen=True, kw_only=True, slots=True)
class Played:
    """A campaign that is over."""

    truths: tuple[Truth, ...]
    choices: tuple[Choice, ...]
    outbox: Path
    feeds: Path
    until: datetime
    summary: Summary

    def mails(self) -> list[Said]:
        return read_outbox(self.outbox)

    def faults(self) -> list[Fault]:
        """Of its mails and of the feeds of every edition."""
        folders = [self.feeds / str(number) for number in range(1, len(self.truths) + 1)]
        found = judge_mails(self.truths, self.mails(), self.until, self.choices)
        return [*found, *judge_feeds(self.truths, folders, self.until)]


def play(opening: Draft, edits: Sequence[Edit], until: datetime, folder: Path) -> Played:
    """A campaign that opens on 1 October 2021; edits that change nothing are no edition."""
    truths, stages, choices = [truth(opening, BEGINS)], list[Stage](), list[Choice]()
    before = opening
    for edit in edits:
        edits_something = digest(edit.draft) != digest(before)
        if edits_something:
            truths.append(truth(edit.draft, edit.at, silent=edit.silent))
            before = edit.draft
        choices += chosen(edit.at, edit.channels, edit.draft)
        if edits_something or edit.channels:
            stages.append(_stage(len(stages) + 1, edit))
    plan = Plan(
        start=BEGINS,
        until=until,
        base_url="https://agenda.example",
        tokens=Tokens(["a key for tests only"]),
        steps=stages,
        feeds=folder / "feeds",
    )
    shutil.copyfile(_migrated(), folder / "ensayo.db")
    with rehearsal_database(folder / "ensayo.db", plan.tokens) as database:
        outbox = Outbox(folder / "outbox", resuming=False)
        summary = asyncio.run(rehearse(database, opening, plan, outbox, lambda: None))
    return Played(
        truths=tuple(truths),
        choices=tuple(choices),
        outbox=folder / "outbox",
        feeds=folder / "feeds",
        until=until,
        summary=summary,
    )


def chosen(at: datetime, channels: Mapping[str, Channel], draft: Draft) -> list[Choice]:
    """What posts choose at a moment, for the judge."""
    addresses = {post.id: post.address for post in draft.recipients}
    return [Choice(at=at, address=addresses[post], channel=channel) for post, channel in channels.items()]


def _stage(number: int, edit: Edit) -> Stage:
    return Stage(
        number=number,
        at=edit.at,
        draft=edit.draft,
        reason="prueba",
        silent=edit.silent,
        zone_data=None,
        channels=edit.channels,
    )


def truth(draft: Draft, at: datetime, *, silent: bool = False, zones: Path = INSTALLED) -> Truth:
    return Truth(at=at, agenda=draft.agenda, links=draft.links, posts=draft.recipients, zones=zones, silent=silent)


def digest(draft: Draft) -> str:
    return draft_digest(draft.agenda, draft.recipients, draft.links)


@cache
def _migrated() -> Path:
    """An empty database, made once: to make each anew would take longer than to play on it."""
    path = Path(mkdtemp(prefix="agenda-empty-")) / "ensayo.db"
    with rehearsal_database(path, Tokens(["a key for tests only"])):
        pass
    return path


def days(number: float) -> timedelta:
    return timedelta(days=number)
