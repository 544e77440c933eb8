"""A message before it is anybody's: the bytes that all posts of a site share, with slots for each one's own pieces."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from markupsafe import escape

from calendars.invitations import parties
from calendars.model.text import Language
from scheduler.base.address import mailbox
from scheduler.mail.mime import LINE, Part, field, filling
from scheduler.mail.relay.wire import WovenMessage
from scheduler.mail.subject import local
from scheduler.mail.texts.reminder import to_office
from scheduler.mail.wrapping import OWN_PIECE, wrapped

_URL = re.compile(r"https?://[!#-;=?-~]{1,900}")  # printable ASCII without quotes and angle brackets
_NOTHING = b"", b""  # in the plain and in the HTML part


@dataclass(frozen=True, kw_only=True, slots=True)
class Personal:
    """What only one recipient's message says."""

    to: str  # address
    office: str  # post and representation, as «Enviado a la …» names them
    message_id: str  # without angle brackets
    sent_at: datetime  # UTC; on the site's date for which the message was prepared
    unsubscribe_url: str  # answers GET with a page, POST at once (RFC 8058)
    manage_url: str  # the page to pause, to change the language, to ask for more
    organizer: str = ""  # of an invitation: the address that its answer goes to
    reply_to: str = ""  # likewise, for people
    answer_url: str = ""  # the page to say at whether the post comes, without a query; of mail that asks
    answered: str = ""  # what it has answered so far; of mail that asks
    unread: str = ""  # of a notice: that the post's calendar program had not read the change


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """To whom and when a message of one recipient alone goes."""

    to: str  # address
    message_id: str  # without angle brackets
    sent_at: datetime  # UTC


@dataclass(frozen=True, kw_only=True, slots=True)
class PreparedMail:
    """A message but for what is personal: the same for every post of a site that reads this language."""

    subject: str
    language: Language
    zone: str  # of the site: Date is in its offset
    head: bytes
    body: Part
    organizer: str | None = None  # of an invitation: the name that people see; None: it is none

    @property
    def asks(self) -> bool:
        """Does it ask whether the post comes?"""
        return "plain.answer" in self.body.slots

    def personalize(self, personal: Personal) -> WovenMessage:
        """The complete message (RFC 5322), CRLF line ends, 7-bit; it knows what it shares with those to others.

        Raises ValueError for an address, Message-ID or URL that a header cannot carry.
        """
        if not (_URL.fullmatch(personal.unsubscribe_url) and _URL.fullmatch(personal.manage_url)):
            raise ValueError("the address to leave at is no http(s) URL in ASCII")
        if self.asks and not _URL.fullmatch(personal.answer_url):
            raise ValueError("the address to answer at is no http(s) URL in ASCII")
        head = (
            f"To: <{mailbox(personal.to)}>\r\n"
            f"Date: {local(personal.sent_at.replace(microsecond=0), self.zone)[1]}\r\n"
            f"Message-ID: <{mailbox(personal.message_id)}>\r\n"
            f"List-Unsubscribe: <{personal.unsubscribe_url}>\r\n"
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        ).encode("ascii")
        if self.organizer is not None:
            head += field("Reply-To", f"<{mailbox(personal.reply_to)}>")
        pieces = self._pieces(personal)
        own = [pieces[name][place] for name, place in _places(self.body.slots)]
        return WovenMessage.of((self.head, *self.body.pieces), (head, *own))

    def _pieces(self, personal: Personal) -> Mapping[str, tuple[bytes, ...]]:
        """What fills each slot of the body, in its plain and in its HTML part."""
        return {
            "office": _office(personal.office, self.language),
            "stop": _link(personal.unsubscribe_url),
            "manage": _link(personal.manage_url),
            "answer": _link(personal.answer_url) if self.asks else _NOTHING,
            "answered": _fillings(f"\n{personal.answered}", LINE) if personal.answered else _NOTHING,
            "unread": _fillings(f"\n{personal.unread}", LINE) if personal.unread else _NOTHING,
            "parties": (self._parties(personal),),
        }

    def _parties(self, personal: Personal) -> bytes:
        if self.organizer is None:
            return b""
        lines = parties(self.organizer, mailbox(personal.organizer), mailbox(personal.to))
        return filling(lines.decode().removesuffix("\r\n"))


@lru_cache(maxsize=64)  # as many as there are orders of slots in templates, and more
def _places(slots: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """Each slot's name, and which of its pieces goes there."""
    split = (one.split(".") for one in slots)
    return tuple((name, int(part == "html")) for part, name in split)


@lru_cache(maxsize=1024)  # the posts of an office mostly bear the same name
def _office(office: str, language: Language) -> tuple[bytes, bytes]:
    return _fillings(to_office(office, language), LINE - OWN_PIECE)


def _wrapped(text: str, columns: int) -> str:
    """With a place at the end for the mark that the template may put there."""
    return wrapped(f"{text}.", columns).removesuffix(".")


def _fillings(text: str, columns: int) -> tuple[bytes, bytes]:
    """Words of one's own as they stand in the plain and in the HTML part; `columns`: of their first line."""
    return filling(_wrapped(text, columns)), filling(str(escape(text)))


def _link(url: str) -> tuple[bytes, bytes]:
    """A link likewise, which is never wrapped. Of what HTML escapes, one in the form of _URL can have `&` alone."""
    plain = filling(url)
    return plain, filling(url.replace("&", "&amp;")) if "&" in url else plain
