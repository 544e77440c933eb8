"""Notifications of servers that write prose (dma, qmail, nullmailer's forebears): only what can be told for sure."""

from __future__ import annotations

import re

from scheduler.mail.incoming.dsn import Action, ReportedRecipient

_LONGEST = 20_000  # characters that are looked at
_RETURNED = re.compile(  # from here on it is our own message
    r"^(?:>\s?)?(?:received|return-path|message-id|list-id|list-unsubscribe|mime-version):", re.IGNORECASE | re.MULTILINE
)
_REPLY = re.compile(r"(?<![\d.])5\d\d[ -]{1,3}['\"(#]{0,2}5\.\d{1,3}\.\d{1,3}(?![\d.])")
_PLAIN_REPLY = re.compile(r"^5\d\d[ -]\S", re.MULTILINE)
_GIVEN_UP = re.compile(r"undeliver|fail|returned|could not (?:be )?deliver|error delivering|permanent error", re.IGNORECASE)
_STILL_TRYING = re.compile(r"warning|delay|will (?:keep|be) (?:re)?tr(?:y|ied)|still tr(?:y|ied)", re.IGNORECASE)
_ADDRESS = re.compile(r"(?<![\w.+-])([\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})")
_SERVERS = ("mailer-daemon", "postmaster")


def in_prose(subject: str, text: str) -> ReportedRecipient | None:
    """What a server wrote, if it says that a message was given up. None: that is for people to read.

    Only «5dd 5.y.z» is a code: dates, telephones and section numbers look like «5.12.26».
    """
    begins = _RETURNED.search(text[:_LONGEST])
    own = text[: begins.start() if begins else _LONGEST]
    coded, plain = _REPLY.search(own), _PLAIN_REPLY.search(own)
    given_up = coded or plain or (_GIVEN_UP.search(f"{subject}\n{own}") and not _STILL_TRYING.search(subject))
    if not given_up:
        return None
    begin = coded or plain
    addresses = {found.lower(): None for found in _ADDRESS.findall(own) if not found.lower().startswith(_SERVERS)}
    return ReportedRecipient(
        action=Action.FAILED,
        final=next(iter(addresses)) if len(addresses) == 1 else "",
        words=" ".join((own[begin.start() :] if begin else own).split())[:_LONGEST],
        by_smtp=begin is not None,
    )
