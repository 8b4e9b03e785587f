"""A service as the rules see it: plain values in HSDS 3.0's words, French and English text side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

__all__ = [
    "AREA_KINDS", "CAPACITIES", "DAYS", "MODES", "SEXES", "SINCE_UNKNOWN", "STATUSES", "Area", "Location", "Organization", "Phone", "Schedule", "Service",
    "Source", "SpecialHours", "Text",
]

# iCalendar's weekdays, Monday first as in datetime.weekday().
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
AREA_KINDS = ("municipality", "mrc", "rls", "region", "province")
MODES = ("on_site", "phone", "at_home", "online")
REMOTE = {"phone", "online"}
# A line for this many municipalities or networks is wide: 211 in Greater Montréal.
MANY_TERRITORIES = 4
# active: shown to residents. unverified: imported, its name not confirmed by a person yet. inactive: gone.
STATUSES = ("active", "unverified", "inactive")
# closed_from of a service that is closed since a day that nobody said.
SINCE_UNKNOWN = date(1900, 1, 1)
# Where a service is for one sex only. Most are for everybody, and say nothing.
SEXES = ("female", "male")
# What a service says of its places; most say nothing, and are taken to have some.
CAPACITIES = ("waiting_list", "full")


@dataclass(frozen=True, slots=True)
class Text:
    """A text in one or both languages; a missing one is null."""

    fr: str | None = None
    en: str | None = None

    def get(self, language: str) -> str | None:
        """The text in `language`, null when it does not exist in it."""
        return self.fr if language == "fr" else self.en

    def best(self, language: str) -> str | None:
        """The text in `language`, else in the other one."""
        return self.get(language) or self.fr or self.en

    def only_other(self, language: str) -> bool:
        """Whether the text exists, but not in `language`."""
        return not self.get(language) and bool(self.fr or self.en)

    def __bool__(self) -> bool:
        return bool(self.fr or self.en)


@dataclass(frozen=True, slots=True)
class Organization:
    id: str
    name: Text
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Location:
    """Where a service is given. `municipality` is the geographic code (ISQ), `city` its name.

    approximate: the coordinates are the centre of the municipality or borough, not the building's.
    """

    address: str | None
    postal_code: str | None
    municipality: str | None
    city: str | None
    lat: float | None
    lon: float | None
    name: Text = Text()
    approximate: bool = False

    @property
    def street(self) -> str | None:
        """The address, null where it only repeats the city."""
        return self.address if self.address != self.city else None


@dataclass(frozen=True, slots=True)
class Phone:
    """number: E.164, or a short code such as 811; display: as people read it in Quebec."""

    number: str
    display: str
    extension: str | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """Hours that repeat each week. Minutes from midnight: 0 to 1440; closing at or before opening means the next day.

    byday: weekdays, 0 is Monday. valid_from and valid_to are days, both included.
    """

    byday: tuple[int, ...]
    opens_at: int
    closes_at: int
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class SpecialHours:
    """Days, both included, on which the weekly hours do not hold: closed (no minutes), or these hours instead.

    Minutes as in Schedule. Several on one day are its split shifts.
    """

    first: date
    last: date
    opens_at: int | None = None
    closes_at: int | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """The territory that a service serves: one of AREA_KINDS and official codes (none for the province)."""

    kind: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where the facts come from. `date` is the source's own, as ISO 8601 of any precision (2020-08), null if unknown.

    read_on: the day that the project read a source which gives no date; it never stands for the source's date.
    """

    name: str
    url: str | None = None
    date: str | None = None
    licence: str | None = None
    read_on: str | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """One service. `needs` are ids of needs.yml, the one that it is mainly for first.

    holidays: open or closed on Quebec's statutory holidays, null when the source does not say (see hours.py).
    special_hours: days with other hours than the weekly ones. by_appointment: nobody is received without one.
    sex, family: where the source says that it is for women or men only, for who has children or expects one only.
    capacity: one of CAPACITIES, null when nothing is said of places.
    verified_by, verified_on: who checked the record last, and when; null where only its source did.
    closed_from, closed_until: days of a temporary closure, both included; closed_reason: why, for residents.
    """

    id: str
    organization: Organization
    name: Text
    description: Text
    needs: tuple[str, ...]
    source: Source
    locations: tuple[Location, ...] = ()
    area: Area | None = None
    phones: tuple[Phone, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    special_hours: tuple[SpecialHours, ...] = ()
    by_appointment: bool = False
    languages: tuple[str, ...] = ()
    cost: Text = Text()
    eligibility: Text = Text()
    bring: Text = Text()
    accessibility: Text = Text()
    min_age: int | None = None
    max_age: int | None = None
    sex: str | None = None
    family: bool = False
    capacity: str | None = None
    modes: tuple[str, ...] = ()
    url: str | None = None
    holidays: str | None = None
    second_source: Source | None = None
    notes: str | None = None
    status: str = "active"
    verified_by: str | None = None
    verified_on: str | None = None
    closed_from: date | None = None
    closed_until: date | None = None
    closed_reason: Text = Text()

    @property
    def checked_on(self) -> str | None:
        """When the facts were last known to be true: the day that somebody who is named verified them, else their source's
        own date; ISO 8601 of any precision, null if unknown. Never the day of an import, nor that a source was read."""
        return (self.verified_on if self.verified_by else None) or self.source.date

    @property
    def wide(self) -> bool:
        """A line or a site for the province, several regions or many municipalities, rather than a place nearby."""
        if self.area is None:
            return False
        if self.area.kind in ("province", "region"):
            return self.area.kind == "province" or len(self.area.codes) > 1
        return not self.locations and set(self.modes) <= REMOTE and len(self.area.codes) >= MANY_TERRITORIES

    @property
    def reachable(self) -> bool:
        """Whether a phone, a site or an address is known."""
        return bool(self.phones or self.url or self.organization.url or any(place.street for place in self.locations))

    @property
    def points(self) -> tuple[tuple[float, float], ...]:
        """(latitude, longitude) of its locations, in degrees, where known."""
        return tuple((place.lat, place.lon) for place in self.locations if place.lat is not None and place.lon is not None)
