"""How well residents are understood: the held-out set through `bonneporte understand`, by language, style and need.

    bonneporte bench understanding [--second | --third | --fourth] [--errors]

The first set is for steering. The second, the third (acts and danger only) and the fourth were written apart from it and
from the examples by other hands; nothing is tuned on them, and nobody who tunes should read their messages.

The held-out messages were written apart from the training examples (tests/understanding/test_leak.py holds that none
is among them). Shares come with Wilson's 95 % interval.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bot.runtime.model import current_model, train
from bot.understanding import Understander

HELD_OUT = Path(__file__).resolve().parents[1] / "tests" / "understanding" / "heldout"
Pair = tuple[dict[str, Any], dict[str, Any]]  # what is true, what was understood


def interval(right: int, of: int) -> str:
    """Share with Wilson's 95 % interval."""
    if not of:
        return "none"
    z, share = 1.96, right / of
    centre = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return f"{share:.3f} [{max(0.0, centre - half):.3f}, {min(1.0, centre + half):.3f}] of {of}"


def load(kind: str) -> list[dict[str, Any]]:
    """The held-out messages of one kind, both languages, with `set` = the file's language."""
    rows = []
    folder = next((HELD_OUT / name for name in ("second", "third", "fourth") if f"--{name}" in sys.argv), HELD_OUT)
    for language in ("fr", "en"):
        path = folder / f"{language}_{kind}.jsonl"
        for line in path.read_text("utf-8").splitlines() if path.exists() else ():
            rows.append({**json.loads(line), "set": language})
    return rows


def need_right(pair: Pair) -> bool:
    truth, found = pair
    return bool(found["needs"]) and found["needs"][0]["id"] in truth["needs"]


def among_three(pair: Pair) -> bool:
    truth, found = pair
    return any(need["id"] in truth["needs"] for need in found["needs"][:3])


def after_one_tap(pair: Pair) -> bool:
    """Right at once when the decision is to take it, right among those offered when it is to ask."""
    truth, found = pair
    offered = {"take": 1, "ask": 3, "several": 2}.get(found["decision"] or "", 0)
    return any(need["id"] in truth["needs"] for need in found["needs"][:offered])


def place_right(pair: Pair) -> bool:
    truth, found = pair
    return any(truth["place"] == place["name"] for place in found["places"])


def report(title: str, pairs: Iterable[Pair], right: Callable[[Pair], bool], among: Callable[[Pair], bool] = lambda pair: True) -> None:
    """One line a language, over the pairs that it is about."""
    for language in ("fr", "en"):
        about = [pair for pair in pairs if pair[0]["set"] == language and among(pair)]
        print(f"{title:48}{language}  {interval(sum(map(right, about)), len(about))}")


def styles(title: str, pairs: list[Pair], right: Callable[[Pair], bool]) -> None:
    """Shares by style, worst first."""
    for language in ("fr", "en"):
        by: dict[str, list[bool]] = defaultdict(list)
        for pair in pairs:
            if pair[0]["set"] == language:
                by[pair[0].get("style", "?")].append(right(pair))
        worst = sorted(by.items(), key=lambda item: sum(item[1]) / len(item[1]))
        print(f"{title:28}{language}  " + "  ".join(f"{style} {sum(hits) / len(hits):.2f}" for style, hits in worst))


