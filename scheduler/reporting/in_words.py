"""`agenda status`, in the words of whoever reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

from calendars.catalogue import Phrase
from calendars.model.text import Language
from calendars.shifts import Shift
from calendars.wording import and_list, short_date
from calendars.zones import ZoneData, to_wall
from scheduler.base.variables import Pace
from scheduler.planning.delivery import State
from scheduler.publishing.in_words import days_json
from scheduler.reporting.alarms import alarms
from scheduler.reporting.feasts import OpenFeast
from scheduler.reporting.overview import Unpublished
from scheduler.reporting.roll_words import confirmed
from scheduler.reporting.status import Status
from scheduler.store.nodes import Node

NO_ALERT, ALERTS = Phrase("NO ALERTS"), Phrase("ALERTS {n}")
EDITION = Phrase("edition {number} ({author}, {day})")
NO_EDITION = Phrase("NOTHING PUBLISHED yet: agenda publish")
DRAFT_WRONG = Phrase("draft HAS PROBLEMS: agenda check")
DRAFT_SAME = Phrase("draft unchanged")
DRAFT_UNEQUAL = Phrase("draft with unpublished changes")
DRAFT_BESIDE = Phrase("draft with unpublished changes: {parts}")
DRAFT = Phrase("draft with {n} unpublished {n:change|changes}")
DRAFT_AND_BESIDE = Phrase("draft with {n} unpublished {n:change|changes}, and besides {parts}")
NO_RELAY = Phrase("AGENDA_SMTP_URL is not set here: serve would send no mail.")
LOST = Phrase(
    "Reports of returned mail that cannot be told whose (30 days): {n}, of which with the "
    'address of a post: {naming}. They count for nobody; see "What comes back" in '
    "docs/operations.md."
)
TODAY = Phrase("Today: {due} planned · {accepted} handed to the server · {waiting} waiting")
PACED = Phrase(
    "Today: {due} planned · {accepted} handed to the server · {waiting} waiting (limit {rate}/min, done {end})"
)
STATES = Phrase("Uncertain {uncertain} · held {held} · next {next} · nodes that send {nodes}")
HELD = Phrase('See what is held: agenda deliveries --state held. Send it: agenda deliveries release --all --reason "…"')
QUARANTINED = Phrase("Incoming messages that could not be read, in 30 days: {n}. See them: agenda quarantine")
BACKED_UP = Phrase("Last backup: {at} UTC")
FEAST = Phrase(
    "Holiday to be confirmed: {day}, {name} ({where}): {n} {n:reminder|reminders} and {events} "
    "{events:event|events} on that day. Confirm it, or take it away, by a row in festivos.csv."
)
FEASTS_NAMED = 12
AWAITS = Phrase("The follow-up of “{title}” waits for somebody to record who came:  agenda attendance {event} FILE")
LEFT = Phrase("Posts that asked for no reminders: {posts}")
POSTS = Phrase("Signed up by themselves: {signed_up} · bad addresses: {bad}")


def status_lines(found: Status, draft: Unpublished | None, *, pace: Pace | None, lang: Language) -> Iterator[str]:
    """The screen, alerts first. `pace` is that of this environment; None where it sends no mail."""
    alerts = NO_ALERT[lang] if not found.alerts else ALERTS.say(lang, n=found.alerts)
    yield " · ".join((alerts, _edition(found, lang), _draft(draft, lang), f"tz {_data(found.zone_data)}"))
    for alarm in alarms(found, lang):
        yield from (alarm.text, *alarm.more)
    if pace is None:
        yield NO_RELAY[lang]
    yield _today(found, pace, lang)
    following = "—" if found.next_at is None else f"{_utc(found.next_at)} UTC"
    uncertain, held = found.totals.of(State.UNCERTAIN), found.totals.of(State.HELD)
    yield STATES.say(lang, uncertain=uncertain, held=held, next=following, nodes=len(found.nodes))
    if held:
        yield HELD[lang]
    if found.backed_up is not None:
        yield BACKED_UP.say(lang, at=_utc(found.backed_up))
    if found.roll is not None:
        yield confirmed(found.roll, lang)
    if found.came_back.quarantined:
        yield QUARANTINED.say(lang, n=found.came_back.quarantined)
    yield from (_feast(one, lang) for one in found.feasts[:FEASTS_NAMED])
    if len(found.feasts) > FEASTS_NAMED:
        yield "  …"
    yield from (AWAITS.say(lang, title=one.title[lang], event=one.id) for one in found.awaiting)
    posts = found.posts
    if posts.left:
        yield LEFT.say(lang, posts=", ".join(posts.left))
    if posts.signed_up or posts.bad_addresses:
        yield POSTS.say(lang, signed_up=posts.signed_up, bad=posts.bad_addresses)
    if found.came_back.lost.count:
        yield LOST.say(lang, n=found.came_back.lost.count, naming=found.came_back.lost.naming)


def _data(used: ZoneData) -> str:
    """Its version, and where it lies if it is not pytz's own."""
    return used.version if used.folder is None else f"{used.version}, {used.folder}"


