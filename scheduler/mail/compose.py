"""Messages, ready to be sent: what an event says to a site is composed once, each recipient's own pieces are put in.

One EmailMessage for each recipient takes milliseconds; this, tens of microseconds.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Protocol

import css_inline
from jinja2 import Environment, StrictUndefined, Template

from calendars.catalogue import Phrase
from calendars.days.off import DaysOff
from calendars.editions import Edition
from calendars.elsewhere import Offer, offers
from calendars.impact import Fit, session_at
from calendars.model.agenda import Agenda
from calendars.model.places import slug
from calendars.model.text import Language
from calendars.wording import hour, long_date
from scheduler.base.address import mailbox
from scheduler.base.shipped import shipped
from scheduler.mail.enclosing import enclose, said
from scheduler.mail.mime import (
    Part,
    address_field,
    field,
    multipart,
    slot,
    text_part,
    worded_field,
)
from scheduler.mail.prepared import Envelope, PreparedMail
from scheduler.mail.subject import Enclosure, Subject
from scheduler.mail.texts.escalation import to_coordinator, to_deputy
from scheduler.mail.texts.follow_up import follow_up
from scheduler.mail.texts.invitation import invitation
from scheduler.mail.texts.notice import notice
from scheduler.mail.texts.question import question
from scheduler.mail.texts.reminder import reminder
from scheduler.mail.wrapping import wrapped
from scheduler.planning.coverage import Tally
from scheduler.planning.follow_ups import FollowUp
from scheduler.planning.notices import Telling
from scheduler.wording.templates import spoken, spoken_in_html

KEPT = 512  # prepared messages: more than the sites of one fan-out in both languages
NEXT = 3  # sessions that are offered to who was not at one, the most humane hours first
_CONTENT = "<!-- content -->"
_PART = re.compile(r"\[\[ (\w+) \]\]\n")
_TEST_SUBJECT = Phrase("Agenda Consular: a test")


class _Worded(Protocol):
    """Words of any kind of message."""

    @property
    def subject(self) -> str: ...
    @property
    def preheader(self) -> str: ...


class Composer:
    """Templates, styled once each is wanted, and the messages prepared of late. `base_url` is the public site's."""

    def __init__(self, base_url: str, templates: Path | None = None) -> None:
        self._templates = templates or shipped("templates") / "mail"
        self._base_url = base_url.rstrip("/")
        self._edition: Edition | None = None
        self._kept: OrderedDict[object, PreparedMail] = OrderedDict()

    def reminder(self, subject: Subject, *, first: bool = False, convokes: bool = False) -> PreparedMail:
        """A reminder. Kept while the edition, the day and whatever else its subject has are the same.

        `first`: nothing of this schedule went before, so it offers other sessions where the hour is no good.
        `convokes` makes it a convocation, which says the same under its own head.
        """

        def prepare() -> PreparedMail:
            offers = _offers(subject) if first and not subject.guest else ()
            words = reminder(subject, calendar=self._calendar(subject), convokes=convokes, offers=offers)
            return self._about("reminder", subject, words, r=words, others=words.others)

        return self._once(subject, ("reminder", first, convokes), prepare)

    def invitation(self, subject: Subject) -> PreparedMail:
        """An invitation, or its end, that is sent for its own sake. Kept as a reminder is."""

        def prepare() -> PreparedMail:
            words = invitation(subject)
            return self._about("invitation", subject, words, i=words)

        return self._once(subject, "invitation", prepare)

    def question(self, subject: Subject) -> PreparedMail:
        """Whether the posts come, to those that have not said. Kept as a reminder is."""

        def prepare() -> PreparedMail:
            words = question(subject)
            return self._about("question", subject, words, q=words, r=words.event)

        return self._once(subject, "question", prepare)

    def follow_up(self, subject: Subject, told: FollowUp) -> PreparedMail:
        """After a session: thanks, or what else the posts can do that were not there. Kept as a reminder is."""

        def prepare() -> PreparedMail:
            event, site, now = subject.event, subject.site, subject.sent_at
            found = () if told.came else offers(subject.edition, event, site, now)[:NEXT]
            words = follow_up(subject, told, found)
            return self._about("follow-up", subject, words, f=words, events=f"{self._base_url}/events")

        return self._once(subject, ("follow-up", told.came), prepare)

    def notice(self, subject: Subject, telling: Telling) -> PreparedMail:
        """A notice of a change. Kept as a reminder is.

        One of what is new to the site offers other sessions, as the first reminder does.
        """
        told = telling.notice

        def prepare() -> PreparedMail:
            fresh = told.before is None and told.after is not None and not subject.guest
            offers = _offers(subject) if fresh else ()
            words = notice(subject, told, calendar=self._calendar(subject), offers=offers)
            return self._about("notice", subject, words, n=words, others=words.others, unread=slot("unread"))

        return self._once(subject, ("notice", telling.since), prepare)

    def to_deputy(self, subject: Subject, lack: Tally) -> PreparedMail:
        """An escalation to the deputies of a site. Not kept: they are few."""
        words = to_deputy(subject, lack, calendar=self._calendar(subject))
        return self._about("escalation", subject, words, e=words, r=words.event)

    def to_coordinator(self, subject: Subject, lacking: Sequence[Tally]) -> PreparedMail:
        """An escalation to the coordinators of a region, who sit at the site. It has nothing for their calendars."""
        words = to_coordinator(subject, lacking)
        return self._about("coordination", replace(subject, link=None, enclosed=Enclosure()), words, e=words)

    def _once(self, subject: Subject, kind: object, prepare: Callable[[], PreparedMail]) -> PreparedMail:
        if subject.edition is not self._edition:
            self._kept.clear()
            self._edition = subject.edition
        key = kind, subject.key
        prepared = self._kept.pop(key, None) or prepare()
        self._kept[key] = prepared
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return prepared

    def test_mail(self, agenda: Agenda, *, to: str, sent_at: datetime, language: Language) -> bytes:
        """A message that says it is a test, complete. It is not of the list: nobody can leave it."""
        sender, subject = agenda.sender, _TEST_SUBJECT[language]
        words = {"day": long_date(sent_at, language), "hour": hour(sent_at, language), "sender": sender.address}
        key = hashlib.blake2b(f"{sent_at.astimezone(UTC).isoformat()} {to}".encode(), digest_size=8).hexdigest()
        envelope = Envelope(to=to, message_id=f"test-{key}@{sender.domain}", sent_at=sent_at)
        return self.single("test", agenda, envelope, language, subject=subject, **words)

    def single(
        self, name: str, agenda: Agenda, envelope: Envelope, language: Language, *, subject: str, **words: object
    ) -> bytes:
        """A complete message from the template `name`, for one recipient alone. It is of no list: nobody leaves it."""
        parts = self._alternatives(name, language, subject=subject, preheader=subject, **words)
        head = (
            _shared_head(agenda, subject, language)
            + field("Reply-To", f"<{mailbox(agenda.sender.reply_to)}>")
            + field("To", f"<{mailbox(envelope.to)}>")
            + field("Date", format_datetime(envelope.sent_at.astimezone(UTC)))
            + field("Message-ID", f"<{mailbox(envelope.message_id)}>")
        )
        return head + multipart("alternative", parts).joined({})

    def _about(self, name: str, subject: Subject, told: _Worded, **words: object) -> PreparedMail:
        """What goes to every post of a site that reads the language, with its foot."""
        agenda, language = subject.edition.agenda, subject.language
        parts = self._alternatives(
            name,
            language,
            subject=told.subject,
            preheader=told.preheader,
            enclosed=said(subject.enclosed, language),
            office=slot("office"),
            privacy=f"{self._base_url}/privacy" if agenda.privacy else None,
            stop=slot("stop"),
            manage=slot("manage"),
            answer=slot("answer"),
            answered=slot("answered"),
            **words,
        )
        return _prepared(subject, told.subject, enclose(parts, subject))

    def _calendar(self, subject: Subject) -> str | None:
        return f"{self._base_url}/feeds/sites/{subject.site.id}.ics" if subject.enclosed.feed else None

    def _alternatives(self, name: str, language: Language, **words: object) -> tuple[Part, Part]:
        """The texts of a template in one language, by the catalogue (scheduler.wording.templates)."""
        text, html = _load(self._templates, name)
        return (
            text_part("plain", wrapped(text.render({**spoken(language), **words}))),
            text_part("html", html.render({**spoken_in_html(language), "lang": language, **words})),
        )


