"""What a message has for its reader's calendar: nothing, the event as a file, or an invitation to answer."""

from __future__ import annotations

from calendars.catalogue import Phrase
from calendars.feeds import event_attachment
from calendars.invitations import cancel, request
from calendars.model.places import slug
from calendars.model.text import Language
from scheduler.mail.mime import Part, calendar_part, invitation_part, multipart
from scheduler.mail.subject import Enclosure, Subject

_SAID = {
    "PUBLISH": Phrase("The event is attached (.ics), in case you do not use that calendar."),
    "REQUEST": Phrase("This message carries the invitation: answer it, and the event is in your calendar."),
    "CANCEL": Phrase("With this message the event leaves your calendar."),
}


def said(enclosed: Enclosure, language: Language) -> str:
    """The sentence that tells of it, or nothing."""
    return _SAID[enclosed.method][language] if enclosed.method else ""


def enclose(alternatives: tuple[Part, ...], subject: Subject) -> Part:
    """The text of a message with its calendar part: a file beside it, or an invitation as the last alternative.

    Raises ValueError where there has to be one and the edition does not know the event.
    """
    edition, event, language, enclosed = subject.edition, subject.event, subject.language, subject.enclosed
    if not enclosed.method:
        return multipart("alternative", alternatives)
    if edition.agenda.event(event.id) is None:
        raise ValueError(f"{enclosed.method} of an event that the edition does not know")
    if enclosed.method == "PUBLISH":
        content = event_attachment(edition, event, subject.site, language)
        file = calendar_part(content, "PUBLISH", f"{slug(event.id)}.ics")
        return multipart("mixed", (multipart("alternative", alternatives), file))
    assert enclosed.stamp is not None, "an invitation is dated"
    if enclosed.method == "REQUEST":
        invitation = request(edition, event, subject.site, language, link=subject.link, stamp=enclosed.stamp)
    else:
        invitation = cancel(edition, event, language, stamp=enclosed.stamp)
    return multipart("alternative", (*alternatives, invitation_part(invitation)))
