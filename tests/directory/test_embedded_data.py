"""The embedded directory, record by record: what a resident may be shown is complete, bilingual, sourced and safe.

The records are the project's own data (`bot/directory/embedded/*.yml`); this file reads them as they are written,
before any loader, so that a fault names the record.
"""

import collections
import pathlib
import re

import pytest
import yaml

from bot.needs import all_needs

EMBEDDED = pathlib.Path(__file__).parents[2] / "bot" / "directory" / "embedded"
FILES = sorted(EMBEDDED.glob("*.yml"))
SERVICES = [service for file in FILES for service in yaml.safe_load(file.read_text(encoding="utf-8"))]

NEEDS = set(all_needs())
PILOT = ("1623", "1411", "1412", "0641", "0642")
# Which pilot territories lie in an area: RCM (the first two digits of a municipality's code) and health region.
PILOT_OF_MRC = {"53": {"1623"}, "60": {"1412"}, "61": {"1411"}, "62": {"1411"}, "63": {"1411"}, "64": {"1412"}, "52": {"1411"}, "66": {"0641", "0642"}}  # fmt: skip
PILOT_OF_REGION = {"06": {"0641", "0642"}, "14": {"1411", "1412"}, "16": {"1623"}}

FIELDS = [
    "id", "organization", "name", "description", "needs", "location", "area", "phones", "schedules", "languages",
    "cost", "eligibility", "min_age", "max_age", "bring", "accessibility", "modes", "url", "source", "second_source",
    "notes",
]  # fmt: skip
# What few records say, after their eligibility.
RARE_FIELDS = ("special_hours", "by_appointment", "sex", "family", "capacity")
LOCATION_FIELDS = {"name", "address", "postal_code", "municipality", "lat", "lon", "virtual"}
SOURCE_FIELDS = {"name", "url", "date", "licence"}
BILINGUAL = ("name", "description", "cost", "eligibility", "bring", "accessibility")
# Quebec's bounding box: the Ontario border, Nunavik's cape, the United States border, Blanc-Sablon.
SOUTH, NORTH, WEST, EAST = 44.9, 62.7, -79.8, -57.0
DAYS = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
# Crisis and child-protection lines are shown by bot/safety in its own words, never as the service of a need.
CRISIS_NUMBERS = {
    "911", "988", "535353", "+18662773553", "+18006651414", "+18003615310", "+15148963100", "+15149356196",
    "+18003618665", "+18005676810", "+18889754884",
}  # fmt: skip
# What the open health data holds and a resident must never be sent to.
NEVER = re.compile(
    r"foyer de groupe|group home|protection de l.enfance|protection de la jeunesse|youth protection|"
    r"jeunes en difficulté d.adaptation|\bchsld\b|centre d.hébergement temporaire|site temporaire|temporary site",
    re.IGNORECASE,
)


def territories(service: dict) -> set[str]:
    """The pilot territories that a service's area reaches; all of them for a province-wide line."""
    kind, codes = service["area"]["kind"], service["area"]["codes"]
    if kind == "province":
        return set(PILOT)
    if kind == "rls":
        return set(codes) & set(PILOT)
    table = PILOT_OF_REGION if kind == "region" else PILOT_OF_MRC
    return set().union(*(table.get(code[:2], set()) for code in codes))


def has_reach(service: dict) -> bool:
    return bool(service["phones"] or service["url"] or service["location"])


def each(check):
    """One test over all records, whose failure names the record (243 records would be 2,700 lines of report)."""

    def over_all_records():
        for service in SERVICES:
            try:
                check(service)
            except AssertionError as fault:
                raise AssertionError(f"{service['id']}: {fault}") from fault

    over_all_records.__name__ = check.__name__
    return over_all_records


def test_every_file_holds_a_list_and_stays_readable():
    assert FILES
    for file in FILES:
        text = file.read_text(encoding="utf-8")
        assert text.count("\n") < 1500, file.name
        assert not re.search(r"/(work|root|tmp|home)/", text), file.name


