"""How much of one message is looked at: each bound just below and just above, and what has no bound of its own."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.mail.incoming import bounds
from scheduler.mail.incoming.bounds import Unreadable
from scheduler.mail.incoming.parts import charset_of, decoded, octets_of, parse, walk
from scheduler.mail.incoming.reading import Answered, Bounce, Other, read
from tests.support.replies import Answer, document
from tests.support.returned import KEY, returned

REPORT = "Content-Type: message/delivery-status\n\nReporting-MTA: dns; relay.example\n\n"
BLOCK = "Final-Recipient: rfc822; uno@tokio.example\nAction: failed\nStatus: 5.1.1\n\n"


def nested(depth: int) -> bytes:
    """Multiparts within each other."""
    heads = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(depth))
    return f"{heads}Content-Type: text/plain\n\nhola\n".encode()


def in_parts(number: int) -> bytes:
    """One multipart of as many parts, itself not counted."""
    return b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nhola\n" * number + b"--b--\n"


def with_header_lines(number: int) -> bytes:
    return b"X-A: 1\n" * number + b"\nhola\n"


def with_recipients(number: int) -> bytes:
    return (REPORT + BLOCK * (number - 1)).encode()


def with_message_ids(number: int) -> bytes:
    ids = "".join(f"Message-ID: <{n:032x}@ine.example>\n" for n in range(number))
    return (REPORT + BLOCK + ids).encode()


@pytest.mark.parametrize(
    ("make", "most", "word"),
    [
        (nested, bounds.DEEPEST, "depth"),
        (in_parts, bounds.MOST_PARTS - 1, "parts"),
        (with_header_lines, bounds.MOST_HEADER_LINES, "headers"),
        (with_recipients, bounds.MOST_BLOCKS, "recipients"),
        (with_message_ids, bounds.MOST_QUOTED, "message-ids"),
    ],
)
def test_each_bound_holds_what_lies_just_below_and_nothing_above(make, most: int, word: str) -> None:  # type: ignore[no-untyped-def]  # because it is one of the five above
    assert isinstance(read(make(most)), Bounce | Other)
    with pytest.raises(Unreadable, match=rf"\A{word}\Z"):
        read(make(most + 1))


@pytest.mark.parametrize(("before", "kind"), [(bounds.MOST_CALENDARS - 1, Answered), (bounds.MOST_CALENDARS, Other)])
def test_an_answer_is_looked_for_in_the_first_calendars_of_a_message(before: int, kind: type) -> None:
    other = "--b\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n"
    answer = f"--b\nContent-Type: text/calendar\n\n{document('outlook', Answer())}\n--b--\n"
    raw = "Content-Type: multipart/mixed; boundary=b\n\n" + other * before + answer
    assert isinstance(read(raw.encode()), kind)


def test_a_line_of_a_header_may_be_long_and_not_longer() -> None:
    line = b"X-A: " + b"a" * (bounds.LONGEST_HEADER_LINE - 5)
    assert isinstance(read(line + b"\n\nhola"), Other)
    with pytest.raises(Unreadable, match=r"\Aheaders\Z"):
        read(line + b"a\n\nhola")


def test_a_long_header_is_cut() -> None:
    raw = b"Subject:" + (b"\n " + b"a" * 98) * 100
    assert parse(raw + b"\n\nhola")["Subject"] == raw[: bounds.LONGEST_HEADER].decode().removeprefix("Subject:")


@pytest.mark.parametrize(("length", "parts"), [(bounds.LONGEST_BOUNDARY, 2), (bounds.LONGEST_BOUNDARY + 1, 1)])
def test_a_boundary_that_is_too_long_bounds_nothing(length: int, parts: int) -> None:
    name = b"b" * length
    raw = b"Content-Type: multipart/mixed; boundary=%s\n\n--%s\n\nhola\n--%s--\n" % (name, name, name)
    assert len(list(walk(parse(raw)))) == parts


def test_what_lies_beyond_the_largest_size_is_not_looked_at() -> None:
    whole = returned()
    fill = bounds.LARGEST - len(whole)
    assert read(whole + b"x" * fill) == read(whole + b"x" * (fill + 1)) == read(whole)
    pushed = whole.replace(b"\r\n\r\n", b"\r\n\r\n" + b"x" * bounds.LARGEST, 1)
    found = read(pushed)
    assert not isinstance(found, Bounce) or found.message_keys == ()


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_parts_are_found_whatever_ends_a_line(end: bytes) -> None:
    raw = in_parts(2).replace(b"\n", end)
    assert [octets_of(part) for part in walk(parse(raw))] == [b"", b"hola", b"hola"]


@pytest.mark.parametrize(
    ("head", "held"),
    [
        (b"Content-Type: multipart/mixed", b"--b\n\nhola"),  # without a boundary
        ("Content-Type: multipart/mixed; boundary=ñandú".encode("latin-1"), b"--b\n\nhola"),
        (b'Content-Type: multipart/mixed; boundary=""', b"--b\n\nhola"),
        (b"Content-Type: multipart/mixed; boundary=c", b"--b\n\nhola"),  # which never comes
        (b"Content-Type: ;;;\xe1", b"--b\n\nhola"),
    ],
)
def test_a_multipart_without_parts_is_one_part(head: bytes, held: bytes) -> None:
    (only,) = walk(parse(head + b"\n\n" + held))
    assert octets_of(only) == held


def test_a_delimiter_that_only_begins_like_ours_is_text() -> None:
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nuno\n--bc\n--b \t\n\ndos\n--b--x\n--b--\nfin\n"
    assert [octets_of(part) for part in walk(parse(raw))][1:] == [b"uno\n--bc", b"dos\n--b--x"]


def test_a_part_that_is_not_closed_ends_with_the_message() -> None:
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nuno\n"
    assert octets_of(list(walk(parse(raw)))[1]) == b"uno\n"


@pytest.mark.parametrize(
    "charset", ["undefined", "punycode", "idna", "unicode_escape", "zlib", "rot13", "x" * 500, "\0"]
)
def test_a_character_set_that_no_mail_is_written_in_is_read_as_utf_8(charset: str) -> None:
    assert decoded("señal".encode(), charset) == "señal"
    assert isinstance(read(f'Content-Type: text/calendar; charset="{charset}"\n\nBEGIN:VCALENDAR'.encode()), Other)


@pytest.mark.parametrize("charset", ["utf-8", "latin-1", "iso-8859-15", "windows-1252", "UTF-16LE", "cp1252"])
def test_character_sets_that_mail_is_written_in_are_read(charset: str) -> None:
    part = parse(f"Content-Type: text/plain; charset={charset}\n\n".encode() + b"x")
    assert decoded("señal".encode(charset), charset_of(part)) == "señal"


@given(st.binary(max_size=300))
def test_base64_is_undone_as_far_as_it_goes(octets: bytes) -> None:
    body = base64.encodebytes(octets)
    assert octets_of(parse(b"Content-Transfer-Encoding: base64\n\n" + body)) == octets
    octets_of(parse(b"Content-Transfer-Encoding: base64\n\n" + octets))


def test_what_was_quoted_at_some_depth_is_still_ours() -> None:
    head = "From: MAILER-DAEMON@relay.example\n\n550 5.1.1 no such user\n"
    found = read(f"{head}{'> ' * 20}Message-ID: <{KEY}@ine.example>\n".encode())
    assert isinstance(found, Bounce)
    assert found.message_keys == ((KEY, "ine.example"),)
