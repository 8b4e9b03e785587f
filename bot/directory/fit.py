"""Who a service is for, and whether this person is one of them. Immigration status is never asked for, nor known here.

A service's limits (ages, one sex, families) are facts of its record. Where a record only says in words that it is for the
young or for the old, that is a hint: it moves a service down for another age, and never refuses anybody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.directory.records import Service

if TYPE_CHECKING:
    from bot.directory.ranking import Query

__all__ = ["AGE_BANDS", "Fit", "band_of", "fit", "for_some", "is_free", "suits_age", "wheelchair"]

# Years of age, both included. Fourteen is the age of consent to care in Quebec (Civil Code, art. 14).
AGE_BANDS = {"child": (0, 13), "youth": (14, 24), "adult": (25, 64), "senior": (65, 130)}

_OLD = re.compile(r"\ba[îi]n[ée]+s?\b|personnes? âgées?|âge d.or|retraité|\bseniors?\b|\belder|older (?:adult|people|person)", re.IGNORECASE)
_YOUNG = re.compile(r"\bjeunes?(?:se)?\b|\bados?\b|adolescent|étudiant|pédiatri|\byouth\b|\bteen|young people|\bstudents?\b", re.IGNORECASE)
# A people or a community: it is known of nobody here, and never asked.
_A_PEOPLE = re.compile(r"premières nations|\binuits?\b|\bmétis\b|autochtone|first nations|indigenous|\blgbt|diversité sexuelle|sexual and gender", re.IGNORECASE)
_FREE = re.compile(r"gratui|sans frais|aucun frais|\bfree\b|no (?:charge|cost|fee)", re.IGNORECASE)
_NOT_FREE = re.compile(r"non gratui|pas gratui|not free|partiellement gratui", re.IGNORECASE)
_ACCESS = re.compile(r"fauteuil|wheelchair|accessib|\brampe\b|\bramp\b|ascenseur|elevator", re.IGNORECASE)
_NO_ACCESS = re.compile(
    r"(?:non|pas|peu|in|partiellement|sans)[ -]?(?:accessib|rampe|ascenseur)|(?:not|no|without)(?: wheelchair)? (?:accessib|access|ramp|elevator)"
    r"|escaliers? seulement|stairs only", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fit:
    """eligible: no limit is known to leave this person out. sure: every limit is known to include them. stated: there is
    a limit. likely: false where its words speak of another age. hinted: the bands that its words name, where it has no limits."""

    eligible: bool = True
    sure: bool = True
    stated: bool = False
    likely: bool = True
    hinted: frozenset[str] = frozenset()


# What most services say of who they are for: nothing.
FOR_ALL = Fit()


def fit(service: Service, query: Query) -> Fit:
    """How `service`'s limits fit the person of `query`; what is not known of the person leaves nobody out."""
    limited, hinted = _limits(service)
    theirs = _for_a_people(service.eligibility.best("fr") or "", service.name.best("fr") or "", service.description.best("fr") or "")
    if not (limited or hinted or theirs or service.sex or service.family):
        return FOR_ALL
    answers: list[bool | None] = [None] if theirs else []  # included, left out, or not known
    if limited:
        answers.append(_age(service, query))
    if service.sex:
        answers.append(None if query.sex is None else query.sex == service.sex)
    if service.family:
        answers.append(query.family)
    band = query.age_band if query.age is None else band_of(query.age)
    likely = not hinted or band is None or band in hinted
    known = bool(answers) or band is not None
    return Fit(False not in answers, known and None not in answers, True, likely, hinted)


def for_some(service: Service) -> bool:
    """Whether it is for some people only, by its limits or its words."""
    return bool(service.sex or service.family or any(_limits(service)))


def _limits(service: Service) -> tuple[bool, frozenset[str]]:
    """Whether it has limits of age; where it has none, the bands that its words name."""
    if service.min_age is not None or service.max_age is not None:
        return True, frozenset()
    return False, _bands_told(service.eligibility.best("fr") or "", service.name.best("fr") or "")


def _age(service: Service, query: Query) -> bool | None:
    """Null where the band is only partly served, and the age itself is not known."""
    if query.age is not None:
        return suits_age(service, None, query.age)
    if query.age_band is None:
        return None
    if not suits_age(service, query.age_band):
        return False
    low, high = AGE_BANDS[query.age_band]
    whole = (service.min_age or 0) <= low and (service.max_age is None or high <= service.max_age)
    return True if whole else None


def suits_age(service: Service, band: str | None, age: int | None = None) -> bool:
    """Whether the age in years, else some age of `band`, is served; true when neither is known."""
    if age is not None:
        low = high = age
    elif band is not None:
        low, high = AGE_BANDS[band]
    else:
        return True
    return (service.min_age or 0) <= high and low <= (service.max_age if service.max_age is not None else high)


def band_of(age: int) -> str:
    """The age band of an age in years."""
    return next(band for band, (low, high) in AGE_BANDS.items() if low <= age <= high)


@lru_cache(maxsize=1 << 17)
def _for_a_people(*texts: str) -> bool:
    return any(_A_PEOPLE.search(text) for text in texts)


@lru_cache(maxsize=1 << 17)
def _bands_told(*texts: str) -> frozenset[str]:
    """The bands that a record's words name, none where they name none or both ends of life."""
    old, young = (any(pattern.search(text) for text in texts) for pattern in (_OLD, _YOUNG))
    if old == young:
        return frozenset()
    return frozenset(["senior"]) if old else frozenset(["child", "youth"])


def is_free(service: Service) -> bool:
    """Whether it says that it costs nothing."""
    said = service.cost.best("fr")
    return said is not None and bool(_FREE.search(said)) and not _NOT_FREE.search(said)


def wheelchair(service: Service) -> bool | None:
    """Whether a wheelchair gets in, by the record's words; null where they do not say."""
    said = service.accessibility.best("fr")
    if not said or not _ACCESS.search(said):
        return None
    return not _NO_ACCESS.search(said)
