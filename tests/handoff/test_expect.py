"""What is told of a wait is true: who is there, when it opens, how long others waited; place in line by urgency."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from bot import safety
from bot.handoff import navigators, opening_hours, requests
from bot.handoff.expect import (
    _LINES,
    BANDS,
    ENOUGH,
    LINES_AT_MOST,
    expectation,
    fitting_lines,
    four_of_five,
    said,
)
from bot.handoff.opening import Shift
from bot.handoff.tables import handoffs
from bot.needs import all_needs
from bot.people.tables import people
from bot.store.engine import reading, writing
from bot.words import LANGUAGES
from tests.handoff.conftest import JOLIETTE, NOON, SOREL

# NOON is Monday 2026-11-23, 12:00 in Quebec.
WEEK = [Shift(day, *span) for day in range(5) for span in ((540, 720), (780, 1020))]
minutes = timedelta(minutes=1)


def told(house, now=NOON, territory=SOREL, language="fr", ahead=0):
    with reading(house.engine) as connection:
        return said(language, expectation(connection, territory, language, now), ahead, now)


def opens(house, shifts=WEEK, territory=None):
    with writing(house.engine) as connection:
        opening_hours.set_week(connection, territory, shifts, by=None, now=NOON)


def there(house, person, at=NOON):
    with writing(house.engine) as connection:
        connection.execute(update(people).where(people.c.id == person.id).values(last_seen_at=at))


def test_without_hours_and_with_nobody_there_no_time_is_promised(house):
    assert told(house) == "Personne n’est en ligne en ce moment. Votre demande restera dans la file, et je ne peux pas promettre d’heure. Personne n’attend avant vous."


def test_closed_at_lunch_says_when_it_opens_in_both_languages(house):
    opens(house)
    assert "Il ouvre aujourd’hui à 13 h." in told(house) and "today at 1" in told(house, language="en")


def test_closed_for_the_night_the_weekend_and_a_holiday(house):
    opens(house)
    assert "Il ouvre demain à 9 h." in told(house, NOON + timedelta(hours=8))
    christmas_eve = NOON + timedelta(days=31, hours=8)
    assert "lundi à 9 h" in told(house, christmas_eve)


def test_open_with_nobody_in_front_of_the_screen_is_said_as_it_is(house):
    opens(house)
    assert "Le bureau est ouvert jusqu’à 17 h, mais personne n’est devant l’écran" in told(house, NOON + timedelta(hours=2))


def test_somebody_there_is_said_and_not_when_on_a_break_gone_or_of_another_territory_or_language(house, anne):
    there(house, anne)
    assert told(house).startswith("Quelqu’un est en ligne")
    assert told(house, NOON + 6 * minutes).startswith("Personne")
    with writing(house.engine) as connection:
        navigators.set_available(connection, anne.id, False, NOON)
    assert told(house).startswith("Personne")
    joliette = house.navigator("j", territories=(JOLIETTE,), languages=["fr"])
    there(house, joliette)
    assert told(house).startswith("Personne") and told(house, territory=JOLIETTE).startswith("Quelqu’un")
    assert told(house, territory=JOLIETTE, language="en").startswith("Nobody")


def waited(house, *spans):
    for number, span in enumerate(spans):
        request_id = house.ask(now=NOON - timedelta(days=1) + number * minutes)
        with writing(house.engine) as connection:
            values = {"status": "closed", "first_reply_at": NOON - timedelta(days=1) + number * minutes + timedelta(minutes=span)} if span is not None else \
                {"status": "cancelled", "ended_at": NOON}
            connection.execute(update(handoffs).where(handoffs.c.id == request_id).values(**values))


@pytest.mark.parametrize(("spans", "sentence"), [
    ((3, 4, 5, 9, 90), "moins de 15 minutes"), ((3, 4, 50, 55, 58), "moins d’une heure"), ((3, 100, 100, 110, 115), "moins de 2 heures"),
    ((3, 3, None, None, None), "plus de quatre heures"),
])
def test_recent_waits_are_told_for_four_of_five_and_who_gave_up_counts_as_long(house, anne, spans, sentence):
    there(house, anne)
    waited(house, *spans)
    assert sentence in told(house)


def test_few_waits_those_of_elsewhere_and_of_long_ago_say_nothing(house, anne):
    there(house, anne)
    waited(house, 3, 3, 3, 3)
    assert "quatre personnes sur cinq" not in told(house)
    assert "quatre personnes sur cinq" not in told(house, NOON + timedelta(days=8))


def test_place_in_line_is_by_urgency_then_by_who_came_first(house):
    for urgency, at in (("normal", NOON), ("crisis", NOON + minutes), ("normal", NOON + 2 * minutes)):
        house.ask(urgency=urgency, now=at)
    house.ask(needs=["homelessness"], now=NOON + 3 * minutes)
    with reading(house.engine) as connection:
        assert requests.waiting_ahead(connection, SOREL) == 4
        assert requests.waiting_ahead(connection, SOREL, "crisis") == 1
        assert requests.waiting_ahead(connection, SOREL, "normal", NOON) == 2, "the urgent ones that came later go first"
        assert requests.waiting_ahead(connection, SOREL, "normal", NOON + 2 * minutes) == 3
        assert requests.waiting_ahead(connection, SOREL, "crisis", NOON + minutes) == 0
    assert "Personnes avant vous\u00a0: 3." in told(house, ahead=3)


spans = st.lists(st.one_of(st.none(), st.integers(0, 600).map(lambda number: timedelta(minutes=number))), max_size=30)


@given(spans)
def test_what_is_told_holds_for_four_of_five_and_no_smaller_band_does(waits):
    band = four_of_five(waits)
    if len(waits) < ENOUGH:
        assert band is None
        return
    within = lambda number: sum(wait is not None and wait <= timedelta(minutes=number) for wait in waits)  # noqa: E731
    assert band in (0, *BANDS)
    if band:
        assert within(band) * 5 >= len(waits) * 4
    smaller = [one for one in BANDS if not band or one < band]
    assert all(within(one) * 5 < len(waits) * 4 for one in smaller)


@given(spans, st.integers(0, 29))
def test_one_more_who_gave_up_never_makes_it_look_faster(waits, _):
    before, after = four_of_five(waits), four_of_five([*waits, None])
    if before is not None and after is not None:
        rank = lambda band: band or 10_000  # noqa: E731
        assert rank(after) >= rank(before)


# Lines


def test_every_line_and_need_of_the_file_exists():
    ids = {*_LINES["always"], *(one for some in (*_LINES["need"].values(), *_LINES["region"].values()) for one in some)}
    assert ids <= set(safety.all_helplines()) and set(_LINES["need"]) <= set(all_needs())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("crisis", [None, "suicide", "danger"])
def test_lines_are_never_none_few_in_the_language_and_danger_s_first(language, crisis):
    for need in (None, *all_needs()):
        lines = fitting_lines([need] if need else [], "0642", language, crisis)
        assert 1 <= len(lines) <= LINES_AT_MOST
        assert all(language in safety.all_helplines()[line["id"]].languages for line in lines)
        if crisis:
            assert lines[0]["id"] == {"suicide": "appelle", "danger": "911"}[crisis]
