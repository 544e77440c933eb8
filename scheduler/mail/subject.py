"""What a message is about, and for whom: before it has words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from email.utils import format_datetime
from functools import lru_cache

from calendars.catalogue import Phrase
from calendars.editions import Edition
from calendars.model.events import Event
from calendars.model.places import Representation
from calendars.model.text import Language, OwnWords
from calendars.zones import offset_at
from scheduler.planning.channels import ITIP

_ASK = Phrase("ask {address} for the link; whoever signed up on the page is not sent it")


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """One event as the posts of one site who read one language are told of it."""

    edition: Edition
    event: Event  # as the edition has it; what it has no more, as it was
    site: Representation
    language: Language
    sent_at: datetime  # UTC
    link: str | None = field(default=None, repr=False)  # to join by; never in a log
    withheld: bool = False  # there is a link, and these posts are not given it
    words: OwnWords | None = None  # of the publication that it tells of
    guest: bool = False  # they come to it instead of their own session
    enclosed: Enclosure = field(default_factory=Enclosure)

    @property
    def today(self) -> date:
        """The site's date at the moment of sending, which «hoy» and «mañana» follow."""
        return local(self.sent_at.replace(microsecond=0), self.site.zone)[0]

    @property
    def key(self) -> tuple[object, ...]:
        """What makes another message, in one edition."""
        doors = self.link, self.withheld
        return self.event.id, self.site.id, self.language, self.today, *doors, self.words, self.guest, self.enclosed

    @property
    def ask_for_link(self) -> str | None:
        """How to come by the link that these posts are not given."""
        return _ASK.say(self.language, address=self.edition.agenda.sender.reply_to) if self.withheld else None


@lru_cache(maxsize=1024)  # whatever leaves for a zone within one second says the same
def local(second: datetime, zone: str) -> tuple[date, str]:
    """A site's date, and the instant as Date says it in the site's offset."""
    there = second.astimezone(timezone(offset_at(second, zone)))
    return there.date(), format_datetime(there)
