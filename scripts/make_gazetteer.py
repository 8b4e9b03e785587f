"""Makes the gazetteer (bot/places/data/*.csv) from the public files it comes from, given as arguments.

    python scripts/make_gazetteer.py MUNICIPALITIES FSA FSA_COMMUNITY BOROUGHS

MUNICIPALITIES  Code géographique du Québec (ISQ) joined with the RLS limits (MSSS): code, statut, nom, lat, lon,
                population_estimee, mrc, region, rss_code, rls_code
FSA             first three characters of a postal code: centroid, main RLS and its share (GeoNames, MSSS)
FSA_COMMUNITY   prefix x municipality with the number of postal codes (GeoNames, ISQ)
BOROUGHS        Montréal's boroughs and districts with prefixes, centre and RLS

The output is the project's own format, described in bot/places/data/README.md. Nothing here runs when the assistant
does; wordfreq is used here only, to find the ordinary words that a typo of a place's name could be taken for.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "bot" / "places" / "data"
sys.path.insert(0, str(DATA.parents[2]))

from bot.places.text import fold  # noqa: E402

#: Villages and lands of one Cree, Inuit or Naskapi community bear one name; the populated one is kept.
TWIN_STATUSES = ({"VC", "TC"}, {"VN", "TI"}, {"VK", "TK"})
#: A city has several RLS when prefixes whose main RLS is not its principal one hold this share of its postal codes.
#: 0.08 keeps Gatineau (Buckingham and Masson-Angers, 0.09, are another RLS) with the larger ones.
SPLIT_SHARE = 0.08
#: A prefix settles the RLS when at least this share of its postal codes lies in it.
SETTLED_SHARE = 0.6
#: Zipf frequencies (log10 per thousand million words): an ordinary word, and the rarest that is looked at.
ORDINARY_ZIPF = 3.3
RARE_ZIPF = 2.2


def main(municipalities: str, prefixes: str, communities: str, boroughs: str) -> None:
    places = _municipalities(_rows(municipalities))
    codes = {place["code"]: place["code"] for place in places}
    codes.update(_merged(_rows(municipalities), places))
    fsa = {row["fsa"]: row for row in _rows(prefixes)}
    held = _held(_rows(communities), codes)
    for place in places:
        if place["code"] in _split_cities(fsa, held):
            place["rls"] = ""
    _write("municipalities.csv", places)
    _write("postal.csv", list(_postal(fsa, held)))
    _write("boroughs.csv", [
        {"code": row["municipality_code"], "borough": _dash(row["borough"]), "district": _dash(row["district"]),
         "lat": row["lat"], "lon": row["lon"], "prefixes": row["fsas"], "rls": row["rls_code"]}
        for row in _rows(boroughs)
    ])


def _rows(path: str) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(name: str, rows: list[dict[str, str]]) -> None:
    with open(DATA / name, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{name}: {len(rows)} rows")


def _dash(name: str) -> str:
    return name.replace("--", "–")


def _municipalities(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    twins = _twins(rows)
    return [
        {"code": row["code"], "name": _dash(row["nom"]), "status": row["statut"], "lat": row["lat"],
         "lon": row["lon"], "population": row["population_estimee"] or "0",
         "mrc": _dash(row["mrc"].split(" (")[0]), "region": _dash(row["region"]), "rss": row["rss_code"],
         "rls": row["rls_code"]}
        for row in rows
        if row["nom"] != "Toponyme à venir" and row["code"] not in twins
    ]


def _twins(rows: list[dict[str, str]]) -> dict[str, str]:
    """Code left out -> code kept, for a village and the lands of the same name."""
    named = defaultdict(list)
    for row in rows:
        named[row["nom"]].append(row)
    left_out = {}
    for group in named.values():
        if len(group) == 2 and {row["statut"] for row in group} in TWIN_STATUSES:
            kept, other = sorted(group, key=lambda row: -int(row["population_estimee"] or 0))
            left_out[other["code"]] = kept["code"]
    return left_out


def _merged(rows: list[dict[str, str]], places: list[dict[str, str]]) -> dict[str, str]:
    kept = {place["code"] for place in places}
    return {old: new for old, new in _twins(rows).items() if new in kept}


def _held(rows: list[dict[str, str]], codes: dict[str, str]) -> dict[str, Counter[str]]:
    """Prefix -> how many of its postal codes each municipality holds."""
    held: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row["mun_code"] in codes:
            held[row["fsa"]][codes[row["mun_code"]]] += int(row["n_postal_codes"])
    return held


def _split_cities(fsa: dict[str, dict[str, str]], held: dict[str, Counter[str]]) -> set[str]:
    by_city: dict[str, Counter[str]] = defaultdict(Counter)
    for prefix, counts in held.items():
        code, count = counts.most_common(1)[0]
        if prefix[1] != "0" and count * 2 > sum(counts.values()):
            by_city[code][fsa[prefix]["main_rls_code"]] += count
    return {
        code for code, counts in by_city.items()
        if sum(counts.values()) - max(counts.values()) >= SPLIT_SHARE * sum(counts.values())
    }


def _postal(fsa: dict[str, dict[str, str]], held: dict[str, Counter[str]]):
    for prefix in sorted(held):
        row = fsa[prefix]
        yield {
            "prefix": prefix, "lat": row["median_lat"], "lon": row["median_lon"],
            "rls": row["main_rls_code"] if float(row["main_rls_share"]) >= SETTLED_SHARE else "",
            "municipalities": " ".join(f"{code}:{count}" for code, count in held[prefix].most_common()),
        }


def write_ordinary_words() -> None:
    """ordinary.txt: words that typos of names must not be mistaken for.

    The words of French and English at 2 a million or more (zipf 3.3, wordfreq), and rarer ones that lie within
    reach of a name ("dorvan", "terrebande").
    """
    import wordfreq

    from bot.places.fuzzy import nearest_names
    from bot.places.gazetteer import gazetteer

    known = gazetteer()
    found = set()
    for language in ("fr", "en"):
        for word in wordfreq.iter_wordlist(language, "large"):
            zipf = wordfreq.zipf_frequency(word, language, "large")
            if zipf < RARE_ZIPF:
                break
            plain = fold(word)
            if not plain.isalpha() or len(plain) < 3:
                continue
            if zipf >= ORDINARY_ZIPF or (len(plain) >= 5 and plain not in known.index and nearest_names(known, plain)):
                found.add(plain)
    (DATA / "ordinary.txt").write_text("\n".join(sorted(found)) + "\n", encoding="utf-8")
    print(f"ordinary.txt: {len(found)} words")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
    write_ordinary_words()
