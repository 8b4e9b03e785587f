"""The data a clinician reviews: whole, in both languages, and agreeing with each other."""
from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import bot.safety
from bot.safety.phrases import PhraseError, Reader
from bot.safety.recogniser import rules
from bot.safety.rules import LANGUAGES, LEVELS

HERE = Path(bot.safety.__file__).parent
#: The situations of the project's safety rules; a new one needs lines, words and signals.
SITUATIONS = {
    "suicide_thought", "suicide_attempt", "self_harm", "medical", "overdose_or_poison", "partner_violence", "sexual_violence",
    "elder_mistreatment", "child_in_danger", "threat_or_weapon", "missing_or_exposed", "fire_or_accident", "unsure"}
FILES = sorted(p for p in (HERE / "signals").glob("*.yml") if p.name != "_words.yml")


def rows(path: Path) -> list[dict]:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data if isinstance(data, list) else data["signals"]


def test_every_situation_has_signals_of_the_right_kind() -> None:
    situations = rules().situations
    assert set(situations) == SITUATIONS
    assert {s.name for s in situations.values() if s.kind == "suicide"} == {"suicide_thought", "suicide_attempt", "self_harm"}
    assert len({s.rank for s in situations.values()}) == len(situations)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_signal_speaks_both_languages(path: Path) -> None:
    for row in rows(path):
        assert all(row.get(language) for language in LANGUAGES), row["name"]


def test_every_phrase_can_be_read_and_found_by_its_rarest_word() -> None:
    for name, _, phrase in rules().phrases:
        assert phrase.needs, name
        assert phrase.regex


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_have_as_much_to_say(language: str) -> None:
    counts = {lang: sum(1 for _, spoken, _ in rules().phrases if spoken == lang) for lang in LANGUAGES}
    assert counts[language] >= 0.8 * max(counts.values())


@pytest.mark.parametrize(("phrase", "fault"), [
    ("(a|b", "never closed"), ("a)", "unbalanced"), ("{nobody}", "no list"), ("[a]", "must be present"), ("(a]", "crossed")])
def test_a_phrase_that_cannot_be_read_names_its_fault(phrase: str, fault: str) -> None:
    reader = Reader({}, lambda word: [word], frozenset())
    with pytest.raises(PhraseError, match=fault):
        reader.phrase(phrase)


@pytest.mark.parametrize(("phrase", "text", "found"), [
    ("(veux|veut) mourir", " je veux mourir ", True),
    ("(veux|veut) mourir", " je veux pas mourir ", False),
    ("veux ~2 mourir", " veux un jour mourir ", True),
    ("veux ~2 mourir", " veux . mourir ", False),
    ("veux ~2 mourir", " veux a b c mourir ", False),
    ("suicid*", " suicidaire ", True),
    ("mort [de] rire", " mort rire ", True),
    ("ort", " mort ", False),
])
def test_the_small_language_of_phrases(phrase: str, text: str, found: bool) -> None:
    reader = Reader({}, lambda word: [word], frozenset())
    assert bool(reader.phrase(phrase).regex.search(text, 1)) is found


def test_levels_are_three() -> None:
    assert list(LEVELS) == ["hint", "unsure", "certain"]


def test_the_data_name_no_machine_and_nobody() -> None:
    for path in (*FILES, HERE / "words.yml", HERE / "lines.yml", HERE / "helplines.yml"):
        assert not re.search(r"/(home|root|tmp|work)/", path.read_text(encoding="utf-8")), path.name
