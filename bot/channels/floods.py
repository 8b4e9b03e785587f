"""How many conversations one address may open in an hour. Counted in the database, under a keyed hash of the address
that changes every hour: no address is kept."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, insert, select, update
from starlette.concurrency import run_in_threadpool

from bot.channels.tables import flood_counts
from bot.store.base import utcnow
from bot.store.engine import writing

__all__ = ["Floods"]


class Floods:
    """Counts by hour. `limits`: how many an hour, by what is counted."""

    def __init__(self, engine: Engine, secret: str, limits: dict[str, int]) -> None:
        self.engine, self.secret, self.limits = engine, secret.encode(), limits

    async def allow(self, what: str, address: str) -> bool:
        """Count one; false when the hour's limit is passed."""
        return await run_in_threadpool(self._allow, what, address, utcnow())

    def _allow(self, what: str, address: str, now: datetime) -> bool:
        hour = now.replace(minute=0, second=0, microsecond=0)
        digest = hmac.new(self.secret, f"{what} {hour.isoformat()} {address}".encode(), hashlib.sha256).hexdigest()
        with writing(self.engine) as connection:
            count = self._count(connection, digest)
            if count is None:
                connection.execute(delete(flood_counts).where(flood_counts.c.hour < hour - timedelta(hours=1)))
                connection.execute(insert(flood_counts).values(digest=digest, hour=hour, count=1))
                return True
            connection.execute(update(flood_counts).where(flood_counts.c.digest == digest).values(count=count + 1))
        return count < self.limits[what]

    @staticmethod
    def _count(connection: Connection, digest: str) -> int | None:
        return connection.scalar(select(flood_counts.c.count).where(flood_counts.c.digest == digest).with_for_update())
