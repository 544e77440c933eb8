"""The demo's outbox: every mail that the rehearsal captured, as its reader would see it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from calendars.model.agenda import Agenda
from calendars.model.events import Event
from calendars.model.places import Representation
from calendars.model.text import Language
from calendars.wording import home_short, hour, short_date
from calendars.zones import to_wall
from scheduler.web.demo.captured import Captured, CapturedMail, CapturedMails, counts
from scheduler.web.rendering import FRAMES_OWN, MAIL_POLICY, PRIVATE, requested_language
from scheduler.web.site import Site
from scheduler.wording.places import city_name, places_by_city
from scheduler.wording.rules import rule_words

PER_PAGE = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class MailLine:
    name: str
    to: str
    subject: str
    local: str | None  # due, by the site's clock
    home: str | None  # due, by the agenda's clock
    site: str | None
    rule: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class EventTally:
    """How many mails an event had, rule by rule."""

    event: Event
    rules: tuple[tuple[str, int], ...]
    total: int


class OutboxPages:
    """Handlers for /outbox/. Only the demo has one."""

    def __init__(self, site: Site, mails: CapturedMails) -> None:
        self._site = site
        self._mails = mails

    def routes(self) -> Sequence[BaseRoute]:
        return (
            Route("/outbox/", self.list),
            Route("/outbox/{name}", self.show),
            Route("/outbox/{name}/html", self.html),
            Route("/outbox/{name}/event.ics", self.attachment),
        )

    async def list(self, request: Request) -> Response:
        language = requested_language(request)
        mails = await asyncio.to_thread(self._mails.all)
        wanted_site, wanted_event = (request.query_params.get(key) or None for key in ("site", "event"))
        found = [m for m in mails if wanted_site in (None, m.site) and wanted_event in (None, m.event)]
        pages = max(1, -(-len(found) // PER_PAGE))
        number = _page_number(request, pages)
        shown = found[(number - 1) * PER_PAGE : number * PER_PAGE]
        agenda = self._site.in_force.edition.agenda
        kept = {"site": wanted_site, "event": wanted_event, "lang": request.query_params.get("lang")}
        values = {
            "lines": lines(agenda, shown, language),
            "tallies": tallies(agenda, mails, language),
            "total": len(mails),
            "found": len(found),
            "first": (number - 1) * PER_PAGE + 1,
            "sites": places_by_city(agenda.representations, language),
            "site": wanted_site,
            "event": wanted_event,
            "number": number,
            "pages": pages,
            "page_urls": {n: _query({**kept, "page": str(n)}) for n in (number - 1, number + 1) if 1 <= n <= pages},
        }
        return self._site.page(request, "outbox.html", language, values, headers=PRIVATE)

    async def show(self, request: Request) -> Response:
        mail = await self._open(request)
        language = requested_language(request)
        values = {"mail": mail, "name": request.path_params["name"]}
        return self._site.page(request, "mail.html", language, values, headers={**PRIVATE, **FRAMES_OWN})

    async def html(self, request: Request) -> Response:
        mail = await self._open(request)
        if mail.html is None:
            raise HTTPException(404)
        headers = {"Content-Security-Policy": MAIL_POLICY, "Referrer-Policy": "no-referrer", **PRIVATE}
        return HTMLResponse(mail.html, headers={**headers, "X-Content-Type-Options": "nosniff"})

    async def attachment(self, request: Request) -> Response:
        mail = await self._open(request)
        if mail.attachment is None:
            raise HTTPException(404)
        headers = {"Content-Disposition": 'attachment; filename="event.ics"', "X-Content-Type-Options": "nosniff"}
        return Response(mail.attachment, media_type="text/calendar; charset=utf-8", headers={**headers, **PRIVATE})

    async def _open(self, request: Request) -> CapturedMail:
        mail = await asyncio.to_thread(self._mails.open, request.path_params["name"])
        if mail is None:
            raise HTTPException(404)
        return mail


def _page_number(request: Request, pages: int) -> int:
    asked = request.query_params.get("page", "1")
    return min(max(int(asked), 1), pages) if re.fullmatch(r"[0-9]{1,6}", asked) else 1


def _query(values: dict[str, str | None]) -> str:
    return "?" + urlencode({key: value for key, value in values.items() if value is not None})


def lines(agenda: Agenda, mails: Sequence[Captured], language: Language) -> list[MailLine]:
    sites = {site.id: site for site in agenda.representations}
    return [_line(agenda, mail, sites.get(mail.site or ""), language) for mail in mails]


def _line(agenda: Agenda, mail: Captured, site: Representation | None, language: Language) -> MailLine:
    return MailLine(
        name=mail.name,
        to=mail.to,
        subject=mail.subject,
        local=_moment(mail.due, site.zone, language) if mail.due and site else None,
        home=f"{_moment(mail.due, agenda.zone, language)} {home_short(agenda.zone, language)}" if mail.due else None,
        site=city_name(agenda, site.id, language) if site else None,
        rule=rule_words(mail.rule, language) if mail.rule else None,
    )


def _moment(instant: datetime, zone: str, language: Language) -> str:
    wall = to_wall(instant, zone)
    return f"{short_date(wall, language)} {wall:%Y}, {hour(wall, language)}"


def tallies(agenda: Agenda, mails: Sequence[Captured], language: Language) -> list[EventTally]:
    found = counts(mails)
    made = []
    for event in agenda.events:
        rules = [(rule_words(rule, language), count) for (of, rule), count in found.items() if of == event.id]
        if rules:
            made.append(EventTally(event=event, rules=tuple(rules), total=sum(count for _, count in rules)))
    return made
