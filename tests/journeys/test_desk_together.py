"""Two navigators in two browsers, two residents on the web and one on Telegram, all at once, through every process."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from bot.handoff import canned
from bot.web.rendering import WORDS
from bot.web.staff_pages import words
from tests.machine import Machine

pytestmark = [pytest.mark.rasa, pytest.mark.browser]
PASSWORD = "une phrase assez longue 7"
TERRITORY = "1412"  # Lanaudière-Sud: the other journeys leave nothing waiting there


@pytest.fixture
def tab(machine: Machine, open_tab: Callable[..., Any]) -> Callable[..., Any]:
    """tab(locale, width): a page of a profile of its own."""
    return lambda locale="fr-CA", width=1280: open_tab(machine.origin, locale=locale, width=width)


def navigator(machine: Machine, tab: Callable[..., Any], name: str, language: str) -> Any:
    added = machine.command("people", "add", f"{name}@exemple.invalid", "--role", "navigator", "--territory", TERRITORY, "--language", "fr",
                            "--language", "en", "--name", name.title(), "--pages", language, stdin=f"{PASSWORD}\n{PASSWORD}\n")
    assert added.returncode == 0, added.stderr
    page = tab("fr-CA" if language == "fr" else "en-CA")
    page.goto("/login")
    page.get_by_label(words(language, "login.email")).fill(f"{name}@exemple.invalid")
    page.get_by_label(words(language, "login.password")).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk")
    return page


def says(page: Any, text: str) -> None:
    page.locator("#text").fill(text)
    page.locator("#text").press("Enter")
    page.locator("#log .resident", has_text=text).wait_for()


def in_line(page: Any, first: str, language: str, without: str | None = None) -> None:
    """A resident on the web who says what they need, asks for a person, and agrees to what is shown."""
    page.goto(f"/?lang={language}")
    says(page, first)
    page.locator("#log .assistant").nth(1).wait_for()
    page.get_by_role("button", name=WORDS(language, "conversation.human")).last.click()
    offer = {"fr": "Je lui transmets?", "en": "Shall I pass it on?"}[language]
    page.get_by_text(offer).last.wait_for()
    if without:
        page.get_by_role("button", name=without).click()
        page.get_by_text({"fr": "ne sera pas transmis", "en": "will not be passed on"}[language]).last.wait_for()
    page.get_by_role("button", name={"fr": "Oui, transmettre", "en": "Yes, pass it on"}[language]).last.click()
    page.locator("#status.waiting").wait_for()


def take(page: Any, summary: str, language: str) -> str:
    """Take the request whose line holds these words; its id."""
    page.goto("/desk?status=waiting")
    row = page.locator("#requests .request", has_text=summary)
    request_id = str(row.get_attribute("data-id"))
    row.get_by_role("button", name=words(language, "queue.claim")).click()
    page.wait_for_url(f"**/desk/{request_id}*")
    return request_id


def spoken(page: Any, sender: str) -> list[str]:
    return [text.strip() for text in page.locator(f"#log .{sender} .said").all_inner_texts()]


def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "not so in time"
        time.sleep(0.1)


def test_two_navigators_and_three_residents_at_once(machine: Machine, tab: Callable[..., Any]) -> None:
    anne, ben = navigator(machine, tab, "anne", "fr"), navigator(machine, tab, "ben", "en")
    rose, john, ana = tab(), tab("en-CA", 320), machine.telegram.resident(language_code="fr")

    # Three come at once; both desks hear of it without reloading.
    in_line(rose, "j'ai besoin d'une banque alimentaire, je reste à Terrebonne", "fr", without="Enlever : mes messages")
    in_line(john, "I am looking for an apartment in Mascouche", "en")
    ana.starts()
    ana.waits_for("Bonjour!")
    ana.writes("je cherche un transport pour mes rendez-vous, à Repentigny")
    ana.waits_for("Repentigny", seconds=15)
    ana.writes("/navigateur")
    ana.waits_for("Je lui transmets?")
    ana.taps("Oui, transmettre")
    ana.waits_for("Personnes avant vous", seconds=15)
    for desk in (anne, ben):
        until(lambda desk=desk: desk.title().startswith("(3) "))
    assert "2" in ana.last.text, "two wait before her"

    # Each request has one owner; Anne has two.
    ours = take(anne, "Terrebonne", "fr")
    johns = take(ben, "Mascouche", "en")
    anas = take(anne, "Repentigny", "fr")
    rose.locator("#status.navigator").wait_for()
    john.locator("#status.navigator").wait_for()
    ana.waits_for("Anne a pris votre demande")

    # Both sides in order, on both channels, and nobody reads anybody else's.
    anne.locator("#text").fill("/bon")
    anne.locator("#canned-list li").first.wait_for()
    anne.keyboard.press("Enter")
    assert anne.locator("#text").input_value() == canned._FIRST("fr", "bonjour")
    anne.keyboard.press("Enter")
    ana.waits_for(canned._FIRST("fr", "bonjour"))
    for number in range(3):
        ana.writes(f"ana dit {number}")
        says(john, f"john says {number}")
    until(lambda: spoken(anne, "resident")[-3:] == [f"ana dit {number}" for number in range(3)])
    until(lambda: spoken(ben, "resident")[-3:] == [f"john says {number}" for number in range(3)])
    for number in range(3):
        ben.locator("#text").fill(f"ben answers {number}")
        ben.keyboard.press("Enter")
        ben.locator("#log .navigator", has_text=f"ben answers {number}").wait_for()
    until(lambda: spoken(john, "navigator") == [f"ben answers {number}" for number in range(3)])
    assert "ana dit" not in ben.content() and "john says" not in anne.content()

    # The first words were not passed on; typing and what was read are told on the web.
    anne.goto(f"/desk/{ours}")
    assert "banque alimentaire" not in anne.locator("#log").inner_text() and words("fr", "packet.withheld") in anne.content()
    anne.locator("#text").press_sequentially("Bonj")
    rose.get_by_text(WORDS("fr", "keep.they_type")).wait_for()
    rose.locator("#text").press_sequentially("Oui")
    anne.locator("#beside", has_text=words("fr", "conversation.typing")).wait_for()
    anne.locator("#text").fill("Bonjour Rose-anonyme")
    anne.keyboard.press("Enter")
    anne.locator("#beside", has_text=words("fr", "conversation.seen")).wait_for()

    # A card by one key.
    anne.keyboard.press("Escape")
    anne.keyboard.press("s")
    anne.keyboard.press("Enter")
    anne.locator("#search [data-card='1']").wait_for()
    name = anne.locator("#search .found .what").first.inner_text().partition(". ")[2]
    anne.keyboard.press("Alt+1")
    rose.locator("#log .navigator .service h2", has_text=name).wait_for()

    # A laptop sleeps in the middle of it: nothing lost, nothing double.
    anne.context.set_offline(True)
    says(rose, "première pendant le sommeil")
    says(rose, "deuxième pendant le sommeil")
    anne.locator("#text").fill("réponse écrite sans réseau")
    anne.locator("#text").press("Enter")
    anne.locator("#trouble", has_text="Pas de connexion").wait_for()
    anne.context.set_offline(False)
    anne.locator("#log .resident", has_text="deuxième pendant le sommeil").wait_for()
    anne.locator("#text").press("Enter")
    rose.locator("#log .navigator", has_text="réponse écrite sans réseau").wait_for()
    anne.reload()
    assert spoken(anne, "resident")[-2:] == ["première pendant le sommeil", "deuxième pendant le sommeil"]
    assert spoken(anne, "navigator").count("réponse écrite sans réseau") == spoken(rose, "navigator").count("réponse écrite sans réseau") == 1

    # Danger while a navigator speaks: lines from the system, and the navigator is alerted, whatever they look at.
    ben.goto("/desk?status=waiting")
    says(john, "I want to kill myself")
    john.locator("#log .system.crisis .line").first.wait_for()
    ben.locator("#alarm", has_text=words("en", "conversation.danger_new")).wait_for()
    ben.locator("#alarm a").click()
    ben.wait_for_url(f"**/desk/{johns}*")
    ben.keyboard.press("d")
    ben.locator("#danger-noted").wait_for(state="hidden")
    ben.locator("#alarm").wait_for(state="hidden")

    # Rose comes back by her link on another device, then it is closed and she is asked once whether one may ask later.
    rose.locator("#keep").click()
    phone = tab(width=320)
    phone.goto(rose.locator("#kept input").input_value())
    phone.locator("#log .navigator", has_text="réponse écrite sans réseau").wait_for()
    assert "#" not in phone.url
    anne.get_by_label(words("fr", "end.outcome")).select_option("connected")
    anne.get_by_role("button", name=words("fr", "end.close")).click()
    anne.wait_for_url("**/desk?done=closed*")
    phone.get_by_role("button", name="Oui, vous pouvez").click()
    phone.get_by_text("On vous posera une seule question").wait_for()

    # Ana goes to Ben; John goes back to the assistant, which speaks again.
    anne.goto(f"/desk/{anas}")
    anne.get_by_label(words("fr", "end.to")).select_option("ben@exemple.invalid")
    anne.get_by_role("button", name=words("fr", "end.transfer")).click()
    anne.wait_for_url("**/desk?done=transferred")
    ana.waits_for("Ben a pris votre demande")
    ben.goto(f"/desk/{anas}")
    ben.locator("#text").fill("Bonjour, ici Ben")
    ben.keyboard.press("Enter")
    ana.waits_for("Bonjour, ici Ben")
    assert [seen.text.splitlines()[-1] for seen in ana.heard if "ici Ben" in seen.text] == ["Bonjour, ici Ben"]
    ben.get_by_label(words("en", "end.outcome")).select_option("informed")
    ben.get_by_role("button", name=words("en", "end.close")).click()
    ben.wait_for_url("**/desk?done=closed*")
    ben.goto(f"/desk/{johns}")
    ben.get_by_role("button", name=words("en", "end.return")).click()
    ben.wait_for_url("**/desk?done=returned")
    john.locator("#status.assistant").wait_for()
    before = john.locator("#log .assistant").count()
    says(john, "are there other apartments?")
    until(lambda: john.locator("#log .assistant").count() > before)

    logs = "".join(path.read_text(errors="replace") for path in machine.data.glob("*.log"))
    assert "sommeil" not in logs and "john says" not in logs and "ana dit" not in logs
