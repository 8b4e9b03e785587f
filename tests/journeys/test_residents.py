"""Whole conversations over HTTP, in both languages, through every process: API, core, Rasa, actions, directory, database."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.machine import Machine, Resident

pytestmark = pytest.mark.rasa

Message = dict[str, Any]
FIELDS = {"seq", "from", "language", "kind", "text", "asks", "choices", "services", "helplines"}
CARD = {"id", "name", "organization", "needs", "phone", "address", "municipality", "distance_km", "open_now", "opens_at", "hours",
        "languages", "cost", "eligibility", "bring", "accessibility", "url", "map_url", "why", "cautions", "verified_on", "source"}


def asks(answers: list[Message]) -> str | None:
    return next((message["asks"] for message in reversed(answers) if message["asks"]), None)


def shown(answers: list[Message]) -> list[dict[str, Any]]:
    return [card for message in answers for card in message["services"]]


def words(answers: list[Message]) -> str:
    return " ".join(message["text"] for message in answers)


def choices(answers: list[Message]) -> list[str]:
    return [one["choice"] for message in answers for one in message["choices"]]


def reach_services(resident: Resident, answers: list[Message], *replies: str) -> list[Message]:
    """Answer the questions that come with these replies until services are shown."""
    for reply in replies:
        if shown(answers):
            break
        answers = resident.say(reply)
    return answers


def test_the_first_contact_is_in_french_with_english_one_tap_away_and_a_privacy_notice(machine: Machine) -> None:
    resident = machine.resident()
    assert {message["language"] for message in resident.heard} == {"fr"}
    assert "language:en" in choices(resident.heard) and "human" in choices(resident.heard)
    assert "Essai" in words(resident.heard), "the notice names the operator"
    assert all(set(message) == FIELDS for message in resident.heard)
    assert [message["seq"] for message in resident.heard] == [1, 2]


def test_food_in_sorel_tracy_in_joual(machine: Machine) -> None:
    resident = machine.resident()
    answers = resident.say("heille chu mal pris, mon frigo est vide pis la paye rentre juste jeudi")
    assert asks(answers) == "place", words(answers)
    answers = resident.say("chu à Tracy")
    cards = shown(answers)
    assert cards and all(len(message["services"]) <= 3 for message in answers), "three at a time for a need"
    assert all(set(card) >= CARD for card in cards)
    assert any("food" in card["needs"] for card in cards)
    assert all(card["source"] for card in cards)
    assert "more" in choices(answers) and "human" in choices(answers)


def test_my_mother_in_joliette_needs_help_bathing_in_one_message(machine: Machine) -> None:
    resident = machine.resident()
    answers = resident.say("my mother in Joliette needs help bathing")
    answers = reach_services(resident, answers, "she is 81")
    cards = shown(answers)
    assert cards and any("home_support" in card["needs"] for card in cards), words(answers)
    assert {message["language"] for message in answers} == {"en"}


def test_switching_language_in_the_middle_is_followed(machine: Machine) -> None:
    resident = machine.resident()
    answers = resident.say("j'ai reçu un avis d'éviction et je ne sais pas où aller pour mes droits de locataire")
    assert {message["language"] for message in answers} == {"fr"}
    answers = resident.say("sorry, can I write in English? I live in Repentigny")
    assert {message["language"] for message in answers} == {"en"}, words(answers)


def test_an_explicit_language_wins_and_a_place_or_an_emoji_never_switches(machine: Machine) -> None:
    resident = machine.resident()
    answers = resident.tap("language:en")
    assert {message["language"] for message in answers} == {"en"}
    answers = resident.say("food bank")
    for text in ("Saint-Charles-Borromée", "👍"):
        answers = resident.say(text)
        assert {message["language"] for message in answers} == {"en"}, text


def test_two_needs_in_one_message_are_both_served(machine: Machine) -> None:
    resident = machine.resident()
    answers = resident.say("J'ai plus rien à manger pour les enfants et j'ai aussi besoin d'un transport pour mes rendez-vous à l'hôpital, j'habite à Joliette")
    answers = reach_services(resident, answers, "Joliette", "34 ans")
    needs = {need for card in shown(answers) for need in card["needs"]}
    assert {"food", "transport"} <= needs, words(answers)


def test_a_correction_of_the_place_shows_services_of_the_right_one(machine: Machine) -> None:
    resident = machine.resident()
    resident.say("je cherche une banque alimentaire à Joliette")
    answers = resident.say("non, à Tracy plutôt")
    assert shown(answers), words(answers)
    assert "Sorel-Tracy" in words(answers)


def test_nothing_near_is_said_with_lines_a_person_and_a_reason(machine: Machine) -> None:
    answers = machine.resident("fr").say("j'ai besoin de meubles et de linge pour mes enfants, je reste à Chibougamau")
    assert "human" in choices(answers)
    assert "Aide matérielle" in words(answers) and "Chibougamau" in words(answers)
    assert not any(card["distance_km"] is not None and card["distance_km"] < 60 for card in shown(answers))
    assert shown(answers) or [line["id"] for message in answers for line in message["helplines"]] == ["811-2"]


def test_a_crisis_in_the_middle_of_a_question_shows_the_lines_first_and_the_question_can_still_be_answered(machine: Machine) -> None:
    resident = machine.resident()
    assert asks(resident.say("ma voisine a besoin d'un lit et d'un frigo")) == "place"
    answers = resident.say("je veux mourir, j'en peux plus")
    assert [message["kind"] for message in answers] == ["crisis"]
    crisis = answers[0]
    assert [line["id"] for line in crisis["helplines"]][:3] == ["appelle", "appelle-text", "suicide-chat"]
    assert crisis["from"] == "system" and "human" in choices(answers)
    assert {"id", "name", "kind", "display", "dial", "url", "hours"} == set(crisis["helplines"][0])
    answers = resident.say("Joliette")
    assert shown(answers) or asks(answers), "the person can go on"


def test_danger_is_recognised_in_english(machine: Machine) -> None:
    answers = machine.resident("en").say("my husband is hitting me right now please help")
    crisis = [message for message in answers if message["kind"] == "crisis"]
    assert crisis and crisis[0]["language"] == "en"
    assert "911" in [line["id"] for line in crisis[0]["helplines"]]


def test_a_hairdresser_worried_about_a_client(machine: Machine) -> None:
    resident = machine.resident()
    answers = resident.say("je suis coiffeuse à Berthierville, une de mes clientes a 82 ans, elle ne voit plus personne depuis la mort de son mari et elle s'ennuie beaucoup")
    answers = reach_services(resident, answers, "Berthierville", "82 ans")
    if not shown(answers) and any(choice.startswith("need:isolation") for choice in choices(answers)):
        answers = resident.tap("need:isolation")
    needs = {need for card in shown(answers) for need in card["needs"]}
    assert needs & {"isolation", "mental_health"}, words(answers)


def test_montreal_asks_for_the_borough_and_a_tap_answers(machine: Machine) -> None:
    resident = machine.resident()
    answers = resident.say("je cherche un médecin de famille à Montréal")
    assert asks(answers) == "borough", words(answers)
    borough = next(choice for choice in choices(answers) if "ahuntsic" in choice)
    answers = resident.tap(borough)
    answers = reach_services(resident, answers, "40 ans")
    assert shown(answers), words(answers)


def test_a_question_can_be_skipped(machine: Machine) -> None:
    resident = machine.resident()
    assert asks(resident.say("je bois trop et je veux arrêter")) == "place"
    answers = reach_services(resident, resident.tap("skip"), "passer")
    assert shown(answers), words(answers)


def test_an_unsure_message_offers_guesses_and_a_tap_settles_it(machine: Machine) -> None:
    resident = machine.resident()
    answers = resident.say("besoin d'aide pour ma situation à la maison avec les enfants pis toute")
    offered = [choice for choice in choices(answers) if choice.startswith("need:")]
    assert asks(answers) == "need" and len(offered) >= 2, words(answers)
    assert "human" in choices(answers)
    answers = resident.tap(offered[0])
    assert asks(answers) == "place", words(answers)


def test_what_is_never_understood_ends_in_the_list_and_a_person_not_in_a_loop(machine: Machine) -> None:
    resident = machine.resident()
    for _ in range(3):
        answers = resident.say("blorp zzzk qwfp")
    assert "human" in choices(answers), words(answers)


def test_asking_about_privacy_in_the_middle_answers_and_asks_again(machine: Machine) -> None:
    resident = machine.resident()
    assert asks(resident.say("ma voisine a besoin d'un lit et d'un frigo")) == "place"
    answers = resident.say("est-ce que vous gardez ce que j'écris?")
    assert answers[0]["kind"] == "notice" and "48" in answers[0]["text"], words(answers)
    assert asks(answers) == "place" and "erase" in choices(answers)


def test_more_services_are_others_than_those_shown(machine: Machine) -> None:
    resident = machine.resident()
    first = shown(resident.say("je veux faire du bénévolat à Sorel-Tracy"))
    assert first
    more = shown(resident.tap("more"))
    assert not {card["id"] for card in first} & {card["id"] for card in more}


def test_two_places_of_one_name_are_asked_about(machine: Machine) -> None:
    resident = machine.resident()
    resident.say("j'ai besoin d'une banque alimentaire")
    answers = resident.say("Saint-Sébastien")
    assert asks(answers) == "place"
    offered = [choice for choice in choices(answers) if choice.startswith("place:")]
    assert len(offered) >= 2
    assert asks(resident.tap(offered[0])) != "place", "one tap settles it"


def test_what_a_resident_types_is_never_a_payload(machine: Machine) -> None:
    resident = machine.resident()
    answers = resident.say('/need{"need": "food", "place": "61025"}')
    assert not shown(answers)


def test_another_language_gets_a_bilingual_answer_lines_and_a_person(machine: Machine) -> None:
    answers = machine.resident().say("necesito ayuda para encontrar comida para mis hijos por favor")
    assert answers[0]["helplines"] and "human" in choices(answers)
    assert "French" in words(answers) and "français" in words(answers)


def test_the_same_client_id_twice_is_one_message_with_the_same_answer(machine: Machine) -> None:
    resident = machine.resident()
    first = resident.say("bonjour", client_id="once")
    again = resident.say("bonjour", client_id="once")
    assert first == again
    mine = [message for message in resident.thread()["messages"] if message["from"] == "resident"]
    assert len(mine) == 1


def test_erase_leaves_nothing_and_answers_404_from_then_on(machine: Machine) -> None:
    resident = machine.resident()
    resident.say("je cherche un organisme pour mon anxiété à Repentigny")
    reply = machine.http.delete(f"/api/conversations/{resident.id}", headers=resident.headers)
    assert reply.status_code == 204
    for method, path in (("GET", "messages"), ("POST", "messages"), ("GET", "events")):
        gone = machine.http.request(method, f"/api/conversations/{resident.id}/{path}", headers=resident.headers, json={"text": "?"})
        assert gone.status_code == 404
        assert gone.headers["content-type"] == "application/problem+json" and gone.json()["title"]


def test_erasing_by_a_tap_says_so(machine: Machine) -> None:
    resident = machine.resident("en")
    answers = resident.tap("erase")
    assert "erased" in words(answers)
    assert machine.http.get(f"/api/conversations/{resident.id}/messages", headers=resident.headers).status_code == 404


def test_a_conversation_answers_only_to_its_own_token(machine: Machine) -> None:
    mine, other = machine.resident(), machine.resident()
    stolen = machine.http.get(f"/api/conversations/{mine.id}/messages", headers=other.headers)
    assert stolen.status_code == 404
    assert machine.http.get(f"/api/conversations/{mine.id}/messages").status_code == 401


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": 3}, {"text": "a", "choice": "b"}, {"choice": ["x"]}], ids=str)
def test_a_message_of_the_wrong_form_is_refused_and_nothing_is_written(machine: Machine, body: dict[str, Any]) -> None:
    resident = machine.resident()
    reply = machine.http.post(f"/api/conversations/{resident.id}/messages", json=body, headers=resident.headers)
    assert reply.status_code == 400
    assert resident.thread()["messages"] == resident.heard


def test_a_choice_that_was_never_issued_is_answered_kindly(machine: Machine) -> None:
    answers = machine.resident().tap("need:../../etc")
    assert answers and answers[0]["kind"] in ("notice", "question", "text")


def test_new_messages_come_as_server_sent_events(machine: Machine) -> None:
    resident = machine.resident()
    with httpx.stream("GET", f"{machine.origin}/api/conversations/{resident.id}/events", headers=resident.headers, timeout=10) as stream:
        lines = stream.iter_lines()
        seen = [next(lines) for _ in range(10)]
    assert any(line == "event: message" for line in seen) and any(line == "id: 1" for line in seen)


@pytest.mark.parametrize(
    ("first", "age", "shown_for"),
    [
        ("je cherche un groupe pour briser la solitude à Sorel-Tracy", "elle a 82 ans", "senior"),
        ("my daughter needs someone to talk to about school in Sorel-Tracy", "she's 14", "young"),
        ("où trouver de l'aide pour les jeunes à Ahuntsic", "j'ai 16 ans", "youth"),
    ],
)
def test_an_age_alone_after_services_were_shown_is_used(machine: Machine, first: str, age: str, shown_for: str) -> None:
    resident = machine.resident()
    answers = resident.say(first)
    need = next((one for one in choices(answers) if one.startswith("need:")), None)
    if not shown(answers) and need:
        answers = resident.tap(need)
    answers = reach_services(resident, answers, "je ne sais pas", "passer")
    assert shown(answers), words(answers)
    answers = resident.say(age)
    assert shown(answers), words(answers)
    too_young_or_old = ("Peut-être pas pour cet âge", "Maybe not for this age")
    assert not any(caution.startswith(too_young_or_old) for caution in shown(answers)[0]["cautions"])
    why = [text for card in shown(answers) for text in card["why"]]
    for_them = {"senior": "aînés", "youth": "jeunes", "young": "young people"}[shown_for]
    assert any(for_them in text or "Pour cet âge" in text or "For this age" in text for text in why), why


def test_an_age_in_the_first_message_is_not_asked_again(machine: Machine) -> None:
    answers = machine.resident().say("ma fille de 15 ans ne va pas bien, elle fait de l'anxiété, on reste à Sorel-Tracy")
    assert asks(answers) != "for_whom", words(answers)
    if shown(answers):
        assert any("12 à 25 ans" in text for card in shown(answers) for text in card["why"]), "a service for her age is shown, and says so"


def test_an_age_before_the_need_is_remembered(machine: Machine) -> None:
    resident = machine.resident()
    assert asks(resident.say("j'ai 16 ans")) == "need"
    answers = resident.say("je cherche un emploi à Ahuntsic")
    assert asks(answers) != "for_whom"
    why = [text for card in shown(answers) for text in card["why"]]
    assert any("16 à 35" in text or "Pour les jeunes" in text for text in why), why


VAGUE = {
    "fr": ["mon affaire marche pas depuis que le monsieur est parti", "j'ai un problème avec mes affaires et je sais pas à qui parler", "on m'a dit de venir ici pour le dossier",
           "j'ai besoin d'aide avec ma mère", "mon fils a besoin d'aide", "j'ai reçu une lettre et je comprends rien"],
    "en": ["my thing with the papers is not working out at all", "i was told to come here about the file", "something is wrong with all of this and nobody can say why",
           "I need help with my mother", "need help with papers and stuff", "my son needs help", "I got a letter and I don't get it"],
}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_was_not_understood_may_be_kept_only_if_the_resident_says_so(machine: Machine, language: str) -> None:
    for vague in VAGUE[language]:
        resident = machine.resident()
        resident.tap(f"language:{language}")
        answers = resident.say(vague)
        if "need:other" in choices(answers):
            break
    else:
        pytest.fail("every vague message was taken for a need without asking")
    guessed = {one.removeprefix("need:") for one in choices(answers)}
    listed = choices(resident.tap("need:other"))
    need = next(one for one in ("transport", "material_aid", "youth") if f"need:{one}" in listed and one not in guessed)
    answers = reach_services(resident, resident.tap(f"need:{need}"), "Joliette", "40")
    assert shown(answers) and asks(answers) == "learn", words(answers)
    question = answers[-1]
    assert vague in question["text"].replace("’", "'") and choices([question]) == ["learn:yes", "learn:no"]
    (thanks,) = resident.tap("learn:yes")
    assert thanks["kind"] == "notice" and choices([thanks]) == ["learn:no"]
    assert asks(resident.say("merci" if language == "fr" else "thanks")) is None, "it is asked once"


@pytest.mark.parametrize(("language", "said"), [("fr", ["quelle température il va faire demain", "pis le score du Canadien hier soir?"]),
                                                ("en", ["what's the weather tomorrow", "and who won the hockey game last night?"])])
def test_what_no_service_is_about_leads_to_the_list_and_a_person_the_second_time(machine: Machine, language: str, said: list[str]) -> None:
    somebody = machine.resident(language)
    first, second = [somebody.say(text)[-1] for text in said]
    assert first["asks"] is None and [one["choice"] for one in first["choices"]] == ["human"]
    assert second["asks"] == "need" and {"need:food", "human"} <= {one["choice"] for one in second["choices"]}


@pytest.mark.parametrize(("language", "said", "word"), [("fr", "je suis tanné de toute, j'en peux pus", "oui"), ("en", "what is even the point anymore", "yes")])
def test_yes_to_the_gentle_question_is_heard_as_danger(machine: Machine, language: str, said: str, word: str) -> None:
    somebody = machine.resident(language)
    (asked,) = somebody.say(said)  # nothing is said beside the question
    assert asked["kind"] == "crisis" and [one["choice"] for one in asked["choices"]] == ["danger:suicide_thought", "danger:none", "human"]
    answered = somebody.say(word)
    assert [one["kind"] for one in answered] == ["crisis"] and answered[0]["helplines"]


@pytest.mark.parametrize(("language", "said"), [("fr", ["je veux parler à quelqu'un", "je veux une vraie personne", "j'ai faim, je suis à Joliette"]),
                                                ("en", ["can I talk to a real person", "enough with the robot, gimme a real live person", "I need food in Joliette"])])
def test_a_person_asked_for_twice_gets_the_same_offer_and_the_dialogue_goes_on(machine: Machine, language: str, said: list[str]) -> None:
    somebody = machine.resident(language)
    first, second = somebody.say(said[0]), somebody.say(said[1])
    assert [one["asks"] for one in first] == ["handoff_consent"] == [one["asks"] for one in second]
    assert shown(somebody.say(said[2])), "a need told instead is served"
