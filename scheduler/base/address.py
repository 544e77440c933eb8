"""E-mail addresses: which ones may stand in a header or an envelope, and how none gets into a log."""

from __future__ import annotations

import re
import unicodedata

from calendars.addresses import checked

_QUOTED = r'"(?:[^"\\]|\\.){1,64}"'
_LETTER = r"""[^\s<>"'(),:;\[\]@]"""
# Looked for from the beginning of a word only: from each of its letters, a long word would take its length squared.
_MENTION = re.compile(
    rf"(?:{_QUOTED}|(?<!{_LETTER}){_LETTER}+)(?:@|%40)(?:\[[^\]\s]{{0,255}}\]|{_LETTER}+)", re.IGNORECASE
)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co"})  # control, format, half of a pair, private use (Unicode §4.5)
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_MOST = 300  # characters of a server's reply that are worth keeping
_LOOKED_AT = 4_000  # characters of one


def mailbox(address: str) -> str:
    """The address itself, if it is one as it stands, by the grammar that files and forms are read with.

    Raises NotAnAddress, a ValueError. Asked before anything is sent: one that the server's MAIL or RCPT cannot carry
    would leave a transaction half open.
    """
    return checked(address)


def domain_of(address: str) -> str:
    """What stands behind the @, lower case."""
    return address.rpartition("@")[2].lower()


def scrub(text: str) -> str:
    """A server's words as they may be kept: one printable line without e-mail addresses, at most 300 characters."""
    cut = text[:_LOOKED_AT]
    if len(text) > _LOOKED_AT:  # an address may have been cut in two
        cut = " ".join(cut.split()[:-1]) or "…"
    printable = cut.encode("utf-8", "replace").decode()
    line = seen(_UNPRINTABLE.sub(" ", printable)).strip()
    return hide(line)[:_MOST]


def seen(text: str, besides: str = "") -> str:
    """The text without what is no letter or sign: it would steer a terminal, turn a line around, or pass unseen.

    `besides` are characters that stay.
    """
    gone = [ord(one) for one in set(text) if one not in besides and unicodedata.category(one) in _UNSEEN]
    return text.translate(dict.fromkeys(gone)) if gone else text


def hide(text: str) -> str:
    """The text as it is, without e-mail addresses."""
    return _MENTION.sub("…@…", text)


def masking(text: str) -> str:
    """The text as it is, with each e-mail address masked: «c…@sedes.example»."""
    return _MENTION.sub(lambda found: f"{found[0][0]}…@{re.split('@|%40', found[0])[-1]}", text)
