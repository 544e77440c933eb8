"""A message as it goes over the wire, looked at in its pieces: the same as looked at whole."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.mail.relay.wire import WovenMessage, on_the_wire

PIECE = st.lists(st.sampled_from([b".", b"..", b"\r\n", b"a line", b"", b"=\r\n", b"\r\n."]), max_size=6).map(b"".join)
ROUGH = PIECE | st.sampled_from([b"\r", b"\n", b"\0", "ñ".encode(), b"x\r", b"\ny"])


def stuffed(message: bytes) -> bytes:
    """RFC 5321 §4.5.2, line by line."""
    whole = message if message.endswith(b"\r\n") else message + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", whole) + b".\r\n"


@st.composite
def woven(draw: st.DrawFn, piece: st.SearchStrategy[bytes]) -> WovenMessage:
    own = draw(st.lists(piece, max_size=5))
    shared = draw(st.lists(piece, min_size=len(own) + 1, max_size=len(own) + 1))
    return WovenMessage.of(tuple(shared), tuple(own))


@given(woven(PIECE))
def test_its_dots_are_doubled_as_if_it_were_of_one_piece(message: WovenMessage) -> None:
    assert on_the_wire(message) == stuffed(bytes(message))


@given(woven(ROUGH))
def test_what_a_server_might_read_differently_is_refused_in_pieces_as_in_one(message: WovenMessage) -> None:
    """A piece may be sound only together with its neighbour: then the whole decides."""
    try:
        expected = on_the_wire(bytes(message))
    except ValueError as error:
        with pytest.raises(ValueError, match=re.escape(str(error))):
            on_the_wire(message)
    else:
        assert on_the_wire(message) == expected


def test_it_is_the_text_that_its_pieces_make() -> None:
    assert WovenMessage.of((b"a", b"c"), (b"b",)) == b"abc"
