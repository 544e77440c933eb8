"""What is done to accounts of the desk, as units of work: by the desk and by `agenda users` alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from calendars.addresses import NotAnAddress
from calendars.catalogue import Phrase
from calendars.model.text import Said
from scheduler.base.address import mailbox, seen
from scheduler.base.refusal import Refusal
from scheduler.base.tokens import Link
from scheduler.store import editions
from scheduler.store.accounts import links, register, sessions
from scheduler.store.accounts.register import Account
from scheduler.store.accounts.roles import DeskRole, Grant, in_order
from scheduler.store.audit import chain, forgetting
from scheduler.store.audit.deeds import Deed, Via, What
from scheduler.store.database import Database

INVITED_FOR = timedelta(days=7)
RESET_FOR = timedelta(hours=24)
NAME_LENGTH = 80
NO_REGION = Phrase("there is no region “{region}”; write one of: {regions}")
NO_REGIONS_YET = Phrase("nothing is published yet, so there is no region to bind a role to")
NO_SESSION = Phrase("that session has ended already")
ALONE = Phrase("Only one person may manage people: invite a second one, or nobody can let others in if they are away.")
NOBODY = Phrase("Nobody can manage people yet: agenda users invite ADDRESS --role people, on the machine itself.")


@dataclass(frozen=True, kw_only=True, slots=True)
class IssuedLink:
    """A one-time link, shown to whoever made it and to nobody again."""

    account: Account
    path: str  # within the installation
    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountActs:
    """What one person does, now."""

    database: Database
    by: str  # the account's id; at the terminal, the login name
    now: datetime
    via: Via = Via.COMMAND

    def invite(self, address: str, name: str, grants: Iterable[Grant]) -> IssuedLink:
        """An account and the link that opens it.

        Raises Refusal of what is no address, of an unknown region or without a role, AccountThere.
        """
        try:
            checked = mailbox(address.strip())
        except NotAnAddress as error:
            raise Refusal(error.why) from error
        with self.database.write() as connection:
            wanted = _known(connection, grants)
            account = register.add(connection, checked, tidy(name), wanted, self.now)
            return self._link(connection, account, INVITED_FOR, What.ACCOUNT_MADE)

    def relink(self, account: str) -> IssuedLink:
        """A new link: the first one did not arrive, or the password is forgotten. The password holds until it is used.

        Raises NoSuchAccount.
        """
        with self.database.write() as connection:
            lasts = RESET_FOR if register.find(connection, account).accepted else INVITED_FOR
            return self._link(connection, account, lasts, What.INVITED)

    def grant(self, account: str, grants: Iterable[Grant]) -> Account:
        """Raises NoSuchAccount, LastOfPeople, Refusal."""
        with self.database.write() as connection:
            register.grant(connection, account, _known(connection, grants))
            changed = register.find(connection, account)
            self._acted(connection, What.ACCOUNT_CHANGED, account, roles=_named(changed.person.grants))
            return changed

    def remove(self, account: str) -> Account:
        """What it was: of the account nothing is kept. Raises NoSuchAccount, LastOfPeople."""
        with self.database.write() as connection:
            gone = register.remove(connection, account)
            forgetting.forget_about(connection, {account}, (gone.address,))
            self._acted(connection, What.ACCOUNT_ENDED, account)
            return gone

    def end_session(self, account: str, session: str) -> None:
        """Raises NoSuchAccount, or Refusal where it has ended before."""
        with self.database.write() as connection:
            register.find(connection, account)
            if not sessions.end(connection, account, session):
                raise Refusal(NO_SESSION)
            self._acted(connection, What.SESSION_ENDED, account, sessions=1)

    def end_sessions(self, account: str, but: str = "") -> int:
        """All of them, or all but one; how many. Raises NoSuchAccount."""
        with self.database.write() as connection:
            register.find(connection, account)
            ended = sessions.end_all(connection, account, but)
            self._acted(connection, What.SESSION_ENDED, account, sessions=ended)
            return ended

    def _link(self, connection: Connection, account: str, lasts: timedelta, what: What) -> IssuedLink:
        until = self.now + lasts
        secret = links.make(connection, account, until)
        path = f"/desk/welcome/{self.database.tokens.sign(Link.DESK, secret, until)}"
        found = register.find(connection, account)
        self._acted(connection, what, account, roles=_named(found.person.grants))
        return IssuedLink(account=found, path=path, until=until)

    def _acted(self, connection: Connection, what: What, account: str, **details: str | int) -> None:
        """Into the audit, last in the transaction of the act."""
        deed = Deed(who=self.by, what=what, via=self.via, subject=account, details=details, about=account)
        chain.record(connection, deed, self.now)


def _named(grants: Iterable[Grant]) -> str:
    """«edit europa, publish»: the roles as the audit keeps them."""
    return ", ".join(f"{one.role} {one.region}" if one.region else str(one.role) for one in in_order(grants))


def tidy(name: str) -> str:
    """A name as lists show it: one line."""
    return " ".join(seen(name).split())[:NAME_LENGTH]


def home_notes(database: Database) -> Sequence[Said]:
    """What the desk's first page says about who may let others in."""
    with database.read() as connection:
        able = register.managers(connection)
    return (NOBODY,) if not able else (ALONE,) if able == 1 else ()


def _known(connection: Connection, grants: Iterable[Grant]) -> frozenset[Grant]:
    """Those whose regions there are; whoever may do something everywhere needs it in no region besides."""
    wanted = frozenset(grants)
    regions = {one.region for one in wanted if one.region is not None}
    if regions:
        found = editions.load(connection)
        if found is None:
            raise Refusal(NO_REGIONS_YET)
        there = {region.id for region in found.edition.agenda.regions}
        for region in sorted(regions - there):
            raise Refusal(NO_REGION, region=region, regions=", ".join(sorted(there)))
    everywhere: set[DeskRole] = {one.role for one in wanted if one.region is None}
    return frozenset(one for one in wanted if one.region is None or one.role not in everywhere)