def _offers(subject: Subject) -> tuple[Offer, ...]:
    """Other sessions, for a site at which this one is not inside working hours."""
    edition, event, site = subject.edition, subject.event, subject.site
    revision = edition.revisions[event.id]
    if not event.other_sessions or revision.start is None or revision.end is None:
        return ()
    at = revision.start, revision.end, edition.agenda.zone
    own = session_at(site, *at, DaysOff.of(edition.agenda), revision.wall)
    return () if own.fit is Fit.INSIDE else offers(edition, event, site, subject.sent_at)


def _prepared(subject: Subject, title: str, body: Part) -> PreparedMail:
    """An answer to an invitation comes to an address of its own; all else to the one of the agenda."""
    agenda, language, invites = subject.edition.agenda, subject.language, subject.enclosed.invites
    sender, list_id = agenda.sender, field("List-Id", f"<{slug(agenda.id)}.{agenda.sender.domain}>")
    head = _shared_head(agenda, title, language) + list_id
    if not invites:
        head += field("Reply-To", f"<{mailbox(sender.reply_to)}>")
    organizer = sender.name if invites else None
    zone = subject.site.zone
    return PreparedMail(subject=title, language=language, zone=zone, head=head, body=body, organizer=organizer)


def _shared_head(agenda: Agenda, subject: str, language: Language) -> bytes:
    sender = agenda.sender
    return b"".join(
        (
            address_field("From", sender.name, sender.address),
            worded_field("Subject", subject),
            field("MIME-Version", "1.0"),
            field("Content-Language", language),
            field("Auto-Submitted", "auto-generated"),
            field("X-Auto-Response-Suppress", "All"),
        )
    )


@cache  # since to style them all takes half a second
def _load(folder: Path, name: str) -> tuple[Template, Template]:
    """Text and HTML. Styles are inlined here, once: many readers know nothing else; dark mode stays in <style>."""
    plain = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701  # because it makes plain text
    rich = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=True)
    layout = (folder / "layout.html").read_text(encoding="utf-8")
    inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
    return (
        plain.from_string(_read(folder, name, "txt")),
        rich.from_string(inliner.inline(layout.replace(_CONTENT, _read(folder, name, "html")))),
    )


def _read(folder: Path, name: str, form: str) -> str:
    """A template with the parts that it shares with others, `[[ foot ]]` for parts/foot.html, put in their places.

    As text, before styles are inlined: an `include` of Jinja's would come too late for them.
    """
    text = (folder / f"{name}.{form}").read_text(encoding="utf-8")
    return _PART.sub(lambda found: _read(folder, f"parts/{found[1]}", form), text)
