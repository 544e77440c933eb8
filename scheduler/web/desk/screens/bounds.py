"""How far a role that is bound to regions reaches at the desk."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from calendars.catalogue import Phrase
from calendars.model.agenda import Agenda
from calendars.model.places import Representation
from calendars.model.text import Spoken
from calendars.wording import and_list
from scheduler.base.refusal import Refusal
from scheduler.store.accounts.roles import DeskRole, Person
from scheduler.web.desk.asked import Answer, Asked
from scheduler.web.desk.declared import Screen
from scheduler.web.desk.place import Place
from scheduler.wording.roles import ROLE_WORDS

EVERYWHERE = Phrase(
    "This is about all regions at once, and your role “{role}” is for some of them. Ask somebody who has it for all."
)
ELSEWHERE = Phrase(
    "You may edit events of which all sites lie in {regions}, and this one is also for others. Nothing was written. "
    "Ask somebody who may edit everywhere."
)


class OutOfBounds(Refusal):
    """The role does not reach so far."""

    status = 403


def everywhere(role: DeskRole) -> Callable[[Screen], Screen]:
    """For screens about all regions at once. Raises OutOfBounds where the person has the role in some only."""

    def bound(screen: Screen) -> Screen:
        @wraps(screen)
        def within(place: Place, asked: Asked) -> Answer:
            if not asked.person.everywhere(role):
                raise OutOfBounds(EVERYWHERE, role=ROLE_WORDS[role])
            return screen(place, asked)

        return within

    return bound


def reaches(person: Person, sites: tuple[Representation, ...]) -> bool:
    """May the person edit an event of these sites? One of no site concerns the whole network."""
    if person.everywhere(DeskRole.EDIT):
        return True
    return bool(sites) and all(person.may(DeskRole.EDIT, site.region) for site in sites)


def refuse_elsewhere(person: Person, agenda: Agenda | None) -> OutOfBounds:
    """What is said to who may not edit an event."""
    own = {one.region for one in person.grants if one.role is DeskRole.EDIT}
    regions = tuple(region for region in (agenda.regions if agenda else ()) if region.id in own)
    return OutOfBounds(ELSEWHERE, regions=Spoken(lambda lang: and_list([one.name[lang] for one in regions], lang)))
