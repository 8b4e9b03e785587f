"""A maintainer's word against a source's, field by field.

What a maintainer changed by hand stands until the source itself changes that field; then the maintainer's word still
stands, and what the source says now is listed for review: take it, or keep ours. Where a maintainer verified a record
as a whole, every field of it is theirs in this way. Nothing a person did is overwritten in silence, and nothing a
source says is lost.

Functions work inside their caller's transaction; `merge` is a plain rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from bot.directory.kept_tables import held

__all__ = ["ABOUT_THE_SOURCE", "TRUST", "Held", "Merged", "forget", "hold", "merge", "of", "waiting"]

# Set by a review; the source's own are not proposed against a person's.
TRUST = ("verified_by", "verified_on", "second_source")
# Always the source's: which one it is, and its date.
ABOUT_THE_SOURCE = ("id", "source")
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Held:
    """given: what the source said when the maintainer's word was taken. proposed: whether it says something else since,
    `proposal`."""

    given: Any
    by: str
    at: datetime
    proposed: bool = False
    proposal: Any = None

    @property
    def theirs(self) -> Any:
        """What the source says now."""
        return self.proposal if self.proposed else self.given


@dataclass(slots=True)
class Merged:
    """kept: fields where our value stands. released: those where both say the same again. held: what is to be written."""

    kept: list[str] = field(default_factory=list)
    released: list[str] = field(default_factory=list)
    held: dict[str, Held] = field(default_factory=dict)


def merge(ours: Mapping[str, Any], theirs: Mapping[str, Any], holding: Mapping[str, Held], now: datetime) -> Merged:
    """What stands of two records (forms.as_dict): ours in the database, and the source's as it is now."""
    result, reviewed = Merged(), holding.get("verified_by")
    for name in {**theirs, **ours}:
        if name in ABOUT_THE_SOURCE:
            continue
        one, value, mine = holding.get(name), theirs.get(name), ours.get(name)
        if value == mine:
            if one is not None:
                result.released.append(name)
        elif one is None and reviewed is None:
            continue  # nobody's word against it
        elif one is not None and (name in TRUST or value == one.given):
            result.kept.append(name)
            if one.proposed:
                result.held[name] = Held(one.given, one.by, one.at)
        else:
            basis = one or Held(mine, reviewed.by if reviewed else "", now)
            result.kept.append(name)
            if not basis.proposed or basis.proposal != value:
                result.held[name] = Held(basis.given, basis.by, basis.at, True, value)
    return result


def of(connection: Connection, ids: Iterable[str]) -> dict[str, dict[str, Held]]:
    """By service and field, what is held of the services `ids`."""
    found: dict[str, dict[str, Held]] = {}
    wanted = list(ids)
    for start in range(0, len(wanted), _CHUNK):
        for row in connection.execute(select(held).where(held.c.service_id.in_(wanted[start : start + _CHUNK]))):
            found.setdefault(row.service_id, {})[row.field] = Held(
                row.given["value"], row.by, row.at, row.proposed is not None, (row.proposed or {}).get("value"))
    return found


def hold(connection: Connection, service_id: str, name: str, one: Held) -> None:
    """Write down that our word stands in a field, in place of what was held of it."""
    forget(connection, service_id, [name])
    values = {"given": {"value": one.given}, "by": one.by, "at": one.at}
    if one.proposed:
        values["proposed"] = {"value": one.proposal}
    connection.execute(insert(held).values(service_id=service_id, field=name, **values))


def forget(connection: Connection, service_id: str, names: Iterable[str]) -> None:
    """Our word is the source's again in these fields."""
    connection.execute(delete(held).where(held.c.service_id == service_id, held.c.field.in_(list(names))))


def waiting(connection: Connection) -> dict[str, int]:
    """Services of which a source says something else since a maintainer's word, and in how many fields."""
    query = select(held.c.service_id, func.count()).where(held.c.proposed.is_not(None)).group_by(held.c.service_id)
    return {key: count for key, count in connection.execute(query)}
