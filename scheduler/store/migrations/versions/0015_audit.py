"""The audit: rows that the database itself refuses to change, delete or replace; their texts may only be emptied."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPENDED = "audit: rows are only added, at the end; none is changed or deleted"
ONLY_EMPTIED = "audit_texts: a text is only emptied"
KEPT = "edition_heads: what an edition keeps stays"

# By table: what an UPDATE may do (else nothing), and what refuses to be inserted (SQLite's REPLACE would delete unseen).
GUARDS = {
    "audit": (APPENDED, None, "NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM audit)"),
    "audit_texts": (
        ONLY_EMPTIED,
        "NEW.number = OLD.number AND NEW.about = '' AND NEW.salt IS NULL AND NEW.text IS NULL",
        "EXISTS (SELECT 1 FROM audit_texts WHERE number = NEW.number)",
    ),
    "edition_heads": (KEPT, None, "EXISTS (SELECT 1 FROM edition_heads WHERE edition = NEW.edition)"),
}


def upgrade() -> None:
    _tables()
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for table, (words, allowed, refused) in GUARDS.items():
        statements = _of_postgresql if on_postgresql else _of_sqlite
        for statement in statements(table, words, allowed, refused):
            op.execute(statement)


def _of_sqlite(table: str, words: str, allowed: str | None, refused: str) -> list[str]:
    end = f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
    unless = "" if allowed is None else f" WHEN NOT ({allowed})"
    return [
        f"CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table}{unless} {end}",
        f"CREATE TRIGGER {table}_not_deleted BEFORE DELETE ON {table} {end}",
        f"CREATE TRIGGER {table}_added BEFORE INSERT ON {table} WHEN {refused} {end}",
    ]


def _of_postgresql(table: str, words: str, allowed: str | None, refused: str) -> list[str]:
    function = f"{table}_guard"
    refuse = f"RAISE EXCEPTION '{words}' USING ERRCODE = 'restrict_violation';"
    body, checked = f"BEGIN {refuse} END", f"BEGIN IF {refused} THEN {refuse} END IF; RETURN NEW; END"
    unless = "" if allowed is None else f" WHEN (NOT ({allowed}))"
    run = f"EXECUTE FUNCTION {function}()"
    made = [
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
        f"CREATE FUNCTION {function}_added() RETURNS trigger LANGUAGE plpgsql AS $$ {checked} $$",
        f"CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table} FOR EACH ROW{unless} {run}",
        f"CREATE TRIGGER {table}_not_deleted BEFORE DELETE ON {table} FOR EACH ROW {run}",
        f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} {run}",
        f"CREATE TRIGGER {table}_added BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {function}_added()",
    ]
    always = ("kept", "not_deleted", "not_emptied")  # also where a session says that it replicates
    return made + [f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_{name}" for name in always]


def _tables() -> None:
    op.create_table(
        "audit",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
        sqlite_strict=True,
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_table(
        "audit_texts",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary()),
        sa.Column("text", sa.Text()),
        sa.ForeignKeyConstraint(["number"], ["audit.number"], name=op.f("fk_audit_texts_number_audit")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_texts")),
        sqlite_strict=True,
    )
    op.create_index("ix_audit_texts_about", "audit_texts", ["about"])
    op.create_table(
        "edition_heads",
        sa.Column("edition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["edition"], ["editions.number"], name=op.f("fk_edition_heads_edition_editions")),
        sa.PrimaryKeyConstraint("edition", name=op.f("pk_edition_heads")),
        sqlite_strict=True,
    )
    op.create_table(
        "refused_sign_ins",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("hour", NUMBER, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account", "hour", name=op.f("pk_refused_sign_ins")),
        sqlite_strict=True,
    )
