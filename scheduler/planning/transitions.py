"""Every way from one state of a delivery to another: what happened, under which condition, and what writes it.

`docs/delivery-states.md` shows this table (`make docs` writes it there), and the tests hold it to what they see: each
change of state in any test stands here under what made it, and a whole run tells which lines no test has gone.
"""

from __future__ import annotations

from typing import NamedTuple

from scheduler.planning.delivery import EXPIRABLE, MUTABLE, OPEN, REVOCABLE, WAITING, State

NEW: tuple[State, ...] = ()  # there was no row
PLANNED, CLAIMED, SENDING, DEFERRED = State.PLANNED, State.CLAIMED, State.SENDING, State.DEFERRED
UNCERTAIN, HELD, ACCEPTED, SUPPRESSED = State.UNCERTAIN, State.HELD, State.ACCEPTED, State.SUPPRESSED
SUPERSEDED, CANCELLED, EXPIRED = State.SUPERSEDED, State.CANCELLED, State.EXPIRED
GIVEN_BACK = (PLANNED, DEFERRED)  # deferred where it was tried before


class Transition(NamedTuple):
    """From any of `before` to one of `after`; more than one where `guard` says which."""

    before: tuple[State, ...]
    event: str
    guard: str
    after: tuple[State, ...]
    by: str  # the function that decides it: a module of scheduler/store, by its name


