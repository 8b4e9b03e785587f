"""What a person may see: closed by default."""

from __future__ import annotations

import pytest

from bot.people.person import Person, PersonError, clean_email, clean_list


def navigator(**more):
    return Person("1", "a@example.org", "A", ("navigator",), **more)


def test_navigator_without_territory_sees_none():
    assert not navigator().serves("1623", "fr", ["food"])
    assert not navigator().serves(None, "fr", ["food"])


def test_navigator_sees_their_territory_only():
    person = navigator(territories=("1623",))
    assert person.serves("1623", "fr", ["food"])
    assert not person.serves("1411", "fr", ["food"])
    assert not person.serves(None, "fr", ["food"])


def test_request_without_territory_is_for_those_who_serve_all():
    assert navigator(territories=("all",)).serves(None, "fr", ["food"])


def test_other_language_is_not_seen():
    person = navigator(territories=("all",), languages=("fr",))
    assert person.serves("1623", "fr", [])
    assert not person.serves("1623", "en", [])


def test_topics_limit_and_none_means_all():
    person = navigator(territories=("all",), topics=("food",))
    assert person.serves("1623", "fr", ["housing", "food"])
    assert not person.serves("1623", "fr", ["housing"])
    assert navigator(territories=("all",)).serves("1623", "fr", ["housing"])


def test_request_without_need_is_for_every_topic():
    assert navigator(territories=("all",), topics=("food",)).serves("1623", "fr", [])


@pytest.mark.parametrize("role", ["table", "maintainer"])
def test_other_roles_see_nothing_whatever_their_territories(role):
    assert not Person("1", "a@example.org", "A", (role,), territories=("all",)).serves("1623", "fr", ["food"])


def test_administrator_sees_all():
    person = Person("1", "a@example.org", "A", ("administrator",))
    assert person.serves(None, "en", [])


@pytest.mark.parametrize(("kind", "value"), [("role", "owner"), ("territory", "Sorel"), ("territory", "16230"), ("language", "de"), ("topic", "pizza")])
def test_unknown_values_are_refused(kind, value):
    with pytest.raises(PersonError):
        clean_list(kind, [value])


def test_territory_that_does_not_exist_is_refused_when_they_are_known():
    with pytest.raises(PersonError):
        clean_list("territory", ["9999"], {"1623"})
    assert clean_list("territory", ["1623", "1623"], {"1623"}) == ["1623"]
    assert clean_list("territory", ["1623", "all"], {"1623"}) == ["all"]


def test_email_is_kept_in_lower_case():
    assert clean_email(" Anne@Example.ORG ") == "anne@example.org"
    for wrong in ("anne", "anne@", "@example.org", "an ne@example.org", ""):
        with pytest.raises(PersonError):
            clean_email(wrong)
