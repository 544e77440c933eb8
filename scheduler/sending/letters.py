"""A claimed delivery as the message that it owes: which template, which links, to whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from calendars.catalogue import Phrase
from calendars.feeds import last_modified
from calendars.model.events import Event
from calendars.model.people import Role
from calendars.model.places import Representation
from calendars.zones import to_wall
from scheduler.base.address import mailbox
from scheduler.base.settings import Settings
from scheduler.base.tokens import Link, Tokens
from scheduler.mail import verp
from scheduler.mail.compose import Composer
from scheduler.mail.prepared import Envelope, Personal, PreparedMail
from scheduler.mail.subject import Enclosure, Subject
from scheduler.mail.texts.answered import answered
from scheduler.mail.texts.notice import unread
from scheduler.mail.texts.roll_call import silent_lines, site_clock
from scheduler.planning.channels import ITIP, Channel, subscribes
from scheduler.planning.delivery import Purpose
from scheduler.planning.standing import standing
from scheduler.sending.errand import (
    ConvocationErrand,
    Errand,
    EscalationErrand,
    EventErrand,
    FollowUpErrand,
    InvitationErrand,
    NoticeErrand,
    QuestionErrand,
    ReminderErrand,
    ServiceErrand,
)
from scheduler.store.editions import InForce
from scheduler.store.ledger.claiming import Claim
from scheduler.store.ledger.roll_calls import AGAIN
from scheduler.store.people.signups import ACCESS_FOR
from scheduler.wording.posts import office_name

_SUBJECTS = {
    Purpose.CONFIRMATION: Phrase("Please confirm: reminders from Agenda Consular"),
    Purpose.KNOWN: Phrase("You already get the reminders"),
    Purpose.ALARM: Phrase("ALERT: a site has nobody left to write to"),
    Purpose.LEFT: Phrase("A site's last post asked for no more reminders"),
    Purpose.DOUBT: Phrase("ALERT: reports of bad addresses, in doubt"),
    Purpose.WELCOME: Phrase("You now get your site's reminders"),
    Purpose.FAREWELL: Phrase("Your site's reminders have passed to somebody else"),
    Purpose.HANDOVER: Phrase("A post has passed to somebody else: correct recipients.csv"),
    Purpose.PROPOSAL: Phrase("A site proposes another time for an event"),
    Purpose.ROLL_CALL: Phrase("Does your clock agree? Agenda Consular"),
    Purpose.ROLL_LIST: Phrase("Sites of your region that have not answered"),
    Purpose.SUCCESSION: Phrase("Somebody proposes that your site's reminders go to another address"),
    Purpose.ACCESS: Phrase("Your 15-minute link"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Common:
    """What several messages in a row have in common."""

    subject: Subject
    instead: str | None  # of a guest: Event.id of its own session
    prepared: PreparedMail


class _Last:
    """Of the last reminder: a fan-out goes site by site, and to find the common part takes longer than to use it."""

    def __init__(self) -> None:
        self._of: tuple[object, ...] = ()
        self._common: _Common | None = None

    def common(self, of: tuple[object, ...], make: Callable[[], _Common]) -> _Common:
        if self._common is None or self._of != of:
            self._of, self._common = of, make()
        return self._common


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
    _last: _Last = field(default_factory=_Last, init=False, repr=False, compare=False)

    def recipient(self, claim: Claim) -> str:
        """The address that the message goes to."""
        return self.redirect_all or claim.address

    def mail_from(self, errand: Errand) -> str:
        """The envelope sender: the mailbox of From, or one that tells the message (scheduler/mail/verp.py)."""
        if self.verp:
            return verp.sender(errand.claim.message_key, errand.under.edition.agenda.sender.domain, self.tokens)
        return mail_from(errand.under)

    def write(self, errand: Errand, now: datetime) -> bytes:
        """The complete message, dated `now` to the second.

        Raises ValueError where an address cannot stand in a header, LookupError for an event or site that the
        edition does not know.
        """
        mailbox(mail_from(errand.under))  # refused here, before the intent is committed
        if isinstance(errand, ServiceErrand):
            return self._service(errand, now)
        common = self._common(errand, now.replace(microsecond=0))  # as Date has it, so those of a second share it
        return common.prepared.personalize(self._personal(errand, common.subject, common.instead))

    def _common(self, errand: EventErrand, now: datetime) -> _Common:
        def make() -> _Common:
            instead = _own_session(errand)
            subject = self._subject(errand, instead, now)
            return _Common(subject=subject, instead=instead, prepared=self._prepared(errand, subject))

        if not isinstance(errand, ReminderErrand) or errand.method in ITIP:  # an invitation is dated by its delivery
            return make()
        claim, carried = errand.claim, (errand.under, errand.method)
        read_by = claim.site, claim.language, claim.origin, claim.channel
        return self._last.common((now, *carried, claim.event, *read_by, claim.first, claim.replaces), make)

    def _prepared(self, errand: EventErrand, subject: Subject) -> PreparedMail:
        match errand:
            case ReminderErrand(claim=claim):
                return self.composer.reminder(subject, first=claim.first)
            case ConvocationErrand(claim=claim):
                return self.composer.reminder(subject, first=claim.first, convokes=True)
            case NoticeErrand(telling=telling):
                return self.composer.notice(subject, telling)
            case InvitationErrand():
                return self.composer.invitation(subject)
            case QuestionErrand():
                return self.composer.question(subject)
            case FollowUpErrand(told=told):
                return self.composer.follow_up(subject, told)
            case EscalationErrand(claim=Claim(role=Role.COORDINATOR), lacking=lacking):
                return self.composer.to_coordinator(subject, lacking)
            case EscalationErrand(lacking=lacking):
                return self.composer.to_deputy(subject, lacking[0])

    def _subject(self, errand: EventErrand, instead: str | None, now: datetime) -> Subject:
        """What it is about, for the posts that read it; for a guest, who comes to it instead of its own session."""
        claim, under = errand.claim, errand.under
        opens, link = under.shows_links_to(claim.origin), under.links.get(claim.event)
        return Subject(
            edition=under.edition,
            event=_event(errand),
            site=site_of(under, claim.site),
            language=claim.language,
            sent_at=now,
            link=link if opens else None,
            words=errand.telling.message if isinstance(errand, NoticeErrand | ConvocationErrand) else None,
            withheld=link is not None and not opens,
            guest=instead is not None,
            enclosed=self._enclosed(errand),
        )

    def _enclosed(self, errand: EventErrand) -> Enclosure:
        """What goes along for the calendar. An invitation is dated by its delivery: a repeat says the same again."""
        feed = subscribes(Channel(errand.claim.channel), answered=self.invitations)
        if errand.method not in ITIP:
            return Enclosure(method=errand.method, feed=feed)
        stamp = max(errand.claim.due_at.replace(microsecond=0), last_modified(errand.under.edition))
        return Enclosure(method=errand.method, feed=feed, stamp=stamp)

    def _answers_to(self, mailbox: str, errand: EventErrand) -> str:
        signed = self.signed_answers and errand.method in ITIP
        return verp.answers_to(mailbox, errand.claim.bearer, self.tokens) if signed else mailbox

    def _personal(self, errand: EventErrand, subject: Subject, instead: str | None) -> Personal:
        claim, sender = errand.claim, subject.edition.agenda.sender
        token = self.tokens.sign(Link.LEAVE, claim.bearer)
        asked = self.tokens.sign_answer(claim.bearer, instead or claim.event)
        return Personal(
            to=self.recipient(claim),
            office=office_name(claim.post, subject.site, subject.language),
            message_id=_message_id(errand.under, claim),
            sent_at=subject.sent_at,
            unsubscribe_url=f"{self.base_url}/leave/{token}",
            manage_url=f"{self.base_url}/manage/{token}",
            organizer=self._answers_to(sender.address, errand),
            reply_to=self._answers_to(sender.reply_to, errand),
            answer_url=f"{self.base_url}/answer/{asked}",
            answered="" if subject.guest else _answered(subject, claim),
            unread=_unread(errand, subject),
        )

    def _service(self, errand: ServiceErrand, now: datetime) -> bytes:
        found, claim = errand.under, errand.claim
        language, site = claim.language, site_of(found, claim.site)
        envelope = Envelope(to=self.recipient(claim), message_id=_message_id(found, claim), sent_at=now)
        words = {
            "office": office_name(claim.post, site, language),
            "url": self._url(claim, now),
            "site": self._site_url(claim),
            "post": claim.rule.partition("#")[0],
            "event": _titled(found, claim),
            "clock": site_clock(site, now, language),
            "silent": silent_lines(errand.silent, found.edition.agenda, language),
            "again": claim.rule == AGAIN,
            "reply_to": found.edition.agenda.sender.reply_to,
        }
        subject = _SUBJECTS[claim.purpose][language]
        return self.composer.single(claim.purpose, found.edition.agenda, envelope, language, subject=subject, **words)

    def _url(self, claim: Claim, now: datetime) -> str:
        match claim.purpose:
            case (
                Purpose.ALARM
                | Purpose.DOUBT
                | Purpose.FAREWELL
                | Purpose.HANDOVER
                | Purpose.PROPOSAL
                | Purpose.ROLL_LIST
            ):
                return self._site_url(claim)
            case Purpose.LEFT:
                return f"{self.base_url}/return/{self.tokens.sign(Link.LEAVE, claim.rule)}"
            case Purpose.ROLL_CALL:
                return f"{self.base_url}/roll-call/{self.tokens.sign_dated(Link.ROLL, claim.bearer, claim.due_at)}"
            case Purpose.SUCCESSION:
                return f"{self.base_url}/not-me/{self.tokens.sign_dated(Link.NOT_ME, claim.bearer, claim.due_at)}"
            case Purpose.CONFIRMATION:
                return f"{self.base_url}/confirm/{self.tokens.sign(Link.CONFIRM, claim.bearer, claim.expires_at)}"
            case Purpose.ACCESS:
                return f"{self.base_url}/account/{self.tokens.sign(Link.ACCOUNT, claim.bearer, now + ACCESS_FOR)}"
        return f"{self.base_url}/manage/{self.tokens.sign(Link.LEAVE, claim.bearer)}"

    def _site_url(self, claim: Claim) -> str:
        return f"{self.base_url}/sites/{claim.site}"


def letters_of(settings: Settings, tokens: Tokens) -> Letters:
    """Who writes what an installation sends, also where it has no relay yet."""
    base_url = settings.own_address
    return Letters(
        composer=Composer(base_url),
        tokens=tokens,
        base_url=base_url,
        redirect_all=settings.redirect_all,
        verp=settings.verp == "on",
        invitations=settings.invitations,
        signed_answers=settings.verp != "off",
    )


def mail_from(found: InForce) -> str:
    """The envelope sender: the mailbox of From under the envelope's domain."""
    sender = found.edition.agenda.sender
    return f"{sender.address.partition('@')[0]}@{sender.domain}"


