"""The database: its schema, its key, and whether what should go on by itself does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, func, inspect, select

from bot.cli.backup import MADE, database_file
from bot.cli.checks import Finding
from bot.cli.checks.machine import clock_drift
from bot.conversation.tables import messages, outbox
from bot.demand.months import QUEBEC, current_month, next_month
from bot.demand.publish import PUBLISHING_DAY
from bot.demand.tables import demand_events, demand_publications
from bot.directory.catalogue import Directory
from bot.directory.held import waiting
from bot.directory.reports import open_counts
from bot.directory.trust import is_stale
from bot.handoff.desk_tables import desk_shifts
from bot.people.tables import people, second_factors
from bot.runtime.background import over_before
from bot.runtime.secret import is_the_database_s, secret_key
from bot.settings import SettingError, Settings
from bot.store.engine import make_engine, reading
from bot.store.schema import is_known, newest, revision_of
from bot.store.tables import facts

__all__ = ["database"]

# Retention runs hourly; an answer takes seconds.
LATE_RETENTION = timedelta(hours=2)
LATE_ANSWER = timedelta(minutes=5)
BACKUP_DAYS = 7


def database(settings: Settings) -> Iterator[Finding]:
    """Everything that the database tells."""
    file = database_file(settings)
    if file is not None and not file.exists():
        yield "warning", "database", "not made yet: `bonneporte up` makes it"
        return
    engine = None
    try:
        engine = make_engine(settings.database)
        yield from _looked_at(engine, settings)
    except SettingError as error:
        yield "error", "secret key", str(error)
    except Exception as error:  # whatever the driver raises: the person needs its kind, not a traceback
        yield "error", "database", f"{type(error).__name__}: is it running, and is BONNEPORTE_DATABASE_URL right?"
    finally:
        if engine is not None:
            engine.dispose()


def _looked_at(engine: Engine, settings: Settings) -> Iterator[Finding]:
    with reading(engine) as connection:
        if not inspect(connection).has_table("conversations"):
            yield "warning", "database", "not made yet: `bonneporte up` makes it"
            return
        revision = revision_of(connection)
        if revision is None or not is_known(revision):
            yield "error", "database", "of a newer version of Bonne Porte: run that version, or restore the backup of before it"
            return
        if revision != newest():
            yield "warning", "database", f"{engine.dialect.name}, of an older version: make a backup, then `bonneporte up` brings it up to date"
            return
        yield "ok", "database", f"{engine.dialect.name}, schema {revision}"
        there = connection.scalar(select(func.clock_timestamp())) if engine.dialect.name == "postgresql" else None
        if there is not None and (drift := clock_drift("the database's", there)):
            yield drift
        if not is_the_database_s(connection, secret_key(settings, make=False)):
            yield ("error", "secret key", "not the one this database was used with, so no second factor opens: put the former secret.key back "
                   "(the same on every machine), or reset each second factor (`bonneporte people reset-totp EMAIL`) and start again")
        yield from _retention(connection, settings)
        yield from _left(connection)
        yield _backup(connection)
        yield from _staff(connection, settings)
        told, asked = sum(open_counts(connection).values()), len(waiting(connection))
    yield from _directory(engine, settings, told, asked)


def _retention(connection: Connection, settings: Settings) -> Iterator[Finding]:
    late = over_before(connection, settings, datetime.now(UTC) - LATE_RETENTION)
    yield ("warning", "retention", f"{late} conversations should be gone: it runs hourly while `up` does; `bonneporte purge` does it now") if late else (
        "ok", "retention", f"{settings.retention_hours} hours, {settings.retention_handoff_days} days once handed off; nothing is overdue")
    if months := _unpublished(connection, datetime.now(UTC)):
        yield "warning", "publishing", f"not published yet: {', '.join(months)}. `bonneporte demand publish {months[0]}` says why"


def _unpublished(connection: Connection, now: datetime) -> list[str]:
    """Months with events that should have been published by yesterday."""
    last = current_month(now)
    held = connection.scalars(select(demand_events.c.month).distinct().where(demand_events.c.month < last))
    done = set(connection.scalars(select(demand_publications.c.period).distinct()))
    soon = now.astimezone(QUEBEC).day <= PUBLISHING_DAY
    return sorted(month for month in held if month not in done and not (soon and next_month(month) == last))


def _left(connection: Connection) -> Iterator[Finding]:
    """What waits longer than it should."""
    before = datetime.now(UTC) - LATE_ANSWER
    unanswered = connection.scalar(select(func.count()).select_from(messages).where(messages.c.handled.is_(False), messages.c.created_at < before))
    if unanswered:
        yield "warning", "messages", f"{unanswered} of residents wait for an answer for over five minutes: is `up` running? Look at its log"
    late = select(outbox.c.status, func.count()).where(outbox.c.not_before < before).group_by(outbox.c.status)
    states: dict[str, int] = {row[0]: row[1] for row in connection.execute(late)}
    if stuck := states.get("waiting", 0) + states.get("sending", 0):
        yield "warning", "telegram", f"{stuck} messages wait to be sent: is BONNEPORTE_TELEGRAM_TOKEN set, and `up` running?"
    if states.get("failed"):
        yield "ok", "telegram", f"{states['failed']} messages given up (residents who blocked the bot)"


def _backup(connection: Connection) -> Finding:
    made = connection.scalar(select(facts.c.value).where(facts.c.name == MADE))
    what = "`bonneporte backup FILE`, best daily and off this machine (docs/operations.md)"
    if made is None:
        return "warning", "backup", f"none was made of this database: {what}"
    days = (datetime.now(UTC) - datetime.fromisoformat(made)).days
    return ("warning" if days >= BACKUP_DAYS else "ok"), "backup", f"made on {made[:10]}" + (f": {what}" if days >= BACKUP_DAYS else "")


def _staff(connection: Connection, settings: Settings) -> Iterator[Finding]:
    rows = connection.execute(select(people).where(people.c.disabled.is_(False))).all()
    if not rows:
        yield "warning", "accounts", "none: `bonneporte up` makes the first administrator"
        return
    first = settings.data / "first-administrator.txt"
    if any(row.password_given == "asked" for row in rows):
        yield "warning", "accounts", f"the first administrator still has the printed password: choose another at {settings.origin}/account"
    elif first.is_file():
        yield "warning", "accounts", f"delete {first}: its password was changed"
    if not any("navigator" in row.roles and row.territories for row in rows):
        yield "warning", "accounts", "nobody answers residents: `bonneporte people add EMAIL --role navigator --territory CODE`"
    confirmed = set(connection.scalars(select(second_factors.c.person_id).where(second_factors.c.confirmed_at.is_not(None))))
    bare = sum("administrator" in row.roles and row.id not in confirmed for row in rows)
    if bare:
        yield "warning", "accounts", f"{bare} administrators have no second factor: each sets it up at {settings.origin}/account"
    if not connection.scalar(select(func.count()).select_from(desk_shifts)):
        yield "warning", "opening hours", f"not filled in, so nobody who waits is told when somebody answers: {settings.origin}/admin/hours"


def _directory(engine: Engine, settings: Settings, told: int, asked: int) -> Iterator[Finding]:
    if told or asked:
        yield "warning", "directory's queue", f"{told} reports of residents, {asked} services of which a source says otherwise: see /directory"
    services = Directory(engine).all()
    today = datetime.now(UTC).date()
    stale, total = sum(is_stale(service.checked_on, today, settings.stale_days) for service in services), len(services)
    if not total:
        yield "error", "directory", "empty: `bonneporte up` loads the embedded one, `bonneporte directory import FILE` yours"
        return
    yield ("warning" if stale else "ok"), "directory", f"{total} services, {stale} verified long ago or at an unknown date (`bonneporte directory stale`)"
