"""Signing in at the desk, as units of work. Each takes the time of a slow hash: never on the event loop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.model.text import Said
from scheduler.base import passwords
from scheduler.base.refusal import Refusal
from scheduler.base.tokens import Link
from scheduler.people.accounts import tidy
from scheduler.store.accounts import links, register, sessions, waits
from scheduler.store.accounts.register import Account
from scheduler.store.accounts.sessions import DeskSession
from scheduler.store.accounts.waits import Counted
from scheduler.store.audit import chain, refusals
from scheduler.store.audit.deeds import Deed, Via, What
from scheduler.store.database import Database

OF_AN_ACCOUNT, OF_A_CLIENT = 5, 20  # tries without a wait; an office may be one client
WRONG_PASSWORD = Phrase("The address or the password is not right.")
WRONG_CONFIRMATION = Phrase("The password is not right.")
TOO_OFTEN = Phrase("Too many tries. You can try again in {n} {n:minute|minutes}.")
DIFFERENT = Phrase("The two passwords are not the same.")
OVER = Phrase("This link is no longer valid")


class NotSignedIn(Refusal):
    """The same for an unknown address, a wrong password and an account without one."""


class TooManyTries(Refusal):
    """Tried too often, for this account or from there."""

    status = 429

    def __init__(self, lasts: timedelta) -> None:
        super().__init__(TOO_OFTEN, n=max(1, -(-lasts // timedelta(minutes=1))))
        self.seconds = max(1, -(-lasts // timedelta(seconds=1)))


class UnfitPassword(Refusal):
    """A new password that is not taken."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Client:
    """The browser that asks."""

    origin: str  # who asks, as a key for counting
    family: str  # what lists call it
    key: str = ""  # of the session that it brings, alive or not: a sign-in ends it


@dataclass(frozen=True, kw_only=True, slots=True)
class SigningIn:
    """What a browser does to get a session, or more of one, now."""

    database: Database
    client: Client
    now: datetime

    def sign_in(self, address: str, password: str) -> str:
        """The key of a new session. Raises NotSignedIn, TooManyTries."""
        account = self._proven(address, password)
        if account is None:
            raise NotSignedIn(WRONG_PASSWORD)
        with self.database.write_own_row() as connection:
            register.note_sign_in(connection, account.id, self.now)
            key = self._begin(connection, account.id)
            self._acted(connection, What.SIGNED_IN, account.id)
            return key

    def sign_out(self, account: str | None) -> None:
        """The session that this browser brings ends."""
        with self.database.write_own_row() as connection:
            sessions.end_key(connection, self.client.key)
            if account is not None:  # who has the machine signs in nowhere
                self._acted(connection, What.SIGNED_OUT, account)

    def confirm(self, account: Account, session: DeskSession, password: str) -> None:
        """That it is still who signed in. Raises NotSignedIn, TooManyTries."""
        if self._proven(account.address, password) is None:
            raise NotSignedIn(WRONG_CONFIRMATION)
        with self.database.write_own_row() as connection:
            sessions.confirm(connection, session.id, self.now)

    def change(self, account: Account, password: str, new: str, again: str) -> str:
        """Another password; every session ends, and this browser has a new one.

        Raises NotSignedIn, TooManyTries, UnfitPassword.
        """
        _refuse_unfit(new, again, account)
        if self._proven(account.address, password) is None:
            raise NotSignedIn(WRONG_CONFIRMATION)
        made = passwords.hashed(new)
        with self.database.write_own_row() as connection:
            links.end(connection, account.id)
            return self._set(connection, account.id, made)

    def opened(self, token: str) -> Account | None:
        """Whose one-time link it is; None where it is no longer good."""
        secret = self.database.tokens.read(Link.DESK, token, self.now)
        if secret is None:
            return None
        with self.database.read() as connection:
            account = links.whose(connection, secret, self.now)
            return None if account is None else register.find(connection, account)

    def accept(self, token: str, name: str, new: str, again: str) -> str:
        """The password that a one-time link lets one choose; the link ends, and so does every session.

        Raises NotSignedIn where the link is no longer good, UnfitPassword.
        """
        account = self.opened(token)
        if account is None:
            raise NotSignedIn(OVER)
        _refuse_unfit(new, again, account, name)
        made = passwords.hashed(new)
        with self.database.write_own_row() as connection:
            secret = self.database.tokens.read(Link.DESK, token, self.now)
            if secret is None or links.use(connection, secret, self.now) != account.id:
                raise NotSignedIn(OVER)
            register.rename(connection, account.id, tidy(name) or account.name)
            register.note_sign_in(connection, account.id, self.now)
            waits.clear(connection, self._of_account(account.address).digest)
            return self._set(connection, account.id, made)

    def _set(self, connection: Connection, account: str, made: str) -> str:
        register.set_password(connection, account, made, self.now)
        sessions.end_all(connection, account)
        key = self._begin(connection, account)
        self._acted(connection, What.PASSWORD_SET, account)
        return key

    def _proven(self, address: str, password: str) -> Account | None:
        """Whose address and password these are. Between the two looks at the database nothing is locked."""
        of_account, of_client = self._of_account(address), self._of_client()
        with self.database.write_own_row() as connection:
            lasts = waits.admit(connection, (of_account, of_client), self.now)
            if lasts is None:
                account = register.at_address(connection, address)
                kept = None if account is None else register.password_of(connection, account.id)
        if lasts is not None:
            self._refused("")
            raise TooManyTries(lasts)
        if not passwords.matches(password, kept):
            self._refused("" if account is None else account.id)
            return None
        assert account is not None, "it has a password"
        assert kept is not None, "it matches"
        better = passwords.hashed(password) if passwords.outdated(kept) else None
        with self.database.write_own_row() as connection:
            if register.password_of(connection, account.id) != kept:
                return None
            if better is not None:
                register.strengthen_password(connection, account.id, kept, better)
            waits.clear(connection, of_account.digest)
            waits.take_back(connection, of_client.digest, self.now)
        return account

    def _begin(self, connection: Connection, account: str) -> str:
        """A session of its own, whatever the browser brought: a key that somebody planted there opens nothing."""
        sessions.end_key(connection, self.client.key)
        return sessions.begin(connection, account, self.client.family, self.now)

    def _of_account(self, address: str) -> Counted:
        return Counted(digest=self._digest(f"account {register.folded(address)}"), free=OF_AN_ACCOUNT)

    def _of_client(self) -> Counted:
        return Counted(digest=self._digest(f"client {self.client.origin}"), free=OF_A_CLIENT)

    def _digest(self, text: str) -> str:
        return self.database.tokens.digests(text)[0]

    def _acted(self, connection: Connection, what: What, account: str) -> None:
        """Into the audit, last in the transaction of the act."""
        chain.record(connection, Deed(who=account, what=what, via=Via.DESK, subject=account), self.now)

    def _refused(self, account: str) -> None:
        """Counted by account and hour; for an unknown one, too, so that both take as long."""
        with self.database.write_own_row() as connection:
            refusals.refused(connection, account, self.now)


def _refuse_unfit(new: str, again: str, account: Account, name: str = "") -> None:
    if passwords.normal(new) != passwords.normal(again):
        raise UnfitPassword(DIFFERENT)
    wrong: Said | None = passwords.problem(new, (account.address, account.name, name))
    if wrong is not None:
        raise UnfitPassword(wrong)


def forget(database: Database, now: datetime) -> None:
    """Sessions, links and counts that are over."""
    with database.write_own_row() as connection:
        sessions.forget(connection, now)
        links.forget(connection, now)
        waits.forget(connection, now)
