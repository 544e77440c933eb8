"""What the roles at the desk are called, and what each lets one do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from calendars.catalogue import Phrase
from calendars.model.text import Language
from scheduler.store.accounts.roles import DeskRole, Grant, in_order

ROLE_WORDS: Mapping[DeskRole, Phrase] = {
    DeskRole.SEE: Phrase("see", "role"),
    DeskRole.EDIT: Phrase("edit", "role"),
    DeskRole.PUBLISH: Phrase("publish", "role"),
    DeskRole.OPERATE: Phrase("operate", "role"),
    DeskRole.PEOPLE: Phrase("people", "role"),
}
ROLE_MEANS: Mapping[DeskRole, Phrase] = {
    DeskRole.SEE: Phrase("Looks at everything and changes nothing."),
    DeskRole.EDIT: Phrase("Changes the draft: events, sites and posts. Nothing is sent by that."),
    DeskRole.PUBLISH: Phrase("Puts the draft in force, which tells people, and takes it back."),
    DeskRole.OPERATE: Phrase("Stops and resumes sending; decides on what is held and on bad addresses."),
    DeskRole.PEOPLE: Phrase("Invites people to the desk, gives roles and ends accounts and sessions."),
}


def granted(grants: Iterable[Grant], regions: Mapping[str, str], language: Language) -> list[str]:
    """Each role with where it holds, in order: «publicar (Europa, Asia Pacífico)». `regions` are their names by id."""
    by_role: dict[DeskRole, list[str]] = {}
    for one in in_order(grants):
        where = [] if one.region is None else [regions.get(one.region, one.region)]
        by_role.setdefault(one.role, []).extend(where)
    return [ROLE_WORDS[role][language] + (f" ({', '.join(where)})" if where else "") for role, where in by_role.items()]
