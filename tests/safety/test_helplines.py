"""Which lines are shown for which danger, in which order."""
from __future__ import annotations

from datetime import datetime, timezone

import pytest

from bot.safety import Finding, all_helplines, helplines_for, lines_by_id
from bot.safety.recogniser import rules

NOON = datetime(2026, 7, 1, 12)
NIGHT = datetime(2026, 7, 1, 23)


def finding(situation: str, level: str = "certain") -> Finding:
    return Finding(rules().situations[situation].kind, level, situation, ("test",))  # type: ignore[arg-type]


def ids(situation: str, level: str = "certain", now: datetime = NOON, **said: str | None) -> list[str]:
    return [line.id for line in helplines_for(finding(situation, level), now=lambda: now, **said)]  # type: ignore[arg-type]


@pytest.mark.parametrize(("situation", "lines"), [
    ("suicide_thought", ["appelle", "appelle-text", "suicide-chat", "988"]),
    ("suicide_attempt", ["911", "appelle", "988"]),
    ("self_harm", ["appelle", "appelle-text", "811-2"]),
    ("medical", ["911"]),
    ("overdose_or_poison", ["911", "antipoison"]),
    ("partner_violence", ["911", "sos-vc"]),
    ("sexual_violence", ["911", "violence-sexuelle"]),
    ("elder_mistreatment", ["911", "lamaa", "811-2"]),
    ("threat_or_weapon", ["911"]),
    ("missing_or_exposed", ["911"]),
    ("fire_or_accident", ["911"]),
    ("unsure", ["811-2", "appelle"]),
])
def test_lines_of_each_situation(situation: str, lines: list[str]) -> None:
    assert ids(situation) == lines


@pytest.mark.parametrize(("situation", "lines"), [
    ("medical", ["911", "811-1"]), ("partner_violence", ["sos-vc", "911"]), ("sexual_violence", ["violence-sexuelle", "911"]),
    ("overdose_or_poison", ["antipoison", "911"])])
def test_when_it_is_not_certain_that_it_is_now(situation: str, lines: list[str]) -> None:
    assert ids(situation, "unsure") == lines


@pytest.mark.parametrize("text", ["j'ai 15 ans je veux mourir", "I'm 16 and I want to die", "ma fille de 14 ans veut mourir",
                                  "my teenager wants to die", "chu en secondaire 4 pis jveux mourir"])
def test_somebody_under_18_gets_the_youth_line_too(text: str) -> None:
    assert ids("suicide_thought", text=text)[-1] == "jeunesse-jecoute"


@pytest.mark.parametrize("text", ["j'ai 45 ans je veux mourir", "I'm 30 and I want to die", "je veux mourir", None])
def test_an_adult_does_not_get_the_youth_line(text: str | None) -> None:
    assert "jeunesse-jecoute" not in ids("suicide_thought", text=text)


@pytest.mark.parametrize("text", ["je suis innue et je veux mourir", "I'm First Nations and I want to die", "je reste à Manawan",
                                  "I'm Inuk", "je suis métis"])
def test_first_nations_inuit_and_metis_get_their_line(text: str) -> None:
    assert "espoir" in ids("suicide_thought", text=text)


def test_hurt_now_calls_911_first() -> None:
    assert ids("self_harm", text="je me suis coupée et ça saigne beaucoup")[0] == "911"


def test_conscious_and_only_a_doubt_calls_the_poison_centre_first() -> None:
    assert ids("overdose_or_poison", text="mon petit a peut-être léché du savon, il va bien")[0] == "antipoison"
    assert ids("overdose_or_poison", text="she seems fine but she swallowed bleach")[0] == "antipoison"
    assert ids("overdose_or_poison", text="il a bu de la javel par accident et il ne réagit plus")[0] == "911"


@pytest.mark.parametrize(("hour", "shown"), [(7, False), (8, True), (19, True), (20, False), (23, False)])
def test_the_elder_line_only_from_8_to_20(hour: int, shown: bool) -> None:
    assert ("lamaa" in ids("elder_mistreatment", now=NOON.replace(hour=hour))) is shown


@pytest.mark.parametrize(("utc", "shown"), [
    (datetime(2026, 1, 15, 12, 59, tzinfo=timezone.utc), False),  # 7:59 in winter
    (datetime(2026, 1, 15, 13, 0, tzinfo=timezone.utc), True),
    (datetime(2026, 7, 15, 12, 0, tzinfo=timezone.utc), True),  # 8:00 in summer
    (datetime(2026, 7, 16, 0, 0, tzinfo=timezone.utc), False),  # 20:00
])
def test_the_hour_is_quebecs_summer_and_winter(utc: datetime, shown: bool) -> None:
    assert ("lamaa" in ids("elder_mistreatment", now=utc)) is shown


