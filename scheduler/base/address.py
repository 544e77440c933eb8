"""E-mail addresses: which ones may stand in a header or an envelope, and how none gets into a log."""

from __future__ import annotations

import re

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_MAILBOX = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_LONGEST = 254  # RFC 5321 §4.5.3.1.3, less the angle brackets

_QUOTED = r'"(?:[^"\\]|\\.){1,64}"'
_LETTER = r"""[^\s<>"'(),:;\[\]@]"""
# Looked for from the beginning of a word only: from each of its letters, a long word would take its length squared.
_MENTION = re.compile(
    rf"(?:{_QUOTED}|(?<!{_LETTER}){_LETTER}+)(?:@|%40)(?:\[[^\]\s]{{0,255}}\]|{_LETTER}+)", re.IGNORECASE
)
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_MOST = 300  # characters of a server's reply that are worth keeping
_LOOKED_AT = 4_000  # characters of one


def mailbox(address: str) -> str:
    """The address itself, if it is `local@domain` in ASCII atoms (RFC 5321 §4.1.2, without quoted local parts).

    Raises ValueError, which does not repeat the address. Asked before anything is sent: one that the server's MAIL
    or RCPT cannot carry would leave a transaction half open.
    """
    if len(address) > _LONGEST or not _MAILBOX.fullmatch(address):
        raise ValueError("this is not an e-mail address of the form name@example.org in plain ASCII letters")
    return address


def domain_of(address: str) -> str:
    """What stands behind the @, lower case."""
    return address.rpartition("@")[2].lower()


def scrub(text: str) -> str:
    """A server's words as they may be kept: one printable line without e-mail addresses, at most 300 characters."""
    cut = text[:_LOOKED_AT]
    if len(text) > _LOOKED_AT:  # an address may have been cut in two
        cut = " ".join(cut.split()[:-1]) or "…"
    printable = cut.encode("utf-8", "replace").decode()
    line = _UNPRINTABLE.sub(" ", printable).strip()
    return hide(line)[:_MOST]


def hide(text: str) -> str:
    """The text as it is, without e-mail addresses."""
    return _MENTION.sub("…@…", text)
