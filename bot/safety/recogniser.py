"""Suicide and immediate danger, recognised in French and English at once, before and apart from anything else.

Signals in reviewable data files, combined by the few rules below, then two voices that listen to the whole message
(second_net.py: its words; meaning.py: what it means) and may only ask, or turn telling into asking. No network. When in
doubt the answer is ``unsure``, a gentle question, rather than silence.
"""
from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from bot.safety.meaning import NONE, opinion, tables
from bot.safety.rules import LEVELS, Combination, Context, Rules
from bot.safety.second_net import KINDS, features, guess, score
from bot.safety.voices import Heard, placing, together, weighed
from bot.safety.whom import names_only_somebody

CERTAIN, UNSURE, HINT = LEVELS["certain"], LEVELS["unsure"], LEVELS["hint"]


#: Points of the second net (second_net.py; 0 is its line). On messages it had not learned from, no danger that the
#: signals found had less than -3, nor one they were unsure of less than -4.1; half of the ordinary needs they took for one had.
#: They serve only without the third voice.
ORDINARY, FAR_FROM_DANGER = -1.5, -6.5
#: Probability of danger from the three voices (voices.py): asked about without any signal, by the kind that the third
#: leans to (most ordinary needs taken for danger are sadness taken for suicide), or beside a context that usually means
#: something else; below TELL a certain signal is asked about, below LEAVE one that is not said openly is left.
ASK = {"suicide": 0.50, "danger": 0.30}
ASK_IF_QUIET, TELL, LEAVE = 0.80, 0.60, 0.20
#: A short message without a signal says too little for the two learned voices alone: "elle vit seule".
SHORT, ASK_IF_SHORT = 5, 0.45
#: In so few words, what is said openly is what the message is about.
A_FEW_WORDS = 40


@dataclass(frozen=True)
class Finding:
    """What was recognised. ``because`` holds names of rules and never a word of the resident: it may be logged."""

    kind: Literal["suicide", "danger"]
    level: Literal["certain", "unsure"]
    situation: str
    because: tuple[str, ...]


@dataclass(frozen=True)
class Match:
    """Where a signal was found, in words of the normalised text; ``level`` is what is left of it, ``phrase`` the line
    of the data file that found it."""

    name: str
    start: int
    end: int
    level: int
    phrase: str = field(default="", compare=False, repr=False)


@dataclass
class Reading:
    """Everything seen in one message, for ``explain`` and the tests."""

    words: list[str] = field(default_factory=list)
    typed: str = ""
    matches: list[Match] = field(default_factory=list)
    contexts: list[Match] = field(default_factory=list)
    scores: dict[str, int] = field(default_factory=dict)
    because: dict[str, list[str]] = field(default_factory=dict)
    finding: Finding | None = None
    #: From the voices together; None and empty without the third.
    danger: float | None = None
    chances: dict[str, float] = field(default_factory=dict)

    def names(self) -> set[str]:
        """Every signal and context that was seen."""
        return {m.name for m in self.matches} | {m.name for m in self.contexts}


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The packaged data files, read once."""
    return Rules()


def recognise(text: str | None) -> Finding | None:
    """The danger in a message, or None. Never raises on any text, of any length; None and "" give None."""
    if not isinstance(text, str) or not text:
        return None
    try:
        return read(text).finding
    except Exception:
        return Finding("danger", "unsure", "unsure", ("recogniser_failed",))


def warm() -> None:
    """Make ready what the first message would otherwise wait for (half a second)."""
    rules().warm()
    recognise("je veux mourir")


def read(text: str) -> Reading:
    """The whole reading of one message. ``recognise`` is this with a guard."""
    reading = listen(text)
    reading.finding = _second_opinion(rules(), reading)
    return reading


def listen(text: str) -> Reading:
    """What the signals hear, before any other voice."""
    book = rules()
    words = book.speller.words(text)
    reading = Reading(words, text)
    found, contexts = _look(book, words)
    reading.contexts = contexts
    reading.matches = _weigh(book, found, contexts, sum(w != "." for w in words))
    _combine(book, reading)
    return reading


def heard(book: Rules, reading: Reading) -> Heard:
    """The signals' part in what the voices say together."""
    best = max((m.level for m in reading.matches if m.level), default=0)
    level = max([best, *reading.scores.values()])
    first = _decide(book, reading)
    return Heard(level, first is not None and _firm(book, first), len({m.name for m in reading.contexts}))