def test_ids_are_unique_across_files():
    counts = collections.Counter(service["id"] for service in SERVICES)
    assert [key for key, count in counts.items() if count > 1] == []


def test_one_organization_id_means_one_organization():
    seen = collections.defaultdict(set)
    for service in SERVICES:
        organization = service["organization"]
        seen[organization["id"]].add(organization["name"]["fr"])
    assert {key: names for key, names in seen.items() if len(names) > 1} == {}


@each
def test_a_record_has_the_fields_of_the_format_in_their_order(service):
    assert [field for field in service if field not in RARE_FIELDS] == FIELDS
    assert SLUG.fullmatch(service["id"])
    assert set(service["organization"]) == {"id", "name", "url"}
    assert SLUG.fullmatch(service["organization"]["id"])


@each
def test_needs_are_known_and_not_repeated(service):
    needs = service["needs"]
    assert needs and set(needs) <= NEEDS and len(needs) == len(set(needs))


@each
def test_every_text_exists_in_french_and_in_english(service):
    texts = [service[field] for field in BILINGUAL if service[field] is not None] + [
        service["organization"]["name"]
    ]
    if service["location"] and service["location"]["name"]:
        texts.append(service["location"]["name"])
    assert service["name"] and service["description"]
    for text in texts:
        assert set(text) == {"fr", "en"}
        for value in text.values():
            assert value.strip() == value and value and "  " not in value
            assert "'" not in value and '"' not in value, "straight quote"
        assert not re.search(r"[\w)] ?:(?=\s)", text["fr"]), "a French colon takes a no-break space"
    assert service["description"]["fr"] != service["description"]["en"]


@each
def test_the_place_is_in_quebec(service):
    location = service["location"]
    if location is None:
        return
    assert set(location) == LOCATION_FIELDS
    assert SOUTH < location["lat"] < NORTH and WEST < location["lon"] < EAST
    assert re.fullmatch(r"\d{5}", location["municipality"]) and location["address"]
    assert location["postal_code"] is None or re.fullmatch(r"[GHJ]\d[A-Z] \d[A-Z]\d", location["postal_code"])


@each
def test_the_area_is_a_territory(service):
    area = service["area"]
    length = {"municipality": 5, "mrc": 2, "rls": 4, "region": 2}
    assert set(area) == {"kind", "codes"}
    if area["kind"] == "province":
        assert area["codes"] == []
    else:
        assert area["codes"] and all(
            len(code) == length[area["kind"]] and code.isdigit() for code in area["codes"]
        )


@each
def test_phones_dial_what_they_show(service):
    for phone in service["phones"]:
        assert set(phone) == {"number", "display", "extension"}
        assert re.fullmatch(r"\+1\d{10}|\d{3}", phone["number"])
        shown = re.sub(r"\D", "", phone["display"].split(",")[0])
        assert phone["number"].removeprefix("+1") == (shown if len(shown) < 11 else shown.removeprefix("1"))
        assert phone["extension"] is None or phone["extension"].isdigit()


@each
def test_hours_are_hsds_schedules(service):
    for schedule in service["schedules"]:
        assert set(schedule) == {"byday", "opens_at", "closes_at"}
        assert set(schedule["byday"].split(",")) <= DAYS
        assert TIME.fullmatch(schedule["opens_at"]) and TIME.fullmatch(schedule["closes_at"])
        assert schedule["opens_at"] < schedule["closes_at"]


@each
def test_languages_modes_and_ages_are_known_values(service):
    assert service["languages"] and set(service["languages"]) <= {"fr", "en"}
    assert service["modes"] and set(service["modes"]) <= {"phone", "on_site", "at_home", "online"}
    low, high = service["min_age"], service["max_age"]
    assert all(age is None or 0 <= age <= 120 for age in (low, high))
    assert low is None or high is None or low < high