def calibration(pairs: list[Pair]) -> float:
    """Expected calibration error of the first guess, ten bins of equal width."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for pair in pairs:
        if pair[1]["needs"]:
            confidence = pair[1]["needs"][0]["confidence"]
            bins[min(9, int(confidence * 10))].append((confidence, need_right(pair)))
    total = sum(map(len, bins.values())) or 1
    return sum(abs(sum(c for c, _ in b) - sum(r for _, r in b)) for b in bins.values()) / total


def main() -> None:
    model = current_model() or train()
    sets = {kind: load(kind) for kind in ("needs", "acts", "crisis", "short")}
    pairs: dict[str, list[Pair]] = {}
    with Understander(model) as understand:
        began = time.perf_counter()
        for kind, rows in sets.items():
            pairs[kind] = [(row, understand(row["text"])) for row in rows]
        count = sum(map(len, sets.values()))
        print(f"{count} messages, {(time.perf_counter() - began) / count * 1000:.1f} ms each\n")
    one = [pair for pair in pairs["needs"] if len(pair[0]["needs"]) == 1]
    two = [pair for pair in pairs["needs"] if len(pair[0]["needs"]) == 2]
    report("need: first guess right", one, need_right)
    report("need: right one among the first three", one, among_three)
    report("need: right after at most one tap", one, after_one_tap)
    report("two needs told", two, lambda pair: pair[1]["decision"] == "several" and {n["id"] for n in pair[1]["needs"][:2]} == set(pair[0]["needs"]))
    report("one need taken for two", one, lambda pair: pair[1]["decision"] == "several")
    report("asked instead of taken", one, lambda pair: pair[1]["decision"] == "ask")
    for language in ("fr", "en"):
        print(f"{'calibration error of the first guess':48}{language}  {calibration([p for p in one if p[0]['set'] == language]):.3f}")
    report("act right (all kinds)", pairs["acts"] + one, lambda pair: pair[1]["act"] == pair[0]["act"])
    report("act right (other than need)", pairs["acts"], lambda pair: pair[1]["act"] == pair[0]["act"])
    report("out of scope forced into a need", pairs["acts"], lambda pair: pair[1]["act"] == "need", lambda pair: pair[0]["act"] == "out_of_scope")
    report("for somebody else", one, lambda pair: pair[1]["for_other"] == pair[0]["for_other"])
    report("language of short messages", pairs["short"], lambda pair: pair[1]["language"] == pair[0]["language"], lambda pair: "other_language" not in pair[0])
    report("language of needs and acts", pairs["acts"] + one, lambda pair: pair[1]["language"] == pair[0]["set"])
    report("other languages recognised", pairs["short"], lambda pair: pair[1]["other_language"] is not None, lambda pair: bool(pair[0].get("other_language")))
    report("French or English taken for other", pairs["acts"] + one + pairs["crisis"], lambda pair: pair[1]["other_language"] is not None)
    placed = [pair for pair in pairs["needs"] + pairs["acts"] if pair[0].get("place")]
    report("place found", placed, place_right)
    report("place invented", one + pairs["acts"], lambda pair: bool(pair[1]["places"]), lambda pair: not pair[0].get("place"))
    for kind in ("suicide", "danger"):
        for how in ("open", "veiled", "slang", "terse", "third_person"):
            report(f"{kind}, {how}: found", pairs["crisis"], lambda pair: pair[1]["crisis"] is not None, lambda pair, kind=kind, how=how: (pair[0]["crisis"], pair[0]["kind"]) == (kind, how))
    for level in ("certain", "unsure"):
        report(f"look-alikes taken for danger as {level}", pairs["crisis"], lambda pair, level=level: pair[1]["crisis_level"] == level, lambda pair: pair[0]["kind"] == "lookalike")
    report("situation right among what is found", pairs["crisis"], lambda pair: pair[1]["situation"] == pair[0]["situation"], lambda pair: bool(pair[0]["crisis"] and pair[1]["crisis"]))
    print()
    styles("need by style", one, need_right)
    styles("act by style", pairs["acts"], lambda pair: pair[1]["act"] == pair[0]["act"])
    for kind in ("suicide", "danger"):
        about = [pair for pair in pairs["crisis"] if pair[0]["crisis"] == kind]
        styles(f"{kind} by style", about, lambda pair: pair[1]["crisis"] is not None)
    if "--errors" in sys.argv:
        print()
        mixed = Counter((pair[0]["set"], pair[0]["needs"][0], (pair[1]["needs"] or [{"id": pair[1]["act"]}])[0]["id"]) for pair in one if not need_right(pair))
        for (language, truth, found), times in mixed.most_common(40):
            print(f"{times:3} {language} {truth} taken for {found}")
        mixed = Counter((pair[0]["set"], pair[0]["act"], pair[1]["act"]) for pair in pairs["acts"] if pair[0]["act"] != pair[1]["act"])
        for (language, truth, found), times in mixed.most_common(40):
            print(f"{times:3} {language} {truth} taken for {found}")


if __name__ == "__main__":
    main()
