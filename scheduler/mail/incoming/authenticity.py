"""Whether our own mail server found that a message is from whom it says: Authentication-Results (RFC 8601)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message

from scheduler.base.address import domain_of

LONGEST = 10_000  # characters of one header that are looked at
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\\.|[();]|[^"\\();]+|["\\]', re.DOTALL)
_PAIR = re.compile(r'(?<![a-z0-9.-])([a-z0-9.-]++)(?:\s*+/\s*+[0-9]++)?\s*+=\s*+("[^"]*"|[^\s;"]++)', re.IGNORECASE)


def is_vouched_for(message: Message, address: str, authserv_id: str | None) -> bool:
    """Does a DKIM signature of the address's own domain hold, as the server named `authserv_id` found?

    Believed is only what that server wrote: the topmost of these headers, and those that follow it before the next
    Received. The first of them that speaks of DKIM decides. Whatever a sender has written lies below.
    """
    if not authserv_id:
        return False
    begun = False
    for name, value in message.items():
        if name.lower() == "received" and begun:
            return False
        if name.lower() != "authentication-results":
            continue
        server, *results = _sections(str(value)[:LONGEST])
        if server.split()[:1] != [authserv_id.lower()]:
            return False
        begun = True
        signatures = [found for found in map(_pairs, results) if next(iter(found), "") == "dkim"]
        if signatures:
            return any(_holds(found, domain_of(address)) for found in signatures)
    return False


def _holds(found: dict[str, str], domain: str) -> bool:
    """The signer is the domain or one above it, but no top-level domain."""
    signer = found.get("header.d") or found.get("header.i", "").rpartition("@")[2]
    aligned = domain == signer or domain.endswith(f".{signer}")
    return found["dkim"] == "pass" and "." in signer and aligned


def _pairs(section: str) -> dict[str, str]:
    """«dkim=pass header.d=example.org»; of a property that stands there twice, the first."""
    found: dict[str, str] = {}
    for pair in _PAIR.finditer(section):
        found.setdefault(pair[1], pair[2].strip('"'))
    return found


def _sections(value: str) -> Iterator[str]:
    """What stands between the semicolons, lower case, without comments (RFC 5322 §3.2.2). At least one."""
    depth, section = 0, ""
    for piece in _TOKEN.findall(value):
        match piece:
            case "(":
                depth += 1
            case ")":
                depth = max(0, depth - 1)
            case ";" if not depth:
                yield section.lower()
                section = ""
            case _ if not depth:
                section += piece
    yield section.lower()
