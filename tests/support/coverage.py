"""An event that wants to be covered, with holders, deputies and coordinators."""

from __future__ import annotations

from dataclasses import replace

from calendars.model.agenda import Agenda, Draft
from calendars.model.events import Event
from calendars.model.people import Recipient, Role
from calendars.model.rules import Coverage
from tests.support.factories import agenda, event, site
from tests.support.ledger import draft, post

COVERED = event(coverage=Coverage())

DELHI = site(
    "nueva-delhi",
    name="Embajada de México en la India",
    city="Nueva Delhi",
    country="India",
    country_code="IN",
    zone="Asia/Kolkata",
)
MADRID = site("madrid", city="Madrid", country="España", country_code="ES", region="europa", zone="Europe/Madrid")
TITULAR, SUPLENTE = post(), post("dos", Role.DEPUTY)
COORDINATION = post("tres", Role.COORDINATOR)
ALL = (TITULAR, SUPLENTE, COORDINATION)


def covered(*posts: Recipient, of: Event = COVERED, link: str | None = None, **changes: object) -> Draft:
    content: Agenda = replace(agenda(events=(of,)), **changes)  # type: ignore[arg-type]  # because each test names its own
    return draft(content, posts or ALL, link)
