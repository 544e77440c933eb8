"""Rows into a table: INSERT … ON CONFLICT, which SQLite and PostgreSQL spell alike and SQLAlchemy keeps apart, and many
rows at once, or many numbers of rows, which each takes fastest in a way of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, cast

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Connection, Table, Text, any_, bindparam, func, select
from sqlalchemy import cast as cast_to
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.interfaces import DBAPIModule
from sqlalchemy.exc import DBAPIError

from scheduler.base.heavy import load

_AT_ONCE = 10_000  # rows in one statement of SQLite's


def insert(connection: Connection, table: Table) -> sqlite.Insert:
    """An INSERT that can say what happens where the row is there already: PostgreSQL's has the same methods.

    Of SQLAlchemy's two dialects, only the one that is spoken is loaded.
    """
    return cast("sqlite.Insert", load(f"sqlalchemy.dialects.{connection.dialect.name}").insert(table))


def pour(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[tuple[object, ...]]) -> int:
    """Insert these rows, streamed; returns how many. A row has a value for each of `columns`, as the database keeps it.

    What makes the rows may read from the same connection before it gives the first, and not after.
    """
    source = iter(rows)
    first = next(source, None)  # a COPY would shut out whatever it still has to read
    if first is None:
        return 0
    into = _copy if connection.dialect.name == "postgresql" else _insert_many
    return into(connection, table.name, columns, chain((first,), source))


def among(kind: str, column: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether it is one of the numbers that are given as `ids`, by `numbers`: for thousands, in one value.

    `kind` is the name of a dialect.
    """
    given = bindparam("ids", type_=Text)
    if kind == "postgresql":
        return column == any_(cast_to(given, ARRAY(BigInteger)))
    return column.in_(select(func.json_each(given).table_valued("value").c.value))


def numbers(connection: Connection, ids: Iterable[int]) -> str:
    """As `among` takes them."""
    listed = ",".join(map(str, ids))
    return f"{{{listed}}}" if connection.dialect.name == "postgresql" else f"[{listed}]"


def run(connection: Connection, statement: str, given: Mapping[str, object]) -> Sequence[tuple[Any, ...]]:
    """The rows that a statement of the driver's own returns. It raises what the library raises.

    The library would take as long to hand a few rows on as a database to write them.
    """
    cursor = connection.connection.cursor()
    try:
        cursor.execute(statement, given)
        return cursor.fetchall() if cursor.description else ()
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, statement, error) from error


def _copy(connection: Connection, table: str, columns: Sequence[str], rows: Iterator[tuple[object, ...]]) -> int:
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor:
            with cursor.copy(statement) as copy:
                for row in rows:
                    copy.write_row(row)
            return int(cursor.rowcount)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, statement, error) from error


def _told(connection: Connection, statement: str, error: DBAPIModule.Error) -> BaseException:
    """The driver's error as SQLAlchemy tells those of all other statements; what is lost is not used again."""
    base, dialect = connection.dialect.loaded_dbapi.Error, connection.dialect
    lost = dialect.is_disconnect(error, connection.connection, None)
    if lost:
        connection.invalidate(error)
    return DBAPIError.instance(
        statement, None, error, base, hide_parameters=True, connection_invalidated=lost, dialect=dialect
    )


def _insert_many(connection: Connection, table: str, columns: Sequence[str], rows: Iterator[tuple[object, ...]]) -> int:
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608  # ours
    done = 0
    while part := list(islice(rows, _AT_ONCE)):
        connection.exec_driver_sql(statement, part)
        done += len(part)
    return done
