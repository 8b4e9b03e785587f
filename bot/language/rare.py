"""Languages that our own tables do not hold (German, Polish, Swahili, Hungarian …), by langdetect.

Asked only about a sentence in which almost nothing is French or English: there its character profiles know 55
languages, while on short messages in ours it is wrong too often (docs/decisions/0004-understanding.md). Its answers
depend on chance unless it is seeded.
"""

from __future__ import annotations

from bot.language.table import table

__all__ = ["rare_language"]

#: Words that the sentence must have, and the most of them that French or English may know.
FEWEST_WORDS, OURS_AT_MOST = 5, 0.25
SURE = 0.95
_ready = False


def rare_language(text: str, words: list[str]) -> str | None:
    """The ISO 639-1 code of the language, None for French, English or unsure. `words`: the text's, in lower case."""
    if len(words) < FEWEST_WORDS:
        return None
    known = table()
    if sum(word in known.frame or known.value(word)[1] for word in words) > OURS_AT_MOST * len(words):
        return None
    best = _profiles(text)
    return best.lang[:2] if best is not None and best.prob >= SURE and best.lang not in ("fr", "en") else None


def _profiles(text: str):  # type: ignore[no-untyped-def]
    """langdetect's best guess, None when it has none. Its profiles (half a second) are read on the first such text."""
    global _ready
    import langdetect

    if not _ready:
        langdetect.DetectorFactory.seed = 0
        _ready = True
    try:
        return langdetect.detect_langs(text)[0]
    except langdetect.LangDetectException:
        return None
