"""Rows carried from one database to another as they are: the two kinds differ in how they keep times, keys and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Table,
    Text,
    bindparam,
    cast,
    func,
    insert,
    inspect,
    select,
)

__all__ = ["columns_at", "copy_rows", "set_sequences"]

ROWS_AT_ONCE = 1000


def columns_at(connection: Connection, table: Table) -> list[Column[Any]]:
    """The columns of a table that this database has: a schema of before a migration has fewer, or not the table."""
    there = inspect(connection)
    if not there.has_table(table.name):
        return []
    present = {column["name"] for column in there.get_columns(table.name)}
    return [column for column in table.columns if column.name in present]


def copy_rows(source: Connection, target: Connection, table: Table, columns: Sequence[Column[Any]]) -> None:
    """Copy all rows of a table, some at a time: memory does not grow with their number."""
    if not columns:
        return
    query = select(*(_outward(column) for column in columns))
    found = source.execute(query, execution_options={"stream_results": True, "yield_per": ROWS_AT_ONCE})
    plain = target.dialect.name == "postgresql"
    into = insert(table).values({column: _inward(column, number, plain) for number, column in enumerate(columns)})
    for part in found.partitions():
        target.execute(into, [{f"v{number}": _text(value) if plain else value for number, value in enumerate(row)} for row in part])


def _outward(column: Column[Any]) -> ColumnElement[Any]:
    """JSON as its text: read as values, SQL's null and JSON's would come out alike."""
    return cast(column, Text).label(column.name) if isinstance(column.type, JSON) else column


def _inward(column: Column[Any], number: int, postgresql: bool) -> ColumnElement[Any]:
    if not isinstance(column.type, JSON):
        return bindparam(f"v{number}", type_=column.type)
    given = bindparam(f"v{number}", type_=Text())
    return cast(given, JSON) if postgresql else given


def _text(value: Any) -> Any:
    """PostgreSQL stores no NUL in a text; SQLite does."""
    return value.replace("\x00", "") if isinstance(value, str) and "\x00" in value else value


def set_sequences(connection: Connection, tables: Sequence[Table]) -> None:
    """Let PostgreSQL number on after the highest number of each table."""
    for table in tables:
        for column in table.primary_key:
            sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
            if sequence is not None:
                highest = connection.scalar(select(func.max(column)))
                connection.execute(select(func.setval(sequence, highest or 1, highest is not None)))
