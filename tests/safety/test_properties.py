"""What holds for any text: it never fails, and neither politeness, accents nor capitals silence a plain statement."""
from __future__ import annotations

import unicodedata

import pytest

pytest.importorskip("hypothesis", reason="the Rasa environment has no hypothesis")
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.safety import recognise
from tests.safety.learn import written

OPEN = [
    "je veux mourir", "j'ai des idées suicidaires", "je pense à me tuer", "je veux plus vivre", "je me coupe les bras",
    "ma mère respire plus", "mon mari est en train de m'étrangler", "mon fils a fait une overdose", "la maison est en feu",
    "I want to die", "I've been having suicidal thoughts", "I'm going to kill myself", "I don't want to live anymore",
    "my dad isn't breathing", "my husband is choking me", "my son overdosed", "the house is on fire", "he has a gun and wants to kill us",
]
POLITE = ["bonjour", "Bonsoir,", "svp", "s'il vous plaît", "merci", "excusez-moi de vous déranger", "hello", "hi there,", "please",
          "thank you", "sorry to bother you", "bonne journée", "😊", "merci beaucoup!", "ok", "have a nice day", "allo?", "🙏"]
OF_DANGER = [r["text"] for r in written() if r["kind"]]


@given(st.text(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read(text: str) -> None:
    finding = recognise(text)
    assert finding is None or finding.because


@given(st.lists(st.sampled_from(["je", "veux", "mourir", "pas", "'", ".", "j'", "kill", "n't", "…", "\n", "*", "1", "é", "’", "~", "{"]), max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_mix_of_pieces_is_read(pieces: list[str]) -> None:
    recognise("".join(pieces))
    recognise(" ".join(pieces))


@given(st.sampled_from(OPEN), st.lists(st.sampled_from(POLITE), max_size=3), st.lists(st.sampled_from(POLITE), max_size=3))
@settings(max_examples=300, deadline=None)
def test_politeness_never_silences(said: str, before: list[str], after: list[str]) -> None:
    finding = recognise(" ".join([*before, said, *after]))
    assert finding is not None and finding.level == "certain", finding


def bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")


@given(st.sampled_from(OF_DANGER))
@settings(max_examples=200, deadline=None)
def test_capitals_change_nothing(text: str) -> None:
    for variant in (text.lower(), text.upper()):
        assert recognise(variant) == recognise(text)


@given(st.sampled_from(OPEN))
@settings(max_examples=30, deadline=None)
def test_accents_never_silence_what_is_said_openly(said: str) -> None:
    assert recognise(bare(said).upper()) == recognise(said)


def test_accents_seldom_matter() -> None:
    """The third voice reads accents, since they mean something; it hears nearly all the same without them."""
    accented = [text for text in [text for text in OF_DANGER if bare(text) != text][::10] if recognise(text)]
    assert sum(recognise(bare(text)) is not None for text in accented) / len(accented) >= 0.98


@given(st.sampled_from(OF_DANGER), st.sampled_from(["’", "ʼ", "`", "´"]))
@settings(max_examples=100, deadline=None)
def test_any_apostrophe_will_do(text: str, quote: str) -> None:
    assert recognise(text.replace("'", quote)) == recognise(text.replace("’", "'"))


@given(st.sampled_from(OPEN), st.integers(3, 8))
@settings(max_examples=60, deadline=None)
def test_stretched_letters_never_silence(said: str, times: int) -> None:
    assert recognise(said + said[-1] * times) is not None
