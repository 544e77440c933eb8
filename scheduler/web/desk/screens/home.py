"""The first screen: is anything wrong, what goes out today, which sites have nobody, what is unpublished."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from calendars.catalogue import Phrase
from calendars.model.text import Language
from calendars.reading.files import POSTS
from calendars.wording import and_list, hour, short_date
from calendars.zones import to_wall
from scheduler.people.accounts import home_notes
from scheduler.planning.delivery import State
from scheduler.reporting import overview
from scheduler.reporting.alarms import ENDINGS, About, Alarm, alarms
from scheduler.reporting.status import Status
from scheduler.reporting.waiting import of_day
from scheduler.store.accounts.roles import DeskRole
from scheduler.web.desk.asked import Answer, Asked
from scheduler.web.desk.declared import Declared
from scheduler.web.desk.place import Place, moment_in
from scheduler.web.desk.rendering import part, screen
from scheduler.web.desk.screens.operating.brake import batch_line
from scheduler.web.desk.screens.operating.scope import sites_of
from scheduler.web.desk.screens.publishing import changes, undoing
from scheduler.wording.events import sites_count
from scheduler.wording.kinds import kind_words, title
from scheduler.wording.places import city_name

TITLE = Phrase("Today", "at the desk")
LEADS: Mapping[About, str] = {
    About.BRAKE: "/desk/brake",
    About.ADDRESSES: "/desk/addresses",
    About.SITES: "/desk/addresses",
    About.ANSWERS: "/desk/heard",
    About.ZONES: "/desk/changes",
}
HELD = Phrase("{n} {n:mail waits|mails wait} for your decision: held, or uncertain whether {n:it|they} arrived.")
DOUBTED = Phrase("{n} {n:report|reports} of bad addresses in doubt: somebody has to decide.")
STOPPED = Phrase("All mail is stopped since {moment}.")
LATE = Phrase("Mail is late: some was to leave at {moment} and has not. Ask whoever runs the machine.")
NOBODY = Phrase("{n} {n:site has|sites have} nobody left to write to.")
NO_EDITION = Phrase("Nothing is published yet: no mail goes, and the pages are empty.")
LACKING = Phrase("too few come, from {sites}")
BAD = Phrase("{n} {n:address counts|addresses count} as bad.")


@dataclass(frozen=True, kw_only=True, slots=True)
class AtTheDesk:
    """One thing that wants somebody to act, and the screen where that is done; "" where the machine's keepers do."""

    text: str
    path: str
    more: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class LostSite:
    """A site with nobody left to write to, or from which fewer come than an event wants."""

    name: str
    why: str
    path: str


def today(place: Place, asked: Asked) -> Answer:
    """Four questions on one screen; the fourth, which takes longer, comes after."""
    language, now = asked.language, asked.now
    found = overview.standing(place.database, now, invitations=place.settings.invitations)
    zone = overview.HOME if found.agenda is None else found.agenda.zone
    with place.database.read() as connection:
        batches = of_day(connection, now, overview.day_of(now, zone))
    values = {
        "runs": undoing.runs(place, now),
        "shifted": changes.shifted(place, now),
        "wrong": list(_wrong(asked, found, zone)),
        "notes": [note[language] for note in home_notes(place.database)] if asked.may(DeskRole.PEOPLE) else [],
        "today": found.today,
        "sites": sum(one.sites for one in batches),
        "batches": [batch_line(found.agenda, one, zone, language) for one in batches],
        "next": "" if found.next_at is None else moment_in(found.next_at, zone, language),
        "done": _done(place, found, zone, language),
        "smtp": place.settings.smtp_url is not None,
        "lost": list(_lost(found, asked)),
        "published": found.edition,
        "day": short_date(to_wall(now, zone).date(), language),
    }
    return screen(asked, "desk/home.html", TITLE[language], values)


