"""Every phrase of a card exists in both languages, and every key the code can name exists."""

from pathlib import Path

import bot.directory
from bot.directory.holidays import holidays
from bot.directory.records import DAYS
from bot.words import LANGUAGES, load_words

WORDS = load_words(Path(bot.directory.__file__).with_name("words.yml"))


def test_every_holiday_day_and_month_has_a_name():
    for language in LANGUAGES:
        for key in set(holidays(2026).values()):
            assert WORDS(language, f"holiday.{key}")
        for day in DAYS:
            assert WORDS(language, f"day.{day}")
        for month in range(1, 13):
            assert WORDS(language, f"month.{month}")


def test_both_languages_fill_the_same_places():
    for name, texts in WORDS.texts.items():
        places = [sorted(part.split("}")[0] for part in texts[language].split("{")[1:]) for language in LANGUAGES]
        assert places[0] == places[1], name