def _look(book: Rules, words: list[str]) -> tuple[list[Match], list[Match]]:
    """Every signal and context in the text, by place."""
    line = " " + " ".join(words) + " "
    place: dict[int, int] = {}
    at = 1
    for i, word in enumerate(words):
        place[at] = i
        at += len(word) + 1
    place[at] = len(words)
    signals: set[Match] = set()
    contexts: set[Match] = set()
    for name, phrase in book.candidates(words):
        signal = book.signals.get(name)
        for match in phrase.regex.finditer(line, 1):
            start, end = match.span()
            if signal is None:
                contexts.add(Match(name, place[start], place[end], 0, phrase.source))
            else:
                signals.add(Match(name, place[start], place[end], signal.level, phrase.source))
    order = lambda m: (m.start, m.end, m.name)  # noqa: E731
    return sorted(signals, key=order), sorted(contexts, key=order)


def _weigh(book: Rules, found: list[Match], contexts: list[Match], length: int) -> list[Match]:
    """What is left of each signal once its contexts are heard."""
    kept = []
    for match in found:
        signal = book.signals[match.name]
        if signal.longest is not None and length > signal.longest:
            continue
        level: int | None = match.level
        for seen in contexts:
            context = book.contexts[seen.name]
            if _spoils(context, seen, match, signal.situation, signal.firm):
                # A context that leaves nothing removes the signal from combinations too.
                level = None if context.to == 0 else min(level or 0, context.to)
                if level is None:
                    break
        if level is not None:
            kept.append(replace(match, level=level))
    return kept


def _spoils(context: Context, seen: Match, match: Match, situation: str | None, firm: bool) -> bool:
    if not ({"all", match.name, situation} & context.spoils):
        return False
    if context.near == 0:
        return seen.start < match.end and match.start < seen.end
    if firm and not context.breaks_firm:
        return False
    return _gap(seen, match) <= context.near


def _gap(a: Match, b: Match) -> int:
    """Words between two matches, 0 when they touch or overlap."""
    return max(0, max(a.start, b.start) - min(a.end, b.end))


def _combine(book: Rules, reading: Reading) -> None:
    """Scores of each situation: its strongest signal, its combinations, and what two small ones amount to."""
    scores: dict[str, int] = defaultdict(int)
    because: dict[str, list[str]] = defaultdict(list)
    tally: dict[str, dict[int, list[Match]]] = defaultdict(lambda: defaultdict(list))
    for match in reading.matches:
        situation = book.signals[match.name].situation
        if situation and match.level:
            scores[situation] = max(scores[situation], match.level)
            tally[situation][match.level].append(match)
            if match.name not in because[situation]:
                because[situation].append(match.name)
    present: dict[str, list[Match]] = defaultdict(list)
    for match in reading.matches:
        present[match.name].append(match)
    for rule in book.combinations:
        whole = _met(rule, present)
        if whole:
            scores[rule.situation] = max(scores[rule.situation], rule.level)
            because[rule.situation].append(rule.name)
            present[rule.name].append(whole)
    for name, levels in tally.items():
        situation_ = book.situations[name]
        if len(_apart(levels[UNSURE] + levels[HINT])) >= 2:
            scores[name] = max(scores[name], situation_.two_hints)
        if len(_apart(levels[UNSURE])) >= 2:
            scores[name] = max(scores[name], situation_.two_unsure)
    reading.scores, reading.because = dict(scores), dict(because)


def _apart(matches: list[Match]) -> set[str]:
    """Different signals said in different words: one phrase that fires two of them counts once."""
    taken: list[Match] = []
    for match in matches:
        if all(m.name != match.name and (m.end <= match.start or match.end <= m.start) for m in taken):
            taken.append(match)
    return {m.name for m in taken}


def _met(rule: Combination, present: dict[str, list[Match]]) -> Match | None:
    """The stretch in which every item of a combination stands, each within reach of the first, or None."""
    choices = [[m for name in item for m in present.get(name, ())] for item in rule.items]
    if not all(choices):
        return None
    for anchor in choices[0]:
        reach = [anchor]
        for others in choices[1:]:
            # Two items must be two things said, not one phrase counted twice.
            near = [m for m in others if _gap(anchor, m) <= rule.within and (m.start, m.end) != (anchor.start, anchor.end)]
            if not near:
                break
            reach.append(min(near, key=lambda m: _gap(anchor, m)))
        else:
            return Match(rule.name, min(m.start for m in reach), max(m.end for m in reach), rule.level)
    return None


def _decide(book: Rules, reading: Reading) -> Finding | None:
    """The strongest situation; of two as strong, the one that safety puts first."""
    best = max(((score, -book.situations[name].rank, name) for name, score in reading.scores.items() if score >= UNSURE),
               default=None)
    if best is None:
        return None
    score, _, name = best
    return Finding(book.situations[name].kind, "certain" if score >= CERTAIN else "unsure",  # type: ignore[arg-type]
                   name, tuple(reading.because.get(name, ())))


