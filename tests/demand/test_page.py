"""The table's first page, in French and English."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.demand.doors import door_names
from bot.demand.labels import label
from bot.demand.plan import load_plan
from bot.demand.publish import publish
from bot.store.engine import reading
from bot.web.charts import bar_width, columns, scale_of
from bot.web.demand_page import routes
from tests.demand.conftest import NOVEMBER, SignedIn

TABLE = SimpleNamespace(roles=("table",))


def get(engine, address="/table", person=TABLE, **headers):
    app = SignedIn(Starlette(routes=list(routes(engine))), person)
    return TestClient(app, follow_redirects=False).get(address, headers=headers)


class Page(HTMLParser):
    """Tables as rows of texts, and what a Content-Security-Policy would refuse."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.inline, self.cell = {}, [], None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        names = {name for name, _ in attributes}
        if tag in ("script", "style") or "style" in names or any(name.startswith("on") for name in names):
            self.inline.append(self.get_starttag_text())
        if tag == "table":
            self.rows, self.caption = [], ""
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self.cell = "cell"
        elif tag == "caption":
            self.cell = "caption"

    def handle_endtag(self, tag):
        if tag in ("td", "th", "caption"):
            self.cell = None
        elif tag == "table":
            self.tables[self.caption.strip()] = self.rows

    def handle_data(self, data):
        if self.cell == "cell":
            self.rows[-1][-1] += data.strip()
        elif self.cell == "caption":
            self.caption += data


@pytest.fixture
def full(demonstration):
    return demonstration(
        (1250, {}), (9, {"language": "en", "territory": "0641"}), (7, {"territory": "1411"}),
        (12, {"need": "transport", "met": False, "reason": "too_far"}), publish=("2026-08", "2026-09"),
    )


def test_it_shows_the_newest_month_in_french(full):
    answer = get(full)
    assert answer.status_code == 200 and 'lang="fr"' in answer.text
    page = Page(answer.text)
    needs = page.tables["Besoins par territoire (RLS), par mois, septembre 2026"]
    assert needs[0] == ["Besoin", "Nord de l'Île–Saint-Laurent", "Pierre-De Saurel", "Total publié"]
    food = next(row for row in needs if row[0] == "Alimentation")
    assert food == ["Alimentation", "10", "1\u202f250", "1\u202f260"]
    assert "Logement" not in [row[0] for row in needs], "a need that is withheld everywhere has no row"
    withheld = answer.text.partition("Masqué partout ce mois-ci")[2].partition("</p>")[0]
    assert "Logement" in withheld and "Alimentation" not in withheld


def test_it_shows_it_in_english(full):
    page = Page(get(full, "/table?lang=en").text)
    assert next(row for row in page.tables["Requests by need, September 2026"] if row[0] == "Food")[1] == "1,260"
    reasons = page.tables["What people did not find, and why, July to September 2026"]
    assert next(row for row in reasons if row[0] == "Too far")[1] == "10"
    english = page.tables["English requests by need, July to September 2026"]
    assert next(row for row in english if row[0] == "Food")[1] == "10"


def test_a_territory_with_all_cells_withheld_has_no_column(full):
    page = Page(get(full).text)
    assert "Lanaudière-Nord" not in page.tables["Besoins par territoire (RLS), par mois, septembre 2026"][0]


def test_it_follows_the_browser_s_language(full):
    assert 'lang="en"' in get(full, **{"accept-language": "en-CA,en;q=0.9"}).text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_inline_that_the_content_security_policy_refuses(full, language):
    assert Page(get(full, f"/table?lang={language}").text).inline == []


@pytest.mark.parametrize(("language", "said"), [
    ("fr", ("7 ou moins", "Masqué ne veut pas dire zéro", "Démonstration")),
    ("en", ("7 or less", "Withheld does not mean zero", "Demonstration")),
])
def test_the_rule_and_the_demonstration_mark_are_said(full, language, said):
    text = get(full, f"/table?lang={language}").text
    for words in said:
        assert words in text