@each
def test_the_source_is_named_with_its_date_or_the_day_it_was_read(service):
    for source in (service["source"], service["second_source"]):
        if source is None:
            continue
        assert set(source) - {"read_on"} == SOURCE_FIELDS and source["name"]
        # A source without a date of its own says when the project read it; that day is never given as its date.
        assert (source["date"] is None) != ("read_on" not in source), "needs its date, else read_on; never both"
        assert DATE.fullmatch(source["date"] or source["read_on"])
        assert source["date"] or (len(source["read_on"]) == 10 and source["read_on"] >= "2026-11-23")
        assert source["url"] is None or re.match(r"https?://", source["url"])
    assert service["source"] and service["source"]["url"]
    for url in (service["url"], service["organization"]["url"]):
        assert url is None or re.match(r"https?://[\w.-]+\.[a-z]{2,}", url)


def test_a_name_of_the_open_health_data_is_confirmed_by_a_second_source():
    from_odhf = [service for service in SERVICES if "ODHF" in service["source"]["name"]]
    assert len(from_odhf) >= 15
    assert [service["id"] for service in from_odhf if not service["second_source"]] == []


@each
def test_no_residence_no_child_protection_no_temporary_site(service):
    assert not NEVER.search(" ".join([*service["name"].values(), *service["description"].values()]))


@each
def test_no_crisis_line_stands_for_an_ordinary_need(service):
    assert not {phone["number"] for phone in service["phones"]} & CRISIS_NUMBERS


def test_a_shelter_from_violence_shows_no_address():
    shelters = [
        s for s in SERVICES if "violence" in s["needs"] and "confidentielle" in s["description"]["fr"]
    ]
    assert shelters and all(service["location"] is None for service in shelters)


@each
def test_every_record_has_a_way_to_reach_it(service):
    assert has_reach(service), "neither phone, site nor address: docs/directory.md keeps its name until there is one"


def test_few_records_have_only_a_town_to_go_to():
    """Most of them are municipalities, whose town hall people find; their cards say that phone and street are missing. It
    may only get better."""
    from bot.directory.load import embedded_services

    town_only = [service.id for service in embedded_services() if not service.reachable]
    assert len(town_only) <= 64 and sum(not key.startswith("municipalite-") for key in town_only) <= 11


def test_two_hundred_real_services_and_eighty_of_them_in_the_pilot_territories():
    assert len(SERVICES) >= 200
    assert len({service["organization"]["id"] for service in SERVICES}) >= 120
    local = [
        service for service in SERVICES if service["area"]["kind"] != "province" and territories(service)
    ]
    assert len(local) >= 80


@pytest.mark.parametrize("territory", PILOT)
def test_every_need_is_covered_in(territory):
    covered = {need for service in SERVICES if territory in territories(service) for need in service["needs"] if has_reach(service)}  # fmt: skip
    assert covered == NEEDS


@pytest.mark.parametrize("territory", PILOT)
def test_someone_answers_in_english_for_most_needs_in(territory):
    """Parity is measured, not promised: the lines alone must cover these needs in English."""
    english = {
        need
        for s in SERVICES
        if territory in territories(s) and "en" in s["languages"]
        for need in s["needs"]
    }
    assert {"health_care", "mental_health", "violence", "housing", "income", "caregiving", "isolation", "youth", "substance_use", "newcomers", "legal"} <= english  # fmt: skip


def test_old_records_warn_and_do_not_fail():
    """What is older than the setting's default is said in the summary of the tests; a calendar must not break a build."""
    import warnings
    from datetime import date

    from bot.directory.trust import STALE_DAYS, is_stale

    stale = [service["id"] for service in SERVICES if is_stale(service["source"]["date"], date.today())]
    if stale:
        warnings.warn(f"{len(stale)} of {len(SERVICES)} embedded records were verified more than {STALE_DAYS} days ago, or nobody knows when: "
                      "./bonneporte directory stale", stacklevel=1)
