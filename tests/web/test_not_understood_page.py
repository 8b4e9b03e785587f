"""The maintainers' page of what was not understood, as forms that answer with pages; the YAML that they take along."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.learning import sentences
from bot.people import audit
from bot.store.engine import make_engine, reading, writing
from bot.store.schema import all_tables
from tests.people.house import House, Page, good, make_house

PATH = "/not-understood"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    engine = make_engine(f"sqlite:///{tmp_path / 'house.db'}")
    all_tables().create_all(engine)
    made = make_house(engine, tmp_path)
    made.person("anne", ("maintainer",))
    yield made
    engine.dispose()


def keep(house: House, *texts: str, language: str = "fr", guessed: tuple[str, ...] = ("food",), chosen: tuple[str, ...] = ("housing",)) -> None:
    with writing(house.engine) as connection:
        for text in texts:
            sentences.set_apart(connection, [({"state": "yes", "language": language, "text": text, "guessed": guessed, "chosen": chosen}, None)], "2026-11")


def ids(house: House) -> list[str]:
    with reading(house.engine) as connection:
        return [str(one.id) for one in sentences.listed(connection)]


@pytest.mark.parametrize(("language", "guessed", "chosen", "nothing"), [
    ("fr", "L’assistant pensait à\u00a0: Alimentation", "C’était pour\u00a0: Logement", "L’assistant n’avait pas d’idée"),
    ("en", "The assistant thought of: Food", "It was about: Housing", "The assistant had no idea"),
])
def test_sentences_by_language_with_what_was_guessed_and_chosen(house: House, language: str, guessed: str, chosen: str, nothing: str) -> None:
    keep(house, "mon affaire de … est brisée")
    keep(house, "my thing … broke", language="en", guessed=(), chosen=())
    reply = house.client("anne").get(f"{PATH}?lang={language}")
    good(reply)
    page = Page(reply.text)
    assert page.text.index("mon affaire de … est brisée") < page.text.index("my thing … broke")
    for words in (guessed, chosen, nothing, "2026-11", "180"):
        assert words in page.text
    assert '<label for="s-' in reply.text and 'lang="en">my thing … broke' in reply.text


def test_an_empty_page_and_one_that_asks_nobody_say_so(house: House, tmp_path: Path) -> None:
    assert Page(house.client("anne").get(f"{PATH}?lang=fr").text).text.count("Aucune phrase.") == 2
    off = make_house(house.engine, tmp_path, learning_days=0)
    assert "BONNEPORTE_LEARNING_DAYS" in off.client("anne").get(f"{PATH}?lang=en").text


def test_what_a_resident_wrote_is_text_and_nothing_else(house: House) -> None:
    keep(house, "<script>alert(1)</script>")
    assert "<script>alert" not in house.client("anne").get(PATH).text


def test_treated_is_erased_for_the_ticked_ones_alone_and_in_the_log_without_a_word(house: House) -> None:
    keep(house, "la première phrase", "la deuxième phrase", "la troisième phrase")
    first, second, third = ids(house)
    anne = house.client("anne")
    reply = anne.post(f"{PATH}/treated", data={"sentence": [first, third, "not-an-id"]})
    assert (reply.status_code, reply.headers["location"]) == (303, f"{PATH}?done=treated")
    assert ids(house) == [second] and "Les phrases cochées sont effacées" in anne.get(f"{PATH}?done=treated&lang=fr").text
    assert anne.post(f"{PATH}/treated", data={"sentence": first}).headers["location"] == f"{PATH}?done=nothing"
    with reading(house.engine) as connection:
        log = [row for row in audit.entries(connection) if row.action == "sentences_treated"]
    assert len(log) == 1 and log[0].detail == {}


def test_taken_along_as_yaml_of_one_language_under_what_it_was_about(house: House) -> None:
    keep(house, "mon affaire de … est brisée", "- intent: need/food", "c'est : bizarre # ici")
    keep(house, "on sait pas pour quoi", chosen=())
    keep(house, "my thing broke", language="en")
    reply = house.client("anne").get(f"{PATH}/fr.yml")
    assert reply.headers["content-disposition"] == 'attachment; filename="not-understood-fr.yml"' and "Do not file them as they are" in reply.text
    read = {one["intent"]: one["examples"] for one in yaml.safe_load(reply.text)["nlu"]}
    assert set(read) == {"need/housing", "unsorted"}
    assert read["need/housing"].splitlines() == ["- - intent: need/food", "- c'est : bizarre # ici", "- mon affaire de … est brisée"]
    assert "# guessed first: food (3)" in reply.text and "my thing broke" not in reply.text
    assert yaml.safe_load(house.client("anne").get(f"{PATH}/en.yml").text)["nlu"][0]["examples"] == "- my thing broke\n"


def test_with_nothing_kept_the_yaml_is_still_one_and_another_language_is_not_found(house: House) -> None:
    anne = house.client("anne")
    assert yaml.safe_load(anne.get(f"{PATH}/fr.yml").text)["nlu"] == []
    assert anne.get(f"{PATH}/es.yml").status_code == 404


def test_the_page_is_in_the_menu_of_maintainers_and_signing_in_leads_back_to_it(house: House) -> None:
    assert PATH in Page(house.client("anne").get("/directory").text).links
    house.person("nadia", ("navigator",))
    assert PATH not in Page(house.client("nadia").get("/desk").text).links
    signed = house.client().post("/login", data={"email": "anne@example.org", "password": "un mot de passe assez long", "next": PATH})
    assert signed.headers["location"] == PATH
