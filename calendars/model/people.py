"""Who writes, who is written to, and who may ask to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from calendars.model.text import Language, Text


def ascii_domain(name: str) -> str:
    """A domain in lower case and in its ASCII form (RFC 5890); empty if it has none."""
    try:
        return name.lower().encode("idna").decode("ascii")
    except UnicodeError:
        return ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    name: str  # display name of From
    address: str  # From, and ORGANIZER
    reply_to: str
    domain: str  # of envelope sender and Message-ID; aligned with From's


@dataclass(frozen=True, kw_only=True, slots=True)
class Signups:
    """Who may ask for reminders by the page: whoever reads mail at one of the domains."""

    domains: tuple[str, ...]  # ASCII, lower case; `sre.gob.mx` is itself only, `*.gob.mx` whatever lies below gob.mx
    links: bool = False  # they see joining links; no: until an administrator allows it

    def names(self, address: str) -> bool:
        """Is the address at a domain that stands here itself, and not only below one?"""
        return ascii_domain(address.rpartition("@")[2]) in self.domains

    def admits(self, address: str) -> bool:
        """Is the address at one of the domains, case and IDNA aside? Whether it can be an address is not asked."""
        local, _, host = address.rpartition("@")
        name = ascii_domain(host)
        return bool(local) and any(
            name.endswith(domain[1:]) if domain.startswith("*.") else name == domain for domain in self.domains
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Privacy:
    """The institution's privacy notice: its words, where the whole of it stands, or both."""

    text: Text | None  # paragraphs, an empty line between them
    url: str | None  # https

    def paragraphs(self, language: Language) -> tuple[str, ...]:
        return tuple(self.text[language].split("\n\n")) if self.text else ()


class Role(StrEnum):
    """What a post is to its site."""

    HOLDER = "holder"  # gets the reminders and hears of changes
    DEPUTY = "deputy"  # is asked where no holder comes, and gets the event's mail once it does
    COORDINATOR = "coordinator"  # of its site's region: hears which sites have nobody


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    """A post, not a person, at a representation. A corrected address is the same post under the same id."""

    id: str
    site: str  # Representation.id
    address: str
    language: Language
    post: str
    joined: date
    role: Role = Role.HOLDER
