"""Mail addresses that any server takes: ASCII, without the SMTPUTF8 extension (RFC 6531)."""

from __future__ import annotations

import re

from calendars.catalogue import Phrase
from calendars.model.people import Sender, ascii_domain
from calendars.model.text import Said
from calendars.reading.problems import Wrong, shown
from calendars.reading.values import line

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")  # RFC 5322 dot-atom
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_LONGEST = 254  # RFC 5321 §4.5.3.1.3, less the angle brackets
_MAILBOX = re.compile(r"([^<>]{1,300})<([^<>]{1,300})>")


def masked(value: str) -> str:
    """An address as a problem may show it: problems are logged, addresses are not."""
    local, at, host = value.strip().rpartition("@")
    return shown(f"{local[:1]}…{at}{host}") if at else "…"


def address(value: str) -> str:
    """`local@dominio`: local part in ASCII, at most 64 characters (RFC 5321 §4.5.3.1); the domain in its ASCII form."""
    try:
        plain = line(value)
    except Wrong as wrong:
        raise Wrong(wrong.rule, _HIDDEN, value=masked(value)) if wrong.value else wrong from None
    local, at, host = plain.rpartition("@")
    if not at or "@" in local:
        raise _bad(plain, Phrase("it must hold one @, and one only"))
    if re.search(r"[\s,;<>]", plain):
        raise _bad(plain, Phrase("it holds spaces, commas or brackets; write one address only"))
    if not local.isascii():
        raise _bad(plain, Phrase("it holds accents before the @"))
    if not _LOCAL.fullmatch(local) or len(local) > 64:
        raise _bad(plain, Phrase("what stands before the @ is not valid"))
    complete = f"{local}@{domain(host)}"
    if len(complete) > _LONGEST:
        raise _bad(plain, Phrase("it has more than 254 characters"))
    return complete


def domain(value: str) -> str:
    """A host name of two labels or more, lower case, in its ASCII form (RFC 5890)."""
    plain = line(value)
    host = ascii_domain(plain)
    labels = host.split(".")
    if len(labels) > 1 and len(host) <= 253 and not labels[-1].isdigit() and all(map(_LABEL.fullmatch, labels)):
        return host
    raise Wrong(
        "domain-format",
        Phrase("the domain “{plain}” is not valid. Write for instance votoextranjero.example.").of(plain=shown(plain)),
        value=plain,
    )


def mailbox(value: str) -> tuple[str, str]:
    """`Nombre <correo>` -> name, address (RFC 5322 §3.4)."""
    plain = line(value)
    match = _MAILBOX.fullmatch(plain)
    if not match or not match[1].strip(' "'):
        raise Wrong(
            "mailbox-format",
            Phrase("“{plain}”: write name and address like this: Name <mail@domain>.").of(plain=shown(plain)),
            value=plain,
        )
    return match[1].strip(' "'), address(match[2])


def aligned(sender: Sender) -> bool:
    """Is the envelope's domain From's, one above or one below it (DMARC, RFC 7489 §3.1)?"""
    own = sender.address.rpartition("@")[2]
    return own == sender.domain or own.endswith("." + sender.domain) or sender.domain.endswith("." + own)


_HIDDEN = Phrase("the address holds a character that is not allowed, or is too long. Type it again.")


def _bad(value: str, why: Said) -> Wrong:
    message = Phrase("the address “{value}” is not valid: {why}.").of(value=masked(value), why=why)
    return Wrong("address", message, value=masked(value))
