"""Ready-made replies: never in one language only, by key, seeded once."""

from __future__ import annotations

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from bot.handoff import canned
from bot.handoff.canned import CannedError
from bot.handoff.desk_tables import canned_replies
from bot.store.engine import reading, writing
from tests.handoff.conftest import NOON


def save(house, **values):
    with writing(house.engine) as connection:
        return canned.save(connection, **{"key": "essai", "fr": "Oui", "en": "Yes", "by": None, "now": NOON, **values})


@pytest.mark.parametrize(("values", "field"), [
    ({"fr": ""}, "fr"), ({"en": "  "}, "en"), ({"en": "\x00"}, "en"), ({"fr": "x" * 2001}, "fr"), ({"key": ""}, "key"), ({"key": "a b"}, "key"),
])
def test_a_reply_in_one_language_only_too_long_or_without_a_key_is_refused(house, values, field):
    with pytest.raises(CannedError) as refused:
        save(house, **values)
    assert refused.value.field == field


def test_the_database_itself_refuses_one_language(house):
    with pytest.raises(IntegrityError), writing(house.engine) as connection:
        connection.execute(insert(canned_replies).values(key="a", fr="Oui", en=" ", position=1, updated_at=NOON))


def test_saved_changed_ordered_found_by_key_and_removed(house):
    first, second = save(house), save(house, key="deux", fr="Deux", en="Two")
    with pytest.raises(CannedError):
        save(house, key="ESSAI")
    save(house, reply_id=first, fr="Bien sûr", en="Sure")
    with writing(house.engine) as connection:
        canned.order(connection, [second, first])
        assert [one.key for one in canned.all_replies(connection)] == ["deux", "essai"]
        assert canned.text_of(connection, "essai", "en") == "Sure" and canned.text_of(connection, "essai", "fr") == "Bien sûr"
        assert canned.remove(connection, first, by=None, now=NOON) and not canned.remove(connection, first, by=None, now=NOON)
        assert canned.text_of(connection, "essai", "fr") is None
        with pytest.raises(CannedError):
            canned.save(connection, key="essai", fr="a", en="b", by=None, now=NOON, reply_id=first)


def test_first_replies_come_once_and_do_not_come_back(house):
    canned.seed(house.engine)
    with writing(house.engine) as connection:
        found = canned.all_replies(connection)
        assert len(found) >= 5 and all(one.fr and one.en for one in found)
        for one in found:
            canned.remove(connection, one.id, by=None, now=NOON)
    canned.seed(house.engine)
    with reading(house.engine) as connection:
        assert canned.all_replies(connection) == []
