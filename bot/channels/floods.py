"""How many conversations one address may open in an hour. Counted in the database, under a keyed hash of the address
that changes every hour: no address is kept."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, update
from starlette.concurrency import run_in_threadpool

from bot.channels.tables import flood_counts
from bot.store.base import utcnow
from bot.store.engine import insert_if_absent, writing

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
            first = insert_if_absent(connection, flood_counts, digest=digest, hour=hour, count=1)
            if first:
                connection.execute(delete(flood_counts).where(flood_counts.c.hour < hour - timedelta(hours=1)))
                return True
            mine = flood_counts.c.digest == digest
            count = connection.scalar(update(flood_counts).where(mine).values(count=flood_counts.c.count + 1).returning(flood_counts.c.count))
        return count is not None and count <= self.limits[what]
