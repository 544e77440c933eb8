"""What may have been meant by a name that nothing bears, said to whoever mistook it."""

from __future__ import annotations

from collections.abc import Iterable

from calendars.catalogue import Phrase
from calendars.model.text import Said, Spoken
from calendars.spelling import near
from calendars.wording import and_list, or_list

NEAR = 3  # names told to whoever mistook one
_MEANT = Phrase("Did you mean {ids}?")


def meant(name: str, known: Iterable[str]) -> Said | None:
    """Which of the known names are like this one, as a question; None where none is."""
    found = near(name, known, NEAR)
    return _MEANT.of(ids=alternatives(found)) if found else None


def listed(names: Iterable[str]) -> Said:
    """The names in one line, as each language puts them."""
    named = tuple(names)
    return Spoken(lambda lang: and_list(named, lang))


def alternatives(names: Iterable[str]) -> Said:
    """The same of which one is meant: «A, B o C»."""
    named = tuple(names)
    return Spoken(lambda lang: or_list(named, lang))
