"""Charts drawn on the server as SVG attributes alone (nothing inline that the Content-Security-Policy refuses). Pure.

Each stands beside its table and is drawn in the text's own colour, so that it is as legible in grey as on paper.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Column", "bar_width", "columns", "scale_of"]

FULL_WIDTH = 100  # a bar's width is a percentage of its table cell
WIDTH, HEIGHT = 720, 220  # of the drawing, in its own units; it is as wide as the page
FOOT, HEAD = 28, 22  # room for the labels under and above a column
STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the chart, in the drawing's units. value is null when it is withheld: then there is no bar."""

    label: str
    value: int | None
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


def bar_width(value: int | None, highest: int) -> float:
    """A bar's width in percent of the longest one."""
    return round(FULL_WIDTH * value / highest, 1) if value and highest else 0


def scale_of(highest: int) -> int:
    """The top of a chart: a round number at or above the highest value."""
    power = 10 ** (len(str(max(highest, 1))) - 1)
    return next(round(step * power) for step in STEPS if step * power >= highest)


def columns(values: list[tuple[str, int | None]]) -> list[Column]:
    """The columns of (label, value), as wide as fits, 0 at the bottom."""
    top = scale_of(max((value or 0 for _, value in values), default=0))
    step = WIDTH / max(len(values), 1)
    room = HEIGHT - FOOT - HEAD
    found = []
    for number, (label, value) in enumerate(values):
        height = round(room * (value or 0) / top, 1)
        found.append(Column(label, value, round(number * step + step * 0.15, 1), HEIGHT - FOOT - height, round(step * 0.7, 1), height))
    return found
