"""Hostile messages, made at run time from a seed: sixteen kinds, each of a size that is asked for, within bounds.

Each is what some program has been seen to stumble over, or to take the square of its length for, in a harmless size.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from random import Random

from tests.support.returned import FORMS, KEY, returned

Maker = Callable[[Random, int], bytes]
_HEAD = "From: MAILER-DAEMON@relay.example\nTo: agenda@ine.example\nSubject: x\n"
_REPORT = f"{_HEAD}Content-Type: message/delivery-status\n\n"
_CHARSETS = ("undefined", "punycode", "idna", "unicode_escape", "utf-7", "zlib", "hex", "x-unknown", "UTF-8", "rot13")


def _word(random: Random, letters: str = "abcxyz0189-_.@<>()\"';:,= \t\\%ñ«»") -> str:
    return "".join(random.choices(letters, k=random.randint(1, 40)))


def nested(random: Random, size: int) -> bytes:
    """Multiparts within each other, deeper than anybody's mail, with lines in the innermost."""
    depth = random.randint(2, 60)
    heads = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(depth))
    return f"{_HEAD}{heads}\n{'line' * random.randint(0, 1)}{chr(10) * (size // 2)}".encode()


def many_parts(random: Random, size: int) -> bytes:
    part = f"--b\nContent-Type: text/{random.choice(('plain', 'html', 'calendar'))}\n\nx\n"
    return (f"{_HEAD}Content-Type: multipart/mixed; boundary=b\n\n" + part * (size // len(part))).encode()


def near_boundaries(random: Random, size: int) -> bytes:
    """Lines that begin like the delimiter, and none of them is it."""
    name = "b" * random.randint(1, 70)
    return (f"{_HEAD}Content-Type: multipart/mixed; boundary={name}\n\n" + f"--{name}x\n" * (size // 40)).encode()


def no_boundary(random: Random, size: int) -> bytes:
    accent = random.choice(("boundary=ñandú", "boundary", "", 'boundary="', "boundary*=x''%F1", "boundary*0*=%"))
    body = "--ñ\n\nhola\n" * (size // 12)
    return f"{_HEAD}Content-Type: multipart/{_word(random, 'abcé')}; {accent}\n\n{body}".encode("latin-1", "replace")


def charsets(random: Random, size: int) -> bytes:
    name = random.choice(_CHARSETS)
    body = "".join(chr(random.randint(32, 255)) for _ in range(200)) * (size // 200 + 1)
    kind = random.choice(("text/calendar", "message/delivery-status", "text/plain"))
    return f"{_HEAD}Content-Type: {kind}; charset={name}\n\n".encode() + body.encode("latin-1")


def long_headers(random: Random, size: int) -> bytes:
    name = random.choice(("To", "From", "Subject", "Content-Type", "Auto-Submitted", "Authentication-Results"))
    unit = random.choice(("(", '"', "\\", ";", "<a@b>,", "a@b.example, ", "=?utf-8?q?x?=", " ", "a", "*0="))
    line = unit * (min(size, 15_000) // len(unit))
    return f"{name}: {line}\n{_HEAD}\nhola\n".encode()


def folded_headers(random: Random, size: int) -> bytes:
    unit = random.choice(("\n x", "\n\t;a=b", "\n (", '\n "', "\n  "))
    return f"{_HEAD}Content-Type: multipart/report{unit * min(size // len(unit), 1_500)}\n\nhola\n".encode()


def many_headers(random: Random, size: int) -> bytes:
    line = f"{random.choice(('X-A', 'To', 'Received', 'Content-Type', 'DKIM-Signature'))}: {_word(random, 'ab@;=')}\n"
    return (_HEAD + line * (size // len(line)) + "\nhola\n").encode()


def foreign_octets(random: Random, size: int) -> bytes:
    octets = bytes(random.choices(range(256), k=300)).replace(b"\n", b" ").replace(b"\r", b" ")
    return b"From: " + octets + b"\nContent-Type: " + octets + b"\nTo: " + octets + b"\n\n" + octets * (size // 300)


def quoted_ids(random: Random, size: int) -> bytes:
    lines = "".join(f"Message-ID: <{random.getrandbits(128):032x}@ine.example>\n" for _ in range(size // 70))
    return f"{_REPORT}Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n\n{lines}".encode()


def quoting_marks(random: Random, size: int) -> bytes:
    unit = random.choice((">", "> ", ">\n", "Message-ID:\n", "Message-ID: <", "Original-Message-ID:  ", "\n\n", " \n"))
    return f"{_HEAD}\n550 5.1.1 no such user\n{unit * (size // len(unit))}".encode()


def many_recipients(random: Random, size: int) -> bytes:
    end = random.choice(("\n\n", "\n \n", "\n\t\n\n"))
    block = f"Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: {random.randint(2, 5)}.1.1{end}"
    return (_REPORT + block * (size // len(block))).encode()


def diagnostics(random: Random, size: int) -> bytes:
    """A server's words without end, in letters that addresses are made of."""
    unit = random.choice(("a", "a@", "@", "%40", '"', "a%", "<", "[", "a@[", "\x00", "5.1.1 ", "1.1.", "\u2028"))
    words = unit * (min(size, 15_000) // len(unit))
    return f"{_REPORT}Final-Recipient: rfc822; a@b.example\nAction: failed\nDiagnostic-Code: smtp; {words}\n".encode()


def calendars(random: Random, size: int) -> bytes:
    """An answer to an invitation, or something like one."""
    unit = random.choice(
        (
            "BEGIN:VEVENT\n",
            "X;A=",
            'X;A="',
            "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example\n",
            "UID:x\n",
            "\n ",
            ";",
            ":",
        )
    )
    body = f"BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\n{unit * (size // len(unit))}\nEND:VEVENT\nEND:VCALENDAR\n"
    return f"From: a@b.example\nContent-Type: text/calendar; method=REPLY\n\n{body}".encode()


def encodings(random: Random, size: int) -> bytes:
    how = random.choice(("base64", "quoted-printable", "x-uuencode", "8bit", "binary", "gzip"))
    body = random.choice((b"=\n", b"=3D", b"=", b"====", b"begin 644 x\n", b"\x00", base64.b64encode(b"5.1.1 x")))
    kind = random.choice(("message/delivery-status", "text/plain", "text/calendar", "message/rfc822"))
    head = f"{_HEAD}Content-Type: {kind}\nContent-Transfer-Encoding: {how}\n\n"
    return head.encode() + body * (size // len(body))


def garbled(random: Random, size: int) -> bytes:
    """A real report with some of it lost, and something else in its place."""
    whole = returned(random.choice(sorted(FORMS)), key=KEY)
    at, lost = random.randrange(len(whole)), random.randint(0, 200)
    return whole[:at] + _word(random).encode() * (size // 40) + whole[at + lost :]


KINDS: dict[str, Maker] = {
    maker.__name__: maker
    for maker in (
        nested, many_parts, near_boundaries, no_boundary, charsets, long_headers, folded_headers, many_headers,
        foreign_octets, quoted_ids, quoting_marks, many_recipients, diagnostics, calendars, encodings, garbled,
    )
}  # fmt: skip


def messages(seed: int, number: int, size: int = 20_000) -> Iterator[bytes]:
    """So many of all kinds in turn, the same ones for the same seed; up to `size` octets, roughly."""
    random = Random(seed)  # because a test wants the same ones again
    makers = list(KINDS.values())
    for turn in range(number):
        yield makers[turn % len(makers)](random, random.randint(100, size))
