"""What an edition changed, in one line of a list."""

from __future__ import annotations

from collections.abc import Sequence

from calendars.catalogue import Phrase
from calendars.changes import Change
from calendars.editions import Edition
from calendars.model.text import Language
from scheduler.wording.kinds import kind_words, title

FIRST = Phrase("first edition: {n} {n:event|events}")
BESIDE = Phrase("no event: recipients, links or other parts")
SILENT = Phrase(" (told nobody)")
CALLED = Phrase(" (invited to: {events})")
NAMED = 3  # events of an edition; the rest are counted
MORE = Phrase("and {n} more")


def in_one_line(
    edition: Edition,
    changed: tuple[Change, ...] | None,
    lang: Language,
    *,
    silent: bool = False,
    called: Sequence[str] = (),
) -> str:
    """`changed`: None of a first edition. `silent`: nobody was told. `called`: the events that it convoked to."""
    told = _changed(edition, changed, lang) + (SILENT[lang] if silent else "")
    return told + (CALLED.say(lang, events=", ".join(called)) if called else "")


def _changed(edition: Edition, changed: tuple[Change, ...] | None, lang: Language) -> str:
    if changed is None:
        return FIRST.say(lang, n=len(edition.agenda.events))
    if not changed:
        return BESIDE[lang]
    named = [f"{kind_words(change, lang)} {title(change, lang)}" for change in changed[:NAMED]]
    rest = [MORE.say(lang, n=len(changed) - NAMED)] if len(changed) > NAMED else []
    return "; ".join([*named, *rest])
