"""The database: one engine, one metadata, migrations. Each topic keeps its own tables (bot/<topic>/tables.py)."""
