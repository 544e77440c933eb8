"""What the text of one variable, or of one option, means; or what is wrong with it, with the way out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Literal

from calendars.addresses import NotAnAddress
from calendars.catalogue import LANGUAGES, Phrase
from calendars.model.text import Language, Said
from scheduler.base.address import mailbox

LONGEST = 30  # days that somebody is given to answer
Network = IPv4Network | IPv6Network
Verp = Literal["off", "answers", "on"]

NO_DELAY = Phrase("«{text}» is no number of days; write them from P1D to P{most}D, as in P3D")
NO_PACE = Phrase("«{text}» is no pace; write messages a minute and connections, as in 30/min,3, or off")
NO_LIMIT = Phrase("«{text}» is no limit; there is none unless one is written, as in 20/min")
NO_NETWORK = Phrase("«{text}» is no address and no network; write them as in 127.0.0.1 10.0.0.0/8, with spaces between")
NO_CHOICE = Phrase("«{text}» is not known here; write one of: {choices}")
NO_LANGUAGE = Phrase("«{text}» is no language that this program speaks; write one of: {choices}")
NO_NUMBER = Phrase("«{text}» is no number from {least} to {most}; write one in digits")
NO_SITE_ADDRESS = Phrase("«{text}» is no address of a site; write it as https://agenda.example")
NO_FULL_NAME = Phrase("«{text}» is no full name of a host; write one with a dot, as agenda.example, or [192.0.2.7]")
NOT_SAFE = Phrase("«{text}» must begin with https://: a secret is sent there")


class UnreadableText(ValueError):
    """A text that means nothing where it stands; `why` is the rule and the way out."""

    def __init__(self, why: Said) -> None:
        self.why = why
        super().__init__(why["en"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    per_minute: int | None  # None: no limit
    connections: int

    def __str__(self) -> str:
        return "off" if self.per_minute is None else f"{self.per_minute}/min,{self.connections}"


def parse_pace(text: str) -> Pace:
    """`30/min,3` (messages a minute, connections), `30/min`, or `off`. Raises UnreadableText."""
    if text.strip().lower() == "off":
        return Pace(per_minute=None, connections=16)
    found = re.fullmatch(r"\s*(\d{1,6})\s*/\s*min\s*(?:,\s*(\d{1,3}))?\s*", text)
    if not found or int(found[1]) < 1 or int(found[2] or 1) < 1:
        raise UnreadableText(NO_PACE.of(text=text))
    return Pace(per_minute=int(found[1]), connections=int(found[2] or 3))


def parse_days(text: str) -> timedelta:
    """`P3D`: whole days, at most LONGEST. Raises UnreadableText."""
    found = re.fullmatch(r"P([1-9][0-9]?)D", text.strip().upper())
    if found is None or int(found[1]) > LONGEST:
        raise UnreadableText(NO_DELAY.of(text=text, most=LONGEST))
    return timedelta(days=int(found[1]))


def parse_limit(text: str) -> int:
    """`20/min`: messages a minute. Raises UnreadableText."""
    limit = parse_pace(text).per_minute
    if limit is None:
        raise UnreadableText(NO_LIMIT.of(text=text))
    return limit


def parse_networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks, `127.0.0.1 10.0.0.0/8`, separated by spaces or commas. Raises UnreadableText."""
    found = []
    for word in text.replace(",", " ").split():
        try:
            found.append(ip_network(word))
        except ValueError as error:
            raise UnreadableText(NO_NETWORK.of(text=word)) from error
    return tuple(found)


def parse_switch(text: str) -> bool:
    """`on` or `off`. Raises UnreadableText."""
    return _one_of(text, ("off", "on")) == "on"


def parse_verp(text: str) -> Verp:
    """Raises UnreadableText."""
    choices: tuple[Verp, ...] = ("off", "answers", "on")
    return choices[choices.index(_one_of(text, choices))]


def _one_of(text: str, choices: tuple[str, ...]) -> str:
    if text not in choices:
        raise UnreadableText(NO_CHOICE.of(text=text, choices=", ".join(choices)))
    return text


def parse_language(text: str) -> Language:
    """One that has a catalogue. Raises UnreadableText."""
    if text not in LANGUAGES:
        raise UnreadableText(NO_LANGUAGE.of(text=text, choices=", ".join(LANGUAGES)))
    return text


def parse_count(text: str) -> int:
    """How many, none included. Raises UnreadableText."""
    return _number(text, 999_999_999)


def parse_port(text: str) -> int:
    """0 is any that is free. Raises UnreadableText."""
    return _number(text, 65_535)


def _number(text: str, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text.strip()) or int(text) > most:
        raise UnreadableText(NO_NUMBER.of(text=text, least="0", most=str(most)))
    return int(text)


def parse_base_url(text: str) -> str:
    """Where the world finds the pages, without a slash at its end. Raises UnreadableText."""
    if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", text):
        raise UnreadableText(NO_SITE_ADDRESS.of(text=text))
    return text.rstrip("/")


def parse_ehlo(text: str) -> str:
    """A host's full name, or an address in brackets (RFC 5321 §4.1.3). Raises UnreadableText."""
    name, literal = r"[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}", r"\[(IPv6:)?[0-9A-Fa-f:.]{2,39}\]"
    if not re.fullmatch(f"{name}|{literal}", text):
        raise UnreadableText(NO_FULL_NAME.of(text=text))
    return text


def parse_token_url(text: str) -> str:
    """Where a secret may be sent: over TLS, or to this machine. Raises UnreadableText."""
    if not re.match(r"https://|http://(127\.0\.0\.1|localhost|\[::1\])[:/]", text):
        raise UnreadableText(NOT_SAFE.of(text=text))
    return text


def parse_mailbox(text: str) -> str:
    """By the grammar that composing uses, so it can be written to. Raises UnreadableText, which masks it."""
    try:
        return mailbox(text)
    except NotAnAddress as error:
        raise UnreadableText(error.why) from error
