"""The services of a directory, ready to be looked up by need and place without reading any of the others.

A need's services are filed by the territory they serve and by the square of a grid that they stand in, so that a
search in a directory of 100,000 looks at hundreds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import ceil, cos, floor, radians

from bot.directory.area import Territory
from bot.directory.records import Service

__all__ = ["Index"]

# Side of a square of the grid, in degrees: about 28 km north to south.
CELL = 0.25
KM_PER_DEGREE = 111.2


class Index:
    """An immutable set of services. `services` are all of them; only those of status active are found by need."""

    def __init__(self, services: Iterable[Service]) -> None:
        self.by_id: dict[str, Service] = {}
        self._by_area: defaultdict[tuple[str, str, str], list[Service]] = defaultdict(list)
        self._by_cell: defaultdict[tuple[str, int, int], list[Service]] = defaultdict(list)
        self._wide: defaultdict[str, list[Service]] = defaultdict(list)
        self._needs: set[str] = set()
        for service in services:
            self.by_id[service.id] = service
            if service.status == "active":
                for need in service.needs:
                    self._file(need, service)

    def _file(self, need: str, service: Service) -> None:
        self._needs.add(need)
        if service.wide:
            self._wide[need].append(service)
        if service.area is not None:
            for code in service.area.codes:
                self._by_area[need, service.area.kind, code].append(service)
            # Someone in a city with several local networks may be in any of them.
            for region in {code[:2] for code in service.area.codes} if service.area.kind == "rls" else ():
                self._by_area[need, "rls of region", region].append(service)
        for lat, lon in service.points:
            self._by_cell[need, floor(lat / CELL), floor(lon / CELL)].append(service)

    def has(self, need: str) -> bool:
        """Whether any service, anywhere, answers `need`."""
        return need in self._needs

    def candidates(self, need: str, territory: Territory, lat: float | None, lon: float | None, radius_km: float) -> list[Service]:
        """The services for `need` that serve the province, may serve `territory`, or stand within about `radius_km`
        of a point; each once."""
        found = {service.id: service for service in self._wide[need]} if need in self._wide else {}
        for service in self._near(need, territory, lat, lon, radius_km):
            found.setdefault(service.id, service)
        return list(found.values())

    def _near(self, need: str, territory: Territory, lat: float | None, lon: float | None, radius_km: float) -> Iterator[Service]:
        for kind in ("municipality", "mrc", "rls", "region"):
            yield from self._by_area.get((need, kind, getattr(territory, kind) or ""), ())
        if territory.rls is None and territory.region is not None:
            yield from self._by_area.get((need, "rls of region", territory.region), ())
        if lat is None or lon is None:
            return
        tall = radius_km / KM_PER_DEGREE
        across = tall / max(0.1, cos(radians(lat)))
        for row in range(floor((lat - tall) / CELL), ceil((lat + tall) / CELL)):
            for column in range(floor((lon - across) / CELL), ceil((lon + across) / CELL)):
                yield from self._by_cell.get((need, row, column), ())
