"""Which of the places that a message names is where the person is, or where the service is needed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from bot.places.context import Context
from bot.places.elsewhere import offers_no_place
from bot.places.gazetteer import Gazetteer
from bot.places.place import Place
from bot.places.postal import PostalCode
from bot.places.text import Word, normalise, word_set

__all__ = ["SAID_NOT_TO_BE", "Mention", "choose", "names_region"]

#: Below this weight a name was denied ("pas à Joliette").
SAID_NOT_TO_BE = -2.0
#: "De Chertsey à l'hôpital de Joliette": what may stand between where the person is and where they go.
_TO = frozenset({"a", "to", "au", "vers", "jusqu", "jusque"})
_ON_THE_WAY = word_set("l la the le hopital hospital clsc clinique clinic de d du in of centre")
#: "Notre-Dame-de-Lourdes près de Joliette": what may stand between a place and the landmark it is near.
_NEAR = word_set("pres proche de d du a au cote pas loin near close to next by in dans en the la le l coin outside just")
_RELATIVES = word_set("""mere pere mom mum mother dad father parents soeur sister frere brother fils son fille daughter ami amie
    friend voisin voisine neighbour neighbor conjoint husband wife mari femme tante aunt oncle uncle grand grandma grandpa
    grandmother grandfather cousin cousine client cliente elle il she he they""")


@dataclass(frozen=True, slots=True)
class Mention:
    """Words start to end (excluded) of a message that name places: one, or the candidates of one name."""

    start: int
    end: int
    places: tuple[Place, ...]
    context: Context
    postal: bool = False


def choose(known: Gazetteer, mentions: list[Mention], codes: list[PostalCode], found: list[Word]) -> tuple[Place, ...]:
    if not mentions:
        return ()
    text = " " + " ".join(word.norm for word in found) + " "
    settled = [_settled(known, mention, mentions, codes, text) for mention in mentions]
    standing = [(mention, places) for mention, places in zip(mentions, settled, strict=True)
                if mention.context.weight >= SAID_NOT_TO_BE and not _indifferent(found, mention, mentions)]
    if not standing:
        return ()
    merged = _merged(standing)
    bonus = _beside(found, [mention for mention, _ in merged])
    weighed = [
        (mention.context.weight + _for_whom(found, mention) + bonus.get(mention.start, 0.0)
         + _elsewhere(found, mention, merged), mention, places)
        for mention, places in merged
    ]
    best = max(weight for weight, _, _ in weighed)
    leaders = [(mention, places) for weight, mention, places in weighed if weight >= best - 0.01]
    if len(leaders) > 1 and _alternatives(found, [mention for mention, _ in leaders]):
        open_ones = tuple(dict.fromkeys(place for _, places in leaders for place in places))
        # Within one RLS the same services answer: asking which would change nothing.
        return open_ones[:1] if len({place.rls for place in open_ones}) == 1 and open_ones[0].rls else open_ones
    corrected = best >= 4.0
    return (leaders[-1] if corrected else leaders[0])[1]


def _settled(known: Gazetteer, mention: Mention, mentions: list[Mention], codes: list[PostalCode],
             text: str) -> tuple[Place, ...]:
    """The candidates that the rest of the message leaves: its MRC or region, a postal prefix, a place nearby."""
    places = mention.places
    if len(places) < 2:
        return places
    hinted = {code for postal in codes for code in postal.codes}
    others = [other.places[0] for other in mentions if other is not mention and len(other.places) == 1]
    tests = (
        lambda place: place.code in hinted,
        lambda place: any(place.code == other.code for other in others),
        lambda place: names_region(known, place, text),
        lambda place: any(place.mrc == other.mrc or place.rls == other.rls is not None for other in others),
        lambda place: any(place.rss == other.rss for other in others),
    )
    for test in tests:
        left = tuple(place for place in places if test(place))
        if left:
            return left
    return places


def names_region(known: Gazetteer, place: Place, text: str) -> bool:
    names = {normalise(place.mrc), known.regions[place.code]}
    names |= {part.strip() for name in list(names) for part in name.split("  ")}
    if known.regions[place.code] == "laurentides":
        names.add("les laurentides")
    return any(len(name) > 3 and f" {name} " in text for name in names)


def _merged(settled: list[tuple[Mention, tuple[Place, ...]]]) -> list[tuple[Mention, tuple[Place, ...]]]:
    """One mention for a city and its part ("Ahuntsic, Montréal"), or a name and its postal code: the finer one."""
    merged: list[tuple[Mention, tuple[Place, ...]]] = []
    for mention, places in settled:
        for index, (other, other_places) in enumerate(merged):
            if _same(places, other_places) or _together(mention, other, places, other_places):
                heavier = max(mention, other, key=lambda m: m.context.weight)
                merged[index] = (heavier, _finer((mention, places), (other, other_places)))
                break
        else:
            merged.append((mention, places))
    return merged


def _same(places: tuple[Place, ...], others: tuple[Place, ...]) -> bool:
    return bool({place.code for place in places} & {place.code for place in others})


def _together(one: Mention, two: Mention, places: tuple[Place, ...], others: tuple[Place, ...]) -> bool:
    """A part of another city right beside the city's name ("Lachine, Montréal") is never two places; codes differ only
    for an address and its postal code, where the name is what was said."""
    return one.postal != two.postal and {p.rls for p in places} == {p.rls for p in others} != {None}


def _finer(one: tuple[Mention, tuple[Place, ...]], two: tuple[Mention, tuple[Place, ...]]) -> tuple[Place, ...]:
    (first, places), (second, others) = one, two
    if not _same(places, others):
        return others if first.postal else places
    codes = {place.code for place in places} & {place.code for place in others}
    left = [place for place in (*others, *places) if place.code in codes]
    if len(codes) > 1:
        return tuple(dict.fromkeys(left))
    ranks = {"district": 0, "sector": 0, "borough": 1, "prefix": 2, "municipality": 3}
    finest = min(ranks[place.kind] for place in left)
    postal = [place for place in (places if first.postal else others if second.postal else ()) if place in left]
    return (postal[0],) if postal and ranks[postal[0].kind] <= finest else tuple(
        dict.fromkeys(place for place in left if ranks[place.kind] == finest))


def _for_whom(found: list[Word], mention: Mention) -> float:
    """The service is needed where the relative lives: "ma mère reste à Rawdon, moi je suis à Joliette"."""
    first = mention.start
    while first > 0 and not found[first].after_break:
        first -= 1
    clause = {word.norm for word in found[first:mention.start]}
    return 1.5 if _RELATIVES & clause and mention.context.introduced and mention.context.weight > 1.5 else 0.0


def _indifferent(found: list[Word], mention: Mention, mentions: list[Mention]) -> bool:
    """"whether I'm in Sherbrooke or on the moon"; "in Joliette or Rawdon" names two places that would do."""
    offered = any(mention.end < other.start <= mention.end + 4 for other in mentions)
    return not offered and offers_no_place(found, mention.start, mention.end)


def _elsewhere(found: list[Word], mention: Mention, merged: list[tuple[Mention, tuple[Place, ...]]]) -> float:
    """"le quartier Saint-Sulpice à Montréal" is no municipality of Saint-Sulpice: the city that is named too counts."""
    quarter = mention.start > 0 and found[mention.start - 1].norm in ("quartier", "neighbourhood", "neighborhood")
    return -2.0 if quarter and any(other is not mention for other, _ in merged) else 0.0


def _beside(found: list[Word], mentions: list[Mention]) -> dict[int, float]:
    """What two names in a row say of the first: "X près de Y", "de X à Y", "from X to Y"."""
    bonus: dict[int, float] = {}
    for one, two in pairwise(sorted(mentions, key=lambda mention: mention.start)):
        between = [word.norm for word in found[one.end:two.start]]
        before = found[one.start - 1].norm if one.start else ""
        moved = any(word.norm.startswith(("demenag", "moved", "moving")) for word in found[:one.start])
        if between and not moved and before in ("de", "d", "from") and between[0] in _TO and set(between) <= _TO | _ON_THE_WAY:
            bonus[one.start] = 4.0
        elif (len(between) > 1 and set(between) & {"pres", "proche", "near", "close", "cote", "outside", "by", "loin"} and (
                set(between) <= _NEAR)) or between in (["near"], ["by"]):
            bonus[one.start] = 3.0
    return bonus


def _alternatives(found: list[Word], leaders: list[Mention]) -> bool:
    """"Joliette ou Rawdon": the resident leaves it open."""
    return any(
        any(word.norm in ("ou", "or") for word in found[one.end:two.start]) and two.start - one.end <= 3
        for one, two in pairwise(leaders)
    )
