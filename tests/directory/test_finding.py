"""Looking for records as a maintainer does."""

from datetime import date

import pytest

from bot.directory import reports
from bot.directory.finding import PAGE, SHOWS, Finder
from bot.directory.imports.apply import apply
from bot.directory.imports.batch import Batch
from bot.directory.maintenance import Maintenance
from bot.store.engine import writing

from .samples import make

TODAY = date(2026, 11, 28)


@pytest.fixture
def finder(engine):
    apply(engine, Batch("211", [
        make("frigo", name={"fr": "Frigo d’Éloïse", "en": "Eloise’s Fridge"}), make("vieux", source={"name": "Essai", "date": "2020-08"}),
        make("jamais", status="unverified", needs=[]), make("parti", status="inactive"),
        make("ligne", location=None, phones=[{"number": "+18005550199", "display": "1 800 555-0199"}], needs=["legal"], area={"kind": "province"}),
    ]))
    return Finder(engine)


def ids(page):
    return [entry.id for entry in page.entries]


@pytest.mark.parametrize(("text", "found"), [
    ("frigo", ["frigo"]), ("ELOISE", ["frigo"]), ("éloïse fridge", ["frigo"]), ("joliette", ["frigo", "jamais", "vieux"]), ("800 555-0199", ["ligne"]),
    ("organisme vieux", ["vieux"]), ("l’éloïse", []), ("d’éloïse", ["frigo"]), ("pizza", []), ("", ["frigo", "jamais", "ligne", "vieux"]), ("12", []), ("x" * 100, []),
])
def test_by_words_without_accents_towns_and_numbers(finder, text, found):
    assert sorted(ids(finder.find("fr", TODAY, text))) == found


def test_what_waits_is_counted_and_shown(finder, engine):
    Maintenance(engine).close("a@example.org", "ligne", date(2026, 12, 20), date(2027, 1, 5), None)
    Maintenance(engine).edit("a@example.org", "frigo", {"min_age": 18}, Maintenance(engine).sheet("frigo", TODAY).seen)
    apply(engine, Batch("211", [make("frigo", min_age=21)]))
    with writing(engine) as connection:
        reports.report(connection, "vieux", "phone", TODAY)
    shown = {show: ids(finder.find("fr", TODAY, show=show)) for show in SHOWS if show != "all"}
    assert shown == {"reports": ["vieux"], "review": ["frigo"], "stale": ["vieux"], "closed": ["ligne"], "unverified": ["jamais"], "inactive": ["parti"]}
    assert finder.find("fr", TODAY).counts == {"all": 4, "reports": 1, "review": 1, "stale": 1, "closed": 1, "unverified": 1, "inactive": 1}
    assert finder.find("fr", date(2027, 1, 6), show="closed").found == 0


def test_by_need_and_in_the_readers_language(finder):
    assert ids(finder.find("fr", TODAY, need="legal")) == ["ligne"]
    assert finder.find("en", TODAY, "frigo").entries[0].name == "Eloise’s Fridge"


def test_what_changed_is_read_again_and_nothing_else(finder, engine, monkeypatch):
    finder.find("fr", TODAY)
    read: list[object] = []
    before = Finder._read
    monkeypatch.setattr(Finder, "_read", lambda self, connection, ids: (read.append(ids), before(self, connection, ids))[1])
    maintenance = Maintenance(engine)
    maintenance.edit("a@example.org", "frigo", {"name": {"fr": "Zèle", "en": None}}, maintenance.sheet("frigo", TODAY).seen)
    assert ids(finder.find("fr", TODAY, "zele")) == ["frigo"] and ids(finder.find("fr", TODAY, "frigo")) == ["frigo"]  # by its id
    assert read == [["frigo"]]
    apply(engine, Batch("211", [make("nouveau")]))
    assert ids(finder.find("fr", TODAY, "nouveau")) == ["nouveau"] and finder.find("fr", TODAY).counts["all"] == 5


def test_pages(engine):
    apply(engine, Batch("211", [make(f"s{number:03d}") for number in range(PAGE + 3)]))
    finder = Finder(engine)
    first, last = finder.find("fr", TODAY), finder.find("fr", TODAY, number=99)
    assert (len(first.entries), len(last.entries), last.number, first.pages, first.found) == (PAGE, 3, 2, 2, PAGE + 3)
    assert ids(first) + ids(last) == [f"s{number:03d}" for number in range(PAGE + 3)]
