"""Who is on duty: only somebody who was there within five minutes, for this territory and language."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.handoff.duty import PRESENT, on_duty
from bot.people.tables import people
from bot.store.engine import reading, writing
from tests.handoff.conftest import JOLIETTE, NOON, SOREL


def seen(house, person, at):
    with writing(house.engine) as connection:
        connection.execute(update(people).where(people.c.id == person.id).values(last_seen_at=at))


def duty(house, territory=SOREL, language="fr", now=NOON):
    with reading(house.engine) as connection:
        return on_duty(connection, territory, language, now)


def test_nobody_seen_is_nobody_on_duty(house):
    assert not duty(house)
    house.navigator()
    assert not duty(house)


def test_seen_within_five_minutes_is_on_duty_and_after_is_not(house):
    seen(house, house.navigator(), NOON)
    assert duty(house, now=NOON + PRESENT - timedelta(seconds=1))
    assert not duty(house, now=NOON + PRESENT)


@pytest.mark.parametrize(("territories", "asked", "there"), [
    ((SOREL,), SOREL, True), ((SOREL,), JOLIETTE, False), ((SOREL,), None, False), (("all",), None, True),
    (("all",), JOLIETTE, True), ((), SOREL, False),
])
def test_territory(house, territories, asked, there):
    seen(house, house.navigator(territories=territories), NOON)
    assert duty(house, asked) is there


def test_language(house):
    seen(house, house.navigator(languages=["fr"]), NOON)
    assert duty(house, language="fr") and not duty(house, language="en")


@pytest.mark.parametrize("roles", [("administrator",), ("table",), ("maintainer",)])
def test_only_navigators_count(house, roles):
    seen(house, house.navigator(roles=roles), NOON)
    assert not duty(house)


def test_signing_in_puts_on_duty_and_signing_out_takes_off(house):
    house.navigator()
    token = house.people.log_in("anne@example.org", "un mot de passe assez long", NOON)
    house.people.of_token(token, NOON)
    assert duty(house)
    house.people.log_out(token, NOON)
    assert not duty(house)


def test_disabled_person_is_not_on_duty(house):
    seen(house, house.navigator(), NOON)
    house.people.disable("anne@example.org")
    assert not duty(house)