_PUBLISHING = (
    Transition(NEW, "a publication", "the plan has it, and it lies ahead", (PLANNED,), "reconcile.reconcile"),
    Transition(
        NEW,
        "a publication",
        "likewise, but its post wants none, or cannot get it",
        (SUPPRESSED,),
        "reconcile.reconcile",
    ),
    Transition(
        MUTABLE, "a publication", "the plan has it at another moment or site", (PLANNED,), "reconcile.reconcile"
    ),
    Transition(
        OPEN,
        "a publication",
        "the plan has it no more: its event has another hour; a new row takes its place",
        (SUPERSEDED,),
        "reconcile.reconcile",
    ),
    Transition(
        OPEN,
        "a publication or an answer",
        "the plan has it no more: cancelled, rule, post or site gone, the post does not come or goes elsewhere",
        (CANCELLED,),
        "reconcile.reconcile",
    ),
    Transition(
        (CANCELLED,),
        "a publication or an answer",
        "the plan has it again, it lies ahead, and no operator dropped it",
        (PLANNED, SUPPRESSED),
        "reconcile.reconcile",
    ),
    Transition(
        (CLAIMED,),
        "a publication",
        "what was decided under the earlier edition is decided anew",
        GIVEN_BACK,
        "states.void",
    ),
    Transition(
        NEW,
        "a publication",
        "it changes something for its post, and is neither the first nor silent: a notice",
        (PLANNED,),
        "notices_owed.owe",
    ),
    Transition(
        NEW,
        "a publication",
        "likewise, but its post left and was its own, or has a bad address",
        (SUPPRESSED,),
        "notices_owed.owe",
    ),
    Transition(
        OPEN,
        "a publication",
        "a notice, and the same event changes for its site once more: the later one says both",
        (SUPERSEDED,),
        "notices_owed.owe",
    ),
    Transition(
        NEW,
        "a publication",
        "it announces the event, and owes its post no notice of it: a convocation",
        (PLANNED,),
        "convocations.convene",
    ),
    Transition(
        (CANCELLED, SUPPRESSED, SUPERSEDED, EXPIRED),
        "a publication",
        "a convocation that nobody can have got, to an event that is announced again",
        (PLANNED,),
        "convocations.convene",
    ),
    Transition(
        REVOCABLE,
        "a publication",
        "a convocation, and its event has another hour; who cannot have read it gets a new row",
        (SUPERSEDED,),
        "convocations.follow",
    ),
    Transition(
        NEW,
        "a publication",
        "a convocation at the new hour, for who cannot have read that of the former",
        (PLANNED,),
        "convocations.follow",
    ),
    Transition(
        REVOCABLE,
        "a publication",
        "a convocation, and its event takes place no more",
        (CANCELLED,),
        "convocations.follow",
    ),
)
_SENDING = (
    Transition(
        WAITING,
        "its moment",
        "the event has not begun, nothing is stopped, no news of it waits, its hour is the published one here",
        (CLAIMED,),
        "claiming.claim_due",
    ),
    Transition(
        WAITING,
        "its moment",
        "overdue, and a newer reminder of the same event for the same post is due too",
        (EXPIRED,),
        "claiming.claim_due",
    ),
    Transition(
        (CLAIMED,),
        "its node asks for more",
        "and does not know of it: the answer to a commit was lost",
        GIVEN_BACK,
        "claiming.claim_due",
    ),
    Transition(
        (CLAIMED,),
        "before it leaves",
        "a notice, an escalation, a convocation, a question or a follow-up with nothing to say, or whose post is gone",
        (CANCELLED,),
        "states.end_claims",
    ),
    Transition(
        (CLAIMED,),
        "before it leaves",
        "a convocation, and a notice of its event was told since it was owed",
        (SUPERSEDED,),
        "states.end_claims",
    ),
    Transition(
        (CLAIMED,),
        "before it leaves",
        "news or an invitation, and its post left and was its own, or has a bad address; what else is not wanted",
        (SUPPRESSED,),
        "states.end_claims",
    ),
    Transition((CLAIMED,), "draining, or a relay in trouble", "", GIVEN_BACK, "claiming.release_claims"),
    Transition(
        (CLAIMED,),
        "before it leaves",
        "the site is outside its hours, or the text cannot be composed",
        GIVEN_BACK,
        "claiming.postpone_claims",
    ),
    Transition(
        (CLAIMED,),
        "just before MAIL FROM",
        "still this node's, the event has not begun, not stopped, the lease holds: one attempt more",
        (SENDING,),
        "settling.intend_if_still_claimed",
    ),
    Transition((SENDING,), "an intent's commit", "got no answer, and nothing was sent", GIVEN_BACK, "settling.retract"),
    Transition(
        (SENDING,), "the server's answer", "2xx after the final dot", (ACCEPTED,), "settling.settle_if_still_sending"
    ),
    Transition(
        (SENDING,),
        "the server's answer",
        "4xx, a 5xx that speaks of no address, or none before the body was begun",
        (DEFERRED,),
        "settling.settle_if_still_sending",
    ),
    Transition(
        (SENDING,),
        "the server's answer",
        "the address is bad (`codes.py`): it counts as bad for its post",
        (State.REJECTED,),
        "settling.settle_if_still_sending",
    ),
    Transition(
        (SENDING,),
        "the server's answer",
        "the third 5xx that speaks of no address",
        (HELD,),
        "settling.settle_if_still_sending",
    ),
    Transition(
        (SENDING,),
        "the server's answer",
        "none after the body was begun",
        (UNCERTAIN,),
        "settling.settle_if_still_sending",
    ),
    Transition(
        (UNCERTAIN,),
        "a late answer",
        "its node was not gone but slow, and nobody has claimed it since: as that answer says",
        (ACCEPTED, DEFERRED, State.REJECTED, HELD),
        "settling.settle_if_still_sending",
    ),
    Transition((CLAIMED,), "a lease that ran out", "", GIVEN_BACK, "claiming.abandon_dead"),
    Transition(
        (SENDING,), "a lease that ran out", "nobody knows what the server did", (UNCERTAIN,), "claiming.abandon_dead"
    ),
    Transition((UNCERTAIN,), "5 minutes", "not repeated yet: due at once", (DEFERRED,), "states.sweep"),
    Transition((UNCERTAIN,), "5 minutes", "repeated before", (HELD,), "states.sweep"),
    Transition(
        EXPIRABLE,
        "its event begins",
        "or a message on its way was let go of: its post left, its event moved",
        (EXPIRED,),
        "states.sweep",
    ),
)
_POSTS = (
    Transition(MUTABLE, "its post", "left: reminders and escalations", (SUPPRESSED,), "wishes.leave"),
    Transition(
        MUTABLE, "its address", "was found bad: reminders and escalations", (SUPPRESSED,), "states.suppress_address"
    ),
    Transition(
        MUTABLE,
        "a pause, or another choice of rules",
        "its post does not want it now",
        (SUPPRESSED,),
        "wishes.obey_wishes",
    ),
    Transition(
        (SUPPRESSED,),
        "its post came back",
        "or has another address or holder, and wants it; it lies ahead, or is news that is still of use",
        (PLANNED,),
        "wishes.obey_wishes",
    ),
    Transition(
        (CLAIMED,),
        "its post moved to another site",
        "a notice or a convocation: it goes to that site",
        GIVEN_BACK,
        "notices_owed.follow_moved",
    ),
    Transition((CLAIMED,), "its post was handed over", "it goes to the successor", GIVEN_BACK, "handovers.hand_over"),
    Transition(
        REVOCABLE,
        "its post was handed over",
        "service mail that the former holder had asked for",
        (CANCELLED,),
        "handovers.hand_over",
    ),
    Transition(OPEN, "its address was erased", "on request, or by `retencion`", (CANCELLED,), "signups._forget"),
    Transition(NEW, "a roll call", "it asks the post, or tells who was silent", (PLANNED,), "roll_calls.owe"),
    Transition(
        REVOCABLE, "a roll call", "its post has another address and is asked anew", (SUPERSEDED,), "roll_calls.owe"
    ),
    Transition(NEW, "somebody asks", "or an alarm: service mail", (PLANNED,), "servicemail.owe"),
    Transition(
        NEW,
        "another channel, or another office",
        "its calendar lacks an event, or has one too much: an invitation",
        (PLANNED,),
        "inviting.revisit",
    ),
    Transition(
        (CLAIMED,), "another channel", "what it carries for a calendar is decided anew", GIVEN_BACK, "invited.choose"
    ),
    Transition(
        REVOCABLE,
        "another channel, or another office",
        "an invitation that did not leave yet",
        (SUPERSEDED,),
        "invited.drop_unsettled",
    ),
    Transition(
        (ACCEPTED, UNCERTAIN),
        "a report",
        "it failed, and went out within 30 days; not one of a flood",
        (State.BOUNCED,),
        "bounces.record",
    ),
    Transition(
        (ACCEPTED, UNCERTAIN), "an operator", "believes a report that was doubted", (State.BOUNCED,), "doubts.accept"
    ),
    Transition(
        (ACCEPTED, UNCERTAIN), "7 days", "nobody decided about a doubted report", (State.BOUNCED,), "doubts.lapse"
    ),
)
_OPERATORS = (
    Transition(NEW, "an administrator", "asks who has not answered: a question", (PLANNED,), "questions.ask"),
    Transition(
        (CANCELLED, SUPPRESSED, EXPIRED), "an administrator", "asks again: nobody got it", (PLANNED,), "questions.ask"
    ),
    Transition(NEW, "attendance is recorded", "its event has `seguimiento`: a follow-up", (PLANNED,), "follow_ups.owe"),
    Transition(
        (CANCELLED, SUPPRESSED, EXPIRED), "attendance is recorded", "again: nobody got it", (PLANNED,), "follow_ups.owe"
    ),
    Transition(REVOCABLE, "attendance", "is taken back: a follow-up", (CANCELLED,), "follow_ups.withdraw"),
    Transition((PLANNED, DEFERRED, UNCERTAIN), "an operator", "holds it", (HELD,), "deliveries.hold"),
    Transition(
        (HELD,),
        "an operator",
        "releases it: at its own hour or at once; expired if the event has begun, suppressed if its post wants none",
        (DEFERRED, EXPIRED, SUPPRESSED),
        "deliveries.release",
    ),
    Transition(
        (DEFERRED, UNCERTAIN, HELD),
        "an operator",
        "wants it tried now; as above",
        (DEFERRED, EXPIRED, SUPPRESSED),
        "deliveries.retry",
    ),
    Transition(
        (HELD, UNCERTAIN), "an operator", "drops it: no publication plans it again", (CANCELLED,), "deliveries.drop"
    ),
    Transition(
        (PLANNED, DEFERRED, CLAIMED, SENDING, UNCERTAIN),
        "adopting a backup",
        "it has fallen due: the lost database may have sent it",
        (HELD,),
        "deliveries.hold_what_may_have_gone",
    ),
)
TRANSITIONS = (*_PUBLISHING, *_SENDING, *_POSTS, *_OPERATORS)


def acts_on(by: str) -> tuple[State, ...]:
    """The states that this function takes deliveries from."""
    return tuple(dict.fromkeys(state for one in TRANSITIONS if one.by == by for state in one.before))
