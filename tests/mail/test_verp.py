"""Envelope senders that tell which message came back, and that nobody else can make."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scheduler.base.address import mailbox
from scheduler.base.tokens import Tokens
from scheduler.mail import verp

KEY = "a919f7069c6cd17b994ea831676a07b9"
OLD, NEW = Tokens(["the old key of tests"]), Tokens(["the new key of tests", "the old key of tests"])


def test_what_comes_back_tells_its_message_under_older_keys_too() -> None:
    address = verp.sender(KEY, "ine.example", OLD)
    assert verp.read(address, OLD) == verp.read(address, NEW) == KEY
    assert verp.read(f"<{address.upper()}>", NEW) == KEY


def test_it_fits_into_an_envelope() -> None:
    address = verp.sender(KEY, "ine.example", NEW)
    assert mailbox(address) == address
    assert len(address.partition("@")[0]) <= 64  # RFC 5321 §4.5.3.1.1


def test_a_made_up_address_is_nobodys() -> None:
    address = verp.sender(KEY, "ine.example", NEW)
    assert verp.read(address, OLD) is None
    assert verp.read(address.replace(KEY, KEY[::-1]), NEW) is None


@given(st.text(max_size=200))
def test_any_text_is_read_without_trouble(text: str) -> None:
    assert verp.read(text, NEW) is None
