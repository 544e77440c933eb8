"""Accounts and sessions as the desk's pages list them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from calendars.model.agenda import Agenda
from calendars.model.text import Language
from calendars.wording import home_short, hour, short_date
from calendars.zones import to_wall
from scheduler.store.accounts.register import Account
from scheduler.store.accounts.roles import DeskRole, Grant
from scheduler.store.accounts.sessions import DeskSession
from scheduler.wording.roles import ROLE_MEANS, ROLE_WORDS, granted


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedInLine:
    """A session as its owner sees it."""

    id: str
    client: str
    began: str
    seen: str
    here: bool  # this very browser


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountLine:
    """An account as who manages people sees it."""

    id: str
    name: str
    address: str
    roles: Sequence[str]
    accepted: bool
    link_until: str | None  # a link is out, and good until then
    signed_in: str | None  # None: never


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleBox:
    """One box to tick: a role everywhere, or in one region."""

    value: str  # "edit" or "edit:europa"
    words: str
    ticked: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleBoxes:
    """A role with all its boxes."""

    role: str
    means: str
    everywhere: RoleBox
    regions: Sequence[RoleBox]


def account_line(account: Account, agenda: Agenda, now: datetime, language: Language) -> AccountLine:
    lasts = account.link_until is not None and account.link_until >= now
    return AccountLine(
        id=account.id,
        name=account.name,
        address=account.address,
        roles=granted(account.grants, region_names(agenda, language), language),
        accepted=account.accepted,
        link_until=moment(account.link_until, agenda, language) if lasts and account.link_until else None,
        signed_in=None if account.signed_in_at is None else moment(account.signed_in_at, agenda, language),
    )


def session_line(session: DeskSession, own: str, agenda: Agenda, language: Language) -> SignedInLine:
    return SignedInLine(
        id=session.id,
        client=session.client,
        began=moment(session.began_at, agenda, language),
        seen=moment(session.seen_at, agenda, language),
        here=session.id == own,
    )


def role_boxes(held: frozenset[Grant], agenda: Agenda, language: Language) -> list[RoleBoxes]:
    return [
        RoleBoxes(
            role=ROLE_WORDS[role][language],
            means=ROLE_MEANS[role][language],
            everywhere=_box(Grant(role=role), held, ROLE_WORDS[role][language]),
            regions=[
                _box(Grant(role=role, region=region), held, name)
                for region, name in region_names(agenda, language).items()
                if role is not DeskRole.PEOPLE
            ],
        )
        for role in DeskRole
    ]


def ticked(values: frozenset[str]) -> frozenset[Grant]:
    """The grants whose boxes are ticked; what is no role is left aside."""
    parts = [value.partition(":") for value in values]
    return frozenset(Grant(role=DeskRole(role), region=at or None) for role, _, at in parts if role in list(DeskRole))


def region_names(agenda: Agenda, language: Language) -> dict[str, str]:
    return {region.id: region.name[language] for region in agenda.regions}


def moment(at: datetime, agenda: Agenda, language: Language) -> str:
    """By the agenda's own clock."""
    wall = to_wall(at, agenda.zone)
    return f"{short_date(wall, language)} {wall:%Y}, {hour(wall, language)} {home_short(agenda.zone, language)}"


def _box(grant: Grant, held: frozenset[Grant], words: str) -> RoleBox:
    value = grant.role.value if grant.region is None else f"{grant.role}:{grant.region}"
    return RoleBox(value=value, words=words, ticked=grant in held)
