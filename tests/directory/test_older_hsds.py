"""The tables of HSDS 1.1 and 2.x, as 211s export them: what is understood, what is said, what stays out."""

import csv
import time

import pytest

from bot.directory.imports.apply import apply
from bot.directory.imports.batch import ImportFault
from bot.directory.imports.formats import read
from bot.directory.imports.reading import Options

ORGANIZATIONS = [{"id": "1", "name": "Le Centre d&#39;entraide", "url": "www.centre.test"}]
SERVICES = [{"id": "s1", "organization_id": "1", "name": "Dépannage", "description": "<p>Pour les gens du quartier.</p><ul><li>Paniers</li><li>Repas</li></ul>\\nSur rendez-vous&nbsp;seulement",
             "status": "active", "fees": "Gratuit", "url": "http://centre.test/depannage"}]
LOCATIONS = [{"id": "l1", "name": "Siège", "latitude": "46,0237", "longitude": "-73,4436"}]
TABLES = {
    "organizations.csv": ORGANIZATIONS,
    "services.csv": SERVICES,
    "locations.csv": LOCATIONS,
    "services_at_location.csv": [{"id": "", "service_id": "s1", "location_id": "l1"}],
    "physical_addresses.csv": [{"id": "a1", "location_id": "l1", "address_1": "144, rue Saint-Joseph", "city": "Joliette", "postal_code": "j6e5c4", "state_province": "QC", "country": "CA"}],
    "phones.csv": [{"id": "p1", "service_id": "s1", "number": "450 555-0100 poste 234"}, {"id": "p2", "service_id": "s1", "number": "(450) 555-0101", "extension": "12"}],
    "regular_schedules.csv": [{"id": str(day), "service_id": "s1", "weekday": name, "opens_at": "8h30", "closes_at": "16:30:00"}
                              for day, name in enumerate(("Monday", "lundi", "2", "WE", "jeudi"))],
    "languages.csv": [{"id": "g1", "service_id": "s1", "language": "Français, anglais"}],
    "service_taxonomy.csv": [{"id": "t1", "service_id": "s1", "taxonomy_id": "BD-1800.2000"}, {"id": "t2", "service_id": "s1", "taxonomy_id": "X-1"}],
    "taxonomy.csv": [{"id": "BD-1800.2000", "name": "Comptoir", "vocabulary": "AIRS"}, {"id": "X-1", "name": "Bidule", "vocabulary": "AIRS"}],
    "eligibility.csv": [{"id": "e1", "service_id": "s1", "eligibility": "Résidents de la MRC"}],
    "service_areas.csv": [{"id": "z1", "service_id": "s1", "service_area": "MRC de Joliette"}],
    "accessibility_for_disabilities.csv": [{"id": "c1", "location_id": "l1", "accessibility": "Rampe d'accès"}],
    "required_documents.csv": [{"id": "d1", "service_id": "s1", "document": "Preuve de résidence"}, {"id": "d2", "service_id": "s1", "document": "Carte d'identité"}],
}


