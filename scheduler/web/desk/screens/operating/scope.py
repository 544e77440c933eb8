"""What of an installation a person may see or decide: everything, or the sites of their regions."""

from __future__ import annotations

from calendars.model.agenda import Agenda
from calendars.model.places import Representation
from scheduler.people.operating import Operator
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.audit.deeds import Via
from scheduler.web.desk.asked import Asked
from scheduler.web.desk.place import Place
from scheduler.web.desk.visit import NotYours
from scheduler.wording.places import city_names


def sites_of(agenda: Agenda, asked: Asked, role: DeskRole) -> tuple[str, ...] | None:
    """The ids of the sites for which the person has the role; None: all, those that the agenda lacks included."""
    if asked.person.everywhere(role):
        return None
    return tuple(site.id for site in agenda.representations if asked.person.may(role, site.region))


def shown_sites(agenda: Agenda, asked: Asked, role: DeskRole = DeskRole.SEE) -> tuple[Representation, ...]:
    """The sites themselves, by their names."""
    own = sites_of(agenda, asked, role)
    found = (site for site in agenda.representations if own is None or site.id in own)
    return tuple(sorted(found, key=lambda site: site.city_in(asked.language)))


def site_choices(agenda: Agenda, asked: Asked, role: DeskRole = DeskRole.SEE) -> list[tuple[str, str]]:
    """The same to choose among: ids and names."""
    names = city_names(agenda.representations, asked.language)
    return [(site.id, names[site.id]) for site in shown_sites(agenda, asked, role)]


def require(agenda: Agenda, asked: Asked, role: DeskRole, site: str) -> None:
    """Raises NotYours where the person has not the role for that site (its id)."""
    own = sites_of(agenda, asked, role)
    if own is not None and site not in own:
        raise NotYours(role)


def require_everywhere(asked: Asked, role: DeskRole) -> None:
    """Raises NotYours where the person has the role in some regions only: it is done for all of them or for none."""
    if not asked.person.everywhere(role):
        raise NotYours(role)


def operator_of(place: Place, asked: Asked) -> Operator:
    """The person, as whoever acts."""
    return Operator(
        database=place.database,
        by=asked.by,
        who=asked.who,
        now=asked.now,
        via=Via.DESK,
    )
