"""What wants somebody to act, in the words of whoever reads it: for `agenda status` and the desk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from calendars.catalogue import Phrase
from calendars.model.text import Language
from calendars.shifts import Shift
from calendars.wording import short_date
from calendars.zones import to_wall
from scheduler.base.tokens import LEAST
from scheduler.publishing.in_words import day_lines
from scheduler.reporting.acceptances import Acceptances
from scheduler.reporting.roll_words import proposals
from scheduler.reporting.status import Status
from scheduler.wording.events import sites_count
from scheduler.wording.places import city_name

STOPPED = Phrase("SENDING STOPPED since {since}: agenda resume")
LATE = Phrase("Late: mail was due since {since} UTC")
ZONES = Phrase("The zone data of this machine is not that of the edition in force.")
SHIFTED = Phrase(
    "They give another hour for {n} {n:session|sessions} (event and site). Their mail waits. If "
    "this machine has the newer rules: agenda impact --shifted, then agenda publish --shifted; "
    "if not, renew them here."
)
SHIFT = Phrase("  {event}, {site}: published {promised}, now {now}")
NO_HOUR = Phrase("no hour, or two")
SHIFTS_NAMED = 12
UNCOVERED = Phrase("Nobody left to write to: {sites}")
ENDINGS = {
    "bounced": Phrase("bounced {day}"),
    "refused": Phrase("address refused {day}"),
    "left": Phrase("asked for none {day}"),
    "removed": Phrase("no post since {day}"),
}
LACKING = Phrase("Nobody to come: {event}, {sites} ({day}): agenda answers {id}")
UNCOORDINATED = Phrase(
    "Nobody to come: {event}, {sites} ({day}); regions without a coordinator: {n}: agenda answers {id}"
)
NOT_ADOPTED = Phrase("This database was copied or restored: nothing is sent until `agenda adopt`.")
FAULT = Phrase("The mail server refuses this installation ({node}): {reason}. Next try {until} UTC.")
AWAY = Phrase("The mail server does not answer {node}: {reason}. Next try {until} UTC.")
OTHER_DAYS_OFF = Phrase(
    "The days off known here are not those that this edition was planned with. Its reminders leave as planned; to "
    "move them: agenda impact --shifted, then agenda publish --shifted."
)
DIFFERING = Phrase("Nodes with other zone data than the edition: {nodes}")
DOUBTED = Phrase(
    "Reports of bad addresses, in doubt: {n}. Too many came at once, and none counts until "
    "somebody decides: agenda suppressions --doubted"
)
BLAMED = Phrase(
    "Mail to {n} {n:post|posts} comes back for a fault of this installation (block lists, "
    "policy, sender or content), not of their addresses: {why}"
)
SHORT_KEY = Phrase(
    "The secret key has fewer than {least} {least:character|characters}: "
    "the links in mails can be forged. Put a longer one before it: "
    "`openssl rand -base64 32` makes one"
)
QUEUED = Phrase(
    "Many sign up at once: {n} of their {n:message|messages} {n:waits|wait} for a turn, and reminders go first. "
    "If you announced it, there is nothing to do; if not, close sign-up: altas: no"
)
NEVER_READ = Phrase("Invitations leave and nobody reads the answers: `agenda inbox` was never run.")
UNREAD = Phrase("Invitations leave and nobody reads the answers: `agenda inbox` last ran on {at} UTC.")
MISSED = Phrase("{n} {n:post|posts} chose invitations and {n:gets|get} none: AGENDA_INVITATIONS is off.")


class About(StrEnum):
    """What an alarm is about, so that a screen can lead there."""

    BRAKE = "brake"
    LATE = "late"
    ADDRESSES = "addresses"
    SITES = "sites"
    ANSWERS = "answers"
    ROLL = "roll"  # a site has said that somebody else has a post
    ZONES = "zones"
    MACHINE = "machine"  # the mail server, the database, the key: for who runs it


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """Something that wants somebody to act, in words."""

    about: About
    text: str
    more: tuple[str, ...] = ()


def alarms(found: Status, lang: Language) -> Iterator[Alarm]:
    """What wants somebody to act, the worst first."""
    if found.stopped_since is not None:
        yield Alarm(about=About.BRAKE, text=STOPPED.say(lang, since=found.stopped_since))
    if not found.adopted:
        yield Alarm(about=About.MACHINE, text=NOT_ADOPTED[lang])
    for node in found.paused:
        until = "—" if node.relay.paused_until is None else _utc(node.relay.paused_until)
        says = FAULT if node.relay.fault else AWAY
        text = says.say(lang, node=node.owner, reason=node.relay.reason, until=until)
        yield Alarm(about=About.MACHINE, text=text)
    if found.late_since is not None:
        yield Alarm(about=About.LATE, text=LATE.say(lang, since=_utc(found.late_since)))
    yield from _of_zones(found, lang)
    yield from (Alarm(about=About.MACHINE, text=text) for text in _answering(found, lang))
    yield from _of_the_way(found, lang)
    if found.uncovered:
        yield Alarm(about=About.SITES, text=UNCOVERED.say(lang, sites=", ".join(lost(found, lang))))
    yield from (Alarm(about=About.ANSWERS, text=_lacking(one, found, lang)) for one in found.lacking)


def _of_zones(found: Status, lang: Language) -> Iterator[Alarm]:
    if not found.zone_agrees:
        yield Alarm(about=About.ZONES, text=ZONES[lang])
    if found.shifted:
        named = [_shift(one, lang) for one in found.shifted[:SHIFTS_NAMED]]
        more = (*named, "  …") if len(found.shifted) > SHIFTS_NAMED else named
        yield Alarm(about=About.ZONES, text=SHIFTED.say(lang, n=len(found.shifted)), more=tuple(more))
    if found.days:
        yield Alarm(about=About.ZONES, text=OTHER_DAYS_OFF[lang], more=tuple(day_lines(found.days, lang)))
    if found.differing:
        yield Alarm(about=About.MACHINE, text=DIFFERING.say(lang, nodes=", ".join(found.differing)))


def _of_the_way(found: Status, lang: Language) -> Iterator[Alarm]:
    """What stands in the way of mail, or comes back."""
    blamed = found.came_back.blamed
    if blamed.alarming:
        yield Alarm(about=About.MACHINE, text=BLAMED.say(lang, n=blamed.posts, why=blamed.why))
    if found.short_key:
        yield Alarm(about=About.MACHINE, text=SHORT_KEY.say(lang, least=LEAST))
    if found.queued:
        yield Alarm(about=About.MACHINE, text=QUEUED.say(lang, n=found.queued))
    if found.came_back.doubted:
        yield Alarm(about=About.ADDRESSES, text=DOUBTED.say(lang, n=found.came_back.doubted))
    if found.roll is not None:
        yield from (Alarm(about=About.ROLL, text=text) for text in proposals(found.roll, lang))


def _lacking(one: Acceptances, found: Status, lang: Language) -> str:
    day = short_date(one.begins_at_home.date(), lang)
    says = UNCOORDINATED if one.uncoordinated else LACKING
    return says.say(
        lang,
        event=one.event.title[lang],
        sites=sites_count(len(one.lacking), lang),
        day=day,
        n=len(one.uncoordinated),
        id=one.event.id,
    )


def _answering(found: Status, lang: Language) -> Iterator[str]:
    stands = found.answering
    if stands.unread(found.at):
        yield NEVER_READ[lang] if stands.read_at is None else UNREAD.say(lang, at=_utc(stands.read_at))
    if stands.missed:
        yield MISSED.say(lang, n=stands.posts)


def _shift(one: Shift, lang: Language) -> str:
    now = NO_HOUR[lang] if one.now is None else f"{one.now:%Y-%m-%d %H:%M}"
    return SHIFT.say(lang, event=one.event, site=one.site, promised=f"{one.promised:%Y-%m-%d %H:%M}", now=now)


def lost(found: Status, lang: Language) -> Iterator[str]:
    """Each site with nobody left, by its city, with what happened and on which day of its own."""
    known = {} if found.agenda is None else {site.id: site for site in found.agenda.representations}
    for one in found.uncovered:
        site = known.get(one.site)
        day = one.since.date() if site is None else to_wall(one.since, site.zone).date()
        name = one.site if found.agenda is None else city_name(found.agenda, one.site, lang)
        yield f"{name} ({ENDINGS[one.reason].say(lang, day=short_date(day, lang))})"


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
