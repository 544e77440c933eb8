"""The accounts themselves: who there is, with which roles and which password. In the caller's transaction."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, delete, func, insert, select, update

from calendars.catalogue import Phrase
from scheduler.base.refusal import Refusal
from scheduler.store.accounts.roles import DeskRole, Grant, Person
from scheduler.store.accounts.tables import account_links, account_passwords, account_roles, accounts, desk_sessions
from scheduler.store.upsert import insert as upsert

_A, _P, _R = accounts.c, account_passwords.c, account_roles.c
LAST = Phrase(
    "{name} is the last person who may manage people: first give somebody else that role, and let them sign in"
)
THERE = Phrase("there is an account of {address} already")
GONE = Phrase("there is no such account")
ROLELESS = Phrase("an account needs at least one role; to end it, remove it")
UNBOUND = Phrase("managing people cannot be bound to a region: it is of the whole installation")


class LastOfPeople(Refusal):
    """Nobody would be left who may let others in."""

    status = 409

    def __init__(self, name: str) -> None:
        super().__init__(LAST, name=name)


class NoSuchAccount(Refusal):
    """It was never there, or was removed."""

    status = 404

    def __init__(self) -> None:
        super().__init__(GONE)


class AccountThere(Refusal):
    """Of one address there is one account."""

    status = 409

    def __init__(self, address: str) -> None:
        super().__init__(THERE, address=address)


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """An account, as lists show it."""

    id: str
    address: str
    name: str
    grants: frozenset[Grant]
    made_at: datetime
    signed_in_at: datetime | None
    accepted: bool  # it has a way to sign in
    link_until: datetime | None  # a one-time link is out

    @property
    def person(self) -> Person:
        return Person(id=self.id, name=self.name or self.address, address=self.address, grants=self.grants)


def folded(address: str) -> str:
    """By which an address is found: case aside."""
    return address.strip().casefold()


def add(connection: Connection, address: str, name: str, grants: Iterable[Grant], now: datetime) -> str:
    """A new account, which has no password yet; its id. Raises AccountThere, or Refusal where no role is given."""
    made = secrets.token_hex(8)
    values = {"id": made, "address": address, "folded": folded(address), "name": name, "made_at": now}
    new = upsert(connection, accounts).values(values).on_conflict_do_nothing().returning(_A.id)
    if connection.execute(new).scalar() is None:
        raise AccountThere(address)
    _give(connection, made, grants)
    return made


def find(connection: Connection, id_: str) -> Account:
    """Raises NoSuchAccount."""
    found = _accounts(connection, _found().where(_A.id == id_))
    if not found:
        raise NoSuchAccount
    return found[0]


def at_address(connection: Connection, address: str) -> Account | None:
    return next(iter(_accounts(connection, _found().where(_A.folded == folded(address)))), None)


def listed(connection: Connection) -> list[Account]:
    return _accounts(connection, _found())


def rename(connection: Connection, id_: str, name: str) -> None:
    connection.execute(update(accounts).where(_A.id == id_).values(name=name))


def grant(connection: Connection, id_: str, grants: Iterable[Grant]) -> None:
    """These roles in place of those that it has. Raises NoSuchAccount, LastOfPeople, Refusal."""
    wanted = frozenset(grants)
    account = _kept_managed(connection, id_, stays=any(one.role is DeskRole.PEOPLE for one in wanted))
    connection.execute(delete(account_roles).where(_R.account == account.id))
    _give(connection, account.id, wanted)


def remove(connection: Connection, id_: str) -> Account:
    """The account, its roles, password, link and sessions; what it was. Raises NoSuchAccount, LastOfPeople."""
    account = _kept_managed(connection, id_, stays=False)
    for table in (account_roles, account_passwords, account_links, desk_sessions):
        connection.execute(delete(table).where(table.c.account == id_))
    connection.execute(delete(accounts).where(_A.id == id_))
    return account


def managers(connection: Connection) -> int:
    """How many can sign in and manage people."""
    able = select(func.count()).select_from(account_roles.join(account_passwords, _P.account == _R.account))
    return connection.execute(able.where(_R.role == DeskRole.PEOPLE)).scalar_one()


def password_of(connection: Connection, id_: str) -> str | None:
    """Its hash; None where it has none yet, or there is no such account."""
    return connection.execute(select(_P.hash).where(_P.account == id_)).scalar()


def set_password(connection: Connection, id_: str, made: str, now: datetime) -> None:
    values = {"account": id_, "hash": made, "since": now}
    kept = upsert(connection, account_passwords).values(values)
    connection.execute(kept.on_conflict_do_update(index_elements=["account"], set_={"hash": made, "since": now}))


def strengthen_password(connection: Connection, id_: str, was: str, made: str) -> None:
    """The same password under today's parameters; nothing where it has changed meanwhile."""
    connection.execute(update(account_passwords).where(_P.account == id_, _P.hash == was).values(hash=made))


def note_sign_in(connection: Connection, id_: str, now: datetime) -> None:
    connection.execute(update(accounts).where(_A.id == id_).values(signed_in_at=now))


def _kept_managed(connection: Connection, id_: str, *, stays: bool) -> Account:
    """The account, where it may lose the role: the rows of all who have it are locked, so that two cannot go at once.

    SQLite has one writer at a time anyway. Who has not signed in yet protects nobody, and may always go.
    """
    connection.execute(select(_R.account).where(_R.role == DeskRole.PEOPLE).order_by(_R.account).with_for_update())
    account = find(connection, id_)
    manages = account.accepted and any(one.role is DeskRole.PEOPLE for one in account.grants)
    if manages and not stays and managers(connection) < 2:  # itself and one more
        raise LastOfPeople(account.name or account.address)
    return account


def _give(connection: Connection, id_: str, grants: Iterable[Grant]) -> None:
    wanted = frozenset(grants)
    if not wanted:
        raise Refusal(ROLELESS)
    if any(one.role is DeskRole.PEOPLE and one.region for one in wanted):
        raise Refusal(UNBOUND)
    rows = [{"account": id_, "role": one.role.value, "region": one.region or ""} for one in wanted]
    connection.execute(insert(account_roles), rows)


def _found() -> Select[tuple[object, ...]]:
    beside = accounts.outerjoin(account_passwords, _P.account == _A.id)
    beside = beside.outerjoin(account_links, account_links.c.account == _A.id)
    has = _P.account.is_not(None).label("accepted")
    return select(accounts, has, account_links.c.until.label("link_until")).select_from(beside).order_by(_A.folded)


def _accounts(connection: Connection, which: Select[tuple[object, ...]]) -> list[Account]:
    rows = connection.execute(which).mappings().all()
    grants: dict[str, set[Grant]] = {row["id"]: set() for row in rows}
    for row in connection.execute(select(account_roles).where(_R.account.in_(grants))):
        grants[row.account].add(Grant(role=DeskRole(row.role), region=row.region or None))
    return [
        Account(
            id=row["id"],
            address=row["address"],
            name=row["name"],
            grants=frozenset(grants[row["id"]]),
            made_at=row["made_at"],
            signed_in_at=row["signed_in_at"],
            accepted=bool(row["accepted"]),
            link_until=row["link_until"],
        )
        for row in rows
    ]