def _feast(one: OpenFeast, lang: Language) -> str:
    return FEAST.say(
        lang,
        day=short_date(one.day, lang),
        name=one.name,
        where=one.country,
        n=one.reminders,
        events=len(one.events),
    )


def _today(found: Status, pace: Pace | None, lang: Language) -> str:
    """Today's mail; and by when, on the clocks of the agenda's zone, the limit lets through what waits."""
    today = {"due": found.today.due, "accepted": found.today.accepted, "waiting": found.today.waiting}
    done = None if pace is None else found.done_by(pace)
    if pace is None or done is None or found.agenda is None:
        return TODAY.say(lang, **today)
    wall = to_wall(done, found.agenda.zone)
    day = "" if wall.date() == to_wall(found.at, found.agenda.zone).date() else f"{short_date(wall.date(), lang)} "
    return PACED.say(lang, **today, rate=pace.per_minute, end=f"{day}{wall:%H:%M}")


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _edition(found: Status, lang: Language) -> str:
    if found.edition is None or found.published is None:
        return NO_EDITION[lang]
    day = short_date(found.published.date(), lang)
    return EDITION.say(lang, number=found.edition, author=found.author, day=day)


def _draft(draft: Unpublished | None, lang: Language) -> str:
    if draft is None:
        return DRAFT_WRONG[lang]
    if not draft.unequal:
        return DRAFT_SAME[lang]
    beside = and_list(draft.beside, lang)
    if draft.events:
        return (DRAFT_AND_BESIDE if beside else DRAFT).say(lang, n=draft.events, parts=beside)
    return (DRAFT_BESIDE if beside else DRAFT_UNEQUAL).say(lang, parts=beside)


def _node_json(node: Node, found: Status) -> dict[str, object]:
    return {
        "node": node.owner,
        "since": node.started_at,
        "zone_agrees": node.owner not in found.differing,
        "relay": asdict(node.relay),
    }


def _shift_json(one: Shift) -> dict[str, object]:
    return {"event": one.event, "site": one.site, "promised": one.promised, "now": one.now}


def _feast_json(one: OpenFeast) -> dict[str, object]:
    return {
        "date": one.day.isoformat(),
        "country": one.country,
        "name": one.name["es"],
        "sites": list(one.sites),
        "reminders": one.reminders,
        "events": list(one.events),
    }


def _draft_json(draft: Unpublished | None) -> dict[str, object]:
    if draft is None:
        return {"valid": False, "changes": None, "beside": []}
    return {"valid": True, "changes": draft.changes, "beside": list(draft.beside)}


def status_json(found: Status, draft: Unpublished | None, *, pace: Pace | None) -> dict[str, object]:
    return {
        "alerts": found.alerts,
        "edition": found.edition,
        "author": found.author,
        "published": found.published,
        "draft": _draft_json(draft),
        "zone_version": found.zone_data.version,
        "zone_digest": found.zone_data.digest,
        "zone_folder": found.zone_data.folder,
        "zone_agrees": found.zone_agrees,
        "shifted": [_shift_json(one) for one in found.shifted],
        "stopped_since": found.stopped_since,
        "smtp": pace is not None,
        "late_since": found.late_since,
        "next_at": found.next_at,
        "today": {"due": found.today.due, "accepted": found.today.accepted, "waiting": found.today.waiting},
        "done_by": None if pace is None else found.done_by(pace),
        "states": dict(found.totals.states),
        "uncovered": [one.site for one in found.uncovered],
        "uncovered_since": {one.site: {"reason": one.reason, "since": one.since} for one in found.uncovered},
        "lacking": {one.event.id: [tally.site.id for tally in one.lacking] for one in found.lacking},
        "adopted": found.adopted,
        "backup": found.backed_up,
        "nodes": [_node_json(node, found) for node in found.nodes],
        "left": list(found.posts.left),
        "signed_up": found.posts.signed_up,
        "bad_addresses": found.posts.bad_addresses,
        "quarantined": found.came_back.quarantined,
        "doubted": found.came_back.doubted,
        "blamed": asdict(found.came_back.blamed),
        "lost_reports": asdict(found.came_back.lost),
        "short_key": found.short_key,
        "signups_waiting": found.queued,
        "other_days": days_json(found.days),
        "roll_call": None if found.roll is None else {"confirmed": found.roll.proven, "sites": len(found.roll.sites)},
        "unconfirmed_holidays": [_feast_json(one) for one in found.feasts],
        "awaiting_attendance": [one.id for one in found.awaiting],
        "invitations": {"on": found.answering.on, "posts": found.answering.posts, "inbox": found.answering.read_at},
    }
