"""Messages, ready to be sent: what an event says to a site is composed once, each recipient's own pieces are put in.

One EmailMessage for each recipient takes milliseconds; this, tens of microseconds.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, date, datetime
from email.utils import format_datetime
from pathlib import Path

import css_inline
from jinja2 import Environment, StrictUndefined, Template

from calendars.editions import Edition
from calendars.feeds import event_attachment
from calendars.model import LANGUAGES, Agenda, Event, Language, Representation, Text, slug
from calendars.wording import hour, long_date
from scheduler.delivery import Purpose
from scheduler.mail.address import mailbox
from scheduler.mail.mime import (
    Part,
    address_field,
    calendar_part,
    field,
    multipart,
    slot,
    text_part,
    worded_field,
)
from scheduler.mail.notice import notice
from scheduler.mail.prepared import Envelope, Prepared, local
from scheduler.mail.reminder import reminder
from scheduler.notices import Telling
from scheduler.shipped import shipped

KEPT = 512  # prepared messages: more than the sites of one fan-out in both languages
_CONTENT = "<!-- content -->"
_TEST_SUBJECT = Text(es="Prueba de la Agenda Consular", en="Agenda Consular: a test")


class Composer:
    """Templates read and styled once, and the messages prepared of late. `base_url` is the public site's."""

    def __init__(self, base_url: str, templates: Path | None = None) -> None:
        folder = templates or shipped("templates") / "mail"
        self._base_url = base_url.rstrip("/")
        self._templates = {
            (name, language): _load(folder, f"{name}.{language}")
            for name in ("test", *(purpose for purpose in Purpose if purpose is not Purpose.CONVOCATION))
            for language in LANGUAGES
        }
        self._edition: Edition | None = None
        self._kept: OrderedDict[object, Prepared] = OrderedDict()

    def reminder(
        self,
        edition: Edition,
        event: Event,
        site: Representation,
        language: Language,
        sent_at: datetime,
        link: str | None,
        attach: bool,
        convokes: bool = False,
    ) -> Prepared:
        """A reminder to be sent at `sent_at` (UTC); `link` is the joining link, `attach` adds the event as a file.

        `convokes` makes it a convocation, which says the same under its own head. `event` and `site` are those of the
        edition's agenda. Kept while the edition, the day and the link are the same.
        """
        today = local(sent_at.replace(microsecond=0), site.zone)[0]
        key = ("reminder", event.id, site.id, language, today, link, attach, convokes)
        return self._once(
            edition, key, lambda: self._reminder(edition, event, site, language, today, link, attach, convokes=convokes)
        )

    def notice(
        self,
        edition: Edition,
        telling: Telling,
        site: Representation,
        language: Language,
        sent_at: datetime,
        link: str | None,
    ) -> Prepared:
        """A notice of a change, to be sent at `sent_at` (UTC); `link` is the joining link of the edition in force.

        Kept as a reminder is.
        """
        today = local(sent_at.replace(microsecond=0), site.zone)[0]
        key = ("notice", telling.notice.event, site.id, language, today, link, telling.since)
        return self._once(edition, key, lambda: self._notice(edition, telling, site, language, today, link))

    def _once(self, edition: Edition, key: object, prepare: Callable[[], Prepared]) -> Prepared:
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
        body = self._alternative(name, language, subject=subject, preheader=subject, **words)
        head = (
            _shared_head(agenda, subject, language)
            + field("To", f"<{mailbox(envelope.to)}>")
            + field("Date", format_datetime(envelope.sent_at.astimezone(UTC)))
            + field("Message-ID", f"<{mailbox(envelope.message_id)}>")
        )
        return head + body.joined({})

    def _reminder(
        self,
        edition: Edition,
        event: Event,
        site: Representation,
        language: Language,
        today: date,
        link: str | None,
        attach: bool,
        *,
        convokes: bool,
    ) -> Prepared:
        calendar = self._calendar(site)
        words = reminder(
            edition,
            event,
            site,
            language,
            today=today,
            link=link,
            calendar=calendar,
            attached=attach,
            convokes=convokes,
        )
        body = self._of_the_list("reminder", edition.agenda, language, words.subject, words.preheader, r=words)
        if attach:
            content = event_attachment(edition, event, site, language)
            body = multipart("mixed", (body, calendar_part(content, "PUBLISH", f"{slug(event.id)}.ics")))
        return _prepared(edition.agenda, words.subject, language, site, body)

    def _notice(
        self,
        edition: Edition,
        telling: Telling,
        site: Representation,
        language: Language,
        today: date,
        link: str | None,
    ) -> Prepared:
        agenda, calendar = edition.agenda, self._calendar(site)
        words = notice(agenda, telling.notice, site, language, today=today, link=link, calendar=calendar)
        body = self._of_the_list(
            "notice", agenda, language, words.subject, words.preheader, n=words, unread=slot("unread")
        )
        return _prepared(agenda, words.subject, language, site, body)

    def _calendar(self, site: Representation) -> str:
        return f"{self._base_url}/feeds/sites/{site.id}.ics"

    def _of_the_list(
        self, name: str, agenda: Agenda, language: Language, subject: str, preheader: str, **words: object
    ) -> Part:
        """The text of what goes to every post, with its foot."""
        return self._alternative(
            name,
            language,
            subject=subject,
            preheader=preheader,
            office=slot("office"),
            privacy=f"{self._base_url}/privacy" if agenda.privacy else None,
            stop=slot("stop"),
            manage=slot("manage"),
            **words,
        )

    def _alternative(self, name: str, language: Language, **words: object) -> Part:
        text, html = self._templates[name, language]
        said = {"lang": language, **words}
        return multipart("alternative", (text_part("plain", text.render(said)), text_part("html", html.render(said))))


def _prepared(agenda: Agenda, subject: str, language: Language, site: Representation, body: Part) -> Prepared:
    list_id = field("List-Id", f"<{slug(agenda.id)}.{agenda.sender.domain}>")
    head = _shared_head(agenda, subject, language) + list_id
    return Prepared(subject=subject, language=language, zone=site.zone, head=head, body=body)


def _shared_head(agenda: Agenda, subject: str, language: Language) -> bytes:
    sender = agenda.sender
    return b"".join(
        (
            address_field("From", sender.name, sender.address),
            address_field("Reply-To", "", sender.reply_to),
            worded_field("Subject", subject),
            field("MIME-Version", "1.0"),
            field("Content-Language", language),
            field("Auto-Submitted", "auto-generated"),
            field("X-Auto-Response-Suppress", "All"),
        )
    )


def _load(folder: Path, name: str) -> tuple[Template, Template]:
    """Text and HTML. Styles are inlined here, once: many readers know nothing else; dark mode stays in <style>."""
    plain = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701  # because it makes plain text
    rich = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=True)
    layout = (folder / "layout.html").read_text(encoding="utf-8")
    content = (folder / f"{name}.html").read_text(encoding="utf-8")
    inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
    return (
        plain.from_string((folder / f"{name}.txt").read_text(encoding="utf-8")),
        rich.from_string(inliner.inline(layout.replace(_CONTENT, content))),
    )
