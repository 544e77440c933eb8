"""What an invitation that is sent for its own sake says, or the end of one, before it is a mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from calendars.catalogue import Phrase
from calendars.editions import Edition
from calendars.model.events import Event
from calendars.model.places import Representation
from calendars.model.text import Language
from scheduler.mail.texts.reminder import Reminder, reminder
from scheduler.planning.channels import takes_place

_INVITATION = Phrase("Invitation")
_ENDED = Phrase("Invitation withdrawn (the event still takes place)")  # fmt: skip
_OVER = Phrase("Invitation withdrawn")


@dataclass(frozen=True, kw_only=True, slots=True)
class InvitationWords:
    """As the templates read it, under the name `i`."""

    subject: str
    preheader: str
    event: Reminder | None  # when, where and how to join; None: it is not for this site, or takes place no more
    title: str
    ended: bool  # the invitation is withdrawn


def invitation(
    edition: Edition,
    event: Event,
    site: Representation,
    language: Language,
    *,
    today: date,
    link: str | None,
    method: str,
    guest: bool = False,
) -> InvitationWords:
    """The words of REQUEST or CANCEL; `today` is the site's date at the moment of sending.

    `guest`: the post comes to this session of another region instead of its own.
    """
    ended, title = method == "CANCEL", event.title[language]
    if takes_place(edition, event.id, site.id, guest=guest) is None:
        subject = f"{_OVER[language]}: {title}"
        return InvitationWords(subject=subject, preheader=subject, event=None, title=title, ended=ended)
    told = reminder(edition, event, site, language, today=today, link=link, calendar=None, guest=guest)
    head = _ENDED[language] if ended else _INVITATION[language]
    return InvitationWords(
        subject=f"{head}: {told.subject}", preheader=told.preheader, event=told, title=title, ended=ended
    )
