"""Messages, ready to be sent: what an event says to a site is composed once, each recipient's own pieces are put in.

One EmailMessage for each recipient takes milliseconds; this, tens of microseconds.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Protocol

import css_inline
from jinja2 import Environment, StrictUndefined, Template

from calendars.catalogue import Phrase
from calendars.editions import Edition
from calendars.elsewhere import Offer, offers
from calendars.impact import Fit, session_at
from calendars.model.agenda import Agenda
from calendars.model.events import Event
from calendars.model.places import Representation, slug
from calendars.model.text import Language
from calendars.wording import hour, long_date
from scheduler.base.address import mailbox
from scheduler.base.shipped import shipped
from scheduler.mail.enclosing import Enclosure, enclose
from scheduler.mail.mime import (
    Part,
    address_field,
    field,
    multipart,
    slot,
    text_part,
    worded_field,
)
from scheduler.mail.prepared import Envelope, PreparedMail, local
from scheduler.mail.texts.escalation import to_coordinator, to_deputy
from scheduler.mail.texts.invitation import invitation
from scheduler.mail.texts.notice import notice
from scheduler.mail.texts.reminder import reminder
from scheduler.planning.coverage import Tally
from scheduler.planning.delivery import Purpose
from scheduler.planning.notices import Telling
from scheduler.wording.templates import spoken, spoken_in_html

KEPT = 512  # prepared messages: more than the sites of one fan-out in both languages
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
    """Templates read and styled once, and the messages prepared of late. `base_url` is the public site's."""

    def __init__(self, base_url: str, templates: Path | None = None) -> None:
        folder = templates or shipped("templates") / "mail"
        self._base_url = base_url.rstrip("/")
        self._templates = {
            name: _load(folder, name)
            for name in ("test", "coordination", *(one for one in Purpose if one is not Purpose.CONVOCATION))
        }
        self._edition: Edition | None = None
        self._kept: OrderedDict[object, PreparedMail] = OrderedDict()

    def reminder(
        self,
        edition: Edition,
        event: Event,
        site: Representation,
        language: Language,
        sent_at: datetime,
        link: str | None,
        enclosed: Enclosure,
        *,
        first: bool = False,
        guest: bool = False,
        convokes: bool = False,
    ) -> PreparedMail:
        """A reminder to be sent at `sent_at` (UTC); `link` is the joining link.

        `first`: nothing of this schedule went before, so it offers other sessions where the hour is no good. `guest`:
        the post comes instead of going to its own. `convokes` makes it a convocation, which says the same under its own
        head. `event` and `site` are those of the edition's agenda. Kept while the edition, the day and the link are the
        same.
        """
        today = local(sent_at.replace(microsecond=0), site.zone)[0]
        key = ("reminder", event.id, site.id, language, today, link, enclosed, first, guest, convokes)

        def prepare() -> PreparedMail:
            words = reminder(
                edition,
                event,
                site,
                language,
                today=today,
                link=link,
                calendar=self._calendar(site, enclosed),
                guest=guest,
                convokes=convokes,
                offers=_offers(edition, event, site, sent_at) if first and not guest else (),
            )
            more = {"r": words, "others": words.others}
            return self._about("reminder", edition, event, site, language, words, enclosed, link, **more)

        return self._once(edition, key, prepare)

    def invitation(
        self,
        edition: Edition,
        event: Event,
        site: Representation,
        language: Language,
        *,
        sent_at: datetime,
        link: str | None,
        enclosed: Enclosure,
        guest: bool = False,
    ) -> PreparedMail:
        """An invitation, or its end, that is sent for its own sake; the rest is as of a reminder."""
        today = local(sent_at.replace(microsecond=0), site.zone)[0]
        key = ("invitation", event.id, site.id, language, today, link, enclosed, guest)

        def prepare() -> PreparedMail:
            words = invitation(
                edition, event, site, language, today=today, link=link, method=enclosed.method, guest=guest
            )
            return self._about("invitation", edition, event, site, language, words, enclosed, link, i=words)

        return self._once(edition, key, prepare)

    def notice(
        self,
        edition: Edition,
        telling: Telling,
        site: Representation,
        language: Language,
        sent_at: datetime,
        link: str | None,
        enclosed: Enclosure,
        *,
        guest: bool = False,
    ) -> PreparedMail:
        """A notice of a change, to be sent at `sent_at` (UTC); `link` is the joining link of the edition in force.

        One of what is new to the site offers other sessions, as the first reminder does. Kept as a reminder is.
        """
        today = local(sent_at.replace(microsecond=0), site.zone)[0]
        agenda, told = edition.agenda, telling.notice
        key = ("notice", told.event, site.id, language, today, link, telling.since, enclosed, guest)
        calendar = self._calendar(site, enclosed)

        def prepare() -> PreparedMail:
            event = agenda.event(told.event)
            fresh = told.before is None and told.after is not None and not guest
            words = notice(
                agenda,
                told,
                site,
                language,
                today=today,
                link=link,
                calendar=calendar,
                guest=guest,
                offers=_offers(edition, event, site, sent_at) if event is not None and fresh else (),
            )
            more = {"n": words, "others": words.others, "unread": slot("unread")}
            return self._about("notice", edition, event, site, language, words, enclosed, link, **more)

        return self._once(edition, key, prepare)

    def to_deputy(
        self,
        edition: Edition,
        event: Event,
        lack: Tally,
        language: Language,
        sent_at: datetime,
        link: str | None,
        enclosed: Enclosure,
    ) -> PreparedMail:
        """An escalation to the deputies of a site, to be sent at `sent_at` (UTC). Not kept: they are few."""
        site, calendar = lack.site, self._calendar(lack.site, enclosed)
        today = local(sent_at.replace(microsecond=0), site.zone)[0]
        words = to_deputy(edition, event, lack, language, today=today, link=link, calendar=calendar)
        more = {"e": words, "r": words.event}
        return self._about("escalation", edition, event, site, language, words, enclosed, link, **more)

    def to_coordinator(
        self, edition: Edition, event: Event, lacking: Sequence[Tally], language: Language, site: Representation
    ) -> PreparedMail:
        """An escalation to the coordinators of a region, who sit at `site`."""
        words = to_coordinator(edition, event, lacking, language)
        return self._about("coordination", edition, event, site, language, words, Enclosure(), None, e=words)

    def _once(self, edition: Edition, key: object, prepare: Callable[[], PreparedMail]) -> PreparedMail:
        if edition is not self._edition:
            self._kept.clear()
            self._edition = edition
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
        self, name: str, agenda: Agenda, envelope: Envelope, language: Language, *, subject: str, **words: str
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

    def _about(
        self,
        name: str,
        edition: Edition,
        event: Event | None,
        site: Representation,
        language: Language,
        words: _Worded,
        enclosed: Enclosure,
        link: str | None,
        **more: object,
    ) -> PreparedMail:
        """What goes to every post of a site that reads the language; `event` is the edition's, where it knows it."""
        parts = self._of_the_list(name, edition.agenda, language, words, enclosed, **more)
        body = enclose(parts, enclosed, edition, event, site, language, link)
        return _prepared(edition.agenda, words.subject, language, site, body, enclosed)

    def _calendar(self, site: Representation, enclosed: Enclosure) -> str | None:
        return f"{self._base_url}/feeds/sites/{site.id}.ics" if enclosed.feed else None

    def _of_the_list(
        self, name: str, agenda: Agenda, language: Language, told: _Worded, enclosed: Enclosure, **words: object
    ) -> tuple[Part, Part]:
        """The text of what goes to every post, with its foot."""
        return self._alternatives(
            name,
            language,
            subject=told.subject,
            preheader=told.preheader,
            enclosed=enclosed.said(language),
            office=slot("office"),
            privacy=f"{self._base_url}/privacy" if agenda.privacy else None,
            stop=slot("stop"),
            manage=slot("manage"),
            answer=slot("answer"),
            answered=slot("answered"),
            **words,
        )

    def _alternatives(self, name: str, language: Language, **words: object) -> tuple[Part, Part]:
        """The texts of a template in one language, by the catalogue (scheduler.wording.templates)."""
        text, html = self._templates[name]
        return (
            text_part("plain", text.render({**spoken(language), **words})),
            text_part("html", html.render({**spoken_in_html(language), "lang": language, **words})),
        )


