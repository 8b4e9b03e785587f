"""Alembic's entry: runs the migrations on the connection that bot.store.schema.upgrade gives."""

from __future__ import annotations

from alembic import context

from bot.store.schema import all_tables

connection = context.config.attributes["connection"]
# SQLite changes a table by making it anew (batch mode).
context.configure(connection=connection, target_metadata=all_tables(), render_as_batch=connection.dialect.name == "sqlite")
with context.begin_transaction():
    context.run_migrations()
