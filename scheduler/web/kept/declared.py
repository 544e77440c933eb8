"""How a page says that it is the same for everybody who asks for the same, and what makes two askings differ.

A page is a `PublicRoute` in place of a `Route`, and that is all: it is kept, one rendering at a time, and rendered by a
process that is told nothing of the reader but what is declared here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from starlette.routing import Route

from calendars.editions import Edition

OFFICE_COOKIE = "site"  # the only one that a public page may look at
Bring = Callable[[str], str]  # a value as it was given -> as it makes a difference; "" is as if it was not given
Known = Callable[[Edition], Bring]  # asked once an edition
Office = Callable[[str, str], str]  # likewise for the cookie, beside the `id` of the path


class PublicRoute(Route):
    """A page of GET whose bytes depend on what is shown, the minute, the language, and on what is declared here.

    `ids`: the values of `{id}` that have a page; others are answered, and not kept.
    `known`: parameters of the query, each brought to one of finitely many values.
    `free`: parameters of which there is no end, as what somebody looks for: answered, and not kept.
    `office`: what the page tells apart of the office that a reader chose; None: it does not look at the cookie.
    Every other parameter, and every other header, reaches no page.
    """

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        ids: Callable[[Edition], Iterable[str]] | None = None,
        known: Mapping[str, Known] | None = None,
        free: Mapping[str, Bring] | None = None,
        office: Callable[[Edition], Office] | None = None,
    ) -> None:
        super().__init__(path, endpoint, methods=["GET"])
        to_the_end(self)
        self.ids = ids
        self.known = known or {}
        self.free = free or {}
        self.office = office


def to_the_end(route: Route) -> None:
    """`$` matches before a line feed too: /calendar%0A would be rendered at each asking, /my-site%0A set a cookie."""
    route.path_regex = re.compile(route.path_regex.pattern.removesuffix("$") + r"\Z")


def among(values: Iterable[str]) -> Bring:
    """One of the values, or none."""
    found: Collection[str] = frozenset(values)
    return lambda given: given if given in found else ""


def site_ids(edition: Edition) -> Iterable[str]:
    return (site.id for site in edition.agenda.representations)


def region_ids(edition: Edition) -> Iterable[str]:
    return (region.id for region in edition.agenda.regions)


def event_ids(edition: Edition) -> Iterable[str]:
    return (event.id for event in edition.agenda.events)
