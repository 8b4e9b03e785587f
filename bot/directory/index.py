"""The services of a directory, ready to be looked up by need and place without reading any of the others.

A need's services are filed by the square of a grid that they stand in, those without a point by the territory that
they serve. They are given out from the nearest ring of squares outwards, so that a search in a directory of 100,000
stops after a few hundred: what is further away can no longer come before what was found (first_pass.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from math import cos, floor, hypot, radians
from typing import Any

from bot.directory.area import Territory
from bot.directory.fit import for_some
from bot.directory.ranking import standing
from bot.directory.records import Service

__all__ = ["Filed", "Index", "Ring"]

# A service filed under a need: its standing for it (ranking.py), and the point that it is filed by, null where by territory.
Filed = tuple[float, float | None, float | None, Service]
# Services of one square or territory, those of the highest standing first; whether they are for some people only (fit.py).
Group = tuple[bool, list[Filed]]
# (kilometres that none of these and of the following is nearer than, groups, kilometres that a point is not nearer than)
Ring = tuple[float, list[Group], Callable[[float | None, float | None], float]]

# Sides of a square of the grid, in degrees: about 2.8 km both ways in the south of Quebec.
TALL, ACROSS = 0.025, 0.035
KM_PER_DEGREE = 111.2
# Distances to squares are worked out on a flat Earth: shortened by more than that can be wrong within 100 km.
FLAT = 0.98
# With fewer squares than this that hold anything, it is quicker to ask each how far it is than to walk the rings.
FEW_SQUARES = 500


class Index:
    """An immutable set of services. `services` are all of them; only those of status active are found by need."""

    def __init__(self, services: Iterable[Service]) -> None:
        self.by_id: dict[str, Service] = {}
        self._by_area: dict[tuple[str, str, str], tuple[Group, Group]] = {}
        self._by_cell: defaultdict[str, dict[tuple[int, int], tuple[Group, Group]]] = defaultdict(dict)
        self._wide: dict[str, tuple[Group, Group]] = {}
        self._highest: dict[str, float] = {}
        self._local: set[str] = set()
        for service in services:
            self.by_id[service.id] = service
            if service.status == "active":
                for need in service.needs:
                    self._file(need, service)
        for pair in (*self._by_area.values(), *self._wide.values(), *(cell for cells in self._by_cell.values() for cell in cells.values())):
            for _, filed in pair:
                filed.sort(key=lambda each: -each[0])

    def _file(self, need: str, service: Service) -> None:
        points, stands, some = service.points, standing(service, need), for_some(service)
        self._highest[need] = max(stands, self._highest.get(need, stands))
        filed: Filed = (stands, None, None, service)
        if service.wide:
            _file(self._wide, need, some, filed)
        else:
            self._local.add(need)
        if service.area is not None:
            kind = service.area.kind if points else f"{service.area.kind} without a point"
            for code in service.area.codes:
                _file(self._by_area, (need, kind, code), some, filed)
            # Someone in a city with several local networks may be in any of them.
            for region in {code[:2] for code in service.area.codes} if service.area.kind == "rls" else ():
                _file(self._by_area, (need, f"{kind} of region", region), some, filed)
        for lat, lon in points:
            _file(self._by_cell[need], (floor(lat / TALL), floor(lon / ACROSS)), some, (stands, lat, lon, service))

    def has(self, need: str) -> bool:
        """Whether any service, anywhere, answers `need`."""
        return need in self._highest

    def highest(self, need: str) -> float:
        """The highest standing that a service has for `need`; 0 where there is none."""
        return self._highest.get(need, 0.0)

    def has_local(self, need: str) -> bool:
        """Whether any service for `need` is somebody's more than everybody's: then where a person is matters."""
        return need in self._local

    def candidates(self, need: str, territory: Territory, lat: float | None, lon: float | None, radius_km: float) -> list[Service]:
        """The services for `need` that serve the province, may serve `territory`, or stand within about `radius_km`
        of a point; each once."""
        rings = self.rings(need, territory, lat, lon, radius_km)
        return list({filed[3].id: filed[3] for _, groups, _ in rings for _, group in groups for filed in group}.values())

    def rings(self, need: str, territory: Territory, lat: float | None, lon: float | None, radius_km: float) -> Iterator[Ring]:
        """The same from the nearest outwards. What has no point counts as here. A service comes once for each of its
        points, and again for its territory."""
        yield 0.0, [*self._wide.get(need, ()), *self._serving(need, territory, " without a point")], lambda *_: 0.0
        if lat is not None and lon is not None:
            yield from self._around(need, lat, lon, radius_km)
        yield radius_km, self._serving(need, territory, ""), lambda *_: radius_km

    def _serving(self, need: str, territory: Territory, suffix: str) -> list[Group]:
        wanted = [(need, kind + suffix, getattr(territory, kind) or "") for kind in ("municipality", "mrc", "rls", "region")]
        if territory.rls is None and territory.region is not None:
            wanted.append((need, f"rls{suffix} of region", territory.region))
        return [group for key in wanted for group in self._by_area.get(key, ())]

    def _around(self, need: str, lat: float, lon: float, radius_km: float) -> Iterator[Ring]:
        cells = self._by_cell.get(need)
        if not cells:
            return
        row, column = floor(lat / TALL), floor(lon / ACROSS)
        # The narrowest that a square can be within the radius: to the north, squares are less wide.
        north = min(lat + radius_km / KM_PER_DEGREE + TALL, 85.0)
        side = FLAT * KM_PER_DEGREE * min(TALL, ACROSS * cos(radians(north)))
        tall, across = FLAT * KM_PER_DEGREE, FLAT * KM_PER_DEGREE * cos(radians(north))

        def km_of(one: float | None, two: float | None) -> float:
            return 0.0 if one is None or two is None else hypot(tall * (one - lat), across * (two - lon))

        for number, squares in _rings(cells, row, column):
            least = max(0, number - 1) * side
            if least > radius_km:
                return
            groups = [group for square in squares for group in cells[square]]
            if groups:
                yield least, groups, km_of


def _file(pairs: dict[Any, tuple[Group, Group]], key: Any, some: bool, filed: Filed) -> None:
    """Add to the pair of groups under `key`, made where there is none: for everybody, for some people only."""
    if key not in pairs:
        pairs[key] = (False, []), (True, [])
    pairs[key][some][1].append(filed)


def _rings(cells: dict[tuple[int, int], Any], row: int, column: int) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Steps from a square, and the squares of `cells` that are so many away, from the nearest outwards."""
    if len(cells) >= FEW_SQUARES:
        yield from ((number, [square for square in _ring(row, column, number) if square in cells]) for number in count())
        return
    near: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for square in cells:
        near[max(abs(square[0] - row), abs(square[1] - column))].append(square)
    yield from sorted(near.items())


def _ring(row: int, column: int, number: int) -> Iterator[tuple[int, int]]:
    """The squares that are `number` steps from one, on the rim."""
    if number == 0:
        yield row, column
        return
    for across in range(column - number, column + number + 1):
        yield row - number, across
        yield row + number, across
    for down in range(row - number + 1, row + number):
        yield down, column - number
        yield down, column + number
