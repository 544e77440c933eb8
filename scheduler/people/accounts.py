"""What is done to accounts of the desk, as units of work: by the desk and by `agenda users` alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
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
from scheduler.store.accounts.roles import DeskRole, Grant
from scheduler.store.database import Database

log = structlog.get_logger(__name__)
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
            return self._link(connection, account, INVITED_FOR, "account made")

    def relink(self, account: str) -> IssuedLink:
        """A new link: the first one did not arrive, or the password is forgotten. The password holds until it is used.

        Raises NoSuchAccount.
        """
        with self.database.write() as connection:
            lasts = RESET_FOR if register.find(connection, account).accepted else INVITED_FOR
            return self._link(connection, account, lasts, "link made")

    def grant(self, account: str, grants: Iterable[Grant]) -> Account:
        """Raises NoSuchAccount, LastOfPeople, Refusal."""
        with self.database.write() as connection:
            register.grant(connection, account, _known(connection, grants))
            changed = register.find(connection, account)
            self._acted("roles changed", account)
            return changed

    def remove(self, account: str) -> Account:
        """What it was: of the account nothing is kept. Raises NoSuchAccount, LastOfPeople."""
        with self.database.write() as connection:
            gone = register.remove(connection, account)
            self._acted("account removed", account)
            return gone

    def end_session(self, account: str, session: str) -> None:
        """Raises NoSuchAccount, or Refusal where it has ended before."""
        with self.database.write() as connection:
            register.find(connection, account)
            if not sessions.end(connection, account, session):
                raise Refusal(NO_SESSION)
            self._acted("session ended", account)

    def end_sessions(self, account: str, but: str = "") -> int:
        """All of them, or all but one; how many. Raises NoSuchAccount."""
        with self.database.write() as connection:
            register.find(connection, account)
            ended = sessions.end_all(connection, account, but)
            self._acted("sessions ended", account)
            return ended

    def _link(self, connection: Connection, account: str, lasts: timedelta, act: str) -> IssuedLink:
        until = self.now + lasts
        secret = links.make(connection, account, until)
        self._acted(act, account)
        path = f"/desk/welcome/{self.database.tokens.sign(Link.DESK, secret, until)}"
        return IssuedLink(account=register.find(connection, account), path=path, until=until)

    def _acted(self, act: str, account: str) -> None:
        """Here the audit joins: in the transaction of the act."""
        log.info("desk account", act=act, account=account)


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
