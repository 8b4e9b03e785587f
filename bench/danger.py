"""How danger is recognised, without Rasa: the held-out set, ordinary messages that should not set it off, time and memory.

    bonneporte bench danger

Shares come with Wilson's 95 % interval. Where the sentence encoder is installed, a second part measures the signals and
the table of words alone, as they go on without it.
"""

from __future__ import annotations

import time
from typing import Any

from bench.understanding import interval, load
from bot import meaning
from bot.safety import recognise, warm


def resident_megabytes() -> int:
    with open("/proc/self/statm", encoding="ascii") as numbers:
        return int(numbers.read().split()[1]) * 4096 // 2**20


def figures(crisis: list[dict[str, Any]], ordinary: list[dict[str, Any]]) -> None:
    """One line a figure and language."""
    times: list[float] = []

    def ask(text: str) -> Any:
        began = time.perf_counter()
        found = recognise(text)
        times.append((time.perf_counter() - began) * 1000)
        return found

    found = [(row, ask(row["text"])) for row in crisis]
    others = [(row, ask(row["text"])) for row in ordinary]
    for language in ("fr", "en"):
        here = [(row, f) for row, f in found if row["set"] == language]
        groups = {
            "suicide, said openly: found": [f for row, f in here if row["crisis"] == "suicide" and row["kind"] == "open"],
            "suicide, veiled, slang or third person: found": [f for row, f in here if row["crisis"] == "suicide" and row["kind"] != "open"],
            "immediate danger: found": [f for row, f in here if row["crisis"] == "danger"],
        }
        for title, answers in groups.items():
            print(f"{title:54}{language}  {interval(sum(f is not None for f in answers), len(answers))}")
        alike = [f for row, f in here if row["kind"] == "lookalike"]
        said = [(row, f) for row, f in here if row["crisis"] and f]
        common = [f for row, f in others if row["set"] == language and "violence" not in row.get("needs", ())]
        for title, answers in (("look-alikes", alike), ("ordinary needs and acts (other than violence)", common)):
            for level in ("certain", "unsure"):
                count = sum(f is not None and f.level == level for f in answers)
                print(f"{title + ', ' + level:54}{language}  {interval(count, len(answers))}")
        print(f"{'situation right among what is found':54}{language}  {interval(sum(f.situation == row['situation'] for row, f in said), len(said))}")
    times.sort()
    print(f"one message: {times[len(times) // 2]:.1f} ms (p50), {times[int(len(times) * 0.95)]:.1f} ms (p95); {resident_megabytes()} MB resident")


def main() -> None:
    crisis, ordinary = load("crisis"), load("needs") + load("acts")
    warm()
    if meaning.available():
        print("signals, words and meaning")
        figures(crisis, ordinary)
        meaning.embed = lambda text: None  # as where it is not installed
        print()
    print("signals and words alone")
    figures(crisis, ordinary)


if __name__ == "__main__":
    main()
