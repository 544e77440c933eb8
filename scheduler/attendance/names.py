"""Names and addresses as meeting programs show them, and what two of them share that are one person's."""

from __future__ import annotations

import re

from calendars.spelling import fold

_SUFFIX = re.compile(r" ?\((?:guest|external|unverified|no comprobado|externo)\)\Z")
_COMPANY = re.compile(r"\[[^\[\]]{0,200}\] ?")
_PHONE = re.compile(r"\+?[\d\s().*x#-]{5,40}")
_NOTETAKERS = re.compile(
    r"\b(?:note ?takers?|otter\.ai|read\.ai|read ai|fireflies(?:\.ai)?|meetgeek|tl;dv|fathom|tactiq|copilot|recorder)\b"
)
_BRACKETS = "<>()[]\"'; "


def folded(name: str) -> str:
    """A name as it is compared: without case and accents, `(Guest)` behind it and `[Company]` before it."""
    plain = fold(name)
    while (shorter := _SUFFIX.sub("", plain)) != plain:
        plain = shorter
    return _COMPANY.sub("", plain, count=1).strip() if plain.startswith("[") and not plain.endswith("]") else plain


def address_of(cell: str) -> str:
    """An e-mail address or UPN in lower case; "" where the cell holds none."""
    plain = cell.strip(_BRACKETS).lower().removeprefix("mailto:")
    local, at, host = plain.rpartition("@")
    return plain if local and at and host and " " not in plain and len(plain) <= 320 else ""


def is_phone(name: str) -> bool:
    """A telephone that dialled in, as `+52 55 1234 5678` or `52*****78`."""
    return _PHONE.fullmatch(name) is not None and sum(sign.isdigit() for sign in name) >= 4


def is_notetaker(name: str) -> bool:
    """A program that listens in somebody's place."""
    return _NOTETAKERS.search(fold(name)) is not None
