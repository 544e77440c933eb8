"""What the links of any mail may do with a post: pause, change the language or the calendar, leave and come back.

All of it is reversible. Whoever holds a forwarded mail holds the link too: so the post is named, masked, each answer
offers the way back, and what is more is mailed to the registered address first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from calendars.catalogue import LANGUAGES
from calendars.model.events import EventStatus
from calendars.model.text import Language
from calendars.zones import nearest_instant, to_wall
from scheduler.base.tokens import Link
from scheduler.planning.channels import Channel
from scheduler.planning.delivery import Purpose
from scheduler.store import editions
from scheduler.store.editions import InForce
from scheduler.store.ledger import inviting, wishes
from scheduler.store.people import signups
from scheduler.store.people.signups import Upcoming
from scheduler.store.posts import answers, roster
from scheduler.store.posts.answers import PostAnswer
from scheduler.store.posts.roster import Post
from scheduler.web.http.forms import Form, read_form
from scheduler.web.rendering import PRIVATE, requested_language
from scheduler.web.site import Site
from scheduler.wording.events import timeline
from scheduler.wording.languages import named_for
from scheduler.wording.posts import paused_until, reminder_lines, standing, zone_of

LONGEST_PAUSE = timedelta(days=366)
_SPANS = {"week": timedelta(days=7), "month": timedelta(days=30)}
SHOWN = 3  # reminders to come
Said = Literal[
    "paused", "resumed", "language", "feed", "invitations", "none", "left", "returned", "access", "bad-date", "nothing"
]


@dataclass(frozen=True, kw_only=True, slots=True)
class ManageDone:
    """What became of a form: which sentence says so, and the fields of the form that takes it back."""

    said: Said
    undo: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnAnswer:
    """Whether the post comes to one event, as it said last."""

    title: str
    said: str  # Reply's value
    instead: str | None  # title of the other session that it comes to
    page: str  # path of the page where it can be said anew


@dataclass(frozen=True, kw_only=True, slots=True)
class _Managed:
    post: Post | None  # None: no longer listed
    upcoming: Sequence[Upcoming] = ()
    done: ManageDone | None = None
    answers: Sequence[PostAnswer] = ()  # what it said of events


class Managing:
    """Handlers for /manage/<token>."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> Sequence[BaseRoute]:
        return [
            Route("/manage/{token:path}", self.show, methods=["GET"]),
            Route("/manage/{token:path}", self.act, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        recipient = await self._site.borne(Link.LEAVE, request)
        return self._answer(request, await asyncio.to_thread(self._find, recipient))

    async def act(self, request: Request) -> Response:
        form = await read_form(request)
        recipient = await self._site.borne(Link.LEAVE, request)
        return self._answer(request, await asyncio.to_thread(self._act, recipient, form))

    def _find(self, recipient: str) -> _Managed:
        with self._site.database.read() as connection:
            return self._found(connection, recipient, None)

    def _act(self, recipient: str, form: Form) -> _Managed:
        now = self._site.present()
        with self._site.database.write() as connection:
            post = roster.on_list(connection, recipient)
            done = None
            if post is not None:
                found = editions.current(connection, self._site.in_force)
                assert found is not None, "the site shows an edition"
                invites = self._site.invitations
                change = _Change(connection=connection, found=found, post=post, now=now, form=form, invites=invites)
                done = change.apply()
            return self._found(connection, recipient, done)

    def _found(self, connection: Connection, recipient: str, done: ManageDone | None) -> _Managed:
        post = roster.on_list(connection, recipient)
        if post is None:
            return _Managed(post=None)
        coming = signups.upcoming(connection, recipient, self._site.present(), SHOWN)
        said = answers.by_recipient(connection, recipient).get(recipient, ())
        return _Managed(post=post, upcoming=coming, done=done, answers=said)

    def _answer(self, request: Request, found: _Managed) -> Response:
        post, now, agenda = found.post, self._site.present(), self._site.in_force.edition.agenda
        if post is None:
            language = requested_language(request, default=LANGUAGES[0])
            return self._site.page(request, "people-gone.html", language, {}, headers=PRIVATE)
        spoken = post.recipient.language
        changed = found.done is not None and found.done.said == "language"
        language = spoken if changed else requested_language(request, default=spoken)
        today = to_wall(now, zone_of(agenda, post)).date()
        values = {
            "post": standing(agenda, post, now, language),
            "site": post.recipient.site,
            "next": reminder_lines(agenda, found.upcoming, language),
            "answers": self._answers(post.recipient.id, found.answers, language),
            "done": found.done,
            "action": f"/manage/{request.path_params['token']}",
            "languages": [(one, named_for(one, language)) for one in LANGUAGES],
            "mails": self._site.mails,
            "channels": [one for one in Channel if one is not Channel.INVITATIONS or self._site.invitations],
            "first_day": (today + timedelta(days=1)).isoformat(),
            "last_day": (today + LONGEST_PAUSE).isoformat(),
        }
        refused = found.done is not None and found.done.said in ("bad-date", "nothing")
        status = 422 if refused else 200
        return self._site.page(request, "people-manage.html", language, values, status=status, headers=PRIVATE)

    def _answers(self, recipient: str, said: Sequence[PostAnswer], language: Language) -> list[OwnAnswer]:
        """What the post said of events that are still to come, in their order, with the page to say it anew."""
        edition, by_event = self._site.in_force.edition, {one.event: one for one in said}
        agenda = edition.agenda
        titles = {event.id: event.title[language] for event in agenda.events}
        return [
            OwnAnswer(
                title=titles[event.id],
                said=by_event[event.id].reply.value,
                instead=titles.get(by_event[event.id].instead or ""),
                page=f"/answer/{self._site.tokens.sign_answer(recipient, event.id)}",
            )
            for event, _ in timeline(edition, self._site.present()).ahead
            if event.id in by_event and event.status is not EventStatus.CANCELLED
        ]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Change:
    """One form of the page, applied to one post in the caller's transaction."""

    connection: Connection
    found: InForce
    post: Post
    now: datetime
    form: Form
    invites: bool  # invitations may be chosen

    def apply(self) -> ManageDone:
        match self.form.one("do"):
            case "pause" if not self.post.left:
                return self._pause()
            case "resume" if not self.post.left:
                wishes.come_back(self.connection, self._key, self.now)
                return ManageDone(said="resumed", undo=self._as_it_was())
            case "language":
                return self._speak()
            case "calendar":
                return self._choose_channel()
            case "leave":
                wishes.leave(self.connection, self._key, self.now)
                return ManageDone(said="left", undo={"do": "return", **self._paused()})
            case "return":
                return self._come_back()
            case "access":
                signups.request(self.connection, Purpose.ACCESS, self._key, self.now)
                return ManageDone(said="access")
        return ManageDone(said="nothing")

    @property
    def _key(self) -> str:
        return self.post.recipient.id

    def _pause(self) -> ManageDone:
        until = self._until()
        if until is None:
            return ManageDone(said="bad-date")
        wishes.pause(self.connection, self._key, until, self.now)
        return ManageDone(said="paused", undo=self._as_it_was())

    def _speak(self) -> ManageDone:
        wanted = next((one for one in LANGUAGES if one == self.form.one("language")), None)
        if wanted is None:
            return ManageDone(said="nothing")
        roster.speak(self.connection, self._key, wanted)
        return ManageDone(said="language", undo={"do": "language", "language": self.post.recipient.language})

    def _choose_channel(self) -> ManageDone:
        wanted = next((one for one in Channel if one == self.form.one("channel")), None)
        if wanted is None or (wanted is Channel.INVITATIONS and not self.invites):
            return ManageDone(said="nothing")
        inviting.choose(self.connection, self.found, self._key, wanted, self.now)
        undo = {} if wanted is self.post.channel else {"do": "calendar", "channel": self.post.channel.value}
        return ManageDone(said=wanted.value, undo=undo)

    def _come_back(self) -> ManageDone:
        wishes.come_back(self.connection, self._key, self.now)
        until = self._until()
        if until is not None:
            wishes.pause(self.connection, self._key, until, self.now)
        return ManageDone(said="returned", undo={"do": "leave"} if self.post.left else {})

    def _as_it_was(self) -> Mapping[str, str]:
        """The form that sets the pause as it was before this one."""
        paused = self._paused()
        return {"do": "pause", **paused} if paused else {"do": "resume"}

    def _paused(self) -> Mapping[str, str]:
        until = paused_until(self.post, self.now)
        return {} if until is None else {"until": to_wall(until, self._zone).date().isoformat()}

    def _until(self) -> datetime | None:
        """The first moment, by the site's clock, of the day that the form names; None where there is no such day."""
        today = to_wall(self.now, self._zone).date()
        if span := _SPANS.get(self.form.one("span")):
            day = today + span
        else:
            try:
                day = date.fromisoformat(self.form.one("until"))
            except ValueError:
                return None
        if not today < day <= today + LONGEST_PAUSE:
            return None
        return nearest_instant(datetime.combine(day, time()), self._zone)

    @property
    def _zone(self) -> str:
        return zone_of(self.found.edition.agenda, self.post)
