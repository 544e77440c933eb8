"""Handing a post over, as one unit of work: who may have it, the ledger, and the three who are told."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.model.agenda import Agenda
from calendars.model.text import Language, Said, verbatim
from calendars.spelling import near
from scheduler.base.address import domain_of, mailbox
from scheduler.base.meant import NEAR, alternatives, listed
from scheduler.base.refusal import PROBLEMS, USAGE, Refusal
from scheduler.base.tokens import Tokens
from scheduler.planning.delivery import Purpose
from scheduler.store import editions
from scheduler.store.audit import chain
from scheduler.store.audit.deeds import Deed, Via, What
from scheduler.store.database import Database
from scheduler.store.editions import InForce
from scheduler.store.ledger import servicemail
from scheduler.store.ledger.servicemail import ServiceMail
from scheduler.store.people import handovers, signups
from scheduler.store.people.handovers import Successor
from scheduler.store.posts import roster
from scheduler.store.posts.roster import Post

LASTS = timedelta(days=7)  # the mails about it: they tell what holds on
NO_POST = Phrase("there is no post “{said}”.")
MEANT = Phrase("there is no post “{said}”. Did you mean {more}?")
NO_ADDRESS = Phrase("that is not an e-mail address of the form name@example.org in plain ASCII letters")
FOREIGN = Phrase(
    "the domain “{said}” is not allowed. Allowed: {more}. Others are added in “altas: dominios” of agenda.yaml."
)
SAME = Phrase("{said} has that address already")
TAKEN = Phrase("that address belongs to another post of the same site: {more}")
ERASED = Phrase("whoever has that address asked for it to be erased: it is not written to")


class NoHandover(Refusal):
    """The post cannot go there. `mistaken`: what was asked for is not there at all."""

    def __init__(self, why: Said, *, said: str = "", more: Said | None = None, mistaken: bool = False) -> None:
        self.code = USAGE if mistaken else PROBLEMS
        self.status = 404 if mistaken else 409
        super().__init__(why, said=said, more=more)


@dataclass(frozen=True, kw_only=True, slots=True)
class HandoverWish:
    """What was asked for."""

    recipient: str  # id of the post
    address: str  # of the successor
    language: Language | None = None
    via: Via = Via.COMMAND
    who: str = ""  # of the audit, where whoever decides has an account: its id; else the author


def check(connection: Connection, wanted: HandoverWish, found: InForce, tokens: Tokens) -> Post:
    """The post as it stands, if it may go to that address. Raises NoHandover."""
    post = roster.find(connection, wanted.recipient)
    if post is None or not post.confirmed:
        raise _unknown(connection, wanted.recipient)
    check_address(wanted, post, found.edition.agenda)
    _check_site(connection, wanted, post)
    if signups.erased_among(connection, tokens.digests(wanted.address)):
        raise NoHandover(ERASED)
    return post


def check_address(wanted: HandoverWish, post: Post, agenda: Agenda) -> None:
    """What can be said of the address to anybody: nothing of who has it. Raises NoHandover."""
    try:
        mailbox(wanted.address)
    except ValueError as error:
        raise NoHandover(NO_ADDRESS, mistaken=True) from error
    _check_domain(wanted.address, post, agenda)
    if wanted.address.lower() == post.recipient.address.lower():
        raise NoHandover(SAME, said=wanted.recipient)


def hand_over(
    database: Database, wanted: HandoverWish, *, at: datetime, author: str, reason: str, tokens: Tokens
) -> Post:
    """Move the post, and tell its former holder, the successor and the administrator.

    Returns it as it was. Raises NoHandover; LookupError before the first edition.
    """
    to = Successor(address=wanted.address, language=wanted.language, author=author, reason=reason)
    with database.write() as connection:
        post = enact(connection, wanted, to, at=at, tokens=tokens)
        _on_record(connection, post, wanted, to, at)
        return post


def enact(connection: Connection, wanted: HandoverWish, to: Successor, *, at: datetime, tokens: Tokens) -> Post:
    """The same in the caller's transaction, unrecorded: to see what would be sent, where nothing of it is to stay."""
    found = editions.load(connection)
    if found is None:
        raise LookupError("nothing is published yet")
    post = check(connection, wanted, found, tokens)
    former = handovers.hand_over(connection, found.edition, wanted.recipient, to, at)
    _tell(connection, post, former, found.edition.agenda, at)
    return post


def _on_record(connection: Connection, post: Post, wanted: HandoverWish, to: Successor, at: datetime) -> None:
    deed = Deed(
        who=wanted.who or to.author,
        what=What.HANDED_OVER,
        via=wanted.via,
        subject=wanted.recipient,
        details={"site": post.recipient.site},
        reason=to.reason,
        changed={"address": (post.recipient.address, wanted.address)},
        about=wanted.recipient,
    )
    chain.record(connection, deed, at)


def _tell(connection: Connection, post: Post, former: str, agenda: Agenda, at: datetime) -> None:
    """A former address that counts as bad is not written to."""
    own, subject = post.recipient, secrets.token_hex(8)
    servicemail.keep_coordinator(connection, agenda.sender.reply_to, own.site, at)
    hearers = [(Purpose.WELCOME, own.id), (Purpose.HANDOVER, servicemail.COORDINATOR)]
    if not post.suppressed:
        hearers.append((Purpose.FAREWELL, former))
    for purpose, recipient in hearers:
        mail = ServiceMail(
            purpose=purpose,
            recipient=recipient,
            subject=subject,
            site=own.site,
            until=at + LASTS,
            about=own.id if purpose is Purpose.HANDOVER else "",
        )
        servicemail.owe(connection, mail, at)


def _unknown(connection: Connection, said: str) -> NoHandover:
    found = near(said, [one.recipient.id for one in roster.members(connection)], NEAR)
    if not found:
        return NoHandover(NO_POST, said=said, mistaken=True)
    return NoHandover(MEANT, said=said, more=alternatives(found), mistaken=True)


def _check_domain(address: str, post: Post, agenda: Agenda) -> None:
    why = foreign(address, post.recipient.address, agenda)
    if why is not None:
        raise NoHandover(why)


def foreign(address: str, former: str, agenda: Agenda) -> Said | None:
    """Why what is at the former address may not go to this one; None where its domain is allowed."""
    own = domain_of(former)
    if domain_of(address) == own or (agenda.signups is not None and agenda.signups.admits(address)):
        return None
    allowed = list(dict.fromkeys((own, *(agenda.signups.domains if agenda.signups else ()))))
    return FOREIGN.of(said=domain_of(address), more=listed(allowed))


def _check_site(connection: Connection, wanted: HandoverWish, post: Post) -> None:
    """Who signed up with that address is taken in by the administrator's post, as when the file lists them."""
    for other in roster.at_address(connection, wanted.address):
        gives_way = other.origin == "self" and post.origin == "file"
        if other.recipient.site == post.recipient.site and other.confirmed and not gives_way:
            raise NoHandover(TAKEN, more=verbatim(other.recipient.id))