def write(folder, encoding="utf-8", **changes):
    """The tables in `folder`; a change is rows by file (dots as __), None for no file."""
    tables = {**TABLES, **{name.replace("__", "."): rows for name, rows in changes.items()}}
    for name, rows in tables.items():
        if rows is None:
            continue
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (folder / name).open("w", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    return folder


def the_one(folder, **changes):
    (service,) = read(write(folder, **changes)).services
    return service


def test_a_service_of_2x_is_understood_whole(tmp_path):
    service = the_one(tmp_path)
    assert (service.id, service.organization.name.fr, service.organization.url) == ("hsds-s1", "Le Centre d'entraide", "https://www.centre.test")
    assert service.description.fr == "Pour les gens du quartier.\n• Paniers\n• Repas\nSur rendez-vous seulement"
    assert service.needs == ("food",) and service.status == "active"
    assert [(phone.number, phone.display, phone.extension) for phone in service.phones] == [
        ("+14505550100", "450 555-0100", "234"), ("+14505550101", "450 555-0101", "12")]
    assert [(each.byday, each.opens_at, each.closes_at) for each in service.schedules] == [((0, 1, 2, 3), 510, 990)]
    spot = service.locations[0]
    assert (spot.address, spot.city, spot.postal_code, spot.municipality, spot.lat) == ("144, rue Saint-Joseph", "Joliette", "J6E 5C4", "61025", 46.0237)
    assert (service.area.kind, service.area.codes, service.languages) == ("mrc", ("61",), ("fr", "en"))
    assert (service.cost.fr, service.eligibility.fr, service.accessibility.fr) == ("Gratuit", "Résidents de la MRC", "Rampe d'accès")
    assert service.bring.fr == "Preuve de résidence; Carte d'identité" and service.source.date is None


def test_unmapped_terms_are_counted_and_blank_ids_said(tmp_path):
    batch = read(write(tmp_path))
    assert dict(batch.unmapped) == {"X-1 · Bidule": 1}
    assert [str(fault) for fault in batch.faults] == ["services_at_location.csv, line 2: id: is blank"]


def test_the_service_attributes_and_taxonomy_terms_of_2_0_and_schedules_with_byday(tmp_path):
    service = the_one(
        tmp_path, service_taxonomy__csv=None, taxonomy__csv=None, regular_schedules__csv=None,
        service_attributes__csv=[{"id": "1", "service_id": "s1", "taxonomy_term_id": "t"}],
        taxonomy_terms__csv=[{"id": "t", "term": "", "name": "Emergency Food", "vocabulary": "Open Eligibility"}],
        schedules__csv=[{"id": "h", "service_at_location_id": "", "location_id": "l1", "freq": "WEEKLY", "byday": "MO,TU,FR", "opens_at": "9:00 AM", "closes_at": "4:00 PM"}],
    )
    assert service.needs == ("food",)
    assert [(each.byday, each.opens_at, each.closes_at) for each in service.schedules] == [((0, 1, 4), 540, 960)]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"phones__csv": [{"id": "p", "service_id": "s1", "number": "appelez-nous"}]}, "phones.csv, line 2: phone: 'appelez-nous' is not a telephone number; left out"),
        ({"phones__csv": [{"id": "p", "service_id": "s9", "number": "450 555-0100"}]}, "phones.csv, line 2: service_id: s9 is not in the services; left out"),
        ({"regular_schedules__csv": [{"id": "h", "service_id": "s1", "weekday": "Someday", "opens_at": "9:00", "closes_at": "10:00"}]},
         "regular_schedules.csv, line 2: schedule: 'Someday' is not a list of weekdays as MO,TU; left out"),
        ({"regular_schedules__csv": [{"id": "h", "service_id": "s1", "weekday": "1", "opens_at": "25:00", "closes_at": "26:00"}]},
         "regular_schedules.csv, line 2: schedule: '25:00' is not a time as 08:30; left out"),
        ({"locations__csv": [{"id": "l1", "latitude": "-73.44", "longitude": "46.02"}]}, "locations.csv, line 2: coordinates: -73.44, 46.02 are outside Quebec; left out"),
        ({"service_areas__csv": [{"id": "z", "service_id": "s1", "service_area": "le quartier"}]},
         "service_areas.csv, line 2: service area: 'le quartier' is no municipality, MRC or region of this name; left out"),
        ({"services_at_location__csv": [{"id": "x", "service_id": "s1", "location_id": "l9"}]}, "services_at_location.csv, line 2: location_id: l9 is not in the locations; left out"),
        ({"services__csv": [*SERVICES, {**SERVICES[0], "id": "", "name": "Sans numéro"}]},
         "services.csv, line 3: id: is blank; one was made of its name, organization and description"),
        ({"services__csv": [*SERVICES, {**SERVICES[0], "id": "s2", "organization_id": "7"}]}, "services.csv, line 3: organization_id: 7 is not in the organizations"),
        ({"services__csv": [*SERVICES, SERVICES[0]]}, "services.csv, line 3: another record has the id hsds-s1"),
        ({"services__csv": [*SERVICES, {**SERVICES[0], "id": "s2", "name": ""}]}, "services.csv, line 3: name: is missing"),
        ({"service_taxonomy__csv": []}, "services.csv, line 2: has no taxonomy term; held as unverified, no resident sees it"),
    ],
)
def test_each_fault_names_its_file_its_line_and_the_reason(tmp_path, changes, fault):
    if changes.get("service_taxonomy__csv") == []:
        changes = {"service_taxonomy__csv": None}
    batch = read(write(tmp_path, **changes))
    assert fault in [str(each) for each in batch.faults]
    assert "hsds-s1" in [service.id for service in batch.services]


