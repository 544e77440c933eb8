"""What follows a session, in words and for scripts: what recording would owe, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.model.text import Language
from calendars.wording import home_short, hour, short_date
from calendars.zones import to_wall
from scheduler.people.attendance.sessions import HeldSession
from scheduler.planning.follow_ups import OF_USE, SETTLES
from scheduler.publishing.following import Followed, Sequel, sequel
from scheduler.store.attendance.counts import SessionAttendance

OWES = Phrase(
    "Follow-up: recording this owes {n} {n:mail|mails}: {thanks} {thanks:thanks|thank} for coming, {asks} "
    "{asks:asks|ask} whoever did not. They leave {hours} {hours:hour|hours} after the last change at the earliest, in "
    "each site's working hours; the first on {first}."
)
TOLD = Phrase("{n} {n:post was|posts were} told already, and {n:hears|hear} no more of it.")
NOBODY = Phrase("Follow-up: recording this owes no mail.")
TOO_LATE = Phrase("Follow-up: none, for the session was over {days} {days:day|days} ago or more.")
AWAITS = Phrase("Follow-up: it waits for somebody to record who came; from {until} on, none leaves any more.")
WAITS = Phrase("Follow-up: {n} {n:mail waits|mails wait}; the first leaves on {first}.")
KEPT_BACK = Phrase("Follow-up: {n} {n:mail waits|mails wait}, held.")
GONE = Phrase("Follow-up: {n} {n:mail has left|mails have left}.")
ALSO_GONE = Phrase("{n} {n:mail has left|mails have left} already.")
NONE = Phrase(
    "Follow-up: no mail waits. If it was asked for after somebody recorded who came:  agenda attendance {event} --held"
)
LEFT_OUT = Phrase("{n} {n:was|were} not sent:  agenda deliveries --purpose follow-up --event {event}")
BY_HAND = Phrase(
    "Follow-up: with the first figure, {n} {n:mail waits|mails wait}, one for each post: thanks where the site came, "
    "a question where it did not. They leave {hours} {hours:hour|hours} after the last change at the earliest."
)
HOURS = int(SETTLES.total_seconds() // 3600)


def would_follow(
    connection: Connection,
    session: HeldSession,
    before: SessionAttendance | None,
    figures: Mapping[str, int],
    at: datetime,
) -> Sequel | None:
    """What recording these people by site (ids) would owe, beside what is recorded; None where nothing follows.

    Without figures, what is recorded counts; where that is nothing, nobody can be told apart.
    """
    if not session.event.follow_up:
        return None
    by_site = {**(before.by_site if before is not None else {}), **figures}
    recorded = bool(figures) or (before is not None and before.source != "")
    came = [site for site, n in by_site.items() if n]
    return sequel(connection, session.edition, session.event, came, at) if recorded else None


def owing_line(session: HeldSession, one: Sequel, lang: Language, at: datetime) -> str:
    """What recording owes, before the yes."""
    if one.stale:
        return TOO_LATE.say(lang, days=OF_USE.days)
    told = f" {TOLD.say(lang, n=one.told)}" if one.told else ""
    if one.first is None:
        return NOBODY[lang] + told
    first = _moment(session, one.first, lang, at)
    thanks, asks = len(one.thanks), len(one.asks)
    return OWES.say(lang, n=len(one.rows), thanks=thanks, asks=asks, hours=HOURS, first=first) + told


def by_hand_line(one: Sequel | None, lang: Language) -> str:
    """Likewise, before anybody has typed a figure; "" where nothing new would be owed."""
    return BY_HAND.say(lang, n=one.fresh, hours=HOURS) if one is not None and one.fresh else ""


def followed_line(session: HeldSession, one: Followed | None, lang: Language, at: datetime) -> str:
    """How it stands; "" where nothing follows the session."""
    if one is None:
        return ""
    gone = ALSO_GONE if one.waiting else GONE
    parts = [
        gone.say(lang, n=one.gone) if one.gone else "",
        LEFT_OUT.say(lang, n=one.others, event=session.event.id) if one.others else "",
    ]
    if one.waiting:
        first = None if one.first is None else _moment(session, one.first, lang, at)
        waits = KEPT_BACK.say(lang, n=one.waiting) if first is None else WAITS.say(lang, n=one.waiting, first=first)
        parts.insert(0, waits)
    elif not one.gone:
        parts.insert(0, _nothing(session, one, lang, at))
    return " ".join(part for part in parts if part)


def _nothing(session: HeldSession, one: Followed, lang: Language, at: datetime) -> str:
    if one.stale:
        return TOO_LATE.say(lang, days=OF_USE.days)
    if one.awaits:
        return AWAITS.say(lang, until=_moment(session, one.until, lang, at))
    return NONE.say(lang, event=session.event.id)


def _moment(session: HeldSession, instant: datetime, lang: Language, at: datetime) -> str:
    """«mar 26 oct, 09:00 h TCM», by the agenda's clocks."""
    zone = session.agenda.zone
    wall = to_wall(instant, zone)
    return f"{short_date(wall.date(), lang, to_wall(at, zone).date())}, {hour(wall, lang)} {home_short(zone, lang)}"


def sequel_json(one: Sequel | None) -> dict[str, object] | None:
    """What recording would owe."""
    if one is None:
        return None
    first = None if one.first is None else one.first.isoformat()
    return {"thanks": len(one.thanks), "asks": len(one.asks), "told": one.told, "first": first, "stale": one.stale}


def followed_json(one: Followed | None) -> dict[str, object] | None:
    """How it stands."""
    if one is None:
        return None
    first = None if one.first is None else one.first.isoformat()
    return {
        "awaits_attendance": one.awaits,
        "stale": one.stale,
        "waiting": one.waiting,
        "first": first,
        "gone": one.gone,
        "others": one.others,
    }
