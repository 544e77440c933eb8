"""The tables of the roll call: when it was called, and what each post said."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from scheduler.store.schema import Instant, metadata

__all__ = ["metadata", "roll_answers", "roll_calls"]

roll_calls = Table(
    "roll_calls",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("author", Text, nullable=False),
    Column("ends_at", Instant, nullable=False),  # when the last list of silent posts goes; until then it is this one
    sqlite_strict=True,
)

roll_answers = Table(  # the last word of each post; of an earlier holder, address or site it says nothing
    "roll_answers",
    metadata,
    Column("recipient", Text, ForeignKey("recipients.id"), primary_key=True),
    Column("holder", Integer, nullable=False),  # of the post, as in `recipients`
    Column("site", Text, nullable=False),
    Column("at", Instant, nullable=False),  # of its last button
    Column("clock_at", Instant),  # NULL: it has said nothing of its clock
    Column("ahead", Integer),  # minutes by which its clock was ahead of ours
    Column("zone", Text, nullable=False, server_default=""),  # that ours was reckoned by
    Column("zone_digest", Text, nullable=False, server_default=""),  # of the rules of that zone
    Column("person", Text, nullable=False, server_default=""),  # yes: still the one; no: somebody else; "": not said
    Column("person_at", Instant),
    Column("successor", Text, nullable=False, server_default=""),  # the address that a no proposes
    Column("withdrawn_at", Instant),  # when the registered address said that the last no was none of its own
    sqlite_strict=True,
)
