"""Notifications of servers that write prose (dma, qmail, nullmailer's forebears): only what can be told for sure."""

from __future__ import annotations

import re
from collections.abc import Collection

from scheduler.mail.incoming.dsn import Action, ReportedRecipient

_LONGEST, _MOST_WORDS = 20_000, 2_000  # characters that are looked at, and kept
_RETURNED = re.compile(  # from here on it is our own message
    r"^(?:>\s?)?(?:received|return-path|message-id|list-id|list-unsubscribe|mime-version):",
    re.IGNORECASE | re.MULTILINE,
)
_REPLY = re.compile(r"(?<![\d.])5\d\d[ -]{1,3}['\"(#]{0,2}5\.\d{1,3}\.\d{1,3}(?![\d.])")
_PLAIN_REPLY = re.compile(r"^5\d\d[ -]\S", re.MULTILINE)
_GIVEN_UP = re.compile(
    r"undeliver|fail|returned|could not (?:be )?deliver|error delivering|permanent error", re.IGNORECASE
)
_STILL_TRYING = re.compile(r"warning|delay|will (?:keep|be) (?:re)?tr(?:y|ied)|still tr(?:y|ied)", re.IGNORECASE)
_ADDRESS = re.compile(r"(?<![\w.+-])([\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})")
_SERVERS = ("mailer-daemon", "postmaster")


def in_prose(subject: str, text: str, *, by_daemon: bool, besides: Collection[str] = ()) -> ReportedRecipient | None:
    """What a server wrote, if it says that a message was given up. None: that is for people to read.

    Only «5dd 5.y.z» is a code: dates, telephones and section numbers look like «5.12.26». Without one, its words count
    where it writes `by_daemon`, the name of servers. `besides` are our own addresses.
    """
    begins = _RETURNED.search(text)
    own = text[: begins.start() if begins else _LONGEST][:_LONGEST]
    coded = _REPLY.search(own)
    plain = _PLAIN_REPLY.search(own) if by_daemon else None
    says_so = by_daemon and _GIVEN_UP.search(f"{subject}\n{own}") and not _STILL_TRYING.search(subject)
    if not (coded or plain or says_so):
        return None
    begin = coded or plain
    return ReportedRecipient(
        action=Action.FAILED,
        final=_only_address(own, besides),
        words=" ".join((own[begin.start() :] if begin else own).split())[:_MOST_WORDS],
        by_smtp=begin is not None,
    )


def _only_address(text: str, besides: Collection[str]) -> str:
    """The one address that it speaks of; "" where there are several, or none."""
    ours = {address.lower() for address in besides}
    told = {found.lower() for found in _ADDRESS.findall(text)} - ours
    about = sorted(address for address in told if not address.startswith(_SERVERS))
    return about[0] if len(about) == 1 else ""
