"""An attacker who shares nothing with the audit: integer programs (HiGHS, by scipy) over everything ever published.

One unknown a kind of request: how many events of this month, need, territory, language and reason. What no published
table joins with those (a door, a wait, an age…) is an unknown of its own with the same totals: such labels can be dealt to
the events in any way. Every published cell is a sum of unknowns between two bounds. What a cell can have been is the least
and the greatest value of its sum: the integers between them are its candidates (the tests look for one in the middle too).
"""

from __future__ import annotations

from collections import defaultdict

import numpy
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import csr_array

from bot.demand.event import AGE_BANDS, CHANNELS, LANGUAGES, REASONS, WAITS
from bot.demand.territories import territories
from bot.needs import all_needs

MANY = 10**6  # more than any cell


def months_in(period):
    """The months of a period, by its name alone."""
    year, part = period.split("-")
    if part[0] not in "QH":
        return [period]
    length = 3 if part[0] == "Q" else 6
    return [f"{year}-{(int(part[1]) - 1) * length + number:02}" for number in range(1, length + 1)]


class Attacker:
    """What somebody knows who holds these cells: (table, {dimension: value…}, least, greatest). knowing_us: they have read the
    program, and know that a request leads to a service exactly when it is met."""

    def __init__(self, cells, doors=(), knowing_us=False):
        months = sorted({month for _, cell, *_ in cells for month in months_in(_period(cell))})
        doors, services = [*doors, "none"], sorted({cell["service"] for table, cell, *_ in cells if table == "oriented"} | {"none", "another"})
        places = [*territories(), "unknown"]
        themes = {need.theme for need in all_needs().values()}
        self.kinds, self.rows, self.limits = [], [], []
        self.by = defaultdict(list)  # (name of an unknown's family) -> its unknowns
        for month in months:
            for need in all_needs():
                for place in places:
                    for language in LANGUAGES:
                        for reason in (None, *REASONS):
                            self._unknown("request", month=month, need=need, theme=all_needs()[need].theme, territory=place,
                                          region=place[:2] if place != "unknown" else place, language=language, reason=reason)
            for door in doors:
                for asked in ("yes", "no", "unsaid"):
                    self._unknown("door", month=month, door=door, asked_before=asked)
            for wait in WAITS:
                self._unknown("wait", month=month, wait=wait)
            for channel in CHANNELS:
                self._unknown("channel", month=month, channel=channel)
            for service in services:
                self._unknown("service", month=month, service=service)
            for theme in themes:
                for band in (*AGE_BANDS, "unsaid"):
                    self._unknown("age", month=month, theme=theme, age_band=band)
                for other in ("yes", "no"):
                    self._unknown("other", month=month, theme=theme, for_other=other)
        for month in months:  # every event has each label once
            everything = self._where("request", month=month)
            for family in ("door", "wait", "channel", "service"):
                self._limit(everything, self._where(family, month=month), 0, 0)
            if knowing_us:
                met = self._where("request", month=month, reason=None)
                self._limit([index for index in everything if index not in set(met)], self._where("service", month=month, service="none"), 0, 0)
            for theme in themes:
                for family in ("age", "other"):
                    self._limit(self._where("request", month=month, theme=theme), self._where(family, month=month, theme=theme), 0, 0)
        self.sums = []
        for table, cell, low, high in cells:
            self.sums.append(self._of(table, cell))
            self._limit(self.sums[-1], [], low, high)
        self.matrix = self._matrix(self.rows)
        self.low, self.high = (numpy.array(side, dtype=float) for side in zip(*self.limits, strict=True))
        self.of_cells = self._matrix([(chosen, []) for chosen in self.sums])
        self.seen = [set() for _ in cells]  # counts of each cell in the worlds found so far: every one of them fits all

    def _unknown(self, family, **labels):
        self.by[family].append(len(self.kinds))
        self.kinds.append(labels)

    def _where(self, family, **labels):
        return [index for index in self.by[family] if labels.items() <= self.kinds[index].items()]

    def _of(self, table, cell):
        labels = {name: value for name, value in cell.items() if name not in ("month", "quarter", "half")}
        if "english" in labels:
            gap = labels.pop("english") == "english_gap"
            chosen = [index for index in self._where("request", language="en", **labels)
                      if (self.kinds[index]["reason"] == "wrong_language") == gap]
        else:
            family = {"doors": "door", "asked_before_by_door": "door", "waits": "wait", "channels": "channel", "oriented": "service",
                      "age_band_by_theme": "age", "for_other_by_theme": "other"}.get(table, "request")
            chosen = self._where(family, **labels)
        months = set(months_in(_period(cell)))
        return [index for index in chosen if self.kinds[index]["month"] in months]

    def _limit(self, plus, minus, low, high):
        self.rows.append((plus, minus))
        self.limits.append((low, high))

    def _matrix(self, rows):
        where = [(number, index, sign) for number, (plus, minus) in enumerate(rows) for indexes, sign in ((plus, 1), (minus, -1)) for index in indexes]
        numbers, indexes, signs = zip(*where, strict=True)
        return csr_array((signs, (numbers, indexes)), shape=(len(rows), len(self.kinds)), dtype=float)

    def look_around(self, draw, times=16):
        """Find some worlds at random corners of what fits."""
        for _ in range(times):
            weights = numpy.array([draw.choice((-1.0, 1.0)) for _ in self.sums])
            self._solve(self.of_cells.T @ weights)

    def extreme(self, number, *, greatest):
        """The least or greatest count that the cell of this number can have been; null when nothing fits."""
        aim = numpy.zeros(len(self.kinds))
        aim[self.sums[number]] = -1 if greatest else 1
        found = self._solve(aim)
        return None if found is None else round(-found if greatest else found)

    def _solve(self, aim):
        answer = milp(aim, constraints=LinearConstraint(self.matrix, self.low, self.high), integrality=numpy.ones(len(self.kinds)))
        if not answer.success:
            return None
        for values, value in zip(self.seen, self.of_cells @ answer.x.round(), strict=True):
            values.add(round(value))
        return answer.fun

    def is_possible(self, number, count):
        """Whether the cell of this number can have been exactly this."""
        row = self._matrix([(self.sums[number], [])])
        answer = milp(numpy.zeros(len(self.kinds)), integrality=numpy.ones(len(self.kinds)),
                      constraints=[LinearConstraint(self.matrix, self.low, self.high), LinearConstraint(row, count, count)])
        return answer.success


def _period(cell):
    return next(cell[name] for name in ("month", "quarter", "half") if name in cell)