def _offers(edition: Edition, event: Event, site: Representation, now: datetime) -> tuple[Offer, ...]:
    """Other sessions, for a site at which this one is not inside working hours."""
    revision = edition.revisions[event.id]
    if not event.other_sessions or revision.start is None or revision.end is None:
        return ()
    own = session_at(site, revision.start, revision.end, edition.agenda.zone, revision.wall)
    return () if own.fit is Fit.INSIDE else offers(edition, event, site, now)


def _prepared(
    agenda: Agenda, subject: str, language: Language, site: Representation, body: Part, enclosed: Enclosure
) -> PreparedMail:
    """An answer to an invitation comes to an address of its own; all else to the one of the agenda."""
    sender, list_id = agenda.sender, field("List-Id", f"<{slug(agenda.id)}.{agenda.sender.domain}>")
    head = _shared_head(agenda, subject, language) + list_id
    if not enclosed.invites:
        head += field("Reply-To", f"<{mailbox(sender.reply_to)}>")
    organizer = sender.name if enclosed.invites else None
    return PreparedMail(subject=subject, language=language, zone=site.zone, head=head, body=body, organizer=organizer)


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
    """Said and HTML. Styles are inlined here, once: many readers know nothing else; dark mode stays in <style>."""
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
    return _PART.sub(lambda found: (folder / "parts" / f"{found[1]}.{form}").read_text(encoding="utf-8"), text)
