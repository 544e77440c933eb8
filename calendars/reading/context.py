"""What one file declares and another refers to. None: it could not be read, so nothing is said to be missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

from calendars.catalogue import Phrase
from calendars.model.places import slug
from calendars.model.text import Said, Text
from calendars.reading.problems import NO_SUCH, Position, Wrong, unknown
from calendars.reading.values import ID_LENGTH, line

REGION = Phrase("region")
SITE = Phrase("site")
_NOT_LISTED = Phrase("is not in representations.csv")


@dataclass(kw_only=True, slots=True)
class Context:
    zone: str | None = None  # IANA
    regions: Mapping[str, str] | None = None  # id -> Spanish name
    axes: Mapping[str, str] | None = None  # id -> id
    kinds: Mapping[str, Text] | None = None  # of events, the agenda's own: Spanish name -> both
    sites: Mapping[str, str] | None = None  # id -> id
    peopled: frozenset[str] | None = None  # regions that have a site
    events: Mapping[str, str] | None = None  # id -> id
    posts: dict[str, int] = field(default_factory=dict)  # Recipient.id -> line


def reference(value: str, declared: Mapping[str, str] | None, rule: str, noun: Said) -> str:
    """The id that a name refers to, case, accents and spaces aside: «Asia Pacífico», «Nueva Delhi»."""
    plain = line(value)
    if declared is None or slug(plain) in declared:
        return slug(plain)
    missing = _NOT_LISTED if noun is SITE else NO_SUCH
    raise unknown(rule, noun, plain, tuple(declared.values()), missing)


_TWICE = Phrase(
    "{noun} “{name}” stands already on line {line}. Give the new one of the two another, for instance “{free}”; what "
    "was published keeps its own."
)
_TWICE_ROW = Phrase("{noun} “{name}” stands already on line {line}. Change one of the two.")


@dataclass(kw_only=True, slots=True)
class Once:
    """Says so when an id comes a second time, and on which line the first one stands."""

    noun: Said
    rule: str = "duplicate-id"
    ids: bool = True  # False: of a name or an address, which another cannot be made for
    seen: dict[object, Position] = field(default_factory=dict)

    def check(self, key: object, name: str, place: Position) -> None:
        if first := self.seen.get(key):
            said, values = (_TWICE, {"free": self._free(name)}) if self.ids else (_TWICE_ROW, {})
            message = said.of(noun=self.noun, name=name, line=first.line, **values)
            raise Wrong(self.rule, message, value=name, place=place)
        self.seen[key] = place

    def _free(self, name: str) -> str:
        """An id for the new one of two: the copy's own, with the first number that is free so far."""
        tries = (f"{name[: ID_LENGTH - 4]}-{number}" for number in count(2))
        return next(one for one in tries if one not in self.seen)
