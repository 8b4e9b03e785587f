"""What is recognised, on written messages of imagined lives (messages_fr.jsonl, messages_en.jsonl) and at the edges.

The messages were written in rounds: each round was first measured on rules that had never seen it, then learned from.
What is held here is that nothing learned is lost; figures on unseen messages are in the notes of the change.
"""
from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from bot.safety import Finding, explain, recognise
from bot.safety.recogniser import rules
from tests.safety.learn import written

ROWS = list(written())
LANGUAGES = ("fr", "en")


def rows(language: str, **wanted: object) -> list[dict]:
    return [r for r in ROWS if r["id"].startswith(language) and all(r[k] == v for k, v in wanted.items())]


@cache  # several tests ask about the same thousands of messages
def finding_of(text: str) -> Finding | None:
    return recognise(text)


def share(found: list[dict]) -> float:
    return sum(finding_of(r["text"]) is not None for r in found) / len(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_are_enough_to_measure(language: str) -> None:
    kinds = Counter(r["kind"] for r in rows(language))
    assert kinds["suicide"] + kinds["danger"] >= 150
    assert kinds[None] >= 120


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "how", "target"), [
    ("suicide", "open", 0.98), ("suicide", "veiled", 0.90), ("danger", "open", 0.97), ("danger", "veiled", 0.90)])
def test_danger_is_found(language: str, kind: str, how: str, target: float) -> None:
    assert share(rows(language, kind=kind, how=how)) >= target


@pytest.mark.parametrize("language", LANGUAGES)
def test_look_alikes_are_left_in_peace(language: str) -> None:
    findings = [finding_of(r["text"]) for r in rows(language, kind=None)]
    assert sum(f is not None and f.level == "certain" for f in findings) / len(findings) <= 0.05
    assert sum(f is not None and f.level == "unsure" for f in findings) / len(findings) <= 0.10


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_situation_is_right(language: str) -> None:
    dangers = [(r, f) for r in rows(language) if r["kind"] and (f := finding_of(r["text"]))]
    assert sum(f.situation == r["situation"] for r, f in dangers) / len(dangers) >= 0.90


@pytest.mark.parametrize(("text", "situation", "level"), [
    ("je veux mourir", "suicide_thought", "certain"),
    ("I want to die", "suicide_thought", "certain"),
    ("jveux pu vivre stie", "suicide_thought", "certain"),
    ("im gonna kms", "suicide_thought", "certain"),
    ("kys is what i tell myself, i wanna unalive myself", "suicide_thought", "certain"),
    ("JE VEUX MOURIIIIR", "suicide_thought", "certain"),
    ("je veux me su!cider", "suicide_thought", "certain"),
    ("i want to k*ll myself", "suicide_thought", "certain"),
    ("J’ai pu l’goût de vivre", "suicide_thought", "certain"),
    ("k m s tonight", "suicide_attempt", "certain"),
    ("ma mère respire plus", "medical", "certain"),
    ("my husband is choking me", "partner_violence", "certain"),
    ("mon bébé a bu de la javel", "overdose_or_poison", "certain"),
    ("my mother with dementia wandered outside", "missing_or_exposed", "certain"),
    ("il y a le feu chez nous", "fire_or_accident", "certain"),
    ("someone has a gun in the hallway", "threat_or_weapon", "certain"),
    ("je viens de me faire violer", "sexual_violence", "certain"),
    ("the orderly is hitting my grandmother right now", "elder_mistreatment", "certain"),
    ("mon père me bat en ce moment, j'ai 10 ans", "child_in_danger", "certain"),
    ("je me coupe les bras", "self_harm", "certain"),
])
def test_said_openly(text: str, situation: str, level: str) -> None:
    finding = recognise(text)
    assert finding is not None
    assert (finding.situation, finding.level) == (situation, level)


@pytest.mark.parametrize("text", [
    "je ne suis pas suicidaire", "I'm not suicidal, just lonely",
    "je suis mort de fatigue", "I'm dead tired", "je tuerais pour un café", "just killing time",
    "on meurt de faim, où est la banque alimentaire", "my phone battery died", "exercice de feu mardi",
    "cours de RCR à Joliette", "mon bébé pleure la nuit", "mon frère s'est suicidé il y a cinq ans, groupe de deuil",
    "my brother died by suicide in 2019, is there a bereavement group", "je veux faire mon testament",
    "formation sentinelle en prévention du suicide", "mon patron va me tuer si je suis en retard",
])
def test_said_by_the_way(text: str) -> None:
    assert recognise(text) is None


