"""By which channel a post's calendar hears of events, and what a message has to carry for it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from calendars.editions import Edition
from calendars.model.events import Event, EventStatus
from scheduler.planning.delivery import Purpose


class Channel(StrEnum):
    """One for each post, so that no event stands twice in its calendar."""

    FEED = "feed"  # it subscribes to its site's calendar
    INVITATIONS = "invitations"  # each event comes by mail, as an invitation that is answered
    NONE = "none"


ITIP = ("REQUEST", "CANCEL")  # an attendee's own, which a program answers or obeys (RFC 5546)
Carried = Literal["", "PUBLISH", "REQUEST", "CANCEL"]  # METHOD of a message's calendar part; "": it has none


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What a post's calendar has of an event from earlier messages, as far as the ledger can know."""

    last: Carried = ""  # of the newest other message that arrived, or may have: REQUEST or CANCEL
    current: bool = False  # that one says what the edition in force says
    own: Carried = ""  # of this very message, where it may have arrived before


def carried(purpose: Purpose, channel: Channel, known: Known, *, here: bool, answered: bool) -> Carried:
    """What a message about an event has to carry as an invitation.

    `here`: the event takes place for the post's site. `answered`: the installation reads answers; one that does not
    sends no REQUEST, and takes back only what takes place no more. A change of channel is taken back by a message of
    its own, so that no reminder of an event says that it is cancelled.
    """
    if not here:
        return "CANCEL" if known.last == "REQUEST" or known.own else ""
    if channel is Channel.INVITATIONS:
        missing = known.last != "REQUEST" or not known.current or bool(known.own)
        return "REQUEST" if answered and missing else ""
    if purpose is Purpose.INVITATION:
        return "CANCEL" if known.last == "REQUEST" or known.own else ""
    repeated = known.own == "REQUEST" and known.last != "CANCEL"
    return "REQUEST" if answered and repeated else ""


def subscribes(channel: Channel, *, answered: bool) -> bool:
    """Whether a post's mails name the address of its calendar, and bring the event as a file."""
    return channel is Channel.FEED or (channel is Channel.INVITATIONS and not answered)


def brings_file(purpose: Purpose, channel: Channel, *, first: bool, answered: bool) -> bool:
    """Whether the event goes along as a file: with the first message of a schedule, to whoever subscribes."""
    opens = first and purpose in (Purpose.REMINDER, Purpose.CONVOCATION)
    return opens and subscribes(channel, answered=answered)


def takes_place(edition: Edition, event: str, site: str, *, guest: bool = False) -> Event | None:
    """The event (its id), where it has a date, is not cancelled and concerns the site, or a `guest` from there."""
    found = edition.agenda.event(event)
    if found is None or found.when is None or found.status is EventStatus.CANCELLED:
        return None
    return found if guest or any(one.id == site for one in edition.agenda.addressed(found)) else None