def _second_opinion(book: Rules, reading: Reading) -> Finding | None:
    """The signals' finding, weighed with the second net and the meaning; without one, what those two make of the message.

    A message that reads like those of ordinary needs is asked about instead of told; when it is far from any danger and
    nothing was said openly, it is left in peace. What is said openly in a few words, and suicide said openly at any length,
    are told whatever the third voice says, unless a context stands beside (a film, years ago); they are never left.
    """
    first = _decide(book, reading)
    if first is None and names_only_somebody(reading.typed):
        return None
    found = features(reading.words, reading.names())
    points = {kind: score(kind, found) for kind in KINDS}
    chances = opinion(reading.words, reading.typed)
    if chances is None:
        return _without_meaning(book, reading, first, found, points)
    danger = together(weighed(heard(book, reading), chances[NONE], points), tables()["together"])  # type: ignore[index]
    reading.danger, reading.chances = danger, chances
    if first is None:
        least = ASK_IF_QUIET if _quiet(book, reading) else ASK[_leans_to(book, chances)]
        if danger < (max(least, ASK_IF_SHORT) if len(reading.words) <= SHORT else least):
            return None
        because = tuple(name for name, leans in (("meaning", chances[NONE] < 0.5), ("second_net", max(points.values()) >= 0)) if leans)
        first = Finding("danger", "unsure", "unsure", because or ("voices",))
        return _placed(book, reading, first, chances, found)
    # Two voices of three that hear nothing, or something that usually means another thing, leave a doubt: it is asked.
    deaf = danger < LEAVE and max(points.values()) < ORDINARY and first.kind == "danger"
    openly = _openly(book, reading, first) and not deaf and not (reading.contexts and danger < TELL)
    if danger < LEAVE and not openly and not _firm(book, first):
        return None
    level = first.level if openly or danger >= TELL else "unsure"
    return replace(_placed(book, reading, first, chances, found, openly=openly), level=level)


def _leans_to(book: Rules, chances: dict[str, float]) -> str:
    """The kind of danger that the third voice gives most to."""
    suicide = sum(p for name, p in chances.items() if name != NONE and book.situations[name].kind == "suicide")
    return "suicide" if suicide > 1 - chances[NONE] - suicide else "danger"


def _placed(book: Rules, reading: Reading, first: Finding, chances: dict[str, float], found: set[str], *, openly: bool = False) -> Finding:
    """The finding in the situation that the three voices place it in; ``openly``: it was said so, and is moved to none
    that safety puts after it, nor from suicide to danger."""
    learned = tables()
    leaning = dict(zip(learned["situations"][1:], learned["leaning"]))  # type: ignore[index]
    whole = sum(chances[name] for name in leaning) or 1.0

    def weight(situation: str) -> float:
        said = placing(chances[situation] / whole, reading.scores.get(situation, 0), score(situation, found))
        return sum(n * w for n, w in zip(said, learned["placing"])) + leaning[situation]  # type: ignore[index]

    rank = book.situations[first.situation].rank
    situations = [s for s in book.situations.values() if s.name in leaning and not (openly and (s.kind != first.kind or s.rank > rank))]
    best = max(situations, key=lambda s: (weight(s.name), -s.rank), default=book.situations[first.situation])
    because = first.because if best.name == first.situation else (*reading.because.get(best.name, ()), *first.because)
    return replace(first, kind=best.kind, situation=best.name, because=tuple(dict.fromkeys(because)))  # type: ignore[arg-type]


def _without_meaning(book: Rules, reading: Reading, first: Finding | None, found: set[str], points: dict[str, float]) -> Finding | None:
    """The same with the signals and the second net alone, where the encoder is absent or has failed."""
    if first is None:
        kinds = {s.name: s.kind for s in book.situations.values()}
        guessed = None if _quiet(book, reading) else guess(found, kinds)
        return Finding(guessed[0], "unsure", guessed[1], ("second_net",)) if guessed else None  # type: ignore[arg-type]
    if _openly(book, reading, first):
        return first
    if max(points.values()) < FAR_FROM_DANGER and not _firm(book, first):
        return None
    return replace(first, level="unsure") if max(points.values()) < ORDINARY else first


def _firm(book: Rules, finding: Finding) -> bool:
    return any(book.signals[n].firm for n in finding.because if n in book.signals)


def _openly(book: Rules, reading: Reading, finding: Finding) -> bool:
    return _firm(book, finding) and (finding.kind == "suicide" or len(reading.words) <= A_FEW_WORDS)


def _quiet(book: Rules, reading: Reading) -> bool:
    """Whether something stands in the message that usually makes it a look-alike (a course, a film, a testament, an idiom)."""
    return any({"second_net", "all"} & book.contexts[m.name].spoils for m in reading.contexts)
