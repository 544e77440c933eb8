"""`agenda diff`: what the draft changes, by meaning, with the place in the files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from calendars.catalogue import Phrase
from calendars.model.agenda import Draft
from calendars.model.text import Language
from calendars.reading.files import AGENDA, POSTS, Lines
from calendars.zones import to_wall, zone_data
from scheduler.base.clock import SystemClock
from scheduler.commands.common import ConfigOption, JsonOption, LangOption, ShiftedOption, language, print_json, told
from scheduler.commands.screen import print_lines
from scheduler.commands.shifting import Source
from scheduler.installation.database import existing_database
from scheduler.publishing.in_words import all_sites, missing_lines, people_lines, uncorrected_lines, unlikely_lines
from scheduler.publishing.prospect import Beside, Prospect, beside
from scheduler.wording.changes import change_json, change_lines, place

HEAD = Phrase("In force: edition {number}. Draft: {file}. NOTHING has been published.")
SHIFTED_HEAD = Phrase(
    "In force: edition {number}, by the zone data of this machine (tz {version}). NOTHING has been published."
)
FIRST = Phrase(
    "There is no edition yet. Publishing puts {events} {events:event|events} in force; the first edition tells nobody."
)
SAME = Phrase("No changes")
UNTOUCHED = Phrase("UNCHANGED  {n} {n:event|events}")
OTHERS = Phrase("OTHER PARTS  {parts}")


def diff(
    shifted: ShiftedOption = False, config: ConfigOption = None, lang: LangOption = None, as_json: JsonOption = False
) -> None:
    """Say what the draft changes, by meaning, with the line in the file. Nothing is written.

    Exits with 0 whether or not there are changes; scripts read --json. With --shifted: which hours in force are others
    by this machine's zone data.
    """
    with told(lang) as settings:
        source, at = Source(config, settings, shifted=shifted), SystemClock().now()
        with existing_database(settings) as database, database.read() as connection:
            draft = source.draft(connection)
            found = source.prospect(connection, draft, at)
            others = beside(connection, found, draft)
        if as_json:
            print_json(_json(found, others, draft, source.lines))
        else:
            print_lines(_screen(found, others, draft, source.lines, language(lang, settings), at))


def _screen(
    found: Prospect, others: Beside, draft: Draft, lines: Lines | None, lang: Language, at: datetime
) -> Iterator[str]:
    if found.before is None:
        yield FIRST.say(lang, events=len(draft.agenda.events))
        return
    head = SHIFTED_HEAD if lines is None else HEAD
    yield head.say(lang, number=found.before.edition.number, file=AGENDA, version=zone_data().version)
    if lines is not None:
        yield from uncorrected_lines(found.uncorrected, lines, lang)
    if not (found.changes or others.people or others.parts):
        yield SAME[lang]
        return
    yield ""
    sites, today = all_sites(found), to_wall(at, draft.agenda.zone).date()
    for change in found.changes:
        yield from change_lines(change, sites, place(change, lines, lang), lang, today)
    yield from people_lines(others, lines, lang)
    if others.parts:
        yield OTHERS.say(lang, parts=", ".join(others.parts))
    yield from missing_lines(found, lang)
    yield from unlikely_lines(found, lang)
    listed = {event.id for event in draft.agenda.events}
    untouched = len(listed) - sum(change.event in listed for change in found.changes)
    yield UNTOUCHED.say(lang, n=untouched)


def _json(found: Prospect, others: Beside, draft: Draft, lines: Lines | None) -> dict[str, object]:
    posts = (lines or Lines()).posts
    return {
        "edition": None if found.before is None else found.before.edition.number,
        "events": len(draft.agenda.events),
        "changes": [change_json(change, lines) for change in found.changes],
        "recipients": {"new": list(others.new), "removed": list(others.gone), "changed": list(others.changed)},
        "parts": list(others.parts),
        "losses": [{"missing": loss.missing.value, "name": loss.name} for loss in found.losses],
        "renamed": [{"old": old, "new": new} for old, new in found.renamed],
        "handed_over": [{"recipient": key, "file": POSTS, "line": posts.get(key)} for key in found.uncorrected],
    }
