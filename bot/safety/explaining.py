"""How a message was read, for a review in a terminal. It shows the text: never log it."""
from __future__ import annotations

from bot.safety.recogniser import read
from bot.safety.rules import LEVELS


def explain(text: str) -> str:
    """What was read, the signals and contexts with the phrase that found each, what they add to, and the finding."""
    reading = read(text or "")
    lines = ["read as: " + " ".join(reading.words)]
    names = {v: k for k, v in LEVELS.items()}
    for title, matches in (("signal", reading.matches), ("context", reading.contexts)):
        for m in matches:
            said = " ".join(reading.words[m.start:m.end])
            lines.append(f"{title:8} {m.name:32} {names.get(m.level, '-'):8} « {said} »  {_short(m.phrase)}")
    for name, score in sorted(reading.scores.items(), key=lambda kv: -kv[1]):
        lines.append(f"{'adds to':8} {name:32} {names[score] if score else '-':8} {', '.join(reading.because.get(name, ()))}")
    if reading.danger is not None:
        likely = sorted(reading.chances.items(), key=lambda kv: -kv[1])[:3]
        lines.append(f"voices:   danger {reading.danger:.2f}; meaning leans to " + ", ".join(f"{name} {p:.2f}" for name, p in likely))
    f = reading.finding
    lines.append("finding:  " + (f"{f.situation} ({f.kind}, {f.level})" if f else "none"))
    return "\n".join(lines)


def _short(phrase: str, length: int = 60) -> str:
    return phrase if len(phrase) <= length else phrase[:length - 1] + "…"