def site_of(found: InForce, key: str) -> Representation:
    """Raises LookupError where the edition has no such site."""
    site = found.edition.agenda.site(key)
    if site is None:
        raise LookupError(f"the edition has no site {key}")
    return site


def _event(errand: EventErrand) -> Event:
    """What it is about; of a notice that it is no more, as it was. Raises LookupError."""
    event = errand.under.edition.agenda.event(errand.claim.event)
    if event is None and isinstance(errand, NoticeErrand) and errand.telling.notice.before is not None:
        return errand.telling.notice.before.event
    if event is None:
        raise LookupError(f"the edition has no event {errand.claim.event}")
    return event


def _unread(errand: EventErrand, subject: Subject) -> str:
    """Of a notice: that the post's calendar program had not read the change."""
    if isinstance(errand, NoticeErrand) and errand.telling.unread:
        return unread(to_wall(subject.sent_at, subject.site.zone), subject.language)
    return ""


def _answered(subject: Subject, claim: Claim) -> str:
    """What the post said last of its own session; "" where it has said nothing."""
    if claim.said is None or claim.said_at is None:
        return ""
    stands = standing(subject.edition, claim.event, claim.site, claim.said_for)
    at = to_wall(claim.said_at, subject.site.zone)
    return answered(claim.said, by_mail=claim.said_via == "reply", at=at, stands=stands, language=claim.language)


def _titled(found: InForce, claim: Claim) -> str:
    """The title of the event of whose UID service mail is; "" where it is of none."""
    keys = {revision.uid: key for key, revision in found.edition.revisions.items()}
    event = found.edition.agenda.event(keys.get(claim.subject.partition("/")[0], ""))
    return "" if event is None else event.title[claim.language]


def _own_session(errand: EventErrand) -> str | None:
    """The session that the post answered for, where it comes to this one instead; None where this is its own."""
    claim, agenda = errand.claim, errand.under.edition.agenda
    if claim.replaces is None:
        return None
    event = agenda.event(claim.event)
    own = event is not None and any(site.id == claim.site for site in agenda.addressed(event))
    return None if own else claim.replaces


def _message_id(found: InForce, claim: Claim) -> str:
    return f"{claim.message_key}@{found.edition.agenda.sender.domain}"
