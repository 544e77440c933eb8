"""A claimed delivery as the message that it owes: which template, which links, to whom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from calendars.catalogue import Phrase
from calendars.feeds import last_modified
from calendars.model.events import Event
from calendars.model.people import Role
from calendars.model.places import Representation
from calendars.zones import to_wall
from scheduler.base.address import mailbox
from scheduler.base.tokens import Link, Tokens
from scheduler.mail import verp
from scheduler.mail.compose import Composer
from scheduler.mail.enclosing import Enclosure
from scheduler.mail.prepared import Envelope, Personal
from scheduler.mail.texts.answered import answered
from scheduler.mail.texts.notice import unread
from scheduler.planning.channels import ITIP, Channel, subscribes
from scheduler.planning.delivery import Purpose
from scheduler.planning.standing import standing
from scheduler.store.editions import InForce
from scheduler.store.ledger.claiming import Claim
from scheduler.store.people.signups import ACCESS_FOR
from scheduler.wording.posts import office_name

_SUBJECTS = {
    Purpose.CONFIRMATION: Phrase("Please confirm: reminders from Agenda Consular"),
    Purpose.KNOWN: Phrase("You already get the reminders"),
    Purpose.ALARM: Phrase("ALERT: a site has nobody left to write to"),
    Purpose.DOUBT: Phrase("ALERT: reports of bad addresses, in doubt"),
    Purpose.WELCOME: Phrase("You now get your site's reminders"),
    Purpose.FAREWELL: Phrase("Your site's reminders have passed to somebody else"),
    Purpose.HANDOVER: Phrase("A post has passed to somebody else: correct recipients.csv"),
    Purpose.PROPOSAL: Phrase("A site proposes another time for an event"),
    Purpose.ACCESS: Phrase("Your 15-minute link"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Letters:
    """Writes the messages of an installation. `base_url` is the public site's, without a slash at the end."""

    composer: Composer
    tokens: Tokens
    base_url: str
    redirect_all: str | None = None  # every mail goes to this address instead
    verp: bool = False  # an envelope sender for each message, which a bounce comes back to
    invitations: bool = False  # answers are read, so invitations may leave
    signed_answers: bool = False  # each post's answers come to an address that tells whose they are

    def recipient(self, claim: Claim) -> str:
        """The address that the message goes to."""
        return self.redirect_all or claim.address

    def mail_from(self, found: InForce, claim: Claim) -> str:
        """The envelope sender: the mailbox of From, or one that tells the message (scheduler/mail/verp.py)."""
        if self.verp:
            return verp.sender(claim.message_key, found.edition.agenda.sender.domain, self.tokens)
        return mail_from(found)

    def write(self, found: InForce, claim: Claim, now: datetime) -> bytes:
        """The complete message, dated `now`.

        Raises ValueError where an address cannot stand in a header, LookupError for an event or site that the
        edition does not know.
        """
        mailbox(mail_from(found))  # refused here, before the intent is committed
        match claim.purpose:
            case Purpose.REMINDER | Purpose.CONVOCATION:
                return self._reminder(found, claim, now)
            case Purpose.NOTICE:
                return self._notice(found, claim, now)
            case Purpose.INVITATION:
                return self._invitation(found, claim, now)
            case Purpose.ESCALATION:
                return self._escalation(found, claim, now)
        return self._service(found, claim, now)

    def _reminder(self, found: InForce, claim: Claim, now: datetime) -> bytes:
        event, site = subject_of(found, claim)
        prepared = self.composer.reminder(
            found.edition,
            event,
            site,
            language=claim.language,
            sent_at=now,
            link=found.links.get(event.id),
            enclosed=self._enclosed(found, claim),
            first=claim.first,
            guest=_own_session(found, claim) is not None,
            convokes=claim.purpose is Purpose.CONVOCATION,
        )
        return prepared.personalize(self._personal(found, claim, site, now))

    def _invitation(self, found: InForce, claim: Claim, now: datetime) -> bytes:
        event, site = subject_of(found, claim)
        prepared = self.composer.invitation(
            found.edition,
            event,
            site,
            claim.language,
            sent_at=now,
            link=found.links.get(event.id),
            enclosed=self._enclosed(found, claim),
            guest=_own_session(found, claim) is not None,
        )
        return prepared.personalize(self._personal(found, claim, site, now))

    def _notice(self, found: InForce, claim: Claim, now: datetime) -> bytes:
        telling, site, language = claim.telling, site_of(found, claim.site), claim.language
        if telling is None:
            raise ValueError("a notice was claimed without what it says")
        link, enclosed = found.links.get(claim.event), self._enclosed(found, claim)
        prepared = self.composer.notice(
            found.edition,
            telling,
            site,
            language,
            sent_at=now,
            link=link,
            enclosed=enclosed,
            guest=_own_session(found, claim) is not None,
        )
        remark = unread(to_wall(now, site.zone), language) if telling.unread else ""
        return prepared.personalize(replace(self._personal(found, claim, site, now), unread=remark))

    def _enclosed(self, found: InForce, claim: Claim) -> Enclosure:
        """What goes along for the calendar. An invitation is dated by its delivery: a repeat says the same again."""
        feed = subscribes(Channel(claim.channel), answered=self.invitations)
        if claim.method not in ITIP:
            return Enclosure(method=claim.method, feed=feed)
        stamp = max(claim.due_at.replace(microsecond=0), last_modified(found.edition))
        return Enclosure(method=claim.method, feed=feed, stamp=stamp)

    def _answers_to(self, mailbox: str, claim: Claim) -> str:
        signed = self.signed_answers and claim.method in ITIP
        return verp.answers_to(mailbox, claim.bearer, self.tokens) if signed else mailbox

    def _escalation(self, found: InForce, claim: Claim, now: datetime) -> bytes:
        event, site = subject_of(found, claim)
        if not claim.lacking:
            raise ValueError("an escalation was claimed without the sites that it is about")
        language = claim.language
        if claim.role == Role.COORDINATOR:
            prepared = self.composer.to_coordinator(found.edition, event, claim.lacking, language, site)
        else:
            link, enclosed = found.links.get(event.id), self._enclosed(found, claim)
            prepared = self.composer.to_deputy(found.edition, event, claim.lacking[0], language, now, link, enclosed)
        return prepared.personalize(self._personal(found, claim, site, now))

    def _personal(self, found: InForce, claim: Claim, site: Representation, now: datetime) -> Personal:
        token, sender = self.tokens.sign(Link.LEAVE, claim.bearer), found.edition.agenda.sender
        asked = self.tokens.sign_answer(claim.bearer, _own_session(found, claim) or claim.event)
        return Personal(
            to=self.recipient(claim),
            office=office_name(claim.post, site),
            message_id=_message_id(found, claim),
            sent_at=now,
            unsubscribe_url=f"{self.base_url}/leave/{token}",
            manage_url=f"{self.base_url}/manage/{token}",
            organizer=self._answers_to(sender.address, claim),
            reply_to=self._answers_to(sender.reply_to, claim),
            answer_url=f"{self.base_url}/answer/{asked}",
            answered=_answered(found, claim, site),
        )

    def _service(self, found: InForce, claim: Claim, now: datetime) -> bytes:
        language = claim.language
        envelope = Envelope(to=self.recipient(claim), message_id=_message_id(found, claim), sent_at=now)
        words = {
            "office": office_name(claim.post, site_of(found, claim.site)),
            "url": self._url(claim, now),
            "site": self._site_url(claim),
            "post": claim.rule,
            "event": _titled(found, claim),
        }
        subject = _SUBJECTS[claim.purpose][language]
        return self.composer.single(claim.purpose, found.edition.agenda, envelope, language, subject=subject, **words)

    def _url(self, claim: Claim, now: datetime) -> str:
        match claim.purpose:
            case Purpose.ALARM | Purpose.DOUBT | Purpose.FAREWELL | Purpose.HANDOVER | Purpose.PROPOSAL:
                return self._site_url(claim)
            case Purpose.CONFIRMATION:
                return f"{self.base_url}/confirm/{self.tokens.sign(Link.CONFIRM, claim.bearer, claim.expires_at)}"
            case Purpose.ACCESS:
                return f"{self.base_url}/account/{self.tokens.sign(Link.ACCOUNT, claim.bearer, now + ACCESS_FOR)}"
        return f"{self.base_url}/manage/{self.tokens.sign(Link.LEAVE, claim.bearer)}"

    def _site_url(self, claim: Claim) -> str:
        return f"{self.base_url}/sites/{claim.site}"