def test_a_service_without_an_id_gets_the_same_one_at_each_import(tmp_path, engine):
    write(tmp_path, services__csv=[{**SERVICES[0], "id": ""}])
    first, second = (apply(engine, read(tmp_path)) for _ in range(2))
    assert (first.added, second.added, second.unchanged) == (1, 0, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_accents_in_every_encoding(tmp_path, encoding):
    assert the_one_of(write(tmp_path, encoding)).name.fr == "Dépannage"


def the_one_of(folder):
    return read(folder).services[0]


@pytest.mark.parametrize(("change", "why"), [
    (lambda text: text.replace(",", ";").replace('"', ""), "semicolons, as a French spreadsheet writes"), (lambda text: text.replace(",", "\t").replace('"', ""), "tabs"),
    (lambda text: "\n".join([text.split("\n")[0].upper(), *text.split("\n")[1:]]), "names of columns in capitals"),
    (lambda text: text.replace("\r\n", "\r"), "line ends of old machines"),
])
def test_the_same_tables_written_otherwise(tmp_path, change, why):
    plain = {"organizations__csv": [{"id": "1", "name": "Le Centre"}], "services__csv": [{**SERVICES[0], "description": "Pour les gens du quartier."}], "locations__csv": [{"id": "l1"}], "languages__csv": None,
             "physical_addresses__csv": None}
    write(tmp_path, **plain)
    for file in tmp_path.iterdir():
        file.write_bytes(change(file.read_bytes().decode()).encode())
    (service,) = read(tmp_path).services
    assert (service.name.fr, service.phones[0].extension, service.needs) == ("Dépannage", "234", ("food",)), why


def test_the_singular_names_of_1_1(tmp_path):
    singular = {"organizations": "organization", "services": "service", "locations": "location", "phones": "phone", "regular_schedules": "regular_schedule",
                "languages": "language", "physical_addresses": "physical_address"}
    write(tmp_path)
    for name, other in singular.items():
        (tmp_path / f"{name}.csv").rename(tmp_path / f"{other}.csv")
    (service,) = read(tmp_path).services
    assert len(service.phones) == 2 and service.schedules[0].byday == (0, 1, 2, 3) and service.locations[0].city == "Joliette"


def test_tables_without_any_ids_say_each_row_that_nothing_can_be_tied_to(tmp_path):
    batch = read(write(tmp_path, services__csv=[{key: value for key, value in SERVICES[0].items() if key != "id"}]))
    said = [str(fault) for fault in batch.faults]
    assert "services.csv, line 2: id: is blank; one was made of its name, organization and description" in said
    assert "phones.csv, line 3: service_id: s1 is not in the services; left out" in said
    assert [service.status for service in batch.services] == ["unverified"]


def test_english_records_are_told_from_their_words_or_by_option(tmp_path):
    english = [{**SERVICES[0], "name": "Food bank", "description": "Groceries for families who need help this month."}]
    assert the_one(tmp_path, services__csv=english).name.en == "Food bank"
    assert read(tmp_path, options=Options(language="fr")).services[0].name.fr == "Food bank"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"services__csv": None}, "holds no services.csv"),
        ({"organizations__csv": None}, "holds no organizations.csv"),
        ({"services__csv": [{"id": "1", "nom": "x"}]}, "services.csv: missing columns name, organization_id"),
    ],
)
def test_what_is_no_package_says_why(tmp_path, changes, says):
    with pytest.raises(ImportFault, match=says):
        read(write(tmp_path, **changes))


def test_nameless_columns_at_the_end_are_nothing_and_two_of_one_name_are_refused(tmp_path):
    write(tmp_path)
    (tmp_path / "organizations.csv").write_text("id,name,,\n1,Le Centre,,\n", "utf-8")
    assert read(tmp_path).services[0].organization.name.fr == "Le Centre"
    (tmp_path / "organizations.csv").write_text("id,name,name\n1,Le Centre,x\n", "utf-8")
    with pytest.raises(ImportFault, match="two columns are named 'name'"):
        read(tmp_path)


def test_thousands_of_rows_in_seconds(tmp_path, engine):
    number = 5000
    write(
        tmp_path,
        services__csv=[{**SERVICES[0], "id": f"s{each}"} for each in range(number)],
        phones__csv=[{"id": f"p{each}", "service_id": f"s{each}", "number": f"450 555-{each:04d} poste {each}"} for each in range(number)],
        services_at_location__csv=[{"id": f"x{each}", "service_id": f"s{each}", "location_id": "l1"} for each in range(number)],
        service_taxonomy__csv=[{"id": f"t{each}", "service_id": f"s{each}", "taxonomy_id": "BD-1800.2000"} for each in range(number)],
        regular_schedules__csv=[{"id": f"h{each}", "service_id": f"s{each}", "weekday": "1", "opens_at": "9:00", "closes_at": "10:00"} for each in range(number)],
    )
    start = time.perf_counter()
    batch = read(tmp_path)
    steps = []
    summary = apply(engine, batch, progress=lambda done, total: steps.append((done, total)))
    assert summary.added == number and steps[-1] == (number, number) and len(steps) == 5
    assert time.perf_counter() - start < 60
