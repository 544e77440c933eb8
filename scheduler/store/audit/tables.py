"""The tables of the audit. The database itself refuses to change or delete a row (migration 0015)."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from scheduler.store.schema import Instant, Number, metadata

audit = Table(  # rows are added, never changed: ids and figures, nothing personal but the name of who acted, no links
    "audit",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),  # 1, 2, 3 …, without a gap
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),  # an administrator's name or account; of a page, whose; of the service, a part
    Column("via", Text, nullable=False),  # command, desk, page, service
    Column("what", Text, nullable=False),
    Column("subject", Text, nullable=False),  # the id of what it was done to; "" where there is none
    Column("details", Text, nullable=False),  # JSON: ids and figures by name
    Column("text_hash", Text, nullable=False),  # SHA-256 over its salt and text in `audit_texts`; "": it has none
    Column("key", Text, nullable=False),  # id of the key that `hash` was made with; "": without one
    Column("hash", Text, nullable=False),  # HMAC-SHA-256 over all this and the hash of the row before
    Index(None, "at"),
    sqlite_strict=True,
)

audit_texts = Table(  # free text, personal fields: an erasure and `retencion` empty it, and the chain stays whole
    "audit_texts",
    metadata,
    Column("number", Number, ForeignKey("audit.number"), primary_key=True, autoincrement=False),
    Column("about", Text, nullable=False),  # Recipient.id or account of whom it speaks; "" of nobody, or emptied
    Column("salt", LargeBinary),  # NULL: emptied
    Column("text", Text),  # JSON: {reason, changed: {field: [before, after]}}; NULL: emptied
    Index(None, "about"),
    sqlite_strict=True,
)

edition_heads = Table(  # the head of the chain when an edition was published, its own row included
    "edition_heads",
    metadata,
    Column("edition", Integer, ForeignKey("editions.number"), primary_key=True, autoincrement=False),
    Column("number", Number, nullable=False),
    Column("hash", Text, nullable=False),
    sqlite_strict=True,
)

refused_sign_ins = Table(  # how often an account was refused within an hour; the first of them has a row in `audit`
    "refused_sign_ins",
    metadata,
    Column("account", Text, primary_key=True),  # its id; "": what was typed is no account, and is kept nowhere
    Column("hour", Instant, primary_key=True),  # its beginning, UTC
    Column("count", Integer, nullable=False),
    sqlite_strict=True,
)
