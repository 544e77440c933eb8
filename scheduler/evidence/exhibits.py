"""What a pack shows of the database, table by table; and what it leaves out, with the reason.

A new table is one more Exhibit, or one more line of LEFT_OUT: tests/evidence/test_exhibits.py wants one of the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Table

from calendars.catalogue import Phrase
from scheduler.evidence.people import SealedWhen
from scheduler.store.accounts.tables import account_roles, accounts
from scheduler.store.attendance import tables as came
from scheduler.store.audit.tables import audit, audit_texts, edition_heads, refused_sign_ins
from scheduler.store.reports.tables import closed_documents, closed_reports
from scheduler.store.roll_tables import roll_answers, roll_calls
from scheduler.store.schema import (
    answers,
    attempts,
    bounces,
    deliveries,
    edition_files,
    editions,
    erasures,
    feed_tokens,
    handovers,
    links,
    lost_bounces,
    quarantine,
    recipients,
    revisions,
)

ALWAYS, WORDS, REPLY = SealedWhen.ALWAYS, SealedWhen.WORDS, SealedWhen.REPLY
SECRET = Phrase("it is a key, or leads to one")
OF_THE_SAME = Phrase("it is the same as another column")
NO_PLACE = Phrase("it may hold whatever somebody sent, and would not be evidence of this service")


@dataclass(frozen=True, kw_only=True, slots=True)
class Exhibit:
    """One table as a list of the pack, named as the table is; a column of text that is not named is NAMED."""

    table: Table
    about: Phrase  # what a row is
    personal: Mapping[str, SealedWhen] = field(default_factory=dict)
    left_out: Mapping[str, Phrase] = field(default_factory=dict)  # columns, and why
    documents: tuple[str, ...] = ()  # columns of which each value is a file of its own, JSON where it is text
    beside: str = ""  # column that REPLY goes by

    @property
    def name(self) -> str:
        return f"{self.table.name}.csv"

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.table.columns if column.name not in self.left_out)


EXHIBITS = (
    Exhibit(
        table=editions,
        about=Phrase("what was published: when, by whom and why; each agenda is a file of its own, in JSON"),
        personal={"author": ALWAYS, "reason": ALWAYS, "message": ALWAYS, "draft_digest": ALWAYS},
        documents=("agenda",),
    ),
    Exhibit(
        table=edition_files,
        about=Phrase("the files that an administrator had written for each edition, as they were"),
        documents=("body",),
    ),
    Exhibit(
        table=revisions,
        about=Phrase("each event in each edition: its instants (UTC), its SEQUENCE, its schedule number"),
        personal={"link_digest": ALWAYS},
    ),
    Exhibit(
        table=closed_reports,
        about=Phrase("reports that were closed: when, by whom, of which edition"),
        personal={"author": ALWAYS, "reason": ALWAYS},
        documents=("figures",),
    ),
    Exhibit(
        table=closed_documents,
        about=Phrase("closed reports as they were printed, one for each language"),
        documents=("body",),
    ),
    Exhibit(table=edition_heads, about=Phrase("the head of the audit at each publication")),
    Exhibit(table=links, about=Phrase("the joining links of the edition in force"), personal={"url": ALWAYS}),
    Exhibit(
        table=recipients,
        about=Phrase("the posts that are written to, or were: their site, their address, how they stand"),
        personal={"address": ALWAYS, "post": ALWAYS, "suppressed_why": ALWAYS},
    ),
    Exhibit(
        table=deliveries,
        about=Phrase("each message that was owed to a post, and what became of it"),
        personal={"message_key": ALWAYS, "owner": ALWAYS, "reply": REPLY},
        beside="state",
    ),
    Exhibit(
        table=attempts,
        about=Phrase("each transaction with the mail server, with its code and its words"),
        personal={"owner": ALWAYS, "reply": REPLY},
        beside="state",
    ),
    Exhibit(
        table=bounces,
        about=Phrase("reports that a message did not arrive (RFC 3464)"),
        personal={"text": ALWAYS, "digest": ALWAYS},
    ),
    Exhibit(table=lost_bounces, about=Phrase("such reports of which nothing proves whose they are, counted by day")),
    Exhibit(
        table=quarantine,
        about=Phrase("messages that came in and could not be read or applied, without their text"),
        personal={"digest": ALWAYS},
        left_out={"raw": NO_PLACE},
    ),
    Exhibit(table=answers, about=Phrase("who comes: the last word of each post on each event")),
    Exhibit(
        table=feed_tokens,
        about=Phrase("private calendars: whose, since when, and when a calendar program last read them"),
        personal={"label": ALWAYS},
        left_out={"digest": SECRET},
    ),
    Exhibit(
        table=handovers,
        about=Phrase("posts that passed to somebody else"),
        personal={"author": ALWAYS, "reason": ALWAYS},
    ),
    Exhibit(table=erasures, about=Phrase("when addresses were erased on request"), left_out={"digest": SECRET}),
    Exhibit(table=roll_calls, about=Phrase("when the roll was called"), personal={"author": ALWAYS}),
    Exhibit(
        table=roll_answers,
        about=Phrase("what each post said to the roll call: its clock, and whether it is still the one"),
        personal={"successor": ALWAYS},
    ),
    Exhibit(
        table=came.attendance_sessions,
        about=Phrase("sessions: whether they were held, by whose word"),
        personal={"author": ALWAYS, "reason": ALWAYS},
    ),
    Exhibit(
        table=came.attendance_files,
        about=Phrase("the attendance files that were read"),
        personal={"author": ALWAYS, "digest": ALWAYS},
    ),
    Exhibit(
        table=came.attendance_seen,
        about=Phrase("who was there, as keyed hashes without names, with their site"),
        personal=dict.fromkeys(("name", "address", "other_address", "file", "intervals", "span"), ALWAYS),
    ),
    Exhibit(
        table=came.attendance_typed,
        about=Phrase("attendance that somebody typed, by site"),
        personal={"author": ALWAYS},
    ),
    Exhibit(table=came.attendance_kept, about=Phrase("attendance by site, of sessions whose people are erased")),
    Exhibit(
        table=accounts,
        about=Phrase("accounts of the desk"),
        personal={"address": ALWAYS, "name": ALWAYS},
        left_out={"folded": OF_THE_SAME},
    ),
    Exhibit(table=account_roles, about=Phrase("what each account of the desk may do")),
    Exhibit(
        table=audit,
        about=Phrase("who did what and when: the audit, with its chain"),
        personal={"who": ALWAYS, "subject": WORDS, "details": WORDS},
    ),
    Exhibit(
        table=audit_texts,
        about=Phrase("reasons and personal fields of the audit, until they are erased"),
        personal={"text": ALWAYS, "salt": ALWAYS},
    ),
    Exhibit(table=refused_sign_ins, about=Phrase("refused sign-ins at the desk, counted by hour")),
)

LEFT_OUT: Mapping[str, Phrase] = {
    "controls": Phrase("switches of the running program; who used them stands in the audit"),
    "nodes": Phrase("the processes that send at this moment"),
    "account_passwords": SECRET,
    "account_links": SECRET,
    "desk_sessions": SECRET,
    "signin_waits": Phrase("of use for a quarter of an hour; refused sign-ins are counted elsewhere"),
    "attendance_places": Phrase("names as keyed hashes, to recognize somebody next time: no evidence of a session"),
}