def mail_from(found: InForce) -> str:
    """The envelope sender: the mailbox of From under the envelope's domain."""
    sender = found.edition.agenda.sender
    return f"{sender.address.partition('@')[0]}@{sender.domain}"


def subject_of(found: InForce, claim: Claim) -> tuple[Event, Representation]:
    """What a reminder, a convocation or an escalation is about, and for which site. Raises LookupError."""
    event = found.edition.agenda.event(claim.event)
    if event is None:
        raise LookupError(f"the edition has no event {claim.event}")
    return event, site_of(found, claim.site)


def site_of(found: InForce, key: str) -> Representation:
    """Raises LookupError where the edition has no such site."""
    site = found.edition.agenda.site(key)
    if site is None:
        raise LookupError(f"the edition has no site {key}")
    return site


def _answered(found: InForce, claim: Claim, site: Representation) -> str:
    """What the post said last of its own session; "" where it has said nothing."""
    if claim.said is None or claim.said_at is None or _own_session(found, claim) is not None:
        return ""
    stands = standing(found.edition, claim.event, claim.site, claim.said_for)
    at = to_wall(claim.said_at, site.zone)
    return answered(claim.said, by_mail=claim.said_via == "reply", at=at, stands=stands, language=claim.language)


def _titled(found: InForce, claim: Claim) -> str:
    """The title of the event of whose UID service mail is; "" where it is of none."""
    keys = {revision.uid: key for key, revision in found.edition.revisions.items()}
    event = found.edition.agenda.event(keys.get(claim.subject.partition("/")[0], ""))
    return "" if event is None else event.title[claim.language]


def _own_session(found: InForce, claim: Claim) -> str | None:
    """The session that the post answered for, where it comes to this one instead; None where this is its own."""
    agenda = found.edition.agenda
    addressed = (site.id for event in agenda.events if event.id == claim.event for site in agenda.addressed(event))
    return None if claim.replaces is None or claim.site in addressed else claim.replaces


def _message_id(found: InForce, claim: Claim) -> str:
    return f"{claim.message_key}@{found.edition.agenda.sender.domain}"
