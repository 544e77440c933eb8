"""Signed links: a recipient's id with a purpose, for some time or for ever, under the installation's secret keys."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from itsdangerous import BadData, URLSafeSerializer
from itsdangerous.encoding import base64_encode

from calendars.catalogue import Phrase
from scheduler.base.refusal import EnvironmentRefusal


class Link(StrEnum):
    """What a signed link lets its holder do for one recipient."""

    LEAVE = "leave"  # stop and resume, pause, change the language; in every mail, for ever
    CONFIRM = "confirm"  # say that the address is one's own
    ACCOUNT = "account"  # everything; for a quarter of an hour
    ROLL = "roll"  # answer a roll call; in its mail, as long as the post keeps the address that it went to
    NOT_ME = "not-me"  # take back what was said of a post by somebody else
    ANSWER = "answer"  # say whether the post comes to one event; in each mail about it, for ever
    DESK = "desk"  # choose a password for an account of the desk, once; not of a post


class NoKey(EnvironmentRefusal):
    """There is no secret key: the file that is to hold it holds none, or the environment names none."""


UNSET = Phrase("AGENDA_SECRET_KEY is not set: nodes have to share it; `openssl rand -base64 32` makes one")
SHORT = Phrase(
    "the secret key has fewer than {least} {least:character|characters}, and can be guessed; "
    "`openssl rand -base64 32` makes one. An "
    "older one that is to go on reading links stands behind the new one"
)
LEAST = 16  # characters of a key
_COMPACT = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)  # `dumps` would make one for each link
NOTHING_CHANGED = Phrase("{unset}. Nothing was changed").of(unset=UNSET)


@dataclass(frozen=True, kw_only=True, slots=True)
class ChainKey:
    """What the audit is chained with (scheduler/store/audit/chain.py)."""

    id: str  # 16 hexadecimal digits, of which nobody gets back to it: stands in each row
    secret: bytes


class Tokens:
    """Signs with the current key and still reads what older keys signed, so that a rotation breaks no link."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("no secret key")
        self._keys = tuple(keys)
        self.short = len(keys[0]) < LEAST  # what is signed now can be forged
        message_key = hashlib.sha256(f"agenda-consular.message{keys[0]}".encode()).digest()
        self._message = hmac.new(message_key, digestmod="sha256")  # copied for each: the key is hashed once
        newest_last = list(reversed(keys))
        self._by_purpose = {link: URLSafeSerializer(newest_last, salt=f"agenda-consular.{link}") for link in Link}
        self._macs = {link: hmac.new(_derived(one), digestmod="sha1") for link, one in self._by_purpose.items()}

    @property
    def fingerprint(self) -> str:
        """By which the current key is known again, without being told."""
        return fingerprint(self._keys[0])

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """Of each key, the current one first."""
        return tuple(fingerprint(key) for key in self._keys)

    def sign(self, link: Link, recipient: str, until: datetime | None = None) -> str:
        """A token for that recipient, good for ever or `until` an instant (to the second)."""
        content = recipient if until is None else [recipient, int(until.timestamp())]
        return self._signed(link, _COMPACT.encode(content))

    def sign_answer(self, recipient: str, event: str) -> str:
        """A token for that recipient and event, good for ever."""
        both = _COMPACT.encode(recipient), _COMPACT.encode(event)  # as JSON writes the list, in half the time
        return self._signed(Link.ANSWER, "[{},{}]".format(*both))

    def sign_dated(self, link: Link, recipient: str, at: datetime) -> str:
        """A token for that recipient that tells when its mail was owed (to the second), good for ever."""
        return self._signed(link, _COMPACT.encode([recipient, int(at.timestamp())]))

    def _signed(self, link: Link, content: str) -> str:
        payload = base64_encode(content)
        mac = self._macs[link].copy()
        mac.update(payload)
        return (payload + b"." + base64_encode(mac.digest())).decode("ascii")

    def read(self, link: Link, token: str, now: datetime) -> str | None:
        """The recipient that the token was signed for; None if it was not signed here for this, or is too old."""
        match self._loaded(link, token):
            case str() as recipient:
                return recipient
            case [str() as recipient, int() as until] if now <= datetime.fromtimestamp(until, UTC):
                return recipient
        return None

    def read_answer(self, token: str) -> tuple[str, str] | None:
        """Whom and about which event (Event.id) the token asks; None if it was not signed here."""
        match self._loaded(Link.ANSWER, token):
            case [str() as recipient, str() as event]:
                return recipient, event
        return None

    def read_dated(self, link: Link, token: str) -> tuple[str, datetime] | None:
        """Whom the token speaks for, and when its mail was owed; None if it was not signed here for this."""
        match self._loaded(link, token):
            case [str() as recipient, int() as at]:
                return recipient, datetime.fromtimestamp(at, UTC)
        return None

    def _loaded(self, link: Link, token: str) -> object:
        try:
            return self._by_purpose[link].loads(token)
        except BadData:
            return None

    def digests(self, address: str) -> tuple[str, ...]:
        """Keyed hashes of an address, case aside, under each key, the current one first: to know it again by."""
        plain = address.strip().casefold().encode()
        return tuple(
            hmac.new(hashlib.sha256(b"agenda-consular.address" + key.encode()).digest(), plain, "sha256").hexdigest()
            for key in self._keys
        )

    def people(self, session: str, person: str) -> tuple[str, ...]:
        """Keyed hashes of who came to a session, under each key, the current one first: to know them again by there.

        `session` "" is of none: who was once assigned to a site. In each session, somebody has another hash.
        """
        named = "\x1f".join((session, person)).encode()
        keys = (hashlib.sha256(f"agenda-consular.attendance{key}".encode()).digest() for key in self._keys)
        return tuple(hmac.digest(key, named, "sha256").hex() for key in keys)

    def message_key(self, purpose: str, subject: str, schedule: int, rule: str, recipient: str) -> str:
        """The local part of a new delivery's Message-ID, under the current key.

        Whoever reads the public calendar knows most of what it is made from; without the key nobody can reckon it. It
        is reckoned once, when the row is made: what is stored stays as it is when the key is rotated.
        """
        mac = self._message.copy()
        mac.update("\x1f".join((purpose, subject, str(schedule), rule, recipient)).encode())
        return mac.hexdigest()[:32]

    @property
    def chain_keys(self) -> tuple[ChainKey, ...]:
        """Of the audit, derived from each key, the current one first: rows of before a rotation stay verifiable."""
        secret = (hashlib.sha256(f"agenda-consular.audit{key}".encode()).digest() for key in self._keys)
        return tuple(ChainKey(id=hmac.digest(one, b"id", "sha256").hex()[:16], secret=one) for one in secret)

    def returning(self, message_key: str) -> tuple[str, ...]:
        """Signatures of an envelope sender that tells its message, under each key, the current one first."""
        return self._signatures("verp", message_key)

    def answering(self, recipient: str) -> tuple[str, ...]:
        """Likewise of an address that tells whose answer comes to it."""
        return self._signatures("answers", recipient)

    def _signatures(self, salt: str, text: str) -> tuple[str, ...]:
        keys = (hashlib.sha256(f"agenda-consular.{salt}{key}".encode()).digest() for key in self._keys)
        return tuple(hmac.new(key, text.encode(), "sha256").hexdigest()[:16] for key in keys)