def unpublished(place: Place, asked: Asked) -> Answer:
    """What of the files is not in force, in figures and by event."""
    found, language = place.reading(), asked.language
    values: dict[str, Any] = {"problems": len(found.problems), "state": None, "changes": [], "beside": "", "people": 0}
    if found.draft is not None:
        state = overview.draft_state(place.database, found.draft, found.lines, asked.now)
        values |= {
            "state": state.unpublished,
            "first": state.found.before is None,
            "changes": [
                (one.event, kind_words(one, language), title(one, language))
                for one in (() if state.unpublished.events == 0 else state.found.changes)
            ],
            "beside": and_list(list(state.unpublished.beside), language),
            "people": state.found.people,
            "handed": list(state.handed_over),
            "file": POSTS,
        }
    if asked.part:
        return part(asked, "desk/home-unpublished.html", values)
    return screen(asked, "desk/home-unpublished.html", TITLE[language], values)


def _wrong(asked: Asked, found: Status, zone: str) -> Iterator[AtTheDesk]:
    language = asked.language
    if found.edition is None:
        yield AtTheDesk(text=NO_EDITION[language], path="/desk/changes")
    for alarm in alarms(found, language):
        yield _at_the_desk(alarm, found, zone, language)
    if waits := found.totals.of(State.HELD, State.UNCERTAIN):
        yield AtTheDesk(text=HELD.say(language, n=waits), path="/desk/deliveries")
    if found.posts.bad_addresses and not found.uncovered:
        yield AtTheDesk(text=BAD.say(language, n=found.posts.bad_addresses), path="/desk/addresses")


def _at_the_desk(alarm: Alarm, found: Status, zone: str, language: Language) -> AtTheDesk:
    """Where the desk has a screen for it, in its words and with the way there; else as `agenda status` says it."""
    path = LEADS.get(alarm.about, "")
    match alarm.about:
        case About.BRAKE if found.stopped_since is not None:
            moment = moment_in(datetime.fromisoformat(found.stopped_since), zone, language)
            return AtTheDesk(text=STOPPED.say(language, moment=moment), path=path)
        case About.LATE if found.late_since is not None:
            return AtTheDesk(text=LATE.say(language, moment=moment_in(found.late_since, zone, language)), path=path)
        case About.ADDRESSES:
            return AtTheDesk(text=DOUBTED.say(language, n=found.came_back.doubted), path=path)
        case About.SITES:
            return AtTheDesk(text=NOBODY.say(language, n=len(found.uncovered)), path="#nobody")
    return AtTheDesk(text=alarm.text, path=path, more=alarm.more)


def _done(place: Place, found: Status, zone: str, language: Language) -> str:
    """By when all of today's has gone, if nothing comes between; "" where nothing waits or nothing limits it."""
    done = found.done_by(place.settings.pace)
    return "" if done is None else hour(to_wall(done, zone), language)


def _lost(found: Status, asked: Asked) -> Iterator[LostSite]:
    agenda, language = found.agenda, asked.language
    if agenda is None:
        return
    own = sites_of(agenda, asked, DeskRole.SEE)
    for one in found.uncovered:
        site = agenda.site(one.site)
        if own is None or one.site in own:
            zone = agenda.zone if site is None else site.zone
            day = short_date(to_wall(one.since, zone).date(), language)
            name = city_name(agenda, one.site, language)
            path = "/desk/addresses" if one.reason in ("bounced", "refused") else "/desk/roster"
            yield LostSite(name=name, why=ENDINGS[one.reason].say(language, day=day), path=path)
    for event in found.lacking:
        lacking = [tally for tally in event.lacking if own is None or tally.site.id in own]
        if lacking:
            why = LACKING.say(language, sites=sites_count(len(lacking), language))
            yield LostSite(name=event.event.title[language], why=why, path="/desk/heard")


SCREENS = (
    Declared(path="/desk/", need=DeskRole.SEE, get=today),
    Declared(path="/desk/unpublished", need=DeskRole.SEE, get=unpublished),
)
