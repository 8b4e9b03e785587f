"""The official territory that another directory's words name: a municipality, an MRC, a region or the province."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from bot.directory.records import Area
from bot.places import Place, gazetteer, normalise

__all__ = ["area_named", "municipality_named"]

_PROVINCE = {"quebec province", "province de quebec", "province of quebec", "tout le quebec", "ensemble du quebec", "provincial",
             "provincewide", "province wide", "all of quebec", "partout au quebec", "province", "the province of quebec"}
_MRC = ("mrc de la ", "mrc de l ", "mrc des ", "mrc du ", "mrc de ", "mrc d ", "mrc ")
_REGION = ("region de la ", "region de l ", "region des ", "region du ", "region de ", "region ")


def municipality_named(name: str | None) -> Place | None:
    """The municipality or part of one of exactly this name; null when there is none, or two."""
    text = (name or "").strip()
    if not text:
        return None
    exact = _municipalities().get(normalise(text), [])
    if len(exact) == 1:
        return exact[0]
    found = gazetteer().lookup(text)
    return found.places[0] if len(found.places) == 1 and found.only_place else None


def area_named(name: str) -> Area | None:
    """The territory that `name` says; null when nothing official has that name."""
    text = normalise(name)
    if text in _PROVINCE:
        return Area("province")
    mrcs, regions = _mrcs_and_regions()
    for prefixes, known, kind in ((_MRC, mrcs, "mrc"), (_REGION, regions, "region")):
        short = next((text[len(prefix):] for prefix in prefixes if text.startswith(prefix)), None)
        code = known.get(short or "") or known.get(text if kind == "mrc" and text.startswith("mrc") else "")
        if code:
            return Area(kind, (code,))
    place = municipality_named(name)
    if place is not None and not place.part:
        return Area("municipality", (place.code,))
    if text in regions:
        return Area("region", (regions[text],))
    return Area("mrc", (mrcs[text],)) if text in mrcs else None


@cache
def _municipalities() -> dict[str, list[Place]]:
    found: defaultdict[str, list[Place]] = defaultdict(list)
    for place in gazetteer().places.values():
        if place.kind == "municipality":
            found[normalise(place.name)].append(place)
    return dict(found)


@cache
def _mrcs_and_regions() -> tuple[dict[str, str], dict[str, str]]:
    """Codes by name: an MRC is its municipalities' first two digits, a region the two that its RLS begin with. A name
    with several codes (an MRC-less territory) is left out."""
    mrcs: defaultdict[str, set[str]] = defaultdict(set)
    regions: defaultdict[str, set[str]] = defaultdict(set)
    known = gazetteer()
    for key, place in known.places.items():
        if place.kind == "municipality":
            mrcs[normalise(place.mrc)].add(place.code[:2])
            regions[known.regions.get(key, "")].add(place.rss)
    return tuple({name: next(iter(codes)) for name, codes in each.items() if name and len(codes) == 1 and next(iter(codes))}
                 for each in (mrcs, regions))  # type: ignore[return-value]
