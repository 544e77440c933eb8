"""The brake: one press stops all mail; what letting it go on would send is said before."""

from __future__ import annotations

from dataclasses import dataclass

from calendars.catalogue import Phrase
from calendars.model.agenda import Agenda
from calendars.model.text import Language
from scheduler.reporting.waiting import Batch, resumption
from scheduler.store import brake
from scheduler.store.accounts.roles import DeskRole
from scheduler.web.desk.asked import Answer, Asked
from scheduler.web.desk.declared import Declared
from scheduler.web.desk.place import Place, moment_in
from scheduler.web.desk.rendering import go, screen
from scheduler.web.desk.screens.operating.scope import operator_of, require_everywhere
from scheduler.web.desk.screens.operating.words import PURPOSES
from scheduler.wording.events import sites_count

TITLE = Phrase("The brake")
SERVICE = Phrase("Mail of no event")
GONE = Phrase("an event that is no more ({id})")
HERE = "/desk/brake"


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchLine:
    """Mails of one purpose about one event."""

    event: str
    purpose: str
    count: int
    sites: str
    moment: str  # when the first of them wanted to go


def shown(place: Place, asked: Asked) -> Answer:
    """How it stands; where it is pulled, by whom, why, and what would go."""
    under = place.in_force()
    agenda = None if under is None else under.edition.agenda
    zone = "UTC" if agenda is None else agenda.zone
    with place.database.read() as connection:
        standing = brake.pulled(connection)
        waits = None if standing is None else resumption(connection, asked.now, standing.since)
    pace = place.settings.pace.per_minute
    values = {
        "standing": standing,
        "since": "" if standing is None else moment_in(standing.since, zone, asked.language),
        "waits": waits,
        "minutes": 0 if waits is None or not pace else -(-waits.count // pace),
        "going": () if waits is None else _lines(agenda, waits.going, zone, asked.language),
        "past": () if waits is None else _lines(agenda, waits.past, zone, asked.language),
        "may_resume": asked.person.everywhere(DeskRole.OPERATE),
        "saved": asked.query.get("saved", ""),
    }
    return screen(asked, "desk/brake.html", TITLE[asked.language], values)


def stopped(place: Place, asked: Asked) -> Answer:
    """At once, and whatever the region: a wrong mail that leaves meanwhile cannot be called back."""
    operator_of(place, asked).stop(asked.form.one("reason"))
    return go(asked, HERE, saved="stopped")


def explained(place: Place, asked: Asked) -> Answer:
    """Why it was stopped, said after."""
    operator_of(place, asked).give_reason(asked.form.one("reason"))
    return go(asked, HERE, saved="reason")


def resumed(place: Place, asked: Asked) -> Answer:
    """Mail goes on, everywhere."""
    require_everywhere(asked, DeskRole.OPERATE)
    operator_of(place, asked).resume()
    return go(asked, HERE, saved="resumed")


def _lines(agenda: Agenda | None, found: tuple[Batch, ...], zone: str, language: Language) -> tuple[BatchLine, ...]:
    return tuple(batch_line(agenda, one, zone, language) for one in found)


def batch_line(agenda: Agenda | None, one: Batch, zone: str, language: Language) -> BatchLine:
    """As lists name it."""
    return BatchLine(
        event=event_name(agenda, one.event, language),
        purpose=PURPOSES[one.purpose][language],
        count=one.count,
        sites=sites_count(one.sites, language),
        moment=moment_in(one.first_at, zone, language),
    )


def event_name(agenda: Agenda | None, key: str, language: Language) -> str:
    """The title of an event by its id; of none, what such mail is."""
    if not key:
        return SERVICE[language]
    event = None if agenda is None else agenda.event(key)
    return GONE.say(language, id=key) if event is None else event.title[language]


SCREENS = (
    Declared(path=HERE, need=DeskRole.SEE, get=shown),
    Declared(path=HERE, need=DeskRole.OPERATE, post=explained),
    Declared(path="/desk/stop", need=DeskRole.OPERATE, post=stopped),
    Declared(path="/desk/resume", need=DeskRole.OPERATE, post=resumed),
)