@pytest.mark.parametrize("text", [
    "je ne veux pas mourir, mais je ne veux plus vivre non plus",
    "I don't want to die, I just want the pain to stop",
    "I watched a movie about suicide and now I want to kill myself",
    "mon frère s'est suicidé il y a cinq ans et moi aussi je veux mourir",
    "je suis sentinelle en prévention du suicide et je pense à me tuer",
    "je suis mort de rire mais en vrai je veux mourir",
])
def test_a_context_never_hides_what_is_said_openly(text: str) -> None:
    finding = recognise(text)
    assert finding is not None and finding.kind == "suicide"


@pytest.mark.parametrize("text", ["je veux pas mourir", "I don't want to die"])
def test_a_bare_denial_is_asked_about_gently(text: str) -> None:
    """Nobody says so out of the blue: it is somebody afraid, or somebody who thinks of it."""
    finding = recognise(text)
    assert finding is not None and (finding.kind, finding.level) == ("suicide", "unsure")


@pytest.mark.parametrize("text", [
    "mon père est tombé dans la salle de bain, il peut pas se relever", "my clothes are on fire", "my mother fell in the bathroom and can't get up",
    "en faisant les courses une amie m'a dit qu'elle parle souvent de suicide", "these days he talks about dying a lot",
    "mon mari a fait une chute avant le souper, il saigne de la tête",
])
def test_everyday_words_beside_a_danger_never_hide_it(text: str) -> None:
    assert recognise(text) is not None


@pytest.mark.parametrize(("over", "now"), [
    ("mon ex me frappait il y a dix ans, je cherche un groupe", "mon ex me frappe en ce moment"),
    ("my ex used to hit me years ago, looking for a support group", "my ex is hitting me right now"),
    ("j'ai fait un AVC l'an passé, j'ai besoin d'aide pour mon bain", "je pense que je fais un AVC"),
])
def test_what_is_over_is_an_ordinary_need(over: str, now: str) -> None:
    assert recognise(over) is None
    finding = recognise(now)
    assert finding is not None and finding.level == "certain"


def test_a_partner_who_hits_without_saying_when_is_asked_about() -> None:
    assert recognise("mon mari me frappe") == recognise("Mon mari me frappe.")
    for text in ("mon mari me frappe", "my husband hits me"):
        finding = recognise(text)
        assert finding is not None and (finding.situation, finding.level) == ("partner_violence", "unsure")


@pytest.mark.parametrize("text", [None, "", " ", "\n\n", ".", "?!", "'", "''''", "*" * 50, "🙂", "\x00", "\ud800", "‮",
                                  "a" * 100_000, "je " * 40_000, "(" * 10_000, "m'" * 5_000, "1" * 1000, "é" * 50_000])
def test_nothing_typed_makes_it_fail(text: str | None) -> None:
    assert recognise(text) is None


def test_what_is_not_text_is_nothing() -> None:
    assert recognise(42) is None  # type: ignore[arg-type]


def test_a_long_letter_is_read_at_both_ends() -> None:
    filler = "Bonjour, je vous raconte ma semaine au village. " * 2_500
    assert recognise("je veux mourir. " + filler) is not None
    assert recognise(filler + "je veux mourir.") is not None


def test_a_broken_recogniser_asks_rather_than_keeps_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.safety.recogniser.read", lambda text: 1 / 0)
    assert recognise("bonjour") == Finding("danger", "unsure", "unsure", ("recogniser_failed",))


def test_because_names_rules_and_never_a_word_of_the_resident() -> None:
    book = rules()
    names = set(book.signals) | {c.name for c in book.combinations} | {"second_net", "meaning", "voices"}
    for row in ROWS:
        finding = recognise(row["text"])
        if finding:
            assert finding.because and set(finding.because) <= names


def test_explain_shows_what_was_heard() -> None:
    shown = explain("je veux mourir")
    assert "wish_to_die" in shown and "suicide_thought" in shown
    assert "none" in explain("bonjour")


@pytest.mark.parametrize("text", [
    "Elle vit seule.", "il est sourd", "elle a trois enfants", "Elle ne conduit pas", "she lives alone", "he has no phone", "mon chum est parti",
    "my husband works", "elle mange à la popote", "I'm waiting", "dans mon auto",
])
def test_a_few_words_about_a_life_are_left_in_peace(text: str) -> None:
    assert recognise(text) is None
