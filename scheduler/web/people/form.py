"""The form by which people sign up, empty as everybody gets it, and as somebody filled it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from calendars.model.people import Signups
from calendars.model.text import Language
from calendars.wording import and_list
from scheduler.web.index import regions
from scheduler.web.kept.declared import PublicRoute, among, site_ids
from scheduler.web.rendering import PRIVATE, requested_language
from scheduler.web.showing import Showing
from scheduler.wording.languages import each_in_itself
from scheduler.wording.rules import choices


@dataclass(frozen=True, kw_only=True, slots=True)
class Filled:
    """The form as somebody filled it in, and what is wrong with it, by field."""

    address: str
    site: str
    language: Language
    declined: frozenset[str]
    problems: Mapping[str, str]


class SignUpForm:
    """Handler for GET of /subscribe. With ?site=, that office is chosen."""

    def __init__(self, site: Showing) -> None:
        self._site = site

    def routes(self) -> Sequence[PublicRoute]:
        known = {"site": lambda edition: among(site_ids(edition))}
        return [PublicRoute("/subscribe", self.empty, known=known)]

    async def empty(self, request: Request) -> Response:
        language = requested_language(request)
        if not self._site.signup_open:
            return self._site.page(request, "people-closed.html", language, {}, headers=PRIVATE)
        asked = request.query_params.get("site", "")
        nothing = Filled(address="", site=asked, language=language, declined=frozenset(), problems={})
        return self.filled(request, nothing, language)

    def filled(self, request: Request, filled: Filled, language: Language, status: int = 200) -> Response:
        agenda = self._site.edition.agenda
        values = {
            "filled": filled,
            "languages": each_in_itself(),
            "regions": regions(agenda, language),
            "choices": choices(agenda, filled.declined, language),
            "domains": spoken_domains(agenda.signups, language) if agenda.signups else "",
        }
        return self._site.page(request, "people-subscribe.html", language, values, status=status, headers=PRIVATE)


def spoken_domains(signups: Signups, language: Language) -> str:
    """«@sre.gob.mx y @….gob.mx»."""
    return and_list([f"@{domain.replace('*', '…', 1)}" for domain in signups.domains], language)
