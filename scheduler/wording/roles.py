"""What the roles at the desk are called, and what each lets one do."""

from __future__ import annotations

from collections.abc import Mapping

from calendars.catalogue import Phrase
from scheduler.store.accounts.roles import DeskRole

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
EVERYWHERE = Phrase("in all regions")
