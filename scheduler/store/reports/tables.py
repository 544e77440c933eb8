"""The tables of closed reports. A row is written once, and never changed."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from scheduler.store.schema import Instant, metadata

closed_reports = Table(
    "closed_reports",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("commitment", Text, nullable=False, server_default=""),  # Commitment.id; "": of all
    Column("edition", Integer, ForeignKey("editions.number"), nullable=False),  # the one in force when it was closed
    Column("corrects", Integer, ForeignKey("closed_reports.number")),  # an earlier one; NULL: none
    Column("figures", Text, nullable=False),  # JSON
    Column("digest", Text, nullable=False),  # SHA-256 of the figures and of each document, by language
    sqlite_strict=True,
)

closed_documents = Table(  # one a language
    "closed_documents",
    metadata,
    Column("report", Integer, ForeignKey("closed_reports.number"), primary_key=True),
    Column("language", Text, primary_key=True),
    Column("body", Text, nullable=False),  # JSON, as scheduler/printing/as_json.py writes a document
    sqlite_strict=True,
)
