"""What a mail address is, for whoever reads, keeps or writes one: what any server takes (RFC 5321 §4.1.2).

ASCII, without SMTPUTF8 (RFC 6531), quoted local parts and address literals; a domain of two labels or more.
"""

from __future__ import annotations

import re
from functools import lru_cache

from calendars.catalogue import SOURCE, Phrase
from calendars.model.text import Said

LONGEST = 254  # RFC 5321 §4.5.3.1.3, less the angle brackets
_LONGEST_LOCAL = 64  # RFC 5321 §4.5.3.1.1
_LONGEST_DOMAIN = 253  # RFC 1035 §2.3.4, less the length octets
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")  # RFC 5322 dot-atom
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
# What most are, short enough in each part; a sending checks some for each message.
_USUAL = re.compile(r"[A-Za-z0-9_+-]{1,40}(?:\.[A-Za-z0-9_+-]{1,20})?@([a-z0-9][a-z0-9.-]{0,125})")
_MANY = re.compile(r"[\s,;<>]")
_SHOWN = 60  # characters of one that a message may quote

_ONE_AT = Phrase("it must hold one @, and one only")
_ONE_ONLY = Phrase("it holds spaces, commas or brackets; write one address only")
_ACCENTS = Phrase("it holds accents before the @")
_NO_LOCAL = Phrase("what stands before the @ is not valid")
_NO_DOMAIN = Phrase("what stands after the @ is not a domain, as example.org is")
_TOO_LONG = Phrase("it has more than 254 characters")
_NO_ADDRESS = Phrase("“{shown}” is not an e-mail address of the form name@example.org in plain ASCII letters: {why}")


class NotAnAddress(ValueError):
    """The text is no address, and `why` says what is wrong with it, without all that stands before the @."""

    def __init__(self, text: str, why: Said) -> None:
        self.why = _NO_ADDRESS.of(shown=masked(text), why=why)
        super().__init__(self.why[SOURCE])


def checked(text: str) -> str:
    """The text itself, if it is an address as it stands. Raises NotAnAddress."""
    usual = _USUAL.fullmatch(text)
    if not (usual and is_domain(usual[1])) and (why := fault(text)):
        raise NotAnAddress(text, why)
    return text


def fault(text: str) -> Said | None:
    """What keeps the text from being an address; None where it is one."""
    if why := fault_before_domain(text):
        return why
    if not is_domain(text.rpartition("@")[2]):
        return _NO_DOMAIN
    return _TOO_LONG if len(text) > LONGEST else None


def fault_before_domain(text: str) -> Said | None:
    """The same of all but the domain, which may still be written with letters outside ASCII."""
    local, at, _ = text.rpartition("@")
    if not at or "@" in local:
        return _ONE_AT
    if _MANY.search(text):
        return _ONE_ONLY
    if not local.isascii():
        return _ACCENTS
    return None if len(local) <= _LONGEST_LOCAL and _LOCAL.fullmatch(local) else _NO_LOCAL


@lru_cache(maxsize=1024)  # of the many addresses of an agenda: they share a few
def is_domain(host: str) -> bool:
    """A host name of two labels or more in its ASCII form (RFC 5890); no number, as the last of an IPv4 address is."""
    labels = host.split(".")
    sized = len(labels) > 1 and len(host) <= _LONGEST_DOMAIN
    return sized and not labels[-1].isdigit() and all(map(_LABEL.fullmatch, labels))


def masked(text: str) -> str:
    """An address as a message may show it: messages are logged, addresses are not."""
    local, at, host = text.strip().rpartition("@")
    if not at:
        return "…"
    plain = "".join(sign if sign.isprintable() else "�" for sign in f"{local[:1]}…{at}{host}")
    return plain if len(plain) <= _SHOWN else plain[:_SHOWN] + "…"
