"""The page without JavaScript: every act is a form, and no text is ever lost."""

from __future__ import annotations

import logging

import pytest
from starlette.testclient import TestClient

from bot.conversation.core import TooManyMessages
from bot.web.chat_page import TEXT_LIMIT
from tests.web.conftest import House
from tests.web.forms import Page


def opened(client: TestClient, address: str = "/") -> Page:
    return Page(client.get(address).text)


def sent(client: TestClient, page: Page, status: int = 200, **changes: str) -> Page:
    answer = client.post(page.action.partition("#")[0], data={**page.fields, **changes})
    assert answer.status_code == status
    return Page(answer.text)


# Opening


def test_the_first_page_is_french_and_opens_no_conversation(client: TestClient, house: House) -> None:
    page = opened(client)
    assert page.language == "fr"
    assert house.conversations.held == {}


@pytest.mark.parametrize(("header", "language"), [
    ("en-CA,en;q=0.9,fr;q=0.8", "en"), ("fr-CA,en;q=0.9", "fr"), ("en;q=0.5, fr;q=0.5", "fr"), ("es,en;q=0.3", "en"),
    ("de", "fr"), ("", "fr"), ("en;q=nonsense", "fr"), ("eng", "fr"), ("fr;q=0, en", "en"),
])
def test_the_browsers_language_decides_with_french_first(client: TestClient, header: str, language: str) -> None:
    assert Page(client.get("/", headers={"accept-language": header}).text).language == language


def test_the_address_wins_over_the_browser(client: TestClient) -> None:
    assert Page(client.get("/?lang=fr", headers={"accept-language": "en"}).text).language == "fr"
    assert Page(client.get("/?lang=xx", headers={"accept-language": "en"}).text).language == "en"


def test_the_notice_names_the_operator_and_the_privacy_officer_before_the_first_message(client: TestClient) -> None:
    html = client.get("/").text
    notice = html.index("Organisme d’exemple"), html.index("Camille Exemple")
    assert max(notice) < html.index("<textarea")
    assert "48 heures" in html


def test_every_need_can_be_chosen_from_the_first_page(client: TestClient) -> None:
    needs = {value for name, value in opened(client).buttons if name == "choice" and value.startswith("need:")}
    assert len(needs) == 20 and "need:food" in needs


def test_lines_for_danger_are_on_every_first_page(client: TestClient) -> None:
    links = opened(client).links
    assert {"tel:911", "tel:811", "tel:+18662773553"} <= set(links)


@pytest.mark.parametrize(("address", "door"), [("/d/pharmacie-1", "pharmacie-1"), ("/embed?door=ecole_2", "ecole_2"), ("/", None),
                                               ("/?door=../../x", None), ("/d/" + "x" * 65, None)])
def test_a_door_travels_to_the_conversation_and_a_strange_one_is_dropped(client: TestClient, house: House, address: str,
                                                                         door: str | None) -> None:
    sent(client, opened(client, address), text="manger")
    assert house.conversations.only().door == door


# Talking


def test_a_whole_conversation_by_forms(client: TestClient, house: House) -> None:
    page = sent(client, opened(client), text="j'ai plus rien à manger")
    assert page.fields["conversation"] and page.fields["token"] and page.fields["text"] == ""
    assert page.links["tel:+14505550123;ext=4"] == "Appeler le 450 555-0123, poste 4"
    assert page.links["tel:811"]
    assert ("choice", "more") in page.buttons

    page = sent(client, page, choice="human")
    assert page.buttons["choice", "handoff:send"] == "Oui, transmettre"
    page = sent(client, page, choice="handoff:send")
    house.conversations.navigator_says("Bonjour, je suis là.")
    answer = client.post("/chat", data={**page.fields, "action": "refresh"}).text
    assert "Bonjour, je suis là." in answer and "Une personne est avec vous." in answer
    assert house.conversations.posted == [("j'ai plus rien à manger", None), (None, "human"), (None, "handoff:send")]


def test_in_danger_the_lines_are_links_to_call_and_to_text(client: TestClient) -> None:
    answer = client.post("/chat", data={**opened(client).fields, "text": "je veux mourir"}).text
    crisis = Page(answer[answer.index('class="message system crisis"'):answer.index("</article>", answer.index("crisis"))])
    assert {"tel:+18662773553", "sms:535353", "https://suicide.ca", "tel:988"} <= set(crisis.links)


