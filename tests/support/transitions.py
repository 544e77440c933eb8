"""Every change of a delivery's state on SQLite, as it happens, with the functions of the program that are at work.

A trigger of each connection tells it; nothing of the program knows. PostgreSQL goes by the same statements.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from types import CodeType, FrameType
from typing import Any

from sqlalchemy import Connection, Engine, event

from scheduler.planning.delivery import State
from scheduler.planning.transitions import TRANSITIONS
from tests.support.checkout import ROOT

Seen = tuple[str, str, tuple[str, ...]]  # before ("" where there was no row), after, functions as module.function
_TRIGGERS = """
CREATE TEMP TRIGGER IF NOT EXISTS seen_made AFTER INSERT ON main.deliveries
BEGIN SELECT seen_transition('', NEW.state); END;
CREATE TEMP TRIGGER IF NOT EXISTS seen_changed AFTER UPDATE OF state ON main.deliveries WHEN OLD.state <> NEW.state
BEGIN SELECT seen_transition(OLD.state, NEW.state); END;
"""
_PROGRAM = f"{ROOT}/scheduler/"
_OTHER_ROWS = {"copying.copy", "migrating.migrate"}  # these write down anew what became of a row elsewhere, or before
_names: dict[CodeType, str] = {}
seen: set[Seen] = set()


def watch() -> None:
    """From now on, in this process."""
    event.listen(Engine, "engine_connect", _watch_connection)


def _watch_connection(connection: Connection) -> None:
    """Once for each connection to a file with our tables, after the engine has set its pragmas: they end triggers."""
    driver: Any = connection.connection.dbapi_connection
    if connection.dialect.name != "sqlite" or connection.info.get("watched"):
        return
    if driver.execute("PRAGMA query_only").fetchone()[0]:  # such a one takes no trigger, and changes nothing
        return
    known = driver.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'deliveries'")
    if known.fetchone()[0]:
        connection.info["watched"] = True
        driver.create_function("seen_transition", 2, _note)
        driver.executescript(_TRIGGERS)


def _note(before: str, after: str) -> None:
    seen.add((before, after, _at_work(sys._getframe(1))))  # there is no other way to who is at work


def _at_work(frame: FrameType | None) -> tuple[str, ...]:
    found = list[str]()
    while frame is not None:
        name = _name(frame.f_code)
        if name:
            found.append(name)
        elif found and "/tests/" in frame.f_code.co_filename:
            break
        frame = frame.f_back
    return tuple(found)


def _name(code: CodeType) -> str:
    """`module.function` of the program, else nothing."""
    if code not in _names:
        path, ours = code.co_filename, code.co_filename.startswith(_PROGRAM)
        _names[code] = f"{path.rpartition('/')[2].removesuffix('.py')}.{code.co_name}" if ours else ""
    return _names[code]


def lines_of(one: Seen) -> set[tuple[int, str]]:
    """The lines of the table that allow this change, by number, each with the state that it led to."""
    before, after, at_work = one
    return {
        (number, after)
        for number, line in enumerate(TRANSITIONS)
        if line.by in at_work
        and State(after) in line.after
        and (State(before) in line.before if before else not line.before)
    }


def stray(changes: Iterable[Seen]) -> list[Seen]:
    """What no line of the table allows, unless no function of the program did it: a test may lay out what it likes."""
    return sorted(one for one in changes if one[2] and _OTHER_ROWS.isdisjoint(one[2]) and not lines_of(one))


def not_gone() -> list[str]:
    """Lines of the table, with a state they lead to, that nothing seen so far has gone."""
    gone = {line for one in seen for line in lines_of(one)}
    wanted = [(number, after.value) for number, one in enumerate(TRANSITIONS) for after in one.after]
    return [f"{TRANSITIONS[n].by}, {TRANSITIONS[n].event}: to {after}" for n, after in wanted if (n, after) not in gone]


def as_seen(told: Sequence[Any]) -> Seen:
    """What a worker of pytest-xdist hands over."""
    before, after, at_work = told
    return before, after, tuple(at_work)
