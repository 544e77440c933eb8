"""What a server's replies to one message come to: verdicts as values, no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scheduler.base.address import scrub
from scheduler.mail.relay.dialogue import Answers
from scheduler.mail.relay.replies import GO_AHEAD, ServerReply
from scheduler.planning.delivery import Outcome

Stage = Literal["mail", "rcpt", "data", "body"]
ENVELOPE: tuple[Stage, ...] = ("mail", "rcpt", "data")
BODY: tuple[Stage, ...] = ("body",)


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvelopeVerdict:
    """What came of a step of the envelope."""

    outcome: Outcome | None  # None: go on
    cut: bool  # the channel may not be used again


_GO_ON = EnvelopeVerdict(outcome=None, cut=False)


def judge_envelope(stages: Sequence[Stage], answers: Answers) -> EnvelopeVerdict:
    """Of commands of the envelope that were sent together.

    The first refusal is the outcome, whatever is said of the commands after it. A server that says 354 all the same
    (RFC 2920 §3.1 lets it) would take what comes next for a message: it gets nothing, and the channel is cut. Where
    the replies are in doubt, so is the refusal: nothing has left, and the message is tried again.
    """
    refusal: Outcome | None = None
    waits_for_nothing = False
    for stage, reply in zip(stages, answers.replies, strict=False):
        if reply.refused:
            refusal = refusal or _refused(stage, reply)
        elif not (reply.code == GO_AHEAD if stage == "data" else reply.accepted):
            return EnvelopeVerdict(outcome=_broken(stage, _unexpected(stage.upper(), reply)), cut=True)
        elif stage == "data" and refusal is not None:
            waits_for_nothing = True
    stage = stages[min(len(answers.replies), len(stages) - 1)]
    if answers.doubt:
        return EnvelopeVerdict(outcome=_broken(stage, answers.doubt), cut=True)
    if refusal is None and answers.gone:
        return EnvelopeVerdict(outcome=_broken(stage, answers.gone), cut=True)
    if refusal is None:
        return _GO_ON
    return EnvelopeVerdict(outcome=refusal, cut=waits_for_nothing or bool(answers.gone))


def judge_body(answers: Answers) -> Outcome:
    """Of a message that was written. Without a reply that can be trusted nobody knows what became of it."""
    if answers.doubt or not answers.replies:
        return _unknown(answers.doubt or answers.gone)
    [reply] = answers.replies
    if reply.refused:
        return _refused("body", reply)
    if not reply.accepted:
        return _unknown(_unexpected("the message", reply))
    return Outcome(kind="accepted", stage="body", code=reply.code, status=reply.status, text=reply.text)


def _refused(stage: Stage, reply: ServerReply) -> Outcome:
    return Outcome(kind="refused", stage=stage, code=reply.code, status=reply.status, text=reply.text)


def _broken(stage: Stage, why: str) -> Outcome:
    return Outcome(kind="broken", stage=stage, text=scrub(why))


def _unknown(why: str) -> Outcome:
    return Outcome(kind="unknown", stage="body", text=scrub(why))


def _unexpected(what: str, reply: ServerReply) -> str:
    return f"unexpected reply to {what}: {reply.code} {reply.text}"
