"""Whatever people write, pages keep their structure: the same elements with the same attributes as for a harmless word."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.conversation import storage
from bot.demand.doors import add_door
from bot.store.engine import make_engine, writing
from bot.store.schema import all_tables
from tests.handoff.conftest import NOON
from tests.handoff.conftest import House as Talks
from tests.people.house import make_house
from tests.web.fakes import SERVICE
from tests.web.forms import Page as Form

HOSTILE = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</textarea></p><b>", "' autofocus onfocus='x", "{{ 7*7 }}{% x %}",
           "<!--", "]]>", "&lt;b&gt;", "javascript:alert(1)", "\u202e\u2028</script>", "<a href=//evil.example>", "%3Cscript%3E"]
# Every character but those that no page can show; it begins with a letter, since pages strip and skip what is blank.
TEXT = st.sampled_from(HOSTILE) | st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=60).map("x".__add__)
MANY = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
LEADS = ("/", "#", "?", "tel:", "sms:", "http://", "https://", "otpauth:")


class Structure(HTMLParser):
    """Elements with the names of their attributes, where links lead, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, ...]] = []
        self.leads: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, *sorted(name for name, _ in attrs)))
        self.leads += [value or "" for name, value in attrs if name in ("href", "src", "action", "formaction")]

    def handle_data(self, data):
        self.text += data


def structure(reply) -> Structure:
    assert reply.status_code < 500 and reply.headers["content-type"].startswith("text/html")
    found = Structure(reply.text)
    assert [one for one in found.leads if one and not one.startswith(LEADS)] == []
    return found


def same(reply, harmless) -> Structure:
    found = structure(reply)
    assert found.elements == structure(harmless).elements
    return found


@pytest.fixture
def house(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'house.db'}")
    all_tables().create_all(engine)
    made = make_house(engine, tmp_path, limit_conversations=100_000, limit_messages=100_000)
    made.person("anne")
    yield made
    engine.dispose()


@pytest.fixture
def desk(house):
    return Talks(house.engine, house.people, house.services.desk, house.services.settings)


def plain(text: str) -> str:
    return " ".join(text.split())


def say(house, text: str, **more: str):
    client = house.client()
    return client.post("/chat", data={**Form(client.get("/").text).fields, "text": text, **more})


@MANY
@given(text=TEXT)
def test_what_a_resident_wrote_is_shown_in_the_chat_without_javascript(house, text):
    def shown(said: str):
        with writing(house.engine) as connection:
            conversation, token = storage.create(connection, channel="web", language="fr", door=None, channel_ref=None, now=NOON)
            storage.resident_says(connection, storage.lock(connection, conversation), text=said, choice=None, client_id=None,
                                  handled=True, now=NOON)
        return say(house, "", conversation=conversation, token=token, action="refresh")

    assert plain(text) in plain(same(shown(text), shown("bonjour")).text)


@MANY
@given(text=TEXT)
def test_what_a_resident_sends_is_answered_with_no_element_of_its_own(house, text):
    # What the assistant says in return depends on the words, so the whole page is compared with several.
    known = {one for said in ("bonjour", "hello", "je veux mourir", "necesito ayuda para mi hermana, por favor", "x" * 3000)
             for one in structure(say(house, said)).elements}
    found = structure(say(house, text))
    assert set(found.elements) <= known and plain(text) in plain(found.text)


@MANY
@given(text=TEXT, answer=TEXT, note=TEXT)
def test_what_both_sides_write_at_the_desk(house, desk, text, answer, note):
    def talk(said: str, answered: str, noted: str):
        request_id = desk.ask(desk.talk(said=said))
        anne = house.people.get("anne@example.org").person
        house.services.desk.claim(anne, request_id)
        house.services.desk.say(anne, request_id, answered)
        house.services.desk.note(anne, request_id, noted)
        return house.client("anne").get(f"/desk/{request_id}?status=waiting")

    page = plain(same(talk(text, answer, note), talk("bonjour", "bonjour", "bonjour")).text)
    for one in (text, answer, note):
        assert plain(one) in page


@MANY
@given(name=TEXT, organization=TEXT, other=TEXT)
def test_what_a_directory_says_of_a_service_on_both_sides(house, desk, name, organization, other):
    def shown(one: str, two: str, three: str):
        opened = house.client()
        first = opened.post("/chat", data={**Form(opened.get("/").text).fields, "text": "bonjour"})
        fields = Form(first.text).fields
        request_id = desk.ask(fields["conversation"])
        anne = house.people.get("anne@example.org").person
        house.services.desk.claim(anne, request_id)
        card = {**SERVICE, "name": one, "organization": "o" + two,  # one that has its own name is not shown
                 "hours": three, "cost": three, "why": [three], "cautions": [three],
                "url": "javascript:alert(1)", "map_url": None, "municipality": three, "source": three}
        house.services.desk.say(anne, request_id, None, card)
        return (house.client("anne").get(f"/desk/{request_id}?status=waiting"),
                opened.post("/chat", data={**fields, "text": "", "action": "refresh"}))

    for hostile, harmless in zip(shown(name, organization, other), shown("a", "b", "c"), strict=True):
        assert plain(name) in plain(same(hostile, harmless).text)


@MANY
@given(text=TEXT)
def test_names_of_doors_people_and_pages_asked_for(house, text):
    if not any(one.person.administrator for one in house.people.all()):
        house.person("boss", ("administrator",))
    with writing(house.engine) as connection:
        add_door(connection, "door", "x")
    boss = house.client("boss")
    harmless = boss.get("/admin/doors")
    boss.post("/admin/doors/door", data={"name": text, "place": "x"})
    placed = boss.get("/admin/doors")
    boss.post("/admin/doors/door", data={"name": "x", "place": "x"})
    assert plain(text) in plain(same(placed, boss.get("/admin/doors")).text) and harmless.status_code == 200
    for address in ("/table", "/desk", "/login", "/admin/log", "/account", "/", "/privacy"):
        asked = {"q": text, "status": text, "next": text, "person": text, "action": text, "month": text, "door": text, "done": text, "lang": text}
        same(boss.get(address, params=asked), boss.get(address, params=dict.fromkeys(asked, "zz")))


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_stranger_types_to_sign_in(house, text):
    def typed(one: str):
        return house.client().post("/login", data=dict.fromkeys(("email", "password", "code", "next"), one))

    same(typed(text), typed("zz"))
