"""Mail on the wire (RFC 5322, RFC 2045): encoded once for all who get it, with slots for what is each one's own.

A quoted-printable part may break its lines anywhere (`=` before the line end), so a slot needs no line of its own in
the text, and what fills it is encoded apart from what surrounds it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.header import Header
from email.utils import formataddr
from functools import lru_cache

from calendars.invitations import Invitation
from scheduler.base.address import mailbox

LINE = 76  # characters, of an encoded line (RFC 2045 §6.7, §6.8) and of a header line with encoded words (RFC 2047 §2)
_WORD = 50  # characters of one word that still finds a place on a folded line
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
SLOTS = ("office", "stop", "manage", "unread", "answer", "answered", "parties")
_SLOT = re.compile(f"\ue000({'|'.join(SLOTS)})\ue001")
_OVERLONG = re.compile(rb"^(.{74,75})(=20|=09)$", re.MULTILINE)  # binascii forgets to break before a trailing space
_SOFT_BREAK = b"=\r\n"
_LITERALS = LINE - 1  # on one line, with the `=` that breaks it
_LITERAL = re.compile(r"[!-<>-~]+")  # printable ASCII that stands for itself (RFC 2045 §6.7 rule 2)


def slot(name: str) -> str:
    """What stands in a rendered text for a personal piece, one of SLOTS."""
    return f"\ue000{name}\ue001"


def checked(text: str) -> str:
    """Text fit for a header. Raises ValueError for CR, LF, NUL and other control characters, which end a header."""
    if _CONTROL.search(text):
        raise ValueError("a header must not contain a line break or another control character")
    return text


def field(name: str, value: str) -> bytes:
    """A header of ASCII that is not folded."""
    return f"{name}: {checked(value)}\r\n".encode("ascii")


@lru_cache(maxsize=256)  # at one hour, what goes to many sites has one subject
def worded_field(name: str, text: str) -> bytes:
    """A header that people read, in encoded words where needed, folded."""
    return f"{name}: {_worded(name, text)}\r\n".encode("ascii")


def address_field(name: str, words: str, address: str) -> bytes:
    """A header of one mailbox with the name that people see."""
    if not words:
        return field(name, f"<{mailbox(address)}>")
    if _is_plain(words):
        one_line = f"{name}: {formataddr((checked(words), mailbox(address)))}"
    else:
        one_line = f"{name}: {_worded(name, words)} <{mailbox(address)}>"
    if len(one_line.rpartition("\n")[2]) > LINE:
        one_line = one_line.replace(f" <{address}>", f"\r\n <{address}>")
    return f"{one_line}\r\n".encode("ascii")


def quoted_printable(text: str) -> bytes:
    """The text's UTF-8 in lines of at most 76 characters, CRLF between them."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    encoded = binascii.b2a_qp(unified.encode(), istext=True)
    return _OVERLONG.sub(rb"\1=\n\2", encoded).replace(b"\n", b"\r\n")


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Header and body, encoded: `pieces` with a slot's filling between each two, by the names in `slots`."""

    pieces: tuple[bytes, ...]
    slots: tuple[str, ...]

    def joined(self, fillings: Mapping[str, bytes]) -> bytes:
        out = [self.pieces[0]]
        for name, piece in zip(self.slots, self.pieces[1:], strict=True):
            out += (fillings[name], piece)
        return b"".join(out)


def text_part(subtype: str, text: str, parameter: str = "") -> Part:
    """A `text/*` part. A filling for it comes from `filling`; its slots are named `<subtype>.<slot>`."""
    head = b'Content-Type: text/%s; charset="utf-8"%s\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n' % (
        subtype.encode(),
        parameter.encode(),
    )
    texts = _SLOT.split(text)
    *unfinished, last = texts[::2]
    pieces = [*map(filling, unfinished), quoted_printable(last)]
    pieces[0] = head + pieces[0]
    return Part(pieces=tuple(pieces), slots=tuple(f"{subtype}.{name}" for name in texts[1::2]))


def filling(text: str) -> bytes:
    """A piece of a quoted-printable part after which another goes on, on the same line of the text.

    The letter that is added and taken off again keeps a place in the last line for the `=`. A link, which every
    message has of its own, is only cut into lines.
    """
    if _LITERAL.fullmatch(text):
        lines = [text[begin : begin + _LITERALS] for begin in range(0, len(text), _LITERALS)]
        return "=\r\n".join((*lines, "")).encode("ascii")
    return quoted_printable(f"{text}x").removesuffix(b"x") + _SOFT_BREAK


def invitation_part(invitation: Invitation) -> Part:
    """An invitation, or its end, to stand among the alternatives (RFC 6047 §2.4); the slot is that of its parties."""
    before, after = invitation.before.decode(), invitation.after.decode()
    text = f"{before}{slot('parties')}\r\n{after}"
    return text_part("calendar", text, f"; method={invitation.method}")


def calendar_part(content: bytes, method: str, filename: str) -> Part:
    """An iCalendar document as an attachment; `method` is the METHOD in it (RFC 6047 §2.4)."""
    head = (
        f'Content-Type: text/calendar; charset="utf-8"; method={method};\r\n name="{filename}"\r\n'
        f'Content-Disposition: attachment; filename="{filename}"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    body = base64.encodebytes(content).replace(b"\n", b"\r\n").removesuffix(b"\r\n")
    return Part(pieces=(head.encode("ascii") + body,), slots=())


def multipart(subtype: str, parts: Sequence[Part]) -> Part:
    """The parts in one. The boundary comes from the content, so equal content gives equal bytes."""
    digest = hashlib.blake2b(b"\0".join(piece for part in parts for piece in part.pieces), digest_size=15)
    boundary = b"=_%s_%s" % (subtype.encode(), digest.hexdigest().encode())  # «=_» occurs in no encoded body
    pieces = [b'Content-Type: multipart/%s;\r\n boundary="%s"\r\n\r\n' % (subtype.encode(), boundary)]
    for part in parts:
        pieces[-1] += b"--%s\r\n%s" % (boundary, part.pieces[0])
        pieces += part.pieces[1:]
        pieces[-1] += b"\r\n"
    pieces[-1] += b"--%s--\r\n" % boundary
    return Part(pieces=tuple(pieces), slots=tuple(name for part in parts for name in part.slots))


def _worded(name: str, text: str) -> str:
    charset = "us-ascii" if _is_plain(text) else "utf-8"
    return Header(checked(text), charset, header_name=name, maxlinelen=LINE).encode(linesep="\r\n")


def _is_plain(text: str) -> bool:
    """May it stand as it is? Not what looks encoded, nor what folding would change or cannot fold."""
    words = text.split(" ")
    return text.isascii() and "=?" not in text and all(0 < len(word) <= _WORD for word in words)
