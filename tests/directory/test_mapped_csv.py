"""A CSV with one service a row, by a mapping of its columns; and the table of taxonomy terms."""

import pytest

from bot.cli.directory import add_parser, run
from bot.directory.imports.batch import ImportFault
from bot.directory.imports.formats import read
from bot.directory.imports.reading import Options
from bot.directory.imports.terms import read_terms
from bot.needs import all_needs

MAPPING = """
source: {name: Répertoire d’essai, url: "https://repertoire.test", licence: CC BY 4.0}
language: fr
delimiter: ";"
separator: "|"
columns:
  id: Numéro
  organization.name: Organisme
  name.fr: Nom
  name.en: Name
  description.fr: Description
  needs: [Catégorie, Sous-catégorie]
  phones: Téléphone
  address: Adresse
  city: Ville
  postal_code: Code postal
  area: Territoire
  languages: Langues
  cost: Coût
  min_age: Âge minimum
  hours.days: Jours
  hours.opens: Ouvre
  hours.closes: Ferme
  verified_on: Mise à jour
constants: {organization.url: "https://repertoire.test"}
"""
HEADER = "Numéro;Organisme;Nom;Name;Description;Catégorie;Sous-catégorie;Téléphone;Adresse;Ville;Code postal;Territoire;Langues;Coût;Âge minimum;Jours;Ouvre;Ferme;Mise à jour;Autre"
ROW = "12;Maison d’essai;Repas du midi;Lunches;<b>Repas</b> chauds;Alimentation;Meals|Zzz;450 555-0100 poste 3|1 800 555-0199;1, rue d’Essai;Joliette;J6E 1A1;MRC de Joliette;français|anglais;Gratuit;18;lundi au vendredi;11h30;13h;2026-10-01;x"


@pytest.fixture
def files(tmp_path):
    def make(*rows, mapping=MAPPING, header=HEADER, encoding="utf-8"):
        (tmp_path / "m.yml").write_text(mapping, "utf-8")
        (tmp_path / "d.csv").write_text("\n".join((header, *rows)) + "\n", encoding)
        return tmp_path / "d.csv", Options(mapping=tmp_path / "m.yml")

    return make


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_row_becomes_a_service(files, encoding):
    path, options = files(ROW, encoding=encoding)
    batch = read(path, options=options)
    (service,) = batch.services
    assert (service.id, service.name.fr, service.name.en, service.description.fr) == ("csv-12", "Repas du midi", "Lunches", "Repas chauds")
    assert (service.needs, service.min_age, service.cost.fr, service.languages) == (("food",), 18, "Gratuit", ("fr", "en"))
    assert [(each.display, each.extension) for each in service.phones] == [("450 555-0100", "3"), ("1 800 555-0199", None)]
    assert (service.locations[0].municipality, service.locations[0].approximate, service.area.codes) == ("61025", True, ("61",))
    assert [(each.byday, each.opens_at, each.closes_at) for each in service.schedules] == [((0, 1, 2, 3, 4), 690, 780)]
    assert (service.source.name, service.source.date, service.source.licence) == ("Répertoire d’essai", "2026-10-01", "CC BY 4.0")
    assert dict(batch.unmapped) == {"Zzz": 1} and batch.faults == []


def test_faults_name_the_line(files):
    path, options = files(ROW.replace("450 555-0100 poste 3", "aucun"), ROW.replace("12;", "13;", 1).replace("Repas du midi;Lunches", ";"), "trop;court")
    assert [str(fault) for fault in read(path, options=options).faults] == [
        "d.csv, line 2: phone: 'aucun' is not a telephone number; left out",
        "d.csv, line 3: name: is missing",
        "d.csv, line 4: does not have as many cells as the header",
    ]


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ("columns: {name: Title}", "missing column Title"), ("columns: {pizza: Nom}", "pizza is not a field"), ("source: {}", "has no columns"),
        ("columns: {id: Nom}", "no column is the name"), ("columns: {name: Nom}\nlanguage: es", "language must be fr or en"),
        ("columns: {name: Nom}\nother: 1", "other is not one of"), ("columns: [", "m.yml"),
    ],
)
def test_a_wrong_mapping_says_what_is_wrong(files, mapping, says):
    path, options = files(ROW, mapping=mapping.replace("columns: {", 'delimiter: ";"\ncolumns: {'))
    with pytest.raises(ImportFault, match=says):
        read(path, options=options)


def test_a_csv_without_a_mapping_says_that_it_needs_one(files):
    with pytest.raises(ImportFault, match="needs a mapping"):
        read(files(ROW)[0])


def test_every_need_has_terms_and_the_table_reads():
    terms = read_terms()
    for need in all_needs().values():
        assert terms.needs(need.fr) == terms.needs(need.en) == (need.id,), need.id


@pytest.mark.parametrize(
    ("name", "code", "needs"),
    [
        ("Food Pantry", None, ("food",)), ("food pantry", None, ("food",)), ("Comptoir", "BD-1800.2000", ("food",)), (None, "BH-1800.8500", ("homelessness",)),
        (None, "BH-3800", ("housing",)), ("ND-3500", None, ("income",)), ("Banque alimentaire du quartier", None, ("food",)),
        ("Aide à domicile et répit", None, ("home_support", "caregiving")), ("Hommes", "YB-9000", ()), ("Bidule", "Q-1", None), ("", None, None),
    ],
)
def test_free_text_open_eligibility_and_211_codes(name, code, needs):
    assert read_terms().needs(name, code) == needs


@pytest.mark.parametrize(
    ("text", "says"),
    [("pizza: {terms: [x]}", "'pizza' is not a need"), ("food: {terms: [x]}\nhousing: {terms: [X]}", "is there for food already"), ("food: [x]", "must have lists"), ("- x", "not a table")],
)
def test_a_wrong_table_of_terms_says_what_is_wrong(tmp_path, text, says):
    (tmp_path / "t.yml").write_text(text)
    with pytest.raises(ImportFault, match=says):
        read_terms(tmp_path / "t.yml")


def test_the_command_lists_unmapped_terms_and_takes_the_maintainers_table(files, tmp_path, engine, capsys):
    import argparse

    from bot.settings import Settings

    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    path, options = files(ROW)

    def bonneporte(*arguments):
        return run(parser.parse_args(["directory", *map(str, arguments)]), Settings(data=tmp_path), engine)

    assert bonneporte("import", path, "--mapping", options.mapping, "--source", "essai") == 0
    out = capsys.readouterr()
    assert out.out.startswith("1 added, 0 changed, 0 unchanged, 0 closed, 0 refused") and "1  Zzz" in out.err
    (tmp_path / "terms.yml").write_text("food: {terms: [Alimentation, Meals]}\nyouth: {words: [zzz]}\n", "utf-8")
    assert bonneporte("import", path, "--mapping", options.mapping, "--source", "essai", "--terms", tmp_path / "terms.yml") == 0
    out = capsys.readouterr()
    assert out.out.startswith("0 added, 1 changed") and "Zzz" not in out.err
    for target in ("d.zip", "folder"):
        assert bonneporte("export", tmp_path / target) == 0
        assert bonneporte("validate", tmp_path / target) == 0
    assert bonneporte("export", tmp_path / "d.json") == 0
    assert bonneporte("import", tmp_path / "d.json") == 0
    assert "0 added, 0 changed, 1 unchanged" in capsys.readouterr().out
