"""Put no-break spaces where French typography wants them, in the French texts of YAML files.

    python -m scripts.no_break_spaces FILE…

As Quebec's Office de la langue française has it: a no-break space before a colon and inside « »; before ; ? ! none at all.
tests/docs/test_typography.py holds it.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

__all__ = ["mended"]

NO_BREAK = "\u00a0"
_COLON, _OPENED, _TIGHT = re.compile(r" +(?=[:»](?:\W|$))"), re.compile(r"(?<=«) +"), re.compile(r"(?<=\w)[ \u00a0\u202f]+(?=[;?!](?:\W|$))")
_FRENCH = re.compile(r"""(\bfr: *)("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')""")


def mended(text: str) -> str:
    """The French text with its spaces as they should be."""
    return _TIGHT.sub("", _OPENED.sub(NO_BREAK, _COLON.sub(NO_BREAK, text)))


def main(paths: list[str]) -> None:
    for path in map(Path, paths):
        before = path.read_text("utf-8")
        after = _FRENCH.sub(lambda found: found[1] + found[2][0] + mended(found[2][1:-1]) + found[2][-1], before)
        if after != before:
            path.write_text(after, "utf-8")
            print(path)


if __name__ == "__main__":
    main(sys.argv[1:])
