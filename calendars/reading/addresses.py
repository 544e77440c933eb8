"""Addresses, domains and mailboxes as administrators and forms write them, by the grammar of calendars.addresses."""

from __future__ import annotations

import re

from calendars.addresses import fault, fault_before_domain, is_domain, masked
from calendars.catalogue import Phrase
from calendars.model.people import Sender, ascii_domain
from calendars.model.text import Said
from calendars.reading.problems import Wrong, shown
from calendars.reading.values import EXCEL_ERROR, line

_MAILBOX = re.compile(r"([^<>]{1,300})<([^<>]{1,300})>")


def address(value: str) -> str:
    """`local@dominio`: local part in ASCII, at most 64 characters (RFC 5321 §4.5.3.1); the domain in its ASCII form."""
    try:
        plain = line(value)
    except Wrong as wrong:
        quoted = wrong.value and wrong.rule != EXCEL_ERROR
        raise Wrong(wrong.rule, _HIDDEN, value=masked(value)) if quoted else wrong from None
    if why := fault_before_domain(plain):
        raise _bad(plain, why)
    local, _, host = plain.rpartition("@")
    complete = f"{local}@{domain(host)}"
    if why := fault(complete):
        raise _bad(plain, why)
    return complete


def domain(value: str) -> str:
    """A host name of two labels or more, lower case, in its ASCII form (RFC 5890)."""
    plain = line(value)
    host = ascii_domain(plain)
    if is_domain(host):
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
