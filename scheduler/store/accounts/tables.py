"""The tables of the desk's accounts. Who somebody is stands apart from how they prove it."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from scheduler.store.schema import Instant, metadata

accounts = Table(  # who may use the desk; whoever is removed is gone from here
    "accounts",
    metadata,
    Column("id", Text, primary_key=True),  # opaque: what other tables and the desk's addresses name
    Column("address", Text, nullable=False),
    Column("folded", Text, nullable=False, unique=True),  # the address, case aside
    Column("name", Text, nullable=False),  # as editions and the audit show it
    Column("made_at", Instant, nullable=False),
    Column("signed_in_at", Instant),  # NULL: never yet
    sqlite_strict=True,
)

account_passwords = Table(  # one way to prove who one is; single sign-on will have a table of its own beside it
    "account_passwords",
    metadata,
    Column("account", Text, ForeignKey("accounts.id"), primary_key=True),
    Column("hash", Text, nullable=False),  # Argon2id in PHC form, with its salt and parameters
    Column("since", Instant, nullable=False),
    sqlite_strict=True,
)

account_roles = Table(
    "account_roles",
    metadata,
    Column("account", Text, ForeignKey("accounts.id"), primary_key=True),
    Column("role", Text, primary_key=True),
    Column("region", Text, primary_key=True),  # "" everywhere
    sqlite_strict=True,
)

account_links = Table(  # one-time links by which an account gets a password; of each account, the newest alone
    "account_links",
    metadata,
    Column("account", Text, ForeignKey("accounts.id"), primary_key=True),
    Column("digest", Text, nullable=False, unique=True),  # SHA-256 of what the link carries
    Column("until", Instant, nullable=False),
    sqlite_strict=True,
)

desk_sessions = Table(  # browsers that are signed in; a session that ends is gone from here
    "desk_sessions",
    metadata,
    Column("digest", Text, primary_key=True),  # SHA-256 of the key in the cookie, which is kept nowhere
    Column("id", Text, nullable=False, unique=True),  # names it in lists
    Column("account", Text, ForeignKey("accounts.id")),  # NULL: whoever has the machine (`agenda desk`)
    Column("began_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),  # to the minute
    Column("until", Instant, nullable=False),  # however much it is used
    Column("confirmed_at", Instant, nullable=False),  # when the password was last given
    Column("client", Text, nullable=False),  # family of browser and system, "Firefox · Windows"
    Index(None, "account"),
    sqlite_strict=True,
)

signin_waits = Table(  # how often a password was tried of late, by account and by client
    "signin_waits",
    metadata,
    Column("digest", Text, primary_key=True),  # keyed: neither an address nor a client's stands here
    Column("count", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),  # before which nothing more is tried
    sqlite_strict=True,
)
