"""The language of imagined residents' messages (messages.jsonl: text, language or null, other language if any)."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest

from bot.language import Detection, detect

MESSAGES = [json.loads(line) for line in (Path(__file__).parent / "messages.jsonl").read_text("utf-8").splitlines()]
AT_LEAST = 0.985
OTHERS_AT_LEAST = 0.95


def of(language: str | None, other: bool = False) -> list[dict]:
    return [m for m in MESSAGES if m["language"] == language and ("other" in m) == other]


def wrong(messages: list[dict]) -> list[tuple[str, str | None, str | None]]:
    read = [(message, detect(message["text"])) for message in messages]
    return [(message["text"], found.language, found.other) for message, found in read
            if (found.language, found.other) != (message["language"], message.get("other"))]


def test_there_are_enough_messages_in_each_language() -> None:
    assert len(MESSAGES) >= 600
    assert min(len(of("fr")), len(of("en"))) >= 200


@pytest.mark.parametrize("language", ["fr", "en", None])
def test_short_messages(language: str | None) -> None:
    messages = of(language)
    assert len(wrong(messages)) <= (1 - AT_LEAST) * len(messages), wrong(messages)


def test_other_languages() -> None:
    sentences = of(None, other=True)
    assert len(wrong(sentences)) <= (1 - OTHERS_AT_LEAST) * len(sentences), wrong(sentences)


def test_french_and_english_are_never_taken_for_another_language() -> None:
    assert [m["text"] for m in (*of("fr"), *of("en"), *of(None)) if detect(m["text"]).other] == []


@pytest.mark.parametrize(
    "text", ["ok", "taxi", "CLSC", "Joliette", "J3P 2N4", "👍", "514 555-0199", "depression", "transport", "Hope",
             "St-Jean-de-Matha", "https://exemple.org/aide", "", "   ", "?!", "Sorel-Tracy J3P 2N4"]
)
def test_what_says_nothing_of_the_language(text: str) -> None:
    assert detect(text) == Detection(None)


@pytest.mark.parametrize("previous", ["fr", "en"])
@pytest.mark.parametrize("text", ["question", "ok", "Joliette", "🙏", "J6E 3Z2", "service", "excellent", "nature", "section"])
def test_a_word_alike_in_both_never_switches_a_conversation(text: str, previous: str) -> None:
    assert detect(text, previous=previous).language in (None, previous)


@pytest.mark.parametrize(
    ("text", "language"),
    [("j'ai besoin d'un lift pour mon appointment", "fr"), ("mon boss m'a slacké hier", "fr"),
     ("I need a place at the garderie for my kid", "en"), ("my proprio won't fix the chauffage", "en"),
     ("c'est full cher, le grocery", "fr"), ("the guichet unique never called me back", "en")],
)
def test_in_a_mixed_message_the_words_that_carry_the_sentence_win(text: str, language: str) -> None:
    assert detect(text).language == language


@pytest.mark.parametrize(
    ("text", "language"),
    [("chu cassé ben raide", "fr"), ("jveux parler a kekun", "fr"), ("besion daide svp", "fr"), ("J’AI FAIM", "fr"),
     ("im so scared", "en"), ("plz hlp", "en"), ("dont know", "en"), ("I NEED FOOD", "en"), ("ouiiiiii", "fr")],
)
def test_joual_phone_spelling_and_typos(text: str, language: str) -> None:
    assert detect(text).language == language


@pytest.mark.parametrize(
    ("text", "language"),
    [("the Tribunal administratif du logement thing", "en"), ("Maison de la famille hours?", "en"), ("Emploi-Québec course", "en"),
     ("Food bank à Joliette?", "fr"), ("Gamblers anonymes", "fr"), ("le Jewish General m'a renvoyé", "fr"),
     ("dépanneur closed", "en"), ("job trouvée", "fr"), ("landlord fâché", "fr")],
)
def test_names_of_services_and_borrowed_words_give_way_to_one_clear_word(text: str, language: str) -> None:
    assert detect(text).language == language


@pytest.mark.parametrize(
    ("text", "language"), [("food bank", "en"), ("salvation army", "en"), ("popote roulante", "fr"), ("aide sociale", "fr"), ("cheap rent", "en")]
)
def test_borrowed_words_alone_speak_for_their_own_language(text: str, language: str) -> None:
    assert detect(text).language == language


@pytest.mark.parametrize("text", ["bonjour hi", "hi bonjour", "Revenu Québec", "zxcvbnm", "dfgdfg", "job Laval"])
def test_both_greetings_names_alike_in_both_and_noise_stay_undecided(text: str) -> None:
    assert detect(text) == Detection(None)


@pytest.mark.parametrize(("text", "language"), [("recomencer", "fr"), ("dentst", "en"), ("chu all alone ici", "fr"), ("c'est closed", "fr")])
def test_dropped_letters_are_found_and_joual_carries_the_sentence(text: str, language: str) -> None:
    assert detect(text).language == language


def test_a_clear_message_switches_whatever_came_before() -> None:
    assert detect("can we speak english", previous="fr").language == "en"
    assert detect("je comprends pas", previous="en").language == "fr"


def test_the_same_message_always_has_the_same_answer() -> None:
    assert len({detect("pizza gratis svp") for _ in range(50)}) == 1


def test_confidence_is_a_share_and_none_for_undecided() -> None:
    for message in MESSAGES:
        found = detect(message["text"])
        assert 0.0 <= found.confidence <= 1.0
        assert (found.confidence > 0) == (found.language is not None or found.other is not None)


def test_any_text_is_read_without_an_error() -> None:
    rng = random.Random(5)
    alphabet = "aàeéiosx' -.,!?\n0123JKHo’œ½ﬁ́🙂مرحبا中̸‍\ud800ñțđ" + "je the de la "
    for _ in range(1500):
        detect("".join(rng.choice(alphabet) for _ in range(rng.randrange(60))))


def test_a_message_takes_less_than_two_milliseconds() -> None:
    texts = [message["text"] for message in MESSAGES]
    detect("bonjour")
    start = time.process_time()
    for text in texts:
        detect(text)
    assert (time.process_time() - start) / len(texts) < 0.002
