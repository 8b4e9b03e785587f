"""How fields of cards and lines read."""

from __future__ import annotations

import pytest

from bot.web import display


@pytest.mark.parametrize(("phone", "address"), [
    ("450 743-2821", "tel:+14507432821"), ("1 866 446-2788", "tel:+18664462788"), ("(514) 555-0100", "tel:+15145550100"),
    ("450 746-4545, poste 22", "tel:+14507464545;ext=22"), ("450 746-4545 ext. 7", "tel:+14507464545;ext=7"),
    ("811, option 2", "tel:811"), ("911", "tel:911"), ("211", "tel:211"), ("sur rendez-vous", None),
])
def test_a_number_as_it_is_written_can_be_called(phone: str, address: str | None) -> None:
    assert display.dial(phone) == address


def test_a_language_without_a_name_stays_a_code() -> None:
    assert display.languages("fr", ["fr", "en", "xx"]) == "français, anglais, xx"
    assert display.languages("en", None) == ""


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//example.org", "", None])
def test_only_addresses_of_the_web_are_links(url: str | None) -> None:
    assert display.web(url) is None


def test_a_line_without_a_number_leads_to_its_site() -> None:
    assert display.line_link({"dial": None, "url": "https://suicide.ca"}) == "https://suicide.ca"
    assert display.line_link({"dial": "tel:988", "url": "https://988.ca"}) == "tel:988"
