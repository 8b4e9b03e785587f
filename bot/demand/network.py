"""Circulations with bounds: how far a figure can move while everything else that is known stays true. Pure.

Counts that add up to the same total are arcs in a row of nodes: what flows into a node flows out of it. Each arc's flow
is a count, its bounds are what is known of it. Starting from one solution, a count can move by as much as the residual
graph can carry around it (Ford and Fulkerson); bounds being integers, so is every step between (the matrix of a network
is totally unimodular), and the candidates of a count are all the integers that are reached.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

__all__ = ["ENDLESS", "Arc", "Network"]

ENDLESS = 1 << 60  # no upper bound
Node = Hashable


@dataclass(frozen=True, slots=True)
class Arc:
    """From `tail` to `head`: how much flows, and by how much the flow may fall or rise."""

    tail: Node
    head: Node
    flow: int
    down: int
    up: int


class Network:
    """Arcs, and the residual capacity between nodes. `layer[node]`: a node that can only be walked through in its own
    layer; nodes that are not in it belong to all."""

    def __init__(self) -> None:
        self.layer: dict[Node, Hashable] = {}
        self._free: dict[Node, dict[Node, int]] = {}
        self._reached: dict[Hashable, int] = {}  # arcs side by side with the same slack have the same answer

    def add(self, arc: Arc) -> Arc:
        self._change(arc.tail, arc.head, arc.up)
        self._change(arc.head, arc.tail, arc.down)
        return arc

    def reach(self, arcs: Sequence[Arc], amount: int, *, rise: bool, layers: Sequence[Hashable]) -> int:
        """By how much, up to `amount`, the sum of these arcs' flows can rise (or fall), whatever their own bounds; the
        other arcs keep to theirs. Each push stays in one layer. Nothing is changed."""
        if amount <= 0:
            return 0
        asked = (tuple((arc.tail, arc.head, arc.down, arc.up, None if rise else arc.flow) for arc in arcs), amount, rise, tuple(layers))
        if asked not in self._reached:
            self._reached[asked] = self._reach(arcs, amount, rise, layers)
        return self._reached[asked]

    def _reach(self, arcs: Sequence[Arc], amount: int, rise: bool, layers: Sequence[Hashable]) -> int:
        log: list[tuple[Node, Node, int]] = []
        for arc in arcs:  # its own slack is what is asked for, not a way round
            self._push(arc.tail, arc.head, arc.up, log)
            self._push(arc.head, arc.tail, arc.down, log)
        left = amount
        for layer in layers:
            for arc in arcs:
                start, end = (arc.head, arc.tail) if rise else (arc.tail, arc.head)
                most = left if rise else min(left, arc.flow)
                while most > 0 and (step := self._augment(start, end, most, layer, log)):
                    most -= step
                    left -= step
                if not left:
                    break
            if not left:
                break
        for tail, head, taken in reversed(log):
            self._change(tail, head, taken)
        return amount - left

    def _change(self, tail: Node, head: Node, by: int) -> None:
        row = self._free.setdefault(tail, {})
        row[head] = row.get(head, 0) + by

    def _push(self, tail: Node, head: Node, by: int, log: list[tuple[Node, Node, int]]) -> None:
        self._change(tail, head, -by)
        log.append((tail, head, by))

    def _augment(self, start: Node, end: Node, most: int, layer: Hashable, log: list[tuple[Node, Node, int]]) -> int:
        """Carry what fits along a shortest way from start to end; 0 when there is none."""
        direct = self._free.get(start, {}).get(end, 0)
        if direct > 0:
            way = [start, end]
        else:
            found = self._shortest(start, end, layer)
            if not found:
                return 0
            way = found
        step = min(most, *(self._free[tail][head] for tail, head in zip(way, way[1:])))
        for tail, head in zip(way, way[1:]):
            self._push(tail, head, step, log)
            self._push(head, tail, -step, log)
        return step

    def _shortest(self, start: Node, end: Node, layer: Hashable) -> list[Node]:
        """Breadth first from both ends, each time on the side with fewer arcs to look at: some nodes have thousands."""
        free, layers = self._free, self.layer
        after: dict[Node, Node] = {start: start}
        before: dict[Node, Node] = {end: end}
        heads, tails = [start], [end]
        ahead, behind = len(free[start]), len(free[end])
        while heads and tails:
            forward = ahead <= behind
            edge, seen, others = (heads, after, before) if forward else (tails, before, after)
            found: list[Node] = []
            degrees = 0
            for node in edge:
                for other, there in free[node].items():
                    if other in seen or (there if forward else free[other][node]) <= 0 or layers.get(other, layer) != layer:
                        continue
                    seen[other] = node
                    if other in others:
                        return _walk(after, other)[::-1] + _walk(before, other)[1:]
                    found.append(other)
                    degrees += len(free[other])
            if forward:
                heads, ahead = found, degrees
            else:
                tails, behind = found, degrees
        return []


def _walk(steps: dict[Node, Node], node: Node) -> list[Node]:
    way = [node]
    while steps[way[-1]] != way[-1]:
        way.append(steps[way[-1]])
    return way
