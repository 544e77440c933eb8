"""What in a text speaks of somebody: addresses, links, and the names that this database knows."""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import StrEnum
from functools import lru_cache

from sqlalchemy import Column, Connection, select

from scheduler.store.accounts.tables import accounts
from scheduler.store.audit.deeds import Via
from scheduler.store.audit.tables import audit
from scheduler.store.roll_tables import roll_answers, roll_calls
from scheduler.store.schema import editions, handovers, recipients

ACCEPTED = "accepted"
_SHORTEST = 3  # characters of a name or of what stands before an @: shorter ones stand in every word
_BETWEEN = dict.fromkeys(map(ord, "<>()[]{},;:\"'=|!?/"), " ")
_ADDRESSES: tuple[Column[str], ...] = (recipients.c.address, accounts.c.address, roll_answers.c.successor)
_AUTHORS: tuple[Column[str], ...] = (accounts.c.name, editions.c.author, handovers.c.author, roll_calls.c.author)

Test = Callable[[str, object], bool]  # of a text, and of what stands beside it in its row


class SealedWhen(StrEnum):
    """When a field is replaced in a redacted pack. An empty one never is."""

    ALWAYS = "always"
    WORDS = "words"  # where it speaks of somebody
    LINKS = "links"  # where it has an address or a link of any kind, or a name
    NAMED = "named"  # where it has an address of this database, or a link: ids, of which some have an @
    WRITTEN = "written"  # where an administrator wrote it, which stands beside it, and where it speaks of somebody
    REPLY = "reply"  # of a mail server: unless it took the message, and where it speaks of somebody


class People:
    """Whom a database knows, at one moment of it."""

    def __init__(self, addresses: Collection[str], names: Collection[str]) -> None:
        self._addresses = frozenset(one.casefold() for one in addresses if one)
        local = (one.rpartition("@")[0] for one in self._addresses)
        self._words = frozenset(one for one in local if len(one) >= _SHORTEST)
        self._names = tuple({one.casefold() for one in names if len(one) >= _SHORTEST})
        self._named = lru_cache(maxsize=8192)(self._has_address)

    @classmethod
    def of(cls, connection: Connection) -> People:
        """All of them are kept in memory: an address takes some hundred bytes."""
        found = [value for column in _ADDRESSES for value in _values(connection, column)]
        names = [value for column in _AUTHORS for value in _values(connection, column)]
        acted = select(audit.c.who).where(audit.c.via.in_((Via.COMMAND, Via.DESK))).distinct()
        return cls(found, [*names, *connection.execute(acted).scalars()])

    def test(self, personal: SealedWhen) -> Test:
        """Whether a text is to be replaced."""
        return {
            SealedWhen.ALWAYS: lambda _text, _beside: True,
            SealedWhen.WORDS: lambda text, _beside: self.speaks(text),
            SealedWhen.LINKS: lambda text, _beside: "@" in text or "://" in text or self._has_name(text.casefold()),
            SealedWhen.NAMED: lambda text, _beside: self._named(text),
            SealedWhen.WRITTEN: lambda text, beside: beside == 1 or self.speaks(text),
            SealedWhen.REPLY: lambda text, beside: beside != ACCEPTED or self.speaks(text),
        }[personal]

    def speaks(self, text: str) -> bool:
        """Whether it has an address or a link of any kind, a name, or what stands before the @ of an address."""
        if "@" in text or "://" in text or "www." in text:
            return True
        folded = text.casefold()
        words = (word.strip(".") for word in folded.translate(_BETWEEN).split())
        return not self._words.isdisjoint(words) or self._has_name(folded)

    def _has_name(self, folded: str) -> bool:
        return any(name in folded for name in self._names)

    def _has_address(self, text: str) -> bool:
        if "://" in text:
            return True
        return "@" in text and not self._addresses.isdisjoint(text.casefold().translate(_BETWEEN).split())


def _values(connection: Connection, column: Column[str]) -> Collection[str]:
    return connection.execute(select(column).where(column != "").distinct()).scalars().all()