def test_an_earlier_month_can_be_chosen_and_an_unknown_one_gives_the_newest(full):
    assert '<option value="2026-08" selected>' in get(full, "/table?month=2026-08").text
    assert '<option value="2026-09" selected>' in get(full, "/table?month=1999-01").text


def test_a_quarterly_table_waits_for_its_quarter(full):
    assert "Aucun trimestre fini" in get(full, "/table?month=2026-08").text
    publish(full, "2026-10", now=NOVEMBER)
    assert "juillet à septembre 2026" in get(full, "/table?month=2026-10").text


def test_a_month_with_too_little_says_so(full):
    assert "trop peu de demandes" in get(full, "/table?month=2026-08").text


def test_links_to_files_name_the_table_and_month(full):
    links = re.findall(r'href="(/api/demand[^"]*)"', get(full).text)
    assert "/api/demand?table=need_by_territory&amp;from=2026-09&amp;to=2026-09&amp;format=csv" in links
    assert any("format=xlsx" in link for link in links)


def test_the_other_language_keeps_the_month(full):
    assert 'href="/table?month=2026-08&amp;lang=en"' in get(full, "/table?month=2026-08").text


def test_nothing_published_is_said(engine):
    assert "Rien n’est encore publié" in get(engine).text


def test_another_role_is_refused_and_nobody_is_sent_to_sign_in(full):
    answer = get(full, person=SimpleNamespace(roles=("navigator",)))
    assert answer.status_code == 403 and "Alimentation" not in answer.text
    answer = get(full, person=None)
    assert answer.status_code == 303 and answer.headers["location"] == "/login?next=%2Ftable"


def test_a_bar_is_in_proportion_to_the_longest():
    assert (bar_width(50, 200), bar_width(None, 200), bar_width(None, 0)) == (25.0, 0, 0)


def test_the_top_of_a_chart_is_a_round_number_and_a_withheld_month_has_no_bar():
    assert [scale_of(highest) for highest in (0, 1, 7, 11, 20, 210, 999)] == [1, 1, 10, 20, 20, 250, 1000]
    withheld, highest = columns([("2026-08", None), ("2026-09", 200)])
    assert withheld.height == 0 and highest.height == 170


def test_a_trend_is_drawn_said_and_given_as_a_table(full):
    text = get(full, "/table?lang=en").text
    assert 'role="img"' in text and "August 2026: withheld; September 2026: 1,280" in text
    assert ["September 2026", "1,280"] in Page(text).tables["Requests by month"]


def test_filters_only_combine_published_cells(full):
    page = Page(get(full, "/table?lang=en&theme=transport&territory=1623").text)
    assert page.tables["Requests by need, September 2026"][1:] == [["Transport", "10", ""]]
    assert "Housing" not in get(full, "/table?lang=en&theme=transport").text.split("<h2")[2]
    assert get(full, "/table?lang=en&theme=none&age=young&territory=9999").status_code == 200


def test_the_age_filter_shows_one_band_by_theme(full):
    tables = Page(get(full, "/table?lang=en&age=senior").text).tables
    assert tables["Themes by age band, July to September 2026"][:2] == [["Theme", "Seniors"], ["Food security", "1,265"]]


def test_where_people_were_oriented_lists_the_services_above_the_threshold(full):
    tables = Page(get(full, "/table?lang=en").text).tables
    assert [row[:2] for row in tables["Where people were oriented, July to September 2026"][1:]] == [["service-1", "1,280"]]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_value_of_the_plan_has_a_name_in_both_languages(language, engine):
    with reading(engine) as connection:
        doors = door_names(connection)
    for table in load_plan().tables.values():
        for cell in table.grid(()):
            for dimension, value in zip(table.dimensions, cell, strict=True):
                assert label(language, dimension, value, doors)
