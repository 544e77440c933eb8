"""The chain: each row's hash covers the row and the hash before it, under a key that the database does not hold.

Whoever can write to the database but lacks the secret key can neither change a row nor take one out of the middle
unseen; rows cut off at the end are found by any later head that somebody kept: each publication prints one, and keeps
one with its edition. The text of a row stands aside and only its salted hash in the row: emptied, it breaks nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from scheduler.base.tokens import NOTHING_CHANGED, ChainKey, NoKey
from scheduler.store.audit.deeds import UNKEYED, Deed, plain
from scheduler.store.audit.tables import audit, audit_texts, edition_heads
from scheduler.store.schema import microseconds
from scheduler.store.turns import take_chain

SHOWN = 32  # hexadecimal digits of a head that people are shown: 128 bits
LEAST_DIGITS = 16  # of a head that is looked for
_HEAD = re.compile(rf"([0-9]{{1,18}})-([0-9a-f]{{{LEAST_DIGITS},64}})")
_A = audit.c


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """The last row of the chain at some moment: whoever keeps it can tell later that nothing before it is gone."""

    number: int
    hash: str  # hexadecimal, 64 digits; fewer where it was typed

    def __str__(self) -> str:
        return f"{self.number}-{self.hash[:SHOWN]}"

    @staticmethod
    def read(text: str) -> Head:
        """As `str` writes it. Raises ValueError."""
        found = _HEAD.fullmatch(text.strip().lower())
        if found is None:
            raise ValueError(text)
        return Head(number=int(found[1]), hash=found[2])


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """All that a row's hash covers, as it stands in the database, besides the hash before it."""

    number: int
    at: int  # microseconds since 1970
    who: str
    via: str
    what: str
    subject: str
    details: str
    text_hash: str
    key: str

    def hashed(self, before: str, key: ChainKey | None) -> str:
        """Hexadecimal. Without a key it is a plain SHA-256, which anybody could make."""
        parts = (self.number, self.at, self.who, self.via, self.what, self.subject, self.details, self.text_hash)
        octets = json.dumps([*parts, self.key, before], ensure_ascii=False).encode()
        return hashlib.sha256(octets).hexdigest() if key is None else hmac.digest(key.secret, octets, "sha256").hex()


def text_hash(salt: bytes, about: str, text: str) -> str:
    """Of a row of the side table. Without the salt nobody can try what the text may have been."""
    return hashlib.sha256(b"\x1f".join((salt, about.encode(), text.encode()))).hexdigest()


def record(connection: Connection, deed: Deed, at: datetime) -> Head:
    """Append one row, in the transaction of what it tells; the last thing that is done there.

    From here to the commit every other writer of the chain waits. Raises NoKey where there is no secret key
    (PostgreSQL without AGENDA_SECRET_KEY); what is among UNKEYED is written without one then.
    """
    key = _key(connection)
    if key is None and deed.what not in UNKEYED:
        raise NoKey(NOTHING_CHANGED)
    text, salt = deed.text, secrets.token_bytes(16)
    take_chain(connection)
    last = head(connection)
    content = Content(
        number=1 if last is None else last.number + 1,
        at=microseconds(at),
        who=plain(deed.who),
        via=deed.via.value,
        what=deed.what.value,
        subject=plain(deed.subject),
        details=deed.facts,
        text_hash="" if text is None else text_hash(salt, deed.about, text),
        key="" if key is None else key.id,
    )
    made = content.hashed("" if last is None else last.hash, key)
    row = {name: getattr(content, name) for name in Content.__slots__} | {"at": at, "hash": made}
    connection.execute(insert(audit).values(row))
    if text is not None:
        connection.execute(insert(audit_texts).values(number=content.number, about=deed.about, salt=salt, text=text))
    return Head(number=content.number, hash=made)


def record_once(connection: Connection, deed: Deed, at: datetime) -> Head | None:
    """As `record`, unless the same was said of the same subject before, by whichever node: None then."""
    take_chain(connection)
    same = select(_A.number).where(
        _A.what == deed.what, _A.subject == plain(deed.subject), _A.details == deed.facts, _A.via == deed.via
    )
    return None if connection.execute(same.limit(1)).first() is not None else record(connection, deed, at)


def keep(connection: Connection, edition: int, kept: Head) -> None:
    """Keep the head with an edition."""
    connection.execute(insert(edition_heads).values(edition=edition, number=kept.number, hash=kept.hash))


def head(connection: Connection) -> Head | None:
    """The last row; None where there is none yet."""
    row = connection.execute(select(_A.number, _A.hash).order_by(_A.number.desc()).limit(1)).first()
    return None if row is None else Head(number=row.number, hash=row.hash)


def kept_heads(connection: Connection) -> dict[int, Head]:
    """By number of the edition that keeps it."""
    found = connection.execute(select(edition_heads).order_by(edition_heads.c.edition))
    return {row.edition: Head(number=row.number, hash=row.hash) for row in found}


def _key(connection: Connection) -> ChainKey | None:
    given: Callable[[], ChainKey | None] = connection.get_execution_options()["chain_key"]
    return given()
