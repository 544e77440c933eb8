"""How often one client may ask for something, kept in memory and forgotten with the process."""

from __future__ import annotations

import hmac
import re
import secrets
from collections import OrderedDict, deque
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from threading import Lock

from starlette.requests import Request

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
KEPT = 10_000  # clients; whoever asked longest ago is forgotten first
_V6_CLIENT = 64  # bits: what one subscriber is given (RFC 6177); a single address costs nothing there
_UNKNOWN = "unknown"
# As Azure's gateway and IIS write a client: with its port, IPv6 in brackets.
_WITH_PORT = re.compile(r"\[([0-9A-Fa-f:.]{2,45})\](?::[0-9]{1,5})?|([0-9.]{7,15}):[0-9]{1,5}")


class Throttle:
    """At most `most` times in `within`, for each key.

    What is kept of a key is a digest under a secret of this process: a client's address stands nowhere.
    """

    def __init__(self, most: int, within: timedelta, kept: int = KEPT) -> None:
        self._most = most
        self._within = within
        self._kept = kept
        self._secret = secrets.token_bytes(32)
        self._asked: OrderedDict[bytes, deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def wait(self, key: str, now: datetime) -> timedelta | None:
        """None where it may go on, which counts; else how long until it may. A refusal does not count."""
        digest = hmac.digest(self._secret, key.encode("utf-8", "replace"), "sha256")
        with self._lock:
            asked = self._asked.pop(digest, deque())
            self._asked[digest] = asked
            while asked and now - asked[0] >= self._within:
                asked.popleft()
            if len(asked) >= self._most:
                return asked[0] + self._within - now
            asked.append(now)
            if len(self._asked) > self._kept:
                self._asked.popitem(last=False)
        return None


def client_of(request: Request, proxies: tuple[Network, ...]) -> str:
    """Who asks, as a key for a throttle."""
    found = asker(request, proxies)
    return _UNKNOWN if found is None else str(subscriber(found))


def asker(request: Request, proxies: tuple[Network, ...]) -> Address | None:
    """Who asks: the connection's address, or what a trusted proxy says of it; None where that is no address.

    X-Forwarded-For is read from its end: each proxy adds whom it saw, and what stands before is the client's to invent.
    """
    hops = [hop for part in request.headers.getlist("x-forwarded-for") for hop in part.split(",")]
    found = None if request.client is None else address(request.client.host)
    while hops and found is not None and any(found in network for network in proxies):
        found = address(hops.pop())
    return found


def address(text: str) -> Address | None:
    """As it stands, or with a port; None of what is no address: a socket in the file system, a word of a proxy's."""
    plain = text.strip()
    if with_port := _WITH_PORT.fullmatch(plain):
        plain = with_port[1] or with_port[2]
    try:
        found = ip_address(plain)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def subscriber(found: Address) -> Address | IPv6Network:
    """Who counts as one: an IPv4 address, or all the addresses that one is given by IPv6."""
    return found if isinstance(found, IPv4Address) else IPv6Network((int(found), _V6_CLIENT), strict=False)
