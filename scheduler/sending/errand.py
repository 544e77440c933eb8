"""What is to be sent: a claim beside what it says, settled in the claiming transaction and the same from then on."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.planning.channels import Carried
from scheduler.planning.coverage import Tally
from scheduler.planning.follow_ups import FollowUp
from scheduler.planning.notices import Telling
from scheduler.planning.rolls import SilentPost
from scheduler.store.editions import InForce
from scheduler.store.ledger.claiming import Claim
from scheduler.store.ledger.settling import Intent


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceErrand:
    """Of no event: it was asked for a moment ago."""

    claim: Claim
    under: InForce  # what was in force when it was claimed
    silent: tuple[SilentPost, ...] = ()  # of a list to a coordinator: who has not answered

    @property
    def intent(self) -> Intent:
        return Intent(id=self.claim.id, fence=self.claim.fence, edition=None, method="")


@dataclass(frozen=True, kw_only=True, slots=True)
class _OfAnEvent:
    claim: Claim
    under: InForce  # what was in force when it was claimed, which it tells of
    method: Carried  # of its calendar part (RFC 6047 §2.4); "": it has none

    @property
    def intent(self) -> Intent:
        claim = self.claim
        return Intent(id=claim.id, fence=claim.fence, edition=self.under.edition.number, method=self.method)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReminderErrand(_OfAnEvent):
    """That an event is near."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConvocationErrand(_OfAnEvent):
    """To an event that was announced by name: in the words of a reminder, at the hours of a notice."""

    telling: Telling


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeErrand(_OfAnEvent):
    """Of a change between what its post was last told and what is in force."""

    telling: Telling


@dataclass(frozen=True, kw_only=True, slots=True)
class InvitationErrand(_OfAnEvent):
    """An invitation, or its end, for its own sake."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EscalationErrand(_OfAnEvent):
    """That too few come: to others at a site, or for a region."""

    lacking: tuple[Tally, ...]  # the sites that it is about, at least one


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionErrand(_OfAnEvent):
    """Whether its post comes, which it has not said."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUpErrand(_OfAnEvent):
    """After a session, to a post of a site that came, or did not."""

    told: FollowUp

    @property
    def intent(self) -> Intent:
        """It tells of no edition: what is over is no news."""
        return Intent(id=self.claim.id, fence=self.claim.fence, edition=None, method="")


EventErrand = (
    ReminderErrand
    | ConvocationErrand
    | NoticeErrand
    | InvitationErrand
    | EscalationErrand
    | QuestionErrand
    | FollowUpErrand
)
Errand = EventErrand | ServiceErrand
