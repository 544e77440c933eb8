"""Which modules of ours a thing passes on its way, found by a run: `python -m bench.ways [reminder|answer|change …]`.

A module is on the way if one of its functions is given the thing, or gives it back, in one of its forms: a claim, the
errand that is made of it, its subject, its words, the prepared message. What is only asked on the way (what a weekday
is called, when a site works) is not on it. Each way runs as it does in service, from its beginning to its end, over a
scratch database.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType, GeneratorType
from typing import Any

from sqlalchemy import Row as SqlRow

from bench.agendas import BEFORE_ALL, DUE, TOKENS, at_one_moment, shipped_draft
from bench.sink import sinking
from calendars.model.agenda import Draft
from scheduler.base.clock import SimulatedClock
from scheduler.base.settings import Settings
from scheduler.base.shipped import shipped
from scheduler.base.variables import Pace
from scheduler.drafts.files import Configuration
from scheduler.installation.pages import site_of
from scheduler.mail.relay.smtp_url import parse_smtp_url
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import publish_draft
from scheduler.rehearsal.run import Jump
from scheduler.sending.service import Sending, Service
from scheduler.store.database import Database
from scheduler.web.app import build_app

BASE = "https://agenda.example"
POST, WORKSHOP = "tokio-consular", "taller-asia-pacifico-2021"
CHANGED_AT = BEFORE_ALL + timedelta(days=3)
_OURS = ("calendars.", "scheduler.")
_MESSAGE = frozenset({"Subject", "Reminder", "NoticeWords", "Enclosure", "Personal", "PreparedMail", "Part"})
# By name, so that the same run can be made of an earlier build: there a claim was a Delivery all the way.
_CLAIMED = frozenset({"Delivery", "Claim", "ReminderErrand", "NoticeErrand", "Intent"}) | _MESSAGE
_ANSWERED = frozenset(
    {"Request", "Form", "_Asked", "Answer", "PostAnswer", "Member", "Planned", "plan"}
)  # of `plan`: Planned
_CHANGED = frozenset({"Draft", "Publication", "Prospect", "Change", "Notice", "Owed", "Row", "Telling"}) | _CLAIMED


@dataclass(slots=True)
class Trace:
    """The modules that a thing passed, in order, until the function named by `ends` returned."""

    forms: frozenset[str]
    ends: tuple[str, str]  # module, function
    passed: dict[str, None] = field(default_factory=dict)
    over: bool = False

    def look(self, frame: FrameType, event: str, given: object) -> None:
        name = str(frame.f_globals.get("__name__", ""))
        if self.over or event not in ("call", "return") or not name.startswith(_OURS):
            return
        if frame.f_code.co_filename != "<string>":  # what `dataclass` made: a value is no stop on its own way
            arguments = [value for key, value in frame.f_locals.items() if key != "self"]
            if any(self._is_form(value) for value in (arguments if event == "call" else [given])):
                self.passed.setdefault(name)
        self.over = event == "return" and (name, frame.f_code.co_name) == self.ends

    def _is_form(self, value: object) -> bool:
        if isinstance(value, dict) and value:
            if value.get("type") == "http" or "agenda.yaml" in value:  # an ASGI scope; the files
                return True
            value = next(iter(value.values()))
        if isinstance(value, list | tuple) and value:
            value = value[0]
        kind = value.__name__ if isinstance(value, GeneratorType) else type(value).__name__
        return kind in self.forms and not isinstance(value, SqlRow)  # of a query's answer, the name is the same


@contextmanager
def traced(trace: Trace) -> Iterator[None]:
    """In this thread, and in those that begin meanwhile."""

    def look(frame: FrameType, event: str, given: object) -> None:
        trace.look(frame, event, given)

    threading.setprofile(look)
    sys.setprofile(look)
    try:
        yield
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def reminder(database: Database) -> Trace:
    """One claimed reminder, to its bytes."""
    draft = at_one_moment(shipped_draft(), DUE)
    _publish(database, replace(draft, recipients=draft.recipients[:1]), BEFORE_ALL)
    trace = Trace(_CLAIMED, ("scheduler.mail.prepared", "personalize"))
    with traced(trace):
        asyncio.run(_send(database, DUE, DUE + timedelta(minutes=1)))
    return trace


def answer(database: Database) -> Trace:
    """One answer, from HTTP to the ledger."""
    _publish(database, _of_one_post(shipped_draft()), BEFORE_ALL)
    site = replace(site_of(database, Settings(), BASE, mails=True), now=BEFORE_ALL + timedelta(days=1), tokens=TOKENS)
    app = build_app(site)
    trace = Trace(_ANSWERED, ("scheduler.people.answers", "answer"))
    with traced(trace):
        status = asyncio.run(_press(app, f"/answer/{TOKENS.sign_answer(POST, WORKSHOP)}", b"r=no"))
    assert status == 200, status
    return trace


def change(database: Database) -> Trace:
    """One change, from YAML to the bytes of a notice."""
    _publish(database, _of_one_post(shipped_draft()), BEFORE_ALL)
    trace = Trace(_CHANGED, ("scheduler.mail.prepared", "personalize"))
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config"
        shutil.copytree(shipped("config"), config)
        agenda = config / "agenda.yaml"
        before, found, after = agenda.read_text(encoding="utf-8").partition(f"- id: {WORKSHOP}")
        agenda.write_text(before + found + after.replace('hora: "18:00"', 'hora: "19:00"', 1), encoding="utf-8")
        with traced(trace):
            _publish(database, _of_one_post(Configuration(folder=config).draft()), CHANGED_AT)
            asyncio.run(_send(database, CHANGED_AT, CHANGED_AT + timedelta(days=3)))
    return trace


WAYS: Mapping[str, Callable[[Database], Trace]] = {"reminder": reminder, "answer": answer, "change": change}


def _of_one_post(draft: Draft) -> Draft:
    return replace(draft, recipients=tuple(one for one in draft.recipients if one.id == POST))


def _publish(database: Database, draft: Draft, at: datetime) -> None:
    publish_draft(database, draft, Act(at=at, author="bench", reason="bench"), confirmed=True)


async def _send(database: Database, start: datetime, until: datetime) -> None:
    clock = SimulatedClock(start)
    with sinking() as port:
        sending = Sending(
            smtp=parse_smtp_url(f"smtp://127.0.0.1:{port}"),
            pace=Pace(per_minute=None, connections=1),
            base_url=BASE,
            tokens=TOKENS,
        )
        await Service(database=database, sending=sending, clock=clock, waker=Jump(clock, until)).run()


async def _press(app: Any, path: str, body: bytes) -> int:
    """POST a form, as a browser does; returns the status."""
    statuses = []
    form, length = b"application/x-www-form-urlencoded", str(len(body)).encode()
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"agenda.example"), (b"content-type", form), (b"content-length", length)],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8080),
    }

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, send)
    return int(statuses[0])


def run(name: str) -> tuple[str, ...]:
    """The modules of one way, in the order in which it passes them."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/way.db", migrating=True, tokens=TOKENS)
        trace = WAYS[name](database)
        database.close()
    assert trace.over, f"{name}: it did not come to its end"
    return tuple(trace.passed)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.ways", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="WAY", help=f"of {', '.join(WAYS)}; all by default")
    options = parser.parse_args()
    if unknown := set(options.names) - WAYS.keys():
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(WAYS)}")
    for name in options.names or WAYS:
        passed = run(name)
        print(f"{name}: {WAYS[name].__doc__} {len(passed)} modules")
        print("".join(f"  {module}\n" for module in passed))


if __name__ == "__main__":
    main()
