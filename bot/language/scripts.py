"""Languages told by their letters: Arabic, Chinese, Cyrillic, the scripts of India, …

A script that one language of the territories writes names it; where several share it, letters or words of their own
decide, and the commonest one here is given when none does.
"""

from __future__ import annotations

import unicodedata
from collections import Counter

__all__ = ["by_script", "script_of"]

#: Unicode name of a letter, first word -> script; the rest are named by themselves.
_ALONE = {
    "GREEK": "el", "ARMENIAN": "hy", "HEBREW": "he", "HANGUL": "ko", "TAMIL": "ta", "GURMUKHI": "pa", "GUJARATI": "gu",
    "BENGALI": "bn", "TELUGU": "te", "KANNADA": "kn", "MALAYALAM": "ml", "SINHALA": "si", "THAI": "th", "LAO": "lo",
    "KHMER": "km", "MYANMAR": "my", "GEORGIAN": "ka", "ETHIOPIC": "am", "TIBETAN": "bo", "CANADIAN": "iu",
    "HIRAGANA": "ja", "KATAKANA": "ja", "ORIYA": "or", "MONGOLIAN": "mn", "TIFINAGH": "kab", "THAANA": "dv",
}
_SHARED = {"CJK": "zh", "CYRILLIC": "ru", "ARABIC": "ar", "DEVANAGARI": "hi"}

#: Letters that only one language of a shared script writes.
_LETTERS = {
    "uk": "іїєґ", "ru": "ыэёъ", "sr": "ђћџљњј", "kk": "әғқңөұүһ",
    "ur": "ٹڈڑںےہھ", "ps": "ټډړښځڅېۍ", "ku": "ێۆڕڵ", "fa": "پچژگکی",  # Urdu, Pashto and Kurdish write these too, hence fewer points
    "ne": "छ", "mr": "ळ",
}
#: Words that only one of them writes, for texts without such letters.
_WORDS = {
    "uk": "що як ми ви мені треба потрібна потрібно допомога будь ласка дякую нас дітей житло є шукаю поруч з",
    "ru": "мне нужна нужно нужен помощь где как что мы вы нет детей работу жильё жилье пожалуйста спасибо есть или еще чтобы",
    "ps": "د زه ته لپاره او په یم لرم کور مرستې",
    "bg": "имам ми ме се си ще малки деца две тока спряха искам помощ трябва нужда съм това къде мога имам нуждая благодаря",
    "fa": "است من را که می برای ما در از این به هستم دارم نیاز کمک خانه سلام ندارم با",
    "ur": "ہے میں مجھے کی کے ہیں نہیں کیا چاہیے",
    "ar": "في من على إلى أن هذا أنا ما مع عندي أحتاج هل لا لي أريد بيت و يا كيف أين وين",
    "ne": "मलाई छ छैन गर्न हुन्छ कहाँ तपाईं मेरो सहयोग को लागि",
    "mr": "मला आहे नाही पाहिजे माझ्या कुठे मदत हवी",
    "hi": "है हैं मुझे मेरे मेरी नहीं क्या में के को मदद चाहिए और",
}
_FAMILIES = {
    "ru": ("ru", "uk", "bg", "sr", "kk"), "ar": ("ar", "fa", "ur", "ps", "ku"), "hi": ("hi", "ne", "mr"),
}
_MOST_WORDS = 80


def script_of(letter: str) -> str:
    """LATIN, CYRILLIC, CJK …: the first word of a letter's Unicode name; empty when it is no letter."""
    if letter.isascii():
        return "LATIN" if letter.isalpha() else ""
    return unicodedata.name(letter, "").split(" ")[0].split("-")[0] if letter.isalpha() else ""


def by_script(text: str) -> str | None:
    """The ISO 639-1 code of a text mostly in other than Latin letters, None for a text in Latin ones."""
    scripts = Counter(script for script in map(script_of, text) if script)
    if not scripts:
        return None
    # One Chinese or Korean sign says as much as several letters.
    dense = sum(scripts[name] for name in ("CJK", "HIRAGANA", "KATAKANA", "HANGUL"))
    latin = scripts.pop("LATIN", 0)
    foreign = sum(scripts.values()) + 2 * dense
    if foreign < 2 or foreign <= latin:
        return None
    if scripts["HIRAGANA"] + scripts["KATAKANA"] > 0:
        return "ja"
    name, _ = scripts.most_common(1)[0]
    if name in _ALONE:
        return _ALONE[name]
    default = _SHARED.get(name)
    return _within(default, text) if default in _FAMILIES else default


def _within(default: str, text: str) -> str:
    lowered = text.lower()
    words = ["".join(c for c in word if c.isalpha() or unicodedata.category(c) == "Mn" or c == "‌")
             for word in lowered.split()[:_MOST_WORDS]]
    points: Counter[str] = Counter()
    for language in _FAMILIES[default]:
        points[language] += (1 if language == "fa" else 3) * sum(letter in _LETTERS.get(language, "") for letter in lowered)
        own = set(_WORDS.get(language, "").split())
        points[language] += 2 * sum(word in own for word in words)
    language, best = points.most_common(1)[0]
    return language if best else default
