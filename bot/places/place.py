"""A place as the rest of the project sees it, and what was found in a message."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Found", "Place"]

#: Statuses of the Code géographique du Québec, in the words of residents.
_STATUSES = {
    "V": ("ville", "city"), "M": ("municipalité", "municipality"), "P": ("paroisse", "parish"),
    "CT": ("canton", "township"), "CU": ("cantons unis", "united townships"), "VL": ("village", "village"),
    "R": ("communauté des Premières Nations", "First Nations community"),
    "NO": ("territoire non organisé", "unorganized territory"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality, or a part of one whose local service network (RLS) or centre is better known.

    key: municipality code, or code:part ("66023:ahuntsic", "23027:G1K"); code: municipality (ISQ); name: official
    name, a borough's own name for Montréal; mrc: regional county; rls: RLS code, None where several share the city
    and nothing settled it; rss: 2-digit health region; lat, lon: degrees, WGS 84; population: ISQ estimate of the
    municipality, 0 for a part; kind: municipality, borough, district, sector or prefix; part: the name residents
    use for the part ("Ahuntsic"), else empty; note: (fr, en) what tells it from another of the same name.
    """

    key: str
    code: str
    name: str
    mrc: str
    rls: str | None
    rss: str
    lat: float
    lon: float
    population: int
    kind: str
    part: str = ""
    note: tuple[str, str] = ("", "")

    def as_dict(self) -> dict[str, str | None]:
        """The contract's object: {code, name, mrc, rls}."""
        return {"code": self.code, "name": self.name, "mrc": self.mrc, "rls": self.rls}

    def display(self, language: str) -> str:
        """The name to show: "Sorel-Tracy", "Ahuntsic (Montréal)", "Saint-Donat (Matawinie)". Language: fr or en."""
        shown = self.part or self.name
        note = self.note[1 if language == "en" else 0]
        return f"{shown} ({note})" if note else shown


@dataclass(frozen=True, slots=True)
class Found:
    """What a message says of places: one reading, or several of one name with the most populous first.

    only_place: the message holds nothing else than a place with function words ("à Joliette", "near Rawdon").
    """

    places: tuple[Place, ...] = ()
    only_place: bool = False


def status_words(status: str) -> tuple[str, str]:
    """A status of the Code géographique in French and English, ("", "") if residents would not say it."""
    return _STATUSES.get(status, ("", ""))
