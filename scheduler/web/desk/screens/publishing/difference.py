"""What a draft changes, event by event, as a screen shows it: before and now, and whose hand it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from calendars.catalogue import Phrase
from calendars.changes import Change, changes
from calendars.model.agenda import Draft
from calendars.model.places import Representation
from calendars.model.text import Language
from calendars.reading.files import Lines
from calendars.zones import to_wall
from scheduler.drafts.hands import Hand, last_hands
from scheduler.drafts.saving import NotSaved
from scheduler.publishing.prospect import Act, publication_of
from scheduler.store.editions import InForce
from scheduler.web.desk.place import Place, moment_in
from scheduler.wording.changes import place
from scheduler.wording.compared import FieldChange, besides, compared
from scheduler.wording.kinds import kind_words, title

BY = Phrase("{by}, {moment}")
BY_ANOTHER = Phrase("with another program, seen {moment}")


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangedEvent:
    """One event that is not what it was."""

    id: str
    title: str
    kinds: str  # «MOVIDO»
    rows: tuple[FieldChange, ...]
    besides: tuple[tuple[str, str], ...]  # name and text
    where: str  # «agenda.yaml, renglón 14»; "" of what nobody wrote
    hand: str  # who edited it last, and when; "" where nobody knows
    there: bool  # it stands in the draft


def changes_of_draft(now: InForce, draft: Draft, at: datetime) -> tuple[Change, ...]:
    """What the draft's events and links change of what is in force. Raises ForeignFiles."""
    found = publication_of(now, draft, Act(at=at))
    return changes(now.edition, found.edition, now.links, draft.links)


def changed_events(
    found: Iterable[Change],
    sites: dict[str, Representation],
    lang: Language,
    today: date,
    *,
    lines: Lines | None = None,
    hands: Mapping[str, str] | None = None,
) -> tuple[ChangedEvent, ...]:
    """In the order of the agenda. `hands`: by event, who edited it last."""
    return tuple(
        ChangedEvent(
            id=one.event,
            title=title(one, lang),
            kinds=kind_words(one, lang),
            rows=compared(one, sites, lang, today),
            besides=besides(one, sites, lang, today),
            where=place(one, lines, lang).strip(" ()"),
            hand=(hands or {}).get(one.event, ""),
            there=one.after is not None and (lines is None or one.event in lines.events),
        )
        for one in found
    )


def hands_of(where: Place, found: Iterable[Change], at: datetime, zone: str, lang: Language) -> dict[str, str]:
    """By event, who edited it last and when; of a folder that takes no states, nothing."""
    keys = [one.event for one in found]
    try:
        hands = last_hands(where.folder, keys, at)  # without keys too: the state is noted from which others will differ
    except NotSaved:
        return {}
    return {key: _spoken(hand, zone, lang) for key, hand in hands.items()}


def today_in(at: datetime, zone: str) -> date:
    return to_wall(at, zone).date()


def _spoken(hand: Hand, zone: str, lang: Language) -> str:
    moment = moment_in(hand.at, zone, lang)
    return BY.say(lang, by=hand.by, moment=moment) if hand.by else BY_ANOTHER.say(lang, moment=moment)
