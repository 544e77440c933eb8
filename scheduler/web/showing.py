"""What pages show: an edition, at a moment, under an address; and the frame in which every page stands."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from calendars.catalogue import LANGUAGES
from calendars.editions import Edition
from calendars.model.text import Language
from scheduler.web.rendering import Band, chosen_language, page, preferred_language, render
from scheduler.wording.languages import heading_name


@dataclass(frozen=True, kw_only=True, slots=True)
class Switch:
    """The same page in another language."""

    language: Language
    name: str  # in itself
    href: str


class Showing(ABC):
    """All that a public page may know. A site is one that goes on with the clock, a Still one that does not."""

    base_url: str  # as the world sees it, without a slash at the end
    mails: bool  # this installation sends mail
    held: Mapping[str, bool]  # what attendance says of sessions, by event (id): it took place, or it did not

    @property
    @abstractmethod
    def edition(self) -> Edition:
        """The one that is shown."""

    @property
    @abstractmethod
    def played(self) -> bool:
        """Is the present a demo's, so that every page says which?"""

    @abstractmethod
    def present(self) -> datetime:
        """Now, in UTC, by the clock of who shows it."""

    @property
    def signup_open(self) -> bool:
        """Whether /subscribe takes addresses, so that the pages offer it."""
        return self.mails and self.edition.agenda.signups is not None

    @property
    def root(self) -> str:
        """The path under which the world sees this installation: "" or "/agenda"."""
        return urlsplit(self.base_url).path

    @property
    def band(self) -> Band | None:
        return Band(now=self.present(), zone=self.edition.agenda.zone) if self.played else None

    def page(
        self,
        request: Request,
        template: str,
        language: Language,
        values: Mapping[str, Any],
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """A page in its frame: band, language switch, links that keep the language.

        In the template `url(path, **query)` is an address within this installation.
        """
        band = self.band
        kept = None if language == preferred_language(request) and chosen_language(request) is None else language
        frame = {
            "root": self.root,
            "url": partial(_address, self.root, kept),
            "lang_query": f"?lang={kept}" if kept else "",
            "switches": [_switch(request, one) for one in LANGUAGES if one != language],
            "band": band.moment(language) if band else None,
            "inline_style": None,
            "agenda": self.edition.agenda,
            "signup_open": self.signup_open,
        }
        named = {"Content-Language": language, "Vary": "Accept-Language", **(headers or {})}
        return page(render(template, language, {**frame, **values}), status=status, headers=named)

    def still(self) -> Still:
        """The edition at this minute, as it can be handed to another process."""
        return Still(
            of=self.edition,
            minute=minute_of(self.present()),
            base_url=self.base_url,
            mails=self.mails,
            held=self.held,
            of_a_demo=self.played,
        )


def minute_of(moment: datetime) -> datetime:
    """Pages count in minutes, and what they tell begins and ends at whole ones."""
    return moment.replace(second=0, microsecond=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Still(Showing):
    """One edition at one minute: whatever is made of it is the same, whoever makes it and when."""

    of: Edition = field(repr=False)
    minute: datetime  # UTC
    base_url: str
    mails: bool
    held: Mapping[str, bool]
    of_a_demo: bool

    @property
    def edition(self) -> Edition:
        return self.of

    @property
    def played(self) -> bool:
        return self.of_a_demo

    @property
    def name(self) -> tuple[object, ...]:
        """What tells it from every other of its installation, the minute aside."""
        held = tuple(sorted(self.held.items()))
        return self.of.number, self.of.at, self.base_url, self.mails, held, self.of_a_demo

    def present(self) -> datetime:
        return self.minute

    def still(self) -> Still:
        return self

    def shows(self, showing: Showing) -> bool:
        """Is it what is shown at this moment?"""
        same = self.of is showing.edition and self.held is showing.held
        return same and self.minute == minute_of(showing.present())


def _switch(request: Request, language: Language) -> Switch:
    asked = urlencode({**request.query_params, "lang": language})
    return Switch(language=language, name=heading_name(language), href=f"?{asked}")


def _address(root: str, language: Language | None, path: str, **query: str) -> str:
    """The path and its query as a link, with the language that the reader chose."""
    asked = {**query, "lang": language} if language else query
    return f"{root}{path}" + (f"?{urlencode(asked)}" if asked else "")