def test_sending_the_same_page_twice_is_one_message(client: TestClient, house: House) -> None:
    page = sent(client, opened(client), text="manger")
    for _ in range(2):
        sent(client, page, text="Sorel")
    assert len(house.conversations.posted) == 2


def test_other_words_from_the_same_page_are_another_message(client: TestClient, house: House) -> None:
    page = sent(client, opened(client), text="manger")
    sent(client, page, text="Sorel")
    sent(client, page, text="Tracy")
    assert len(house.conversations.posted) == 3


def test_only_the_latest_answers_keep_their_buttons(client: TestClient) -> None:
    page = sent(client, opened(client), text="manger")
    page = sent(client, page, text="autre chose")
    assert ("choice", "more") not in page.buttons and ("choice", "place:53052") in page.buttons


def test_a_text_typed_beside_a_tapped_choice_stays_in_its_field(client: TestClient, house: House) -> None:
    page = sent(client, opened(client), text="je cherchais mes mots", choice="need:food")
    assert page.fields["text"] == "je cherchais mes mots"
    assert house.conversations.posted == [(None, "need:food")]


def test_each_message_says_its_language(client: TestClient) -> None:
    page = sent(client, opened(client), text="manger")
    page = sent(client, page, choice="language:en")
    languages = [given["lang"] for tag, given in page.tags if tag == "article"]
    assert languages[0] == "fr" and languages[-1] == "en" and page.language == "en"


def test_the_language_can_change_before_the_first_message_without_losing_the_text(client: TestClient, house: House) -> None:
    page = sent(client, opened(client), status=422, text="")
    page = sent(client, page, text="half a sentence", choice="language:en")
    assert page.language == "en" and page.fields["text"] == "half a sentence" and house.conversations.held == {}


def test_what_a_person_writes_is_shown_as_text_and_nothing_else(client: TestClient) -> None:
    answer = client.post("/chat", data={**opened(client).fields, "text": "<script>alert('é')</script>"}).text
    assert "<script>alert" not in answer and "&lt;script&gt;alert(&#39;é&#39;)" in answer


def test_an_address_of_a_strange_scheme_in_the_directory_is_never_a_link(client: TestClient) -> None:
    page = sent(client, opened(client), text="manger")
    assert not [address for address in page.links if address.startswith("javascript:")]


def test_the_frame_on_a_partners_page_stays_in_the_frame(client: TestClient) -> None:
    page = opened(client, "/embed")
    assert page.action.startswith("/embed/chat")
    assert sent(client, page, text="manger").action.startswith("/embed/chat")


@pytest.mark.parametrize(("address", "home"), [("/chat", "/"), ("/embed/chat", "/embed")])
def test_coming_back_to_the_address_of_an_answer_begins_anew(client: TestClient, address: str, home: str) -> None:
    answer = client.get(address, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, home)


# Erasing


def test_erasing_is_one_step_and_leaves_nothing(client: TestClient, house: House) -> None:
    page = sent(client, opened(client), text="manger")
    answer = client.post("/chat", data={**page.fields, "action": "erase"})
    assert house.conversations.held == {}
    assert "Tout est effacé" in answer.text and "historique" in answer.text
    assert Page(answer.text).fields["conversation"] == "" == Page(answer.text).fields["token"]


def test_erasing_before_anything_was_written_is_no_error(client: TestClient) -> None:
    sent(client, opened(client), action="erase")


def test_writing_to_an_erased_conversation_keeps_the_text_and_begins_anew(client: TestClient, house: House) -> None:
    page = sent(client, opened(client), text="manger")
    house.conversations.held.clear()
    gone = sent(client, page, status=404, text="encore moi")
    assert gone.fields["text"] == "encore moi" and gone.fields["conversation"] == ""
    sent(client, gone)
    assert house.conversations.posted[-1] == ("encore moi", None)


def test_a_wrong_token_shows_nothing_of_the_conversation(client: TestClient) -> None:
    page = sent(client, opened(client), text="un secret à manger")
    answer = client.post("/chat", data={**page.fields, "token": "wrong", "action": "refresh"})
    assert answer.status_code == 404 and "un secret" not in answer.text


# When something fails


@pytest.mark.parametrize("text", ["", "   \r\n "])
def test_nothing_written_is_told_and_not_sent(client: TestClient, house: House, text: str) -> None:
    answer = client.post("/chat", data={**opened(client).fields, "text": text})
    assert answer.status_code == 422 and "Écrivez votre message" in answer.text and house.conversations.held == {}


