"""What a message plainly says of the person: one age, a sex only of whom the help is for, and when it says nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.answering import _about_person
from bot.conversation.person import OLDEST, read_person, read_sex


class Conversation:
    def __init__(self, asks=None, language="fr"):
        self.asks, self.language = asks, language


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("elle a 82 ans", 82), ("she's 14", 14), ("j'ai 16 ans", 16), ("j’ai 16 ans", 16), ("J'AI 16 ANS!", 16), ("he is 9", 9), ("I'm 34", 34),
        ("82 ans", 82), ("seize ans", 16), ("quatre-vingt-deux ans", 82), ("soixante et onze ans", 71), ("vingt-et-un ans", 21),
        ("thirty-four", None), ("I am thirty-four", 34), ("79 yo", 79), ("14 years old", 14), ("non, 70 ans", 70), ("actually she is 70", 70),
        ("mon père, il a 79 ans", 79), ("ma mère de 82 ans", 82), ("my son is 8 years old", 8), ("an 82-year-old woman", 82), ("elle va avoir 90 ans", 90),
        ("une de mes clientes a 82 ans, elle ne voit plus personne", 82), ("ma fille de 14 ans ne mange plus", 14), ("age 45", 45), ("âgée de 67 ans", 67),
    ],
)
def test_an_age(text, age):
    assert read_person(text).age == age


@pytest.mark.parametrize(
    "text",
    [
        "il y a 5 ans", "depuis 10 ans", "ça fait 20 ans que je vis ici", "dans 2 ans", "mon bail de 2 ans", "I'm 5 minutes away", "it's 14 degrees",
        "I'm 8 months pregnant", "she is 14 km away", "10 years ago", "for 20 years", "j'ai 3 enfants", "I have 2 kids", "J4K 2T6", "12, rue Principale",
        "mes enfants de 4 et 6 ans", "j'ai 34 ans et ma fille a 5 ans",  # two ages: whose?
        "elle a 182 ans", "je suis la 3e sur la liste", "open at 8", "", "un", "one",
    ],
)
def test_no_age(text):
    assert read_person(text).age is None and not read_person(text).only


@pytest.mark.parametrize(
    ("text", "band"),
    [("dans la quarantaine", "adult"), ("elle est dans la soixantaine", "senior"), ("she is in her 80s", "senior"), ("he's in his mid-30s", "adult"),
     ("une ado", "youth"), ("a teenager", "youth"), ("une personne âgée", "senior"), ("she is elderly", "senior")],
)
def test_about_how_old(text, band):
    assert (read_person(text).band, read_person(text).only) == (band, True)


@pytest.mark.parametrize(
    ("text", "only"),
    [("elle a 82 ans", True), ("c'est pour ma mère, elle a 82 ans", True), ("oui, 16 ans", True), ("sorry, she's 14", True),
     ("ma mère de 82 ans a besoin d'aide pour son bain", False), ("j'ai 16 ans et je veux travailler", False), ("I'm 34 and my kids are hungry", False)],
)
def test_whether_it_says_anything_else(text, only):
    assert read_person(text).only is only


@pytest.mark.parametrize(
    ("text", "sex"),
    [
        ("elle a 82 ans", "female"), ("he is 9", "male"), ("je suis une femme", "female"), ("I'm a man", "male"), ("de l'aide pour ma mère", "female"),
        ("help for my dad", "male"), ("ma mère a besoin d'aide", None), ("mon mari me frappe", None), ("my son hits me", None),
        ("je suis une femme et mon mari me frappe", "female"), ("il y a du bruit", None), ("she told me about you, I need food", None),
    ],
)
def test_a_sex_only_of_whom_the_help_is_for(text, sex):
    assert read_person(text).sex == sex


@pytest.mark.parametrize(("text", "sex"), [("une femme", "female"), ("a man", "male"), ("un garçon", "male"), ("elle", "female"), ("a woman, my mother", "female"),
                                           ("les deux", None), ("une femme et un homme", None), ("woman", "female"), ("je ne sais pas", None)])
def test_an_answer_to_a_woman_or_a_man(text, sex):
    assert read_sex(text) == sex


def test_a_few_other_facts():
    assert read_person("je suis enceinte").family and read_person("my kids are hungry").family and read_person("j'ai faim").family is None
    assert read_person("je suis en fauteuil roulant").wheelchair and read_person("she uses a wheelchair").wheelchair
    for text in ("je ne peux pas sortir de chez nous", "elle peut plus se déplacer", "I can't leave the house", "she is bedridden"):
        assert read_person(text).stays_home, text
    assert not read_person("je veux sortir de chez nous").stays_home


@given(st.text(max_size=200))
def test_any_text_is_read(text):
    said = read_person(text)
    assert said.age is None or 0 <= said.age <= OLDEST


@given(st.integers(0, OLDEST))
def test_any_age_in_digits(age):
    for text in (f"elle a {age} ans", f"she's {age}", f"I am {age} years old", f"{age} ans"):
        assert (read_person(text).age, read_person(text).only) == (age, True), text


@pytest.mark.parametrize(
    ("text", "asks", "payload"),
    [
        ("elle a 82 ans", None, '/about_person{"language": "fr", "age_band": "senior", "age": 82, "sex": "female"}'),
        ("82", "for_whom", '/about_person{"language": "fr", "age_band": "senior", "age": 82}'),
        ("une femme de 40 ans", "for_whom", '/about_person{"language": "fr", "age_band": "adult", "age": 40}'),
        ("dans la quarantaine", "place", '/about_person{"language": "fr", "age_band": "adult"}'),
        ("une femme", "sex", '/about_person{"language": "fr", "sex": "female"}'),
        ("82", None, None),  # a number alone, and no age was asked for
        ("911", "place", None),
        ("elle a 82 ans", "handoff_consent", None),  # a yes or no is waited for
        ("ma mère de 82 ans a besoin d'aide pour son bain", None, None),
        ("une femme", None, None),
        ("/need{\"need\":\"food\"}", None, None),
    ],
)
def test_what_is_passed_to_the_dialogue(text, asks, payload):
    assert _about_person(text, Conversation(asks)) == payload
