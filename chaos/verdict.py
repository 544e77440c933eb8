"""What was promised against what the mail server has on record, what was planned, and what the ledger says. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields

from chaos.record import Seen
from scheduler.planning.delivery import State

SETTLED = frozenset(
    {
        State.ACCEPTED, State.REJECTED, State.BOUNCED, State.SUPERSEDED, State.CANCELLED, State.SUPPRESSED,
        State.EXPIRED, State.HELD, State.UNCERTAIN,
    }
)  # fmt: skip
MUTED = frozenset({State.REJECTED, State.SUPPRESSED})
REPLACED = frozenset({State.SUPERSEDED, State.CANCELLED})


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One delivery, as the ledger has it."""

    state: State
    doubted: bool  # `uncertain_at` is set: its fate was unknown once


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """By message key: the local part of the Message-ID."""

    owed: Mapping[str, str]  # what editions planned, and its recipient's address
    ledger: Mapping[str, Entry]
    record: Sequence[Seen]
    bad: Collection[str]  # addresses that the mail server does not know
    edited: int  # length of the record when the edit in the middle was in force
    doubts: int  # kills × messages that one worker can have in the air


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The keys that break each promise; all empty where all are kept."""

    lost: Sequence[str]  # no record of it, and the ledger does not say why
    only_claimed: Sequence[str]  # `accepted`, and no record of it
    repeated: Sequence[str]  # delivered again, and never marked uncertain
    too_often: Sequence[str]  # repeated more than once by itself
    unknown: Sequence[str]  # delivered under a Message-ID that was never planned
    astray: Sequence[str]  # delivered to another address than planned
    muted: Sequence[str]  # given up as a bad address, which it is not
    outdated: Sequence[str]  # begun for a time that no longer held
    believed: Sequence[str]  # bounced, and nothing ever came back but what an outsider forged
    held: Sequence[str]  # more than the kills can account for

    @property
    def broken(self) -> Mapping[str, Sequence[str]]:
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: keys for name, keys in found.items() if keys}


def judge(evidence: Evidence, repeats: int) -> Verdict:
    """`repeats`: how often a message whose fate is unknown may have gone again by itself or by an operator's word."""
    owed, ledger = evidence.owed, evidence.ledger
    kept = delivered(evidence.record)
    held = [key for key, entry in ledger.items() if entry.state is State.HELD]
    return Verdict(
        lost=[key for key in owed if key not in kept and (key not in ledger or ledger[key].state not in SETTLED)],
        only_claimed=[key for key, entry in ledger.items() if entry.state is State.ACCEPTED and key not in kept],
        repeated=[key for key, times in kept.items() if times > 1 and key in ledger and not ledger[key].doubted],
        too_often=[key for key, times in kept.items() if times > 1 + repeats],
        unknown=[key for key in kept if key not in owed or key not in ledger],
        astray=[one.key for one in evidence.record if one.kept and owed.get(one.key, one.to) != one.to],
        muted=[key for key, entry in ledger.items() if entry.state in MUTED and owed.get(key, "") not in evidence.bad],
        outdated=[
            one.key
            for one in evidence.record[evidence.edited :]
            if one.kept and one.key in ledger and ledger[one.key].state in REPLACED and not ledger[one.key].doubted
        ],
        believed=[key for key, entry in ledger.items() if entry.state is State.BOUNCED],
        held=held if len(held) > evidence.doubts else [],
    )


def delivered(record: Sequence[Seen]) -> Counter[str]:
    """How often each message was taken."""
    return Counter(one.key for one in record if one.kept)