def test_a_text_longer_than_the_field_takes_comes_back_to_be_shortened(client: TestClient, house: House) -> None:
    page = sent(client, opened(client), status=422, text="a" * (TEXT_LIMIT + 1))
    assert len(page.fields["text"]) == TEXT_LIMIT + 1 and house.conversations.held == {}
    sent(client, page, text="a" * TEXT_LIMIT)


def test_line_breaks_count_once_as_in_the_field(client: TestClient) -> None:
    sent(client, opened(client), text="\r\n".join(["ab"] * 1365))


def test_a_failure_keeps_the_text_the_conversation_and_gives_a_line_to_call(client: TestClient, house: House) -> None:
    house.conversations.fail_with = [RuntimeError("down")]
    answer = client.post("/chat", data={**opened(client).fields, "text": "j'ai faim"})
    page = Page(answer.text)
    assert answer.status_code == 503 and page.fields["text"] == "j'ai faim" and page.fields["conversation"]
    assert "811, option 2" in answer.text and 'role="alert"' in answer.text
    sent(client, page)
    assert house.conversations.posted == [("j'ai faim", None)] and len(house.conversations.held) == 1


def test_too_many_messages_says_when_to_come_back_and_keeps_the_text(client: TestClient, house: House) -> None:
    house.conversations.fail_with = [TooManyMessages(60)]
    answer = client.post("/chat", data={**opened(client).fields, "text": "j'ai faim"})
    assert answer.status_code == 429 and answer.headers["retry-after"] == "60"
    assert Page(answer.text).fields["text"] == "j'ai faim" and "811, option 2" in answer.text
    sent(client, Page(answer.text))
    assert house.conversations.posted == [("j'ai faim", None)] and len(house.conversations.held) == 1


def test_too_many_conversations_from_one_place_gives_a_line_to_call(client: TestClient, house: House) -> None:
    house.floods.full = True
    answer = client.post("/chat", data={**opened(client).fields, "text": "j'ai faim"})
    assert answer.status_code == 429 and Page(answer.text).fields["text"] == "j'ai faim" and "811, option 2" in answer.text


def test_nothing_written_reaches_the_log(client: TestClient, house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    house.conversations.fail_with = [RuntimeError("INSERT … 'mon secret'")]
    client.post("/chat", data={**opened(client).fields, "text": "mon secret"})
    assert "secret" not in "".join(record.getMessage() for record in caplog.records if not record.name.startswith("httpx"))


def test_a_defect_is_logged_by_its_place_without_its_text(client: TestClient, house: House,
                                                              caplog: pytest.LogCaptureFixture) -> None:
    opened = client.post("/api/conversations").json()
    house.conversations.fail_with = [RuntimeError("INSERT … 'mon secret'")]
    answer = client.post(f"/api/conversations/{opened['conversation']}/messages", json={"text": "mon secret"},
                         headers={"authorization": f"Bearer {opened['token']}", "accept": "application/json"})
    assert answer.status_code == 500 and "811" in answer.json()["title"]
    assert "RuntimeError at post:" in caplog.text and "secret" not in caplog.text


def test_files_and_unknown_fields_are_ignored_or_refused(client: TestClient) -> None:
    assert client.post("/chat", files={"text": ("x.txt", b"x")}).status_code in (400, 422)


# Around the conversation


@pytest.mark.parametrize(("address", "language", "words"), [
    ("/confidentialite", "fr", "Commission d’accès à l’information"), ("/privacy", "en", "Who runs this service"),
    ("/confidentialite?lang=en", "en", "Who runs this service"),
])
def test_the_privacy_notice_is_in_both_languages(client: TestClient, address: str, language: str, words: str) -> None:
    answer = client.get(address, headers={"accept-language": "es"})
    assert Page(answer.text).language == language and words in answer.text
    assert "Camille Exemple" in answer.text and "48" in answer.text and "30" in answer.text


def test_a_page_that_does_not_exist_gives_lines_and_a_way_back(client: TestClient) -> None:
    answer = client.get("/rien")
    assert answer.status_code == 404 and "tel:911" in answer.text and 'href="/?lang=fr"' in answer.text


def test_a_defect_gives_a_line_to_call_and_every_header(client: TestClient, house: House) -> None:
    del house.app.state.services.settings
    answer = client.get("/privacy")
    assert answer.status_code == 500 and "tel:811" in answer.text and "content-security-policy" in answer.headers


def test_a_program_still_gets_problem_details(client: TestClient) -> None:
    answer = client.get("/api/rien")
    assert answer.status_code == 404 and answer.headers["content-type"] == "application/problem+json"
