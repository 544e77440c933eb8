"""Signing up for reminders. What it answers does not depend on whether an address is known, and nor does its work."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from calendars.catalogue import LANGUAGES, Phrase
from calendars.model.agenda import Agenda
from calendars.model.people import Signups
from calendars.model.text import Language
from calendars.reading import addresses
from calendars.reading.problems import Wrong
from calendars.wording import sentence
from scheduler.store.people.floods import Door
from scheduler.store.people.signups import SignUp, sign_up
from scheduler.web.http.forms import Form, read_form, refuse_cross_site
from scheduler.web.http.refusals import NoSignups
from scheduler.web.http.throttle import Throttle, client_of
from scheduler.web.people.form import Filled, SignUpForm, spoken_domains
from scheduler.web.rendering import PRIVATE, requested_language
from scheduler.web.site import Site
from scheduler.wording.rules import rules_of

# For each client. What one mailbox is sent, and all of them, the ledger bounds (store/people/floods.py).
MOST, WITHIN = 10, timedelta(hours=1)
ADDRESS_LENGTH = 254  # RFC 5321 §4.5.3.1.3
_NO_ADDRESS = Phrase("Type your email address.")
_LONG_ADDRESS = Phrase("The address is too long.")
_OTHER_DOMAIN = Phrase("Only addresses at {domains} are accepted. Use your work address.")
_NO_SITE = Phrase("Choose your office.")
_NO_RULE = Phrase("Choose at least one reminder.")


class SigningUp:
    """Handler for POST of /subscribe."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._form = SignUpForm(site)
        self._throttle = Throttle(MOST, WITHIN)

    def routes(self) -> Sequence[BaseRoute]:
        return [Route("/subscribe", self.sign_up, methods=["POST"])]

    async def sign_up(self, request: Request) -> Response:
        refuse_cross_site(request, self._site.base_url)
        language, signups = requested_language(request), self._open()
        if signups is None:
            raise NoSignups
        filled = read(await read_form(request), self._agenda(), signups, language)
        if filled.problems:
            return self._form.filled(request, filled, language, status=422)
        wait = self._throttle.wait(client_of(request, self._site.proxies), self._site.present())
        if wait is not None:
            return self._too_often(request, language, wait)
        leaves = await asyncio.to_thread(self._write, filled, signups)
        if leaves is None:
            return self._page(request, "people-enough.html", language, {"again": filled.site}, status=429)
        minutes = -((self._site.present() - leaves) // timedelta(minutes=1))
        return self._page(request, "people-sent.html", language, {"again": filled.site, "minutes": minutes})

    def _open(self) -> Signups | None:
        return self._agenda().signups if self._site.mails else None

    def _agenda(self) -> Agenda:
        return self._site.in_force.edition.agenda

    def _write(self, filled: Filled, signups: Signups) -> datetime | None:
        wish = SignUp(
            address=filled.address, site=filled.site, language=filled.language, declined=frozenset(filled.declined)
        )
        door = Door(gap=self._site.gap, named=signups.names(filled.address))
        with self._site.database.write() as connection:
            return sign_up(connection, wish, self._site.present(), door)

    def _too_often(self, request: Request, language: Language, wait: timedelta) -> Response:
        seconds = max(1, -(-wait // timedelta(seconds=1)))
        values = {"minutes": max(1, -(-seconds // 60))}
        answer = self._page(request, "people-wait.html", language, values, status=429)
        answer.headers["Retry-After"] = str(seconds)
        return answer

    def _page(
        self,
        request: Request,
        template: str,
        language: Language,
        values: Mapping[str, object] | None = None,
        status: int = 200,
    ) -> Response:
        return self._site.page(request, template, language, values or {}, status=status, headers=PRIVATE)


def read(form: Form, agenda: Agenda, signups: Signups, language: Language) -> Filled:
    """What was filled in, as far as it can be kept, with every problem. Nothing is looked up."""
    problems = {}
    typed = form.one("address")
    address, wrong = _address(typed, signups, language)
    if wrong:
        problems["address"] = wrong
    site = form.one("site")
    if agenda.site(site) is None:
        problems["site"] = _NO_SITE[language]
    known, wanted = frozenset(rules_of(agenda)), form.all("rule")
    if known and not wanted & known:
        problems["rules"] = _NO_RULE[language]
    return Filled(
        address=address or typed[:ADDRESS_LENGTH],
        site=site,
        language=next((one for one in LANGUAGES if one == form.one("language")), language),
        declined=known - wanted,
        problems=problems,
    )


def _address(typed: str, signups: Signups, language: Language) -> tuple[str, str]:
    """The address in its plain form, and what is wrong with it; one of them is empty."""
    if not typed:
        return "", _NO_ADDRESS[language]
    if len(typed) > ADDRESS_LENGTH:
        return "", _LONG_ADDRESS[language]
    try:
        address = addresses.address(typed)
    except Wrong as wrong:
        return "", sentence(wrong.message[language])
    if not signups.admits(address):
        return "", _OTHER_DOMAIN.say(language, domains=spoken_domains(signups, language))
    return address, ""
