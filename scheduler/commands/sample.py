"""A notice or a convocation as a site's posts would get it: the very bytes, but for each one's address and links."""

from __future__ import annotations

import email
from collections.abc import Iterator, Sequence
from dataclasses import replace
from email.message import EmailMessage
from email.policy import default as modern

from calendars.model.agenda import Draft
from calendars.model.text import Language
from scheduler.mail.compose import Composer
from scheduler.mail.prepared import Personal, PreparedMail
from scheduler.mail.subject import Enclosure, Subject
from scheduler.planning.delivery import Purpose
from scheduler.planning.notices import Telling
from scheduler.publishing.consequences import Consequences, ForeseenMail
from scheduler.publishing.prospect import Prospect
from scheduler.store.posts.hearers import Hearer
from scheduler.wording.posts import office_name


def samples(
    found: Prospect,
    draft: Draft,
    result: Consequences,
    site: str,
    posts: Sequence[Hearer],
    base_url: str,
    event: str | None = None,
    *,
    html: bool = False,
) -> Iterator[str]:
    """What each post of a site would be sent, of all changes or of one event: once for each language spoken there."""
    composer = Composer(base_url)
    for mail in result.mails:
        if mail.site.id == site and event in (None, mail.notice.event):
            spoken = {post.language: post for post in posts}
            for language, post in sorted(spoken.items()):
                yield _shown(_composed(composer, found, draft, mail, post, language, base_url), html=html)


def _composed(
    composer: Composer,
    found: Prospect,
    draft: Draft,
    mail: ForeseenMail,
    post: Hearer,
    language: Language,
    base_url: str,
) -> EmailMessage:
    edition = found.publication.edition
    prepared = _prepared(composer, found, mail, language, draft.links.get(mail.notice.event))
    body = prepared.personalize(
        Personal(
            to=f"{post.id}@example.invalid",
            office=office_name(post.post, mail.site, language),
            message_id=f"sample@{edition.agenda.sender.domain}",
            sent_at=mail.leaves,
            unsubscribe_url=f"{base_url}/leave/-",
            manage_url=f"{base_url}/manage/-",
            answer_url=f"{base_url}/answer/-",
        )
    )
    message = email.message_from_bytes(body, policy=modern)
    assert isinstance(message, EmailMessage)
    return message


def _prepared(
    composer: Composer, found: Prospect, mail: ForeseenMail, language: Language, link: str | None
) -> PreparedMail:
    notice, edition = mail.notice, found.publication.edition
    agenda = edition.agenda
    about = notice.after or notice.before
    assert about is not None, "a notice is of something"
    subject = Subject(
        edition=edition,
        event=agenda.event(notice.event) or about.event,
        site=mail.site,
        language=language,
        sent_at=mail.leaves,
        link=link,
        words=found.message,
        guest=notice.guest,
    )
    if mail.purpose is Purpose.NOTICE:
        return composer.notice(subject, Telling(notice=notice, since=edition.number - 1, unread=False))
    return composer.reminder(replace(subject, enclosed=Enclosure(method="PUBLISH")), first=True, convokes=True)


def shown(body: bytes, *, html: bool) -> str:
    """A complete message (RFC 5322) as `agenda impact --mail` prints it."""
    message = email.message_from_bytes(body, policy=modern)
    assert isinstance(message, EmailMessage)
    return _shown(message, html=html)


def _shown(message: EmailMessage, *, html: bool) -> str:
    part = message.get_body(("html",) if html else ("plain",))
    assert part is not None, "each mail has both"
    content = str(part.get_content())
    if html:
        return content
    return f"Date: {message['Date']}\nSubject: {message['Subject']}\n\n{content}"
