"""The tables. Instants are microseconds since 1970 in UTC; booleans of the row's history are instants or NULL.

Text is compared by its bytes: SQLite does nothing else, and on PostgreSQL the migrations give it the collation "C".
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    and_,
    func,
    literal_column,
    select,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.types import TypeDecorator

_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


def microseconds(instant: datetime) -> int:
    """Since 1970. A naive instant raises TypeError."""
    return (instant - _EPOCH) // _MICROSECOND


class Instant(TypeDecorator[datetime]):
    """An aware datetime in UTC, stored as whole microseconds since 1970. A naive one raises TypeError."""

    impl = BigInteger().with_variant(Integer, "sqlite")
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + value * _MICROSECOND


Number = BigInteger().with_variant(Integer, "sqlite")  # of a row, counted up by the database

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

controls = Table(  # one row a switch or mark of this database: stopped, rehearsal, relay …
    "controls",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_strict=True,
)

editions = Table(
    "editions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("agenda", Text, nullable=False),  # canonical JSON
    Column("draft_digest", Text, nullable=False),  # of agenda, recipients and links as they were drafted
    Column("zone_version", Text, nullable=False),
    Column("zone_digest", Text, nullable=False),
    Column("silent", Integer, nullable=False, server_default="0"),  # 1: published without telling anybody
    Column("announced", Text, nullable=False, server_default=""),  # Event.ids that it convoked to, one a line
    Column("days_digest", Text, nullable=False, server_default=""),  # of the days off that it was planned with
    Column("message", Text, nullable=False, server_default=""),  # for the mails that it owes: JSON by language
    sqlite_strict=True,
)

IN_FORCE = select(func.max(editions.c.number)).scalar_subquery()  # the edition's number; NULL before the first

edition_files = Table(  # what an administrator wrote of an edition's agenda; no posts and no links
    "edition_files",
    metadata,
    Column("edition", Integer, ForeignKey("editions.number"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    sqlite_strict=True,
)

revisions = Table(
    "revisions",
    metadata,
    Column("edition", Integer, ForeignKey("editions.number"), primary_key=True),
    Column("event", Text, primary_key=True),
    Column("uid", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("schedule", Integer, nullable=False),
    Column("scheduled", Instant, nullable=False),
    Column("last_modified", Instant, nullable=False),
    Column("wall", Text),  # ISO, naive, in `zone`; NULL for whole days and undated events
    Column("zone", Text, nullable=False),
    Column("start", Instant),
    Column("end", Instant),
    Column("digest", Text, nullable=False),
    Column("listed", Integer, nullable=False),
    Column("offsets", Text),  # seconds east of UTC at `start`, by zone, JSON; NULL: from before this was kept
    Column("link_digest", Text),  # of the joining link, "" where it had none; NULL: from before this was kept
    sqlite_strict=True,
)

links = Table(  # joining links of the edition in force: never in anything public
    "links",
    metadata,
    Column("event", Text, primary_key=True),
    Column("url", Text, nullable=False),
    sqlite_strict=True,
)

recipients = Table(
    "recipients",
    metadata,
    Column("id", Text, primary_key=True),
    Column("site", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("post", Text, nullable=False),
    Column("joined", Text, nullable=False),  # `alta` of the file, ISO date
    Column("role", Text, nullable=False, server_default="holder"),  # holder, deputy, coordinator
    Column("origin", Text, nullable=False, server_default="file"),  # file; self: signed up; no post: alarm, former
    Column("since", Instant, nullable=False),  # when this database took the post in
    Column("confirmed_at", Instant),  # NULL: signed up, and has not shown yet that the address is theirs
    Column("removed_at", Instant),  # gone from the file, or erased
    Column("left_at", Instant),  # asked for no more reminders
    Column("paused_until", Instant),  # asked for none before then
    Column("chosen_language", Text),  # the post's own choice, which the file does not undo
    Column("channel", Text, nullable=False, server_default="feed"),  # of its calendar: feed, invitations, none
    Column("declined", Text, nullable=False, server_default=""),  # reminder rules not wanted, one a line
    Column("suppressed_at", Instant),  # the address is bad: nothing more goes there until an operator lifts it
    Column("suppressed_why", Text, nullable=False, server_default=""),  # the words that said so, scrubbed
    Column("address_since", Instant),  # when the file last gave it another address; NULL: it has its first one
    Column("erased_at", Instant),  # address and post are gone from this row
    Column("holder", Integer, nullable=False, server_default="0"),  # how often it was handed over: its links name it
    Index(None, "site"),
    Index(None, "address"),
    sqlite_strict=True,
)


def listed(posts: ReadOnlyColumnCollection[str, Column[Any]]) -> ColumnElement[bool]:
    """Of the columns of `recipients`, or of an alias of it: is the post on the list, confirmed and not taken off?"""
    return and_(posts.removed_at.is_(None), posts.confirmed_at.is_not(None))


erasures = Table(  # addresses that were erased and must not come back by an import; only their keyed hashes
    "erasures",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    sqlite_strict=True,
)

feed_tokens = Table(  # who may read a staff feed; the token itself is kept nowhere
    "feed_tokens",
    metadata,
    Column("id", Text, primary_key=True),  # names it in lists and commands
    Column("digest", Text, nullable=False, unique=True),  # SHA-256 of the token
    Column("site", Text, nullable=False),
    Column("recipient", Text, ForeignKey("recipients.id")),  # who made it by subscribing; NULL: an administrator
    Column("label", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("polled_at", Instant),
    Column("client", Text),  # family of the program that polled last
    Index(None, "recipient"),
    sqlite_strict=True,
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Number, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("subject", Text, nullable=False),  # the event's UID; of service mail, an opaque id
    Column("schedule", Integer, nullable=False),
    Column("rule", Text, nullable=False),
    Column("recipient", Text, ForeignKey("recipients.id"), nullable=False),
    Column("event", Text, nullable=False),  # "" of service mail, whose rule may be the id of the post it is about
    Column("site", Text, nullable=False),
    Column("message_key", Text, nullable=False),  # local part of the Message-ID
    Column("due_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("moved", Integer, nullable=False),  # 1: off a weekend, a holiday or the night
    Column("state", Text, nullable=False),
    Column("next_at", Instant),  # when this row next wants attention; NULL: nothing is due to happen by itself
    Column("owner", Text),
    Column("fence", Integer, nullable=False, server_default="0"),  # rises with each claim
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("refusals", Integer, nullable=False, server_default="0"),  # 5xx answers
    Column("repeats", Integer, nullable=False, server_default="0"),  # times sent again after `uncertain`
    Column("uncertain_at", Instant),  # last time its fate was unknown
    Column("accepted_at", Instant),
    Column("bounced_at", Instant),  # a delivery status notification said that it failed
    Column("reply", Text, nullable=False, server_default=""),  # the server's last words, scrubbed of addresses
    Column("edition", Integer),  # the one that its last attempt told of; of a convocation before, the one that owed it
    Column("method", Text, nullable=False, server_default=""),  # of the calendar part it carried (RFC 6047 §2.4)
    UniqueConstraint("recipient", "subject", "purpose", "schedule", "rule"),  # so that one's own rows lie together
    Index(None, "state", "next_at", "expires_at"),
    sqlite_strict=True,
)
WAITING_INDEX = "ix_deliveries_waiting"
_waiting = deliveries.c.state.in_(("planned", "deferred"))
Index(  # what is claimed, in the order in which it is: however many wait, the first are found at once
    WAITING_INDEX,
    deliveries.c.expires_at,
    deliveries.c.next_at,
    deliveries.c.id,
    sqlite_where=_waiting,
    postgresql_where=_waiting,
)
ASKED_WAITING_INDEX = "ix_deliveries_asked_waiting"
_asked = deliveries.c.purpose.in_(("confirmation", "known", "access"))
Index(  # of what waits, what anybody may ask for
    ASKED_WAITING_INDEX,
    deliveries.c.expires_at,
    deliveries.c.next_at,
    deliveries.c.id,
    sqlite_where=_waiting & _asked,
    postgresql_where=_waiting & _asked,
)
Index(  # how much of it was asked for of late
    "ix_deliveries_asked", deliveries.c.due_at, deliveries.c.recipient, sqlite_where=_asked, postgresql_where=_asked
)
TRIED = deliveries.c.attempts > literal_column("0")  # as a number in the statement, or the index is not seen
Index(  # what a report about a mail names; one that was never tried has no part in it, and costs publishing nothing
    "ix_deliveries_tried", deliveries.c.message_key, sqlite_where=TRIED, postgresql_where=TRIED
)

attempts = Table(  # what came of each transaction with the mail server; rows are added, never changed
    "attempts",
    metadata,
    Column("delivery", Number, ForeignKey("deliveries.id"), primary_key=True, autoincrement=False),
    Column("fence", Integer, primary_key=True, autoincrement=False),  # of the claim: one attempt each
    Column("state", Text, primary_key=True),  # of the delivery, that it led to; after `uncertain` the truth may follow
    Column("owner", Text, nullable=False),  # the node that tried
    Column("began_at", Instant),  # NULL: the node died, and nobody knows
    Column("ended_at", Instant, nullable=False),
    Column("stage", Text),  # where it ended: mail, rcpt, data, body
    Column("code", Integer),  # SMTP reply code (RFC 5321 §4.2)
    Column("status", Text),  # enhanced status, "5.1.1" (RFC 3463)
    Column("reply", Text, nullable=False),  # the server's words or the error's, scrubbed of addresses
    sqlite_strict=True,
)

answers = Table(  # who comes: the last word of each post on each event
    "answers",
    metadata,
    Column("recipient", Text, ForeignKey("recipients.id"), primary_key=True),
    Column("subject", Text, primary_key=True),  # the event's UID
    Column("event", Text, nullable=False),
    Column("answer", Text, nullable=False),  # yes, no, maybe
    Column("instead", Text),  # Event.id of another region's session that the post comes to
    Column("via", Text, nullable=False),  # link, reply
    Column("at", Instant, nullable=False),
    Column("start", Instant),  # that it was given for; NULL: from before this was kept, or of what has none
    Index(None, "subject"),
    sqlite_strict=True,
)

handovers = Table(  # posts that went to a successor
    "handovers",
    metadata,
    Column("id", Number, primary_key=True),
    Column("recipient", Text, ForeignKey("recipients.id"), nullable=False),
    Column("former", Text, ForeignKey("recipients.id"), nullable=False),  # a row of its own: who held it before
    Column("at", Instant, nullable=False),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),  # forgotten with whoever it may be about
    Column("corrected_at", Instant),  # the file has another address than the former one since; NULL: not yet
    Index(None, "recipient"),
    sqlite_strict=True,
)

nodes = Table(  # the processes that send: who holds a claim is alive as long as its lease, or it is abandoned
    "nodes",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("leased_until", Instant),  # by the database's clock; NULL: alone on its SQLite file, kept by a file lock
    Column("zone_digest", Text, nullable=False),  # of the zone data that it reckons with
    Column("relay_failures", Integer, nullable=False, server_default="0"),  # in a row; 0: its breaker is closed
    Column("relay_paused_until", Instant),
    Column("relay_reason", Text, nullable=False, server_default=""),  # scrubbed
    Column("relay_fault", Integer, nullable=False, server_default="0"),  # 1: an operator has to act
    sqlite_strict=True,
)

bounces = Table(  # delivery status notifications (RFC 3464) that were about a post
    "bounces",
    metadata,
    Column("id", Number, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),  # of the notification: one that comes twice counts once
    Column("recipient", Text, ForeignKey("recipients.id"), nullable=False),
    Column("delivery", Number, ForeignKey("deliveries.id")),
    Column("at", Instant, nullable=False),
    Column("kind", Text, nullable=False),  # hard: the address is bad; soft: this message did not arrive; forgiven;
    # installation: nor this one, and it is no fault of the address; doubted: hard, and one of too many; dismissed: an
    # operator does not believe it
    Column("status", Text, nullable=False),  # RFC 3463
    Column("text", Text, nullable=False),  # the diagnostic, scrubbed of addresses
    Index(None, "recipient"),
    sqlite_strict=True,
)

lost_bounces = Table(  # reports that something was not delivered, of which nothing proves whose
    "lost_bounces",
    metadata,
    Column("day", Text, primary_key=True),  # ISO date, UTC
    Column("count", Integer, nullable=False),
    Column("naming", Integer, nullable=False),  # of these, how many named the address of a post
    sqlite_strict=True,
)

quarantine = Table(  # messages that came in and could not be read or applied
    "quarantine",
    metadata,
    Column("digest", Text, primary_key=True),  # of the message's bytes
    Column("at", Instant, nullable=False, index=True),
    Column("source", Text, nullable=False),  # pipe, maildir, imap
    Column("reason", Text, nullable=False),  # a word
    Column("octets", Integer, nullable=False),
    Column("raw", LargeBinary),  # of a pipe: those of a mailbox lie there
    sqlite_strict=True,
)
