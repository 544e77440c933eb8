"""Calling the roll: who is asked and when, and what follows from an answer, each as a unit of work."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from calendars.days.off import DaysOff
from calendars.editions import Edition
from calendars.model.agenda import Agenda
from calendars.model.people import Role
from calendars.model.places import Representation
from calendars.zones import rules_digest
from scheduler.people.handover import LASTS, HandoverWish, check_address
from scheduler.planning.delivery import Purpose
from scheduler.planning.rolls import ClockWord, asked, told
from scheduler.store.ledger import roll_calls, servicemail
from scheduler.store.ledger.roll_calls import AGAIN, FIRST, RollCall, RollRow
from scheduler.store.ledger.rows import Row
from scheduler.store.ledger.servicemail import COORDINATOR, ServiceMail
from scheduler.store.posts import roll_answers
from scheduler.store.posts.roll_answers import PersonWord
from scheduler.store.posts.rolls import RollPost, roll_posts
from scheduler.store.posts.roster import Post

LIST_OF_USE = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class RollPlan:
    """What calling the roll now would do."""

    call: RollCall
    begins: bool  # a new one; False: it asks those whom the one that goes on has not asked
    rows: tuple[Row, ...]  # what posts are asked by, first and again
    lists: tuple[Row, ...]  # of the silent, to coordinators; each goes only where there are any
    alone: tuple[str, ...]  # regions (ids) without a coordinator: their list goes to the administrator
    left_out: tuple[str, ...]  # posts (ids) that are not written to

    @property
    def firsts(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.rule == FIRST)


def plan_roll(connection: Connection, edition: Edition, now: datetime, author: str, again: timedelta) -> RollPlan:
    """Whom a call would ask, and when. While the last one goes on, only whom it has not asked at today's address."""
    last = roll_calls.last(connection)
    begins = last is None or last.ends_at <= now
    number = 1 if last is None else last.number + begins
    asking = _Asking(edition=edition, number=number, now=now, again=again)
    listed = [one for one in roll_posts(connection) if edition.agenda.site(one.site) is not None]
    hearing = [one for one in listed if one.hears]
    before = roll_calls.asked(connection, number)
    rows = tuple(row for post in hearing for row in _rows(post, before.get(post.id, ()), asking))
    lists, alone = _lists(hearing, rows, asking)
    ends = max((row.due_at for row in lists), default=now)
    return RollPlan(
        call=RollCall(number=number, at=now, author=author, ends_at=ends) if begins or last is None else last,
        begins=begins,
        rows=rows,
        lists=lists,
        alone=alone,
        left_out=tuple(one.id for one in listed if not one.hears),
    )


def call_roll(connection: Connection, plan: RollPlan, agenda: Agenda) -> None:
    """Owe what the plan says, in the transaction that it was made in."""
    if plan.begins:
        roll_calls.keep(connection, plan.call)
    to_nobody = [row for row in plan.lists if row.recipient == COORDINATOR]
    if to_nobody:
        servicemail.keep_coordinator(connection, agenda.sender.reply_to, to_nobody[0].site, plan.call.at)
    roll_calls.owe(connection, (*plan.rows, *plan.lists))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asking:
    edition: Edition
    number: int  # of the call
    now: datetime
    again: timedelta

    def site(self, key: str) -> Representation:
        found = self.edition.agenda.site(key)
        assert found is not None, "posts of other sites are left out"
        return found

    @property
    def days(self) -> DaysOff:
        return DaysOff.of(self.edition.agenda)


def _rows(post: RollPost, before: Sequence[RollRow], asking: _Asking) -> tuple[Row, ...]:
    """First and again; nothing where this call has asked, or is to ask, at the address that the post has."""
    schedule = before[-1].schedule if before else -1
    heard = [row for row in before if row.schedule == schedule and not row.ended]
    if heard and (post.address_since is None or post.address_since <= heard[0].due_at):
        return ()
    site = asking.site(post.site)
    when = asked(site, asking.now, asking.again, asking.days)
    first = Row(
        purpose=Purpose.ROLL_CALL,
        subject=roll_calls.subject(asking.number),
        schedule=schedule + 1,
        rule=FIRST,
        recipient=post.id,
        site=post.site,
        due_at=when.first,
        expires_at=when.again,
    )
    end = told(site, (when.again,), asking.again, asking.days)
    return first, replace(first, rule=AGAIN, due_at=when.again, expires_at=end)


def _lists(
    hearing: Sequence[RollPost], rows: Sequence[Row], asking: _Asking
) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """One for each coordinator of a region in which somebody is asked; and the regions that have none."""
    asked_again: dict[str, list[Row]] = {}
    for row in rows:
        if row.rule == AGAIN:
            asked_again.setdefault(asking.site(row.site).region, []).append(row)
    lists, alone = [], []
    for region in (one.id for one in asking.edition.agenda.regions if one.id in asked_again):
        theirs = [(one.id, one.site) for one in hearing if one.role is Role.COORDINATOR and _in(one, region, asking)]
        if not theirs:
            alone.append(region)
        for recipient, site in theirs or [(COORDINATOR, asked_again[region][0].site)]:
            lists.append(_list(recipient, site, region, asked_again[region], asking))
    return tuple(lists), tuple(alone)


def _in(post: RollPost, region: str, asking: _Asking) -> bool:
    return asking.site(post.site).region == region


def _list(recipient: str, site: str, region: str, asked_again: Sequence[Row], asking: _Asking) -> Row:
    due = told(asking.site(site), [row.due_at for row in asked_again], asking.again, asking.days)
    return Row(
        purpose=Purpose.ROLL_LIST,
        subject=roll_calls.subject(asking.number, region),
        recipient=recipient,
        site=site,
        due_at=due,
        expires_at=due + LIST_OF_USE,
    )


def answer_clock(connection: Connection, post: Post, zone: str, ahead: int, now: datetime) -> None:
    """Keep by how many minutes a post's clock is ahead of what ours shows in that zone."""
    said = ClockWord(at=now, ahead=ahead, zone=zone, digest=rules_digest(zone))
    roll_answers.say_clock(connection, post.recipient.id, said)


def answer_here(connection: Connection, post: Post, now: datetime) -> None:
    """Keep that whoever reads the post's mail is still the one."""
    roll_answers.say_person(connection, post.recipient.id, PersonWord(at=now, here=True))


def propose(connection: Connection, post: Post, successor: str, agenda: Agenda, now: datetime) -> None:
    """Keep that somebody else has the post, at an address if one is named, and tell the registered one at once.

    Nothing else changes: an administrator hands the post over. Raises NoHandover where the address will not do.
    """
    own = post.recipient
    if successor:
        check_address(HandoverWish(recipient=own.id, address=successor), post, agenda)
    roll_answers.say_person(connection, own.id, PersonWord(at=now, here=False, successor=successor))
    if post.suppressed:
        return
    mail = ServiceMail(
        purpose=Purpose.SUCCESSION,
        recipient=own.id,
        subject=secrets.token_hex(8),
        site=own.site,
        until=now + LASTS,
    )
    servicemail.owe(connection, mail, now)
