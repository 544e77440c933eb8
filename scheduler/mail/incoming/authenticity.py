"""Whether our own mail server found that a message is from whom it says: Authentication-Results (RFC 8601).

Such a header repeats text of the sender's (an envelope address, a reason, a comment). A server that does not quote it
lets the sender write results; so a header is read by the grammar of §2.2, and one that breaks it proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from email.message import Message

from scheduler.base.address import domain_of

LONGEST = 10_000  # characters of one header; a longer one proves nothing
_PLAIN, _COMMENTED = re.compile(r'"(?:[^"\\]|\\.)*+"|[^"\\()]++', re.DOTALL), re.compile(r"\\.|[^\\()]++", re.DOTALL)
_SECTION = re.compile(r'(?:"(?:[^"\\]|\\.)*+"|[^";])*+', re.DOTALL)
# name = value; the value a quoted string, which may be the local part of an address, or plain text without spaces
_PAIR = re.compile(
    r"\s*+(?P<name>[a-z0-9-]++(?:\s*+\.\s*+[a-z0-9_-]++)?+)(?:\s*+/\s*+[0-9]++)?+\s*+="
    r'(?:\s*+(?P<value>"(?:[^"\\]|\\.)*+"(?:@[^\s;"()\\,=]++)?+|[^\s;"()\\,=]++=*+)(?=\s|\Z)|\s*+\Z)',
    re.DOTALL,
)
_END = re.compile(r"\s*+\Z")
_UNDOTTED = frozenset({"reason", "action"})  # RFC 8601 §2.2; Exchange Online's «dmarc=pass action=none»
_DOMAIN = re.compile(r"[a-z0-9_-]++(?:\.[a-z0-9_-]++)++")
_SERVER = re.compile(r'\s*+(?P<id>"[^"\\]*+"|[^\s"=,]++)(?:\s++[0-9]++)?+\s*+')


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
        server, results = _read(str(value))
        if server != authserv_id.lower() or results is None:
            return False
        begun = True
        signatures = [found for found in results if "dkim" in found]
        if signatures:
            unsigned = any(found["dkim"] == "none" for found in signatures)  # beside another, one of both is made up
            return not (unsigned and len(signatures) > 1) and any(
                _holds(found, domain_of(address)) for found in signatures
            )
    return False


def _holds(found: Mapping[str, str], domain: str) -> bool:
    """The signer is the domain or one above it, but no top-level domain; whom it signed for is below it (RFC 6376)."""
    signed_for = found.get("header.i", "").rpartition("@")[2]
    signer = found.get("header.d", signed_for)
    if found["dkim"] != "pass" or _DOMAIN.fullmatch(signer) is None:
        return False
    return _is_below(domain, signer) and (not signed_for or _is_below(signed_for, signer))


def _is_below(domain: str, other: str) -> bool:
    return domain == other or domain.endswith(f".{other}")


def _read(value: str) -> tuple[str, Sequence[Mapping[str, str]] | None]:
    """The server and its results, lower case; None where the grammar is broken. «none» is no result."""
    plain = None if len(value) > LONGEST else _uncommented(value)
    if plain is None:
        return "", None
    server, *sections = _sections(plain.lower())
    named = _SERVER.fullmatch(server)
    results = [_pairs(section) for section in sections if section.strip() not in ("", "none")]
    known = [found for found in results if found is not None]
    return "" if named is None else named["id"].strip('"'), known if len(known) == len(results) else None


def _uncommented(value: str) -> str | None:
    """Without comments, which nest and in which quotes mean nothing (RFC 5322 §3.2.2); None if one has no end."""
    depth, at, kept = 0, 0, []
    while at < len(value):
        if value[at] == "(":
            depth, at = depth + 1, at + 1
        elif value[at] == ")":
            depth, at = depth - 1, at + 1
            kept.append(" ")
        else:
            found = (_COMMENTED if depth else _PLAIN).match(value, at)
            if found is None:
                return None
            if not depth:
                kept.append(found[0])
            at = found.end()
        if depth < 0:
            return None
    return None if depth else "".join(kept)


def _sections(plain: str) -> list[str]:
    """What stands between the semicolons that are not quoted. At least one."""
    found, at = [], 0
    while at <= len(plain):
        section = _SECTION.match(plain, at)
        assert section is not None, "it matches nothing, too"
        found.append(section[0])
        at = section.end() + 1
    return found


def _pairs(section: str) -> dict[str, str] | None:
    """«dkim=pass header.d=example.org»; None where it is anything else, or says one thing twice."""
    found: dict[str, str] = {}
    at = 0
    while _END.match(section, at) is None:
        pair = _PAIR.match(section, at)
        if pair is None:
            return None
        name = "".join(pair["name"].split())
        is_property = "." in name or name in _UNDOTTED
        if name in found or is_property == (not found):
            return None  # a result begins with its method, and only with it
        found[name] = (pair["value"] or "").strip('"')
        at = pair.end()
    return found
