"""What somebody at the desk may do, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class DeskRole(StrEnum):
    """Each lets one do what its name says, and see. Nothing else follows from one."""

    SEE = "see"
    EDIT = "edit"  # the draft
    PUBLISH = "publish"
    OPERATE = "operate"  # stop, held, bounces
    PEOPLE = "people"  # accounts; of the whole installation, never of a region


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """A role, everywhere or in one region."""

    role: DeskRole
    region: str | None = None  # Region.id; None: everywhere


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Who acts at the desk."""

    id: str | None  # of the account; None: whoever has the machine (`agenda desk`)
    name: str
    address: str  # "" of who has no account
    grants: frozenset[Grant]

    @property
    def local(self) -> bool:
        return self.id is None

    def may(self, role: DeskRole, region: str | None = None) -> bool:
        """In that region; where none is named, in any at all."""
        return any(
            region is None or one.region in (None, region)
            for one in self.grants
            if one.role is role or role is DeskRole.SEE
        )

    def everywhere(self, role: DeskRole) -> bool:
        """What an act on all regions at once wants."""
        return any(one.region is None for one in self.grants if one.role is role or role is DeskRole.SEE)


LOCAL = Person(id=None, name="", address="", grants=frozenset(Grant(role=role) for role in DeskRole))


def in_order(grants: Iterable[Grant]) -> list[Grant]:
    """As lists show them: by role, everywhere first."""
    return sorted(grants, key=lambda one: (list(DeskRole).index(one.role), one.region or ""))
