"""What a message has for its reader's calendar: nothing, the event as a file, or an invitation to answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from calendars.catalogue import Phrase
from calendars.editions import Edition
from calendars.feeds import event_attachment
from calendars.invitations import cancel, request
from calendars.model.events import Event
from calendars.model.places import Representation, slug
from calendars.model.text import Language
from scheduler.mail.mime import Part, calendar_part, invitation_part, multipart
from scheduler.planning.channels import ITIP

_SAID = {
    "PUBLISH": Phrase("The event is attached (.ics), in case you do not use that calendar."),
    "REQUEST": Phrase("This message carries the invitation: answer it, and the event is in your calendar."),
    "CANCEL": Phrase("With this message the event leaves your calendar."),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Enclosure:
    """Of one message; the same for the posts of a site that chose the same channel."""

    method: str = ""  # of its calendar part (RFC 6047 §2.4): PUBLISH, REQUEST, CANCEL; "": it has none
    feed: bool = True  # it names the address of the site's calendar
    stamp: datetime | None = None  # DTSTAMP of an invitation, UTC, whole seconds

    @property
    def invites(self) -> bool:
        """Whether it is personal, and an answer to it goes to the organizer."""
        return self.method in ITIP

    def said(self, language: Language) -> str:
        """The sentence that tells of it, or nothing."""
        return _SAID[self.method][language] if self.method else ""


def enclose(
    alternatives: tuple[Part, ...],
    enclosed: Enclosure,
    edition: Edition,
    event: Event | None,
    site: Representation,
    language: Language,
    link: str | None,
) -> Part:
    """The text of a message with its calendar part: a file beside it, or an invitation as the last alternative.

    Raises ValueError where there has to be one and no event is known.
    """
    if not enclosed.method:
        return multipart("alternative", alternatives)
    if event is None:
        raise ValueError(f"{enclosed.method} of an event that the edition does not know")
    if enclosed.method == "PUBLISH":
        content = event_attachment(edition, event, site, language)
        file = calendar_part(content, "PUBLISH", f"{slug(event.id)}.ics")
        return multipart("mixed", (multipart("alternative", alternatives), file))
    assert enclosed.stamp is not None, "an invitation is dated"
    if enclosed.method == "REQUEST":
        invitation = request(edition, event, site, language, link=link, stamp=enclosed.stamp)
    else:
        invitation = cancel(edition, event, language, stamp=enclosed.stamp)
    return multipart("alternative", (*alternatives, invitation_part(invitation)))
