"""To which site somebody belongs: by address, by post or site in the displayed name, by what was answered before.

Never by likeness: a name counts where it stands as whole words, and where it names one site only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from calendars.model.people import Recipient
from calendars.model.places import Representation
from calendars.spelling import fold
from scheduler.attendance.names import is_notetaker, is_phone
from scheduler.attendance.values import Match, Participant

_WORD = re.compile(r"\w+")
_PIECES = re.compile(r"[,;:/|()\[\]{}<>·•–—_]|\s-|-\s")
_OFFICES = (
    "consulado", "consular", "consul", "consulmex", "embajada", "embamex", "embassy", "consulate", "sede", "oficina",
)  # fmt: skip
_LONGEST = 12  # words of a name that is looked for
_NOWHERE = Match(site=None, by="")

Words = tuple[str, ...]


class Register:
    """Sites and their posts, as names and addresses look them up."""

    def __init__(self, sites: Iterable[Representation], posts: Iterable[Recipient]) -> None:
        self.by_address: dict[str, str] = {}
        self._sites: dict[Words, set[str]] = {}
        self._titles: dict[Words, set[str]] = {}
        self._offices = set(_OFFICES)
        for site in sites:
            self._offices |= {word for word in _words(site.kind) if len(word) > 4}
            for name in filter(None, (site.id, site.city, site.city_en, site.name, site.name_en)):
                self._sites.setdefault(_words(name), set()).add(site.id)
        for post in posts:
            self.by_address[post.address.lower()] = post.site
            self._titles.setdefault(_words(post.post), set()).add(post.site)

    def site_named(self, text: str) -> str | None:
        """The one site whose name the text is, as a list names sites."""
        found = self._sites.get(_words(text), set())
        return next(iter(found)) if len(found) == 1 else None

    def named(self, display: str) -> Match:
        """By the site in a display name, and by the post; nothing where two sites fit.

        A city alone among other words is a surname as well: it counts as a piece of its own («Ana Ruiz, Tokio»), or in
        a piece that names an office or a post («Consulado Tokio Ana»).
        """
        sites, titles = set[str](), set[str]()
        for piece in _PIECES.split(display):
            words = _words(piece)
            held = _longest(words, self._titles)
            titles |= {site for one in held for site in self._titles[one]}
            in_office = bool(held) or bool(self._offices.intersection(words))
            for one in _longest(words, self._sites):
                if one == words or in_office:
                    sites |= self._sites[one]
        if titles:
            both = titles & sites if sites else titles
            if len(both) == 1:
                return Match(site=both.pop(), by="post")
        return Match(site=sites.pop(), by="site") if len(sites) == 1 else _NOWHERE


def match(person: Participant, register: Register, remembered: Callable[[str], str | None]) -> Match:
    """`remembered` gives the site that somebody assigned to a key (Participant.key): it counts before names do.

    A telephone and a program that takes notes belong to no site, unless somebody said so.
    """
    for address in (person.address, *sorted(person.addresses)):
        if site := register.by_address.get(address):
            return Match(site=site, by="address")
    if site := remembered(person.key):
        return Match(site=site, by="remembered")
    if is_phone(person.name) or is_notetaker(person.name):
        return _NOWHERE
    for text in filter(None, (person.site, person.name if person.listed else "")):
        if site := register.site_named(text):
            return Match(site=site, by="site")
    found = [register.named(text) for text in (person.site, person.name) if text]
    sites = {one.site for one in found if one.site}
    return next(one for one in found if one.site) if len(sites) == 1 else _NOWHERE


def _words(text: str) -> Words:
    return tuple(_WORD.findall(fold(text)))


def _longest(words: Words, known: dict[Words, set[str]]) -> list[Words]:
    """What of the known stands in the words; within a longer name, a shorter one does not count."""
    found, at = list[Words](), 0
    while at < len(words):
        sizes = range(min(_LONGEST, len(words) - at), 0, -1)
        held = next((words[at : at + size] for size in sizes if words[at : at + size] in known), ())
        if held:
            found.append(held)
        at += len(held) or 1
    return found
