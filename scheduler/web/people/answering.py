"""Saying whether a post comes to an event, by the links of any mail about it.

A GET changes nothing, because mail scanners follow links: it only says what pressing would do. A POST acts at once,
without cookie or redirect. Whoever holds a forwarded mail can press too: so the page names the post, masked, says what
was answered so far, and every answer can be changed on the page that it leads to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from calendars.catalogue import LANGUAGES
from calendars.days.off import DaysOff
from calendars.editions import Edition
from calendars.elsewhere import Offer, offers
from calendars.impact import Fit, session_at
from calendars.model.events import Days, Event
from calendars.model.places import Representation
from calendars.model.text import Language
from calendars.wording import clock_of, days_span, home_name, hour, long_date, short_date, weekday_and_day
from calendars.zones import to_wall
from scheduler.people.answers import Closed, answer, closed
from scheduler.planning.plan import open_sessions
from scheduler.planning.standing import Footing, standing
from scheduler.store import editions
from scheduler.store.editions import InForce
from scheduler.store.posts import answers, roster
from scheduler.store.posts.answers import PostAnswer, Reply
from scheduler.store.posts.roster import Post
from scheduler.web.http.forms import Form, read_form
from scheduler.web.http.refusals import UnknownLink
from scheduler.web.rendering import PRIVATE, requested_language
from scheduler.web.site import Site
from scheduler.wording.elsewhere import others
from scheduler.wording.events import in_doubt
from scheduler.wording.posts import masked, office_of, paused_until, zone_of


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """Whom and what a token speaks for, as the edition in force has it."""

    in_force: InForce
    event: Event | None
    post: Post | None
    why: Closed | None  # there is nothing to answer
    said: PostAnswer | None
    offers: tuple[Offer, ...]  # other regions' sessions that it may join instead
    done: bool = False  # it has just been said
    refused: bool = False  # a form came that says nothing

    @property
    def edition(self) -> Edition:
        return self.in_force.edition


@dataclass(frozen=True, kw_only=True, slots=True)
class When:
    """An event's time for one site, as the template reads it."""

    day: str  # «viernes 22 de octubre de 2021»; the span of whole days
    here: str | None  # «04:30 h, hora de Nueva Delhi»; None of whole days
    home: str | None  # «jueves 21, 18:00 h, tiempo del centro de México (TCM)»; likewise
    doubt: str | None  # zone rules changed since the hour was published; None of what still holds


@dataclass(frozen=True, kw_only=True, slots=True)
class Instead:
    """The session that a post comes to instead of its own."""

    event: str  # Event.id
    title: str
    when: When | None  # None: it takes place no more


