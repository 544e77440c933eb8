"""How often one client may ask: who counts as one, and that counting takes bounded memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
from starlette.requests import Request

from scheduler.web.http.throttle import KEPT, Throttle, client_of

NOW = datetime(2021, 10, 1, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
PROXIES = (ip_network("127.0.0.0/8"),)


def client(address: str, forwarded: str | None = None) -> str:
    """The key of who asks from `address`, behind a proxy on this machine that says `forwarded`."""
    headers = [] if forwarded is None else [(b"x-forwarded-for", forwarded.encode())]
    return client_of(Request({"type": "http", "client": (address, 50_000), "headers": headers}), PROXIES)


def test_so_many_are_let_through_and_the_next_is_told_how_long_to_wait() -> None:
    throttle = Throttle(2, HOUR)
    assert throttle.wait("ana", NOW) is None
    assert throttle.wait("ana", NOW + timedelta(minutes=10)) is None
    assert throttle.wait("ana", NOW + timedelta(minutes=20)) == timedelta(minutes=40)
    assert throttle.wait("luis", NOW + timedelta(minutes=20)) is None


def test_asking_while_refused_makes_nobody_wait_longer() -> None:
    throttle = Throttle(1, HOUR)
    assert throttle.wait("ana", NOW) is None
    for minutes in (10, 30, 59):
        assert throttle.wait("ana", NOW + timedelta(minutes=minutes)) == timedelta(minutes=60 - minutes)
    assert throttle.wait("ana", NOW + HOUR) is None


def test_ten_thousand_clients_are_known_and_who_asked_longest_ago_is_forgotten_first() -> None:
    throttle = Throttle(1, HOUR)
    for number in range(KEPT):
        throttle.wait(str(number), NOW)
    assert throttle.wait("0", NOW) == HOUR  # known still, and now the one who asked last
    assert throttle.wait("one more", NOW) is None
    assert [throttle.wait(key, NOW) for key in ("0", "2", "one more")] == [HOUR, HOUR, HOUR]
    assert throttle.wait("1", NOW) is None
    assert KEPT == 10_000


def test_a_subscribers_ipv6_addresses_are_one_client_and_the_neighbours_another() -> None:
    assert client("2001:db8:0:1::1") == client("2001:db8:0:1:ffff:ffff:ffff:ffff")
    assert client("2001:db8:0:1::1") != client("2001:db8:0:2::1")


def test_each_ipv4_address_is_a_client_however_it_is_written() -> None:
    assert client("192.0.2.1") != client("192.0.2.2")
    assert client("::ffff:192.0.2.1") == client("192.0.2.1")


@pytest.mark.parametrize(
    ("forwarded", "seen"), [("198.51.100.7, 192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8::2")]
)
def test_behind_a_proxy_whom_it_saw_last_is_the_client(forwarded: str, seen: str) -> None:
    assert client("127.0.0.1", forwarded) == client(seen)


@pytest.mark.parametrize(
    ("forwarded", "seen"),
    [
        ("198.51.100.7:40007", "198.51.100.7"),
        ("192.0.2.1, 198.51.100.7:40007", "198.51.100.7"),
        ("[2001:db8::1]:40007", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
    ],
)
def test_a_client_may_be_written_with_its_port(forwarded: str, seen: str) -> None:
    """As Azure's Application Gateway and IIS do; read as no address, all the world would be one client."""
    assert client("127.0.0.1", forwarded) == client(seen)


@pytest.mark.parametrize("forwarded", ["198.51.100.7:", "198.51.100.7:400070", "[198.51.100.7", "2001:db8::1]:1"])
def test_half_a_port_is_no_address(forwarded: str) -> None:
    assert client("127.0.0.1", forwarded) == client("127.0.0.1", "a made-up name")


def test_what_is_no_address_is_one_client_for_all() -> None:
    assert client("127.0.0.1", "a made-up name") == client("a socket in the file system")