def _derived(serializer: URLSafeSerializer) -> bytes:
    """The key that the serializer signs with at present: to derive that anew takes as long as to sign.

    A link stands in every mail; the serializer would also try to compress each, which never makes one shorter.
    """
    return serializer.make_signer(serializer.salt).derive_key()


def tokens_with(keys: Sequence[str]) -> Tokens | None:
    """None where no key was given."""
    return Tokens(keys) if keys else None


def fingerprint(key: str) -> str:
    """16 hexadecimal digits, of which nobody gets back to the key."""
    return hashlib.sha256(f"agenda-consular.fingerprint{key}".encode()).hexdigest()[:16]


def key_file(database: Path) -> Path:
    """Where the keys of a SQLite database are kept."""
    return database.with_name(f"{database.name}.key")


def key_beside(database: Path) -> tuple[str, ...]:
    """The keys in the file beside a SQLite database, made on first use, readable by its owner only."""
    path = key_file(database)
    if not path.exists():
        unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        unfinished.touch(mode=0o600)
        unfinished.write_text(secrets.token_urlsafe(32) + "\n", encoding="ascii")
        unfinished.replace(path)  # a crash in between leaves no empty key
    keys = tuple(path.read_bytes().decode("ascii", "ignore").split())
    if not keys:
        raise NoKey(f"{path} holds no key: put it back from a backup, or delete it, and links in mails sent so far end")
    return keys
