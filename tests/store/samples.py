"""Rows in every table of the schema, made from the tables' own description, and everything a database holds, to compare."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    Uuid,
    cast,
    insert,
    null,
    select,
    text,
)
from sqlalchemy import Text as Long
from sqlalchemy.types import TypeDecorator

from bot.store.schema import all_tables

ROWS = 3
# What breaks a careless copy: accents, both quotes, a backslash, an emoji, lines, a percent sign and a colon.
HARD = "L'« été » \\ \"5 %\" :nom\n\t🧡 Sūn"


def fill(connection: Connection, stamp: datetime | None = None) -> None:
    """ROWS rows in each table that is empty, each reference to a row that is there. Times are near `stamp` (now)."""
    stamp = stamp or datetime.now(UTC)
    for table in all_tables().sorted_tables:
        already = connection.scalar(select(text("count(*)")).select_from(table))
        if already:
            continue
        for number in range(1, ROWS + 1):
            connection.execute(insert(table).values({
                column.name: _there(connection, column, number) if column.foreign_keys else _value(column, number, stamp)
                for column in table.columns if not (column.autoincrement is True and column.primary_key)}))


def _there(connection: Connection, column: Column[Any], number: int) -> Any:
    (reference,) = column.foreign_keys
    return connection.scalar(select(reference.column).order_by(reference.column).offset(number - 1).limit(1))


def _value(column: Column[Any], number: int, stamp: datetime) -> Any:
    if column.nullable and number == 2:
        return null()
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    if isinstance(kind, JSON):
        return {1: {"mot": HARD, "n": [1, 2.5, None, True]}, 2: JSON.NULL if not column.type.none_as_null else {}, 3: 7}[number]
    if isinstance(kind, Boolean):
        return number == 1
    if isinstance(kind, BigInteger):
        return 5_000_000_000 + number
    if isinstance(kind, Integer):
        return number
    if isinstance(kind, Float):
        return 45.0 + number / 7
    if isinstance(kind, DateTime):
        return stamp - timedelta(minutes=number, microseconds=number)
    if isinstance(kind, Date):
        return date(2026, 1, number)
    if isinstance(kind, Uuid):
        return UUID(int=number)
    if isinstance(kind, LargeBinary):
        return bytes([0, number, 255])
    length = kind.length or 500
    plain = f"{column.name}{number}"[-length:] if column.primary_key or column.unique or column.name == "month" else f"{number}{HARD}"
    return plain[:length]


def everything(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """All rows by table, in one order whatever the database; JSON as its text, so that the two kinds of null differ."""
    found = {}
    for table in all_tables().sorted_tables:
        columns = [cast(column, Long) if isinstance(column.type, JSON) else column for column in table.columns]
        found[table.name] = sorted((tuple(row) for row in connection.execute(select(*columns))), key=repr)
    return found