class Answering:
    """Handlers for /answer/<token>."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> Sequence[BaseRoute]:
        return [
            Route("/answer/{token:path}", self.show, methods=["GET"]),
            Route("/answer/{token:path}", self.act, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        return self._page(request, await asyncio.to_thread(self._look, *self._named(request)))

    async def act(self, request: Request) -> Response:
        form = await read_form(request)
        return self._page(request, await asyncio.to_thread(self._act, *self._named(request), form))

    def _named(self, request: Request) -> tuple[str, str]:
        """The bearer and the event (id) of the token in the path. Raises UnknownLink where it was not signed here."""
        named = self._site.tokens.read_answer(request.path_params["token"])
        if named is None:
            raise UnknownLink
        return named

    def _look(self, bearer: str, event: str) -> _Asked:
        with self._site.database.read() as connection:
            return self._find(connection, _borne(connection, bearer), event)

    def _act(self, bearer: str, event: str, form: Form) -> _Asked:
        with self._site.database.write() as connection:
            recipient = _borne(connection, bearer)
            before = self._find(connection, recipient, event)
            if before.why is not None:
                return before
            reply, instead = _reply(form.one("r")), form.one("instead") or None
            elsewhere = instead is None or (reply is Reply.NO and instead in _ids(before.offers))
            if reply is None or not elsewhere:
                return self._find(connection, recipient, event, refused=True)
            now = self._site.present()
            said = PostAnswer(
                recipient=recipient,
                subject=before.edition.revisions[event].uid,
                event=event,
                reply=reply,
                instead=instead,
                via="link",
                at=now,
            )
            answer(connection, before.in_force, said, now)
            return self._find(connection, recipient, event, done=True)

    def _find(
        self, connection: Connection, recipient: str, event: str, *, done: bool = False, refused: bool = False
    ) -> _Asked:
        found, post = editions.current(connection, self._site.in_force), roster.on_list(connection, recipient)
        assert found is not None, "the site shows an edition"
        edition, now = found.edition, self._site.present()
        revision, known = edition.revisions.get(event), edition.agenda.event(event)
        where = None if post is None else edition.agenda.site(post.recipient.site)
        why = closed(edition, event, post, now)
        return _Asked(
            in_force=found,
            event=known,
            post=post,
            why=why,
            offers=() if why or known is None or where is None else offers(edition, known, where, now),
            said=None if revision is None else answers.of(connection, recipient, revision.uid),
            done=done,
            refused=refused,
        )

    def _page(self, request: Request, found: _Asked) -> Response:
        post, now = found.post, self._site.present()
        language = requested_language(request, default=post.recipient.language if post else LANGUAGES[0])
        asked, chosen = _reply(request.query_params.get("r", "")), request.query_params.get("instead")
        today = to_wall(now, zone_of(found.edition.agenda, post) if post else found.edition.agenda.zone).date()
        shown = found.offers if _is_offered(found, asked, chosen) else ()
        values = {
            "why": found.why,
            "title": found.event.title[language] if found.event else None,
            "when": _when(found, language),
            "address": masked(post.recipient.address) if post else None,
            "office": office_of(found.edition.agenda, post, language) if post else None,
            "said": found.said.reply if found.said else None,
            "instead": _instead(found, language),
            "others": others(found.edition.agenda, shown, language, today),
            "chosen": chosen if chosen in _ids(found.offers) and not found.done else None,
            "said_at": _moment(found, language),
            "standing": _standing(found),
            "asked": None if found.done else asked,
            "done": found.done,
            "refused": found.refused,
            "reminded": post is not None and not (post.left or post.suppressed or paused_until(post, now)),
            "told": post is not None and (post.origin == "file" or not post.left),
            "action": f"/answer/{request.path_params['token']}",
            "site": post.recipient.site if post else None,
        }
        status = 422 if found.refused else 200
        return self._site.page(request, "answer.html", language, values, status=status, headers=PRIVATE)


def _borne(connection: Connection, bearer: str) -> str:
    """The post (id) that the bearer speaks for. Raises UnknownLink where it has gone to somebody else since."""
    recipient = roster.borne(connection, bearer)
    if recipient is None:
        raise UnknownLink
    return recipient


def _reply(word: str) -> Reply | None:
    return next((known for known in Reply if known == word), None)


def _ids(offered: Sequence[Offer]) -> frozenset[str]:
    return frozenset(offer.event.id for offer in offered)


def _is_offered(found: _Asked, asked: Reply | None, chosen: str | None) -> bool:
    """Who cannot come is shown where else; and who could, at an hour that is no good."""
    if Reply.NO in (asked, None if found.said is None else found.said.reply) or chosen is not None:
        return True
    where = None if found.post is None else found.edition.agenda.site(found.post.recipient.site)
    revision = None if found.event is None else found.edition.revisions[found.event.id]
    if where is None or revision is None or revision.start is None or revision.end is None:
        return False
    agenda = found.edition.agenda
    own = session_at(where, revision.start, revision.end, agenda.zone, DaysOff.of(agenda), revision.wall)
    return own.fit is not Fit.INSIDE


def _instead(found: _Asked, language: Language) -> Instead | None:
    """The other session that the post said it comes to."""
    if found.said is None or found.said.instead is None or found.post is None:
        return None
    other = found.edition.agenda.event(found.said.instead)
    where = found.edition.agenda.site(found.post.recipient.site)
    if other is None or where is None:
        return None
    takes_place = other.id in open_sessions(found.edition)
    when = when_at(found.edition, other, where, language) if takes_place else None
    return Instead(event=other.id, title=other.title[language], when=when)


def _standing(found: _Asked) -> Footing | None:
    """Does what was said count for the start that the event has? None: nothing was said."""
    if found.said is None or found.event is None or found.post is None:
        return None
    return standing(found.edition, found.said.instead or found.event.id, found.post.recipient.site, found.said.start)


def _moment(found: _Asked, language: Language) -> str | None:
    """«mar 19 oct, 09:12 h», by the clocks of the post's site."""
    if found.said is None or found.post is None:
        return None
    wall = to_wall(found.said.at, zone_of(found.edition.agenda, found.post))
    return f"{short_date(wall, language)}, {hour(wall, language)}"


def _when(found: _Asked, language: Language) -> When | None:
    """None where there is no date, or no site to tell it to."""
    edition, event = found.edition, found.event
    where = None if found.post is None else edition.agenda.site(found.post.recipient.site)
    if event is None or event.when is None or where is None:
        return None
    return when_at(edition, event, where, language)


def when_at(edition: Edition, event: Event, where: Representation, language: Language) -> When:
    """A dated event's time at one site, as it was published; and that it is in doubt where rules have changed since."""
    revision = edition.revisions[event.id]
    start = revision.start
    if start is None:
        assert isinstance(event.when, Days), "a dated event has an hour or days"
        return When(day=days_span(event.when, language), here=None, home=None, doubt=None)
    here, home = revision.wall(start, where.zone), revision.wall(start, edition.agenda.zone)
    clocks = clock_of(where.city_in(language), language)
    return When(
        day=long_date(here, language),
        here=f"{hour(here, language)}, {clocks}",
        home=f"{weekday_and_day(home, language)}, {hour(home, language)}, {home_name(edition.agenda.zone, language)}",
        doubt=next(in_doubt(edition.agenda, event, revision, (where,), language), None),
    )
