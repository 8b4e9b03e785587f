"""Of whom a message about danger speaks: those in danger are never spoken to as if they were somebody else."""

from __future__ import annotations

import pytest

from bot.safety import recognise, speaks_of
from tests.machine import ROOT, read_jsonl


@pytest.mark.parametrize(("text", "situation"), [
    ("mon mari me frappe", "partner_violence"), ("my boyfriend just choked me", "partner_violence"), ("mon mari ma frapé", "partner_violence"),
    ("he broke the door and he's looking for me", "partner_violence"), ("my ex is standing in my yard screaming", "threat_or_weapon"),
    ("j'ai peur de mon chum", "partner_violence"), ("je veux mourir", "suicide_thought"), ("my kids will be better off without me", "suicide_thought"),
    ("ma mère est morte pis je veux la rejoindre", "suicide_thought"), ("j'ai pris toutes mes pilules", "overdose_or_poison"),
    ("il paraît que ça fait pas mal", "suicide_thought"),
])
def test_the_writer_is_never_taken_for_another(text: str, situation: str) -> None:
    assert speaks_of(text, situation) != "other"


@pytest.mark.parametrize(("text", "situation"), [
    ("ma fille parle de mourir", "suicide_thought"), ("I'm worried about my brother, he wants to end it", "suicide_attempt"),
    ("my neighbour's husband has a knife and she is screaming", "partner_violence"), ("mon père ne répond plus", "medical"),
    ("j'ai peur pour ma voisine, son mari la bat", "partner_violence"), ("mon ami m'a dit qu'il voulait se tuer", "suicide_thought"),
])
def test_somebody_else_is_told(text: str, situation: str) -> None:
    assert speaks_of(text, situation) == "other"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_on_written_messages_of_suicide(language: str) -> None:
    """Said in slang, it is nearly always of oneself; what is filed as third person is so for half or more."""
    rows = read_jsonl(ROOT / f"tests/safety/messages_{language}.jsonl")
    slang = [speaks_of(row["text"], row["situation"]) for row in rows if (row["kind"], row["how"]) == ("suicide", "slang")]
    third = [speaks_of(row["text"], row["situation"]) for row in rows if (row["kind"], row["how"]) == ("suicide", "third_person")]
    assert slang.count("other") <= 0.02 * len(slang)
    assert third.count("other") >= 0.5 * len(third)


@pytest.mark.parametrize("text", [
    "mon mari", "mon ex", "pour ma fille de 3 ans", "Oui, pour mon mari de 80 ans", "ma grand-mère", "la voisine d'à côté", "moi et mon chum",
    "my husband", "my ex", "for my son", "it's for my 2 year old", "me and my kids", "72 ans",
])
def test_an_answer_to_for_whom_is_no_danger(text: str) -> None:
    assert recognise(text) is None


@pytest.mark.parametrize("text", ["mon mari me bat", "my ex has a gun", "ma mère respire plus", "my son 3 swallowed bleach", "ma fille se coupe"])
def test_what_is_said_of_somebody_is_heard(text: str) -> None:
    assert recognise(text) is not None
