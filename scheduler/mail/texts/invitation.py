"""What an invitation that is sent for its own sake says, or the end of one, before it is a mail."""

from __future__ import annotations

from dataclasses import dataclass, replace

from calendars.catalogue import Phrase
from scheduler.mail.subject import Subject
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


def invitation(subject: Subject) -> InvitationWords:
    """The words of REQUEST or CANCEL."""
    event, language = subject.event, subject.language
    ended, title = subject.enclosed.method == "CANCEL", event.title[language]
    if takes_place(subject.edition, event.id, subject.site.id, guest=subject.guest) is None:
        head = f"{_OVER[language]}: {title}"
        return InvitationWords(subject=head, preheader=head, event=None, title=title, ended=ended)
    told = reminder(replace(subject, event=replace(event, message=None)) if ended else subject, calendar=None)
    head = _ENDED[language] if ended else _INVITATION[language]
    return InvitationWords(
        subject=f"{head}: {told.subject}", preheader=told.preheader, event=told, title=title, ended=ended
    )