@pytest.mark.parametrize("utc", [datetime(2026, 1, 15, 13, tzinfo=timezone.utc), datetime(2026, 7, 15, 12, tzinfo=timezone.utc)])
def test_the_hour_is_right_on_a_machine_without_time_zones(utc: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    from zoneinfo import ZoneInfoNotFoundError

    def missing(name: str) -> None:
        raise ZoneInfoNotFoundError(name)

    monkeypatch.setattr("bot.safety.helplines.ZoneInfo", missing)
    assert "lamaa" in ids("elder_mistreatment", now=utc)


@pytest.mark.parametrize(("rss", "language", "line"), [
    ("14", "fr", "dpj-lanaudiere"), ("16", "en", "dpj-monteregie"), ("06", "fr", "dpj-montreal-fr"), ("06", "en", "dpj-montreal-en"),
    ("15", "fr", "dpj-laurentides"), ("07", "en", "dpj-outaouais"), ("13", "fr", "dpj-laval")])
def test_youth_protection_is_the_regions(rss: str, language: str, line: str) -> None:
    assert ids("child_in_danger", rss=rss, language=language) == ["911", line]
    assert ids("child_in_danger", "unsure", rss=rss, language=language) == [line, "911"]


@pytest.mark.parametrize("rss", [None, "", "99", "03"])
def test_youth_protection_of_an_unknown_region_is_911_then_811(rss: str | None) -> None:
    assert ids("child_in_danger", rss=rss, language="fr") == ["911", "811-2"]
    assert ids("child_in_danger", "unsure", rss=rss, language="fr") == ["911", "811-2"]


def test_montreal_without_a_language_shows_both() -> None:
    assert ids("child_in_danger", rss="06") == ["911", "dpj-montreal-fr", "dpj-montreal-en"]


@pytest.mark.parametrize("text", ["mon père me bat, j'ai 12 ans", "I'm 13 and my dad hits me", "mon beau-père me frappe encore"])
def test_a_child_who_writes_gets_the_youth_lines(text: str) -> None:
    assert ids("child_in_danger", text=text, rss="14", language="fr")[-2:] == ["jeunesse-jecoute", "tel-jeunes"]


def test_lines_at_night_never_leave_a_situation_empty() -> None:
    for situation in rules().situations:
        for level in ("certain", "unsure"):
            lines = ids(situation, level, now=NIGHT)
            assert lines and len(lines) == len(set(lines))


@pytest.mark.parametrize("text", ["", "🙂", "\ud800", "x" * 100_000])
def test_any_text_gives_lines(text: str) -> None:
    assert ids("suicide_thought", text=text)[0] == "appelle"


def test_a_line_as_the_contract_wants_it() -> None:
    assert lines_by_id(["appelle"])[0].as_dict("en") == {
        "id": "appelle", "name": "Suicide prevention, 1 866 APPELLE", "kind": "voice", "display": "1 866 277-3553",
        "dial": "tel:+18662773553", "url": "https://suicide.ca", "hours": "24 hours a day, 7 days a week"}
    assert lines_by_id(["tel-jeunes"])[0].as_dict("fr")["hours"] is None
    assert lines_by_id(["911"])[0].as_dict("es")["name"] == "Urgence 911"


def test_an_unknown_id_is_an_error() -> None:
    with pytest.raises(KeyError):
        lines_by_id(["nobody"])


def test_every_line_can_be_reached_and_says_where_it_comes_from() -> None:
    for line in all_helplines().values():
        assert line.kind in ("voice", "text", "chat")
        assert line.dial or line.url
        assert (line.kind == "voice") == bool(line.dial and line.dial.startswith("tel:"))
        assert line.source.startswith("http") and line.source_date
        assert set(line.names) == {"fr", "en"} and (line.hours is None or set(line.hours) == {"fr", "en"})


@pytest.mark.parametrize("hidden", ["sos-vc-text", "alzheimer", "cavac-monteregie", "aide-sociale", "manne", "soupiere", "transport-dautray"])
def test_a_number_nobody_verified_is_not_here(hidden: str) -> None:
    assert hidden not in all_helplines()
