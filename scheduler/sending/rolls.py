"""What of a roll call still has to go: found out when the mail leaves."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import Connection

from calendars.editions import Edition
from scheduler.planning.delivery import Purpose, State
from scheduler.planning.rolls import SilentPost
from scheduler.store.ledger import roll_calls, states
from scheduler.store.ledger.claiming import Claim
from scheduler.store.ledger.roll_calls import FIRST, RollRow
from scheduler.store.ledger.servicemail import COORDINATOR
from scheduler.store.posts import roll_answers
from scheduler.store.posts.roll_answers import RollWord
from scheduler.store.posts.rolls import RollPost, roll_posts


def settle(
    connection: Connection, owner: str, rolled: Sequence[Claim], edition: Edition
) -> dict[int, tuple[SilentPost, ...]]:
    """Whom these mails have to name, by Claim.id, in the claiming transaction: nobody, of those that ask a post.

    Left out, and ended, is what goes to a post that is written to no more, or asks again one that answered; and the
    list of a region in which everybody answered.
    """
    posts = {one.id: one for one in roll_posts(connection)}
    words = roll_answers.by_recipient(connection)
    calls = {number: _called(connection, number, words) for number in {_number(one) for one in rolled}}
    found: dict[int, tuple[SilentPost, ...]] = {}
    for claim in rolled:
        asked, answered = calls[_number(claim)]
        if claim.purpose is Purpose.ROLL_LIST and _may_hear(claim, posts):
            if listed := tuple(_silent(claim, edition, posts, asked, answered)):
                found[claim.id] = listed
        elif claim.purpose is Purpose.ROLL_CALL and _is_to_be_asked(claim, posts, answered):
            found[claim.id] = ()
    states.end_claims(connection, owner, {one.id: State.CANCELLED for one in rolled if one.id not in found})
    return found


def _number(claim: Claim) -> int:
    return roll_calls.number_of(claim.subject)


def _called(
    connection: Connection, number: int, words: Mapping[str, RollWord]
) -> tuple[Mapping[str, Sequence[RollRow]], Collection[str]]:
    """Whom a call asked, and the posts (ids) that have pressed a button since it began."""
    call = roll_calls.find(connection, number)
    assert call is not None, "it is put on record with its rows"
    return roll_calls.asked(connection, number), {key for key, word in words.items() if word.at >= call.at}


def _may_hear(claim: Claim, posts: Mapping[str, RollPost]) -> bool:
    post = posts.get(claim.recipient)
    return claim.recipient == COORDINATOR or (post is not None and post.hears)


def _is_to_be_asked(claim: Claim, posts: Mapping[str, RollPost], answered: Collection[str]) -> bool:
    return _may_hear(claim, posts) and (claim.rule == FIRST or claim.recipient not in answered)


def _silent(
    claim: Claim,
    edition: Edition,
    posts: Mapping[str, RollPost],
    asked: Mapping[str, Sequence[RollRow]],
    answered: Collection[str],
) -> Iterator[SilentPost]:
    """The posts of the claim's region that were asked, are still to answer and wait for nothing; not its own."""
    region = roll_calls.region_of(claim.subject)
    for key, rows in asked.items():
        post = posts.get(key)
        site = None if post is None else edition.agenda.site(post.site)
        if post is None or site is None or site.region != region or key in answered or key == claim.recipient:
            continue
        if not any(row.waits for row in rows):
            lost = post.suppressed or all(row.failed for row in rows if not row.ended)
            yield SilentPost(site=site.id, post=post.post, bounced=lost)
