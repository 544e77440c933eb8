"""What a report means for one delivery and for the address that it went to: a decision as a value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scheduler.base.address import domain_of, scrub
from scheduler.mail.incoming.dsn import Action, ReportedRecipient
from scheduler.planning.codes import Blame, blame, is_vague, says_nothing, tells_of_a_list
from scheduler.wording.posts import masked

Finding = Literal["hard", "soft", "installation", "delayed", "relayed", "delivered"]

# «550 5.1.1», «550-5.1.1», «550 #5.1.1», and IronPort's «550-'5.1.1»
_CODE = re.compile(r"(?<![\d.])([45])\d\d[ -]{1,3}['\"(#]{0,2}(\1\.\d{1,3}\.\d{1,3})(?![\d.])")
_BARE = re.compile(r"#?([45]\.\d{1,3}\.\d{1,3})(?![\d.])")  # at the beginning of the words
_NAMED = re.compile(
    r"^[\d\s.#'\"-]{0,40}<([^<>\s@]{1,64}@[^<>\s@]{1,253})>"
)  # Postfix: «550 5.1.1 <one@example.org>: …»
_UNFAILED: dict[Action, Finding] = {
    Action.DELIVERED: "delivered",
    Action.RELAYED: "relayed",
    Action.EXPANDED: "relayed",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportVerdict:
    """hard: the address is bad. soft: this message did not arrive, and the post scores.

    installation: it did not arrive either, for a fault that is ours or the message's; nobody scores. Else nothing has
    been given up.
    """

    finding: Finding
    status: str  # the code that counts: the remote server's, where it gave one
    text: str  # its words, scrubbed of addresses
    about: str = ""  # the address that died, masked, where it is not the post's own

    @property
    def failed(self) -> bool:
        return self.finding in ("hard", "soft", "installation")


def judge(reported: Sequence[ReportedRecipient], address: str) -> ReportVerdict:
    """By the recipient that was given up; of several, by the one that is `address`, which the post has today."""
    failed = [one for one in reported if one.action is Action.FAILED]
    if not failed:
        one = reported[-1] if reported else ReportedRecipient(action=Action.UNCLEAR)
        return ReportVerdict(finding=_UNFAILED.get(one.action, "delayed"), status=one.status, text=scrub(one.words))
    own = [one for one in failed if is_about(one, address)]
    one = (own or failed)[-1]
    status = effective_status(one)
    return ReportVerdict(
        finding=_finding(status, one.words, own=bool(own)),
        status=status,
        text=scrub(one.words or one.status),
        about="" if own else masked_target(one, address),
    )


def _finding(status: str, words: str, *, own: bool) -> Finding:
    blamed = blame(status, words)
    if blamed in (Blame.INSTALLATION, Blame.CONTENT) or (says_nothing(status) and tells_of_a_list(words)):
        return "installation"
    return "hard" if own and blamed is Blame.ADDRESS else "soft"


def effective_status(one: ReportedRecipient) -> str:
    """The code that the server said which refused the message.

    Its own words count above the reporting program's Status: exim and courier always write 5.0.0, and a gateway puts
    5.1.0 around a 5.1.1. Where that server gave no code, the Status is the program's guess, and says no more than its
    class: sendmail makes 5.1.1 of a bare 550.
    """
    said = codes_in(one.words)
    specific = next((code for code in said if not is_vague(code)), said[0] if said else "")
    if one.by_smtp and one.words:
        return specific or f"{one.status[:1] or '5'}.0.0"
    return specific if specific and is_vague(one.status) else one.status


def codes_in(words: str) -> list[str]:
    """The enhanced codes that follow a reply code, and one that stands at the beginning."""
    first = _BARE.match(words)
    return ([first[1]] if first else []) + [found[2] for found in _CODE.finditer(words)]


def is_about(one: ReportedRecipient, address: str) -> bool:
    """Did this very address die, and not one that it forwards to, or a member of the list that it is?

    The final recipient decides; the original one only where no final one is told. Programs that rewrite the final
    recipient back to the original one say in fields of their own, or in the server's words, which it was.
    """
    target = one.final or one.original
    if not address or target.lower() != address.lower():
        return False
    if one.actual and not any(_same_mailbox(actual, address) for actual in one.actual):
        return False
    named = _NAMED.match(one.words)
    return named is None or _same_mailbox(named[1], address)


def masked_target(one: ReportedRecipient, address: str) -> str:
    """The address that died instead, masked; "" where none is told."""
    named = _NAMED.match(one.words)
    told = (*one.actual, *([named[1]] if named else []), one.final)
    return next((masked(target) for target in told if target and not _same_mailbox(target, address)), "")


def _same_mailbox(one: str, other: str) -> bool:
    """Case aside; a host of the domain is the same place: sendmail says ana@mail.example.org of ana@example.org."""
    local, wanted = one.lower().rpartition("@")[0], other.lower().rpartition("@")[0]
    here, there = domain_of(one), domain_of(other)
    return local == wanted and (here == there or here.endswith(f".{there}") or there.endswith(f".{here}"))
