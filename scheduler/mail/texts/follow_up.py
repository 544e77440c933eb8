"""What a session's follow-up says, before it is a mail: thanks, or what else there is for whoever was not there.

Nobody is accused: what is recorded of a session may lack people, so that each says how to put it right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from calendars.catalogue import Phrase
from calendars.elsewhere import Offer
from calendars.model.events import EventStatus
from calendars.wording import short_date
from scheduler.mail.subject import Subject
from scheduler.mail.texts.reminder import Reminder, reminder
from scheduler.planning.follow_ups import FollowUp
from scheduler.wording.elsewhere import Others, others

_THANKS = Phrase("Thank you for attending: {title} ({day})")
_MISSED = Phrase("If you could not attend: {title} ({day})")
_CAME = Phrase("Thank you for your site's taking part in this session. If questions are left, reply to this message.")
_UNKNOWN = Phrase(
    "We have no record of your site's taking part in this session. If it did, please reply to this message and we "
    "will correct it: our record may be incomplete."
)
_OTHERS = Phrase("You can still join a session of another region. If one suits you, reply to this message.")
_MATERIAL = Phrase(
    "If you would rather have the recording or the material, ask for it in reply: we will tell you what there is."
)
_MATERIAL_ALONE = Phrase(
    "Would the recording or the material help you? Ask for it in reply: we will tell you what there is."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUpWords:
    """As the templates read it, under the name `f`."""

    subject: str
    lead: str
    event: Reminder  # of it, title, day and hours; nothing else is said of what is over
    others: Others  # sessions that lie ahead, for whoever was not at this one
    offered: str  # the sentence before them; "" where there is none
    material: str  # "" for whoever was there

    @property
    def preheader(self) -> str:
        return self.lead


def follow_up(subject: Subject, told: FollowUp, offers: Sequence[Offer]) -> FollowUpWords:
    """The words for the posts of a site that came, or that did not."""
    event, language = subject.event, subject.language
    over = replace(event, status=EventStatus.CONFIRMED, assumed=(), message=None)
    words = reminder(replace(subject, event=over, link=None, withheld=False), calendar=None)
    day = short_date(_day(subject), language, subject.today)
    material = _MATERIAL if offers else _MATERIAL_ALONE
    return FollowUpWords(
        subject=(_THANKS if told.came else _MISSED).say(language, title=event.title[language], day=day),
        lead=(_CAME if told.came else _UNKNOWN)[language],
        event=words,
        others=others(subject.edition.agenda, offers, language, subject.today),
        offered=_OTHERS[language] if offers else "",
        material="" if told.came else material[language],
    )


def _day(subject: Subject) -> date:
    """Of the session, by the site's clocks. Raises ValueError where it has no hour: nothing follows that."""
    start = subject.edition.revisions[subject.event.id].start
    if start is None:
        raise ValueError(f"event «{subject.event.id}» has no hour: nothing follows it")
    return subject.edition.revisions[subject.event.id].wall(start, subject.site.zone).date()
