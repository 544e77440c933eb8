"""Whose hand each event was changed by last, found in the kept states of agenda.yaml."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from calendars.reading.files import AGENDA
from scheduler.drafts import saving
from scheduler.drafts.encoding import text_of
from scheduler.drafts.history import FileState
from scheduler.drafts.patching import AsText, Events

LOOKED_AT = 25  # states: whoever edits saves often, and each takes some ten milliseconds to read


@dataclass(frozen=True, kw_only=True, slots=True)
class Hand:
    """Who saved a change, and when (UTC)."""

    by: str  # "" of a program that is not ours: nobody knows who
    at: datetime  # when it was saved here, or first seen


def last_hands(folder: Path, events: Collection[str], at: datetime) -> Mapping[str, Hand]:
    """By event (its id), whose save made its text what it is now; an event is left out where no kept state tells.

    What another program saved is first seen now, `at` the latest. Raises NotSaved.
    """
    states = [one for one in saving.states(folder, at) if one.file == AGENDA][: LOOKED_AT + 1]
    with saving.locked(folder) as history:
        bodies = {one.digest: history.body(one.digest) for one in states}
    found: dict[str, Hand] = {}
    open_ = set(events)
    later: tuple[FileState, Mapping[str, str]] | None = None
    for state in states:
        texts = _texts(bodies[state.digest], open_)
        if later is not None:
            for key in [key for key in open_ if texts.get(key) != later[1].get(key)]:
                found[key] = Hand(by=later[0].by, at=later[0].at)
                open_.discard(key)
        if not open_:
            break
        later = state, texts
    return found


def _texts(body: bytes | None, wanted: Collection[str]) -> Mapping[str, str]:
    """The lines of these events; none of a state that cannot be read."""
    if body is None:
        return {}
    try:
        events = Events(text_of(AGENDA, body))
    except AsText:
        return {}
    return {key: events.snippet(key) for key in events.ids if key in wanted}
