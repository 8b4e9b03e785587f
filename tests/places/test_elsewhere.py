"""A place that is named and said not to be where help is wanted is not given; in doubt it is kept."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import yaml

from bot.places import find_places, gazetteer, place_spans

CLASSES: dict[str, dict[str, str]] = yaml.safe_load((Path(__file__).parent / "elsewhere.yml").read_text("utf-8"))
NAMES = sorted({place.name for place in gazetteer().places.values()
                if place.kind == "municipality" and place.population and place.name != "Québec"})

DENIED = ["not the one in {}", "I'm not in {}", "anywhere but {}", "I was born in {}", "I used to live in {}", "I just moved here from {}",
          "are you sitting in {}?", "whether I'm from {} or the moon, same thing", "typical {} contraption", "pas celui de {}",
          "j'habite pas à {}", "je suis née à {}", "j'habitais à {}", "que je sois de {} ou d'ailleurs", "êtes-vous assis à {}?"]
KEPT = ["not far from {}", "I can't find anything in {}", "there's nothing in {}", "the bus does not stop in {}", "are you open in {}?",
        "I've lived in {} all my life", "pas loin de {}", "on n'est pas bien desservi à {}", "rien à {}", "l'autobus passe pas à {}",
        "je viens d'arriver à {}", "êtes-vous ouvert à {}?"]


def parts(text: str) -> list[str]:
    return [name for place in find_places(text).places for name in (place.name, place.part)]


@pytest.mark.parametrize(("text", "place"), [
    pytest.param(text, place, id=f"{title}: {text}") for title, messages in CLASSES.items() for text, place in messages.items()
])
def test_the_place_a_message_is_about(text: str, place: str) -> None:
    found = parts(text)
    assert (place in found) if place else found == []


@pytest.mark.parametrize("frame", DENIED)
def test_whatever_the_name_it_is_denied(frame: str) -> None:
    given = [name for name in random.Random(frame).sample(NAMES, 150) if find_places(frame.format(name)).places]
    assert given == []


@pytest.mark.parametrize("frame", KEPT)
def test_whatever_the_name_it_is_kept(frame: str) -> None:
    lost = [name for name in random.Random(frame).sample(NAMES, 150) if name not in parts(frame.format(name))]
    assert lost == []


def test_a_place_that_is_denied_is_masked_like_another() -> None:
    text = "pas celui de Laval"
    assert [text[start:end] for start, end in place_spans(text)] == ["Laval"]
