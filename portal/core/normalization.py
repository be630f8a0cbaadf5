"""Unicode normal forms in linear time, and invisible characters.

Reordering the marks over a letter takes quadratic time: a hundred thousand marks in one answer
blocked a page for eight seconds. No language has more than a few; those after the thirtieth are
dropped, where UAX #15 (Stream-Safe Text Format) would break the sequence.
"""

import unicodedata
from collections.abc import Iterator
from typing import Literal

MOST_MARKS = 30
# Letters that decompose into marks alone.
_MARKS_IN_DISGUISE = "\u0f73\u0f75\u0f81"

# Categories of controls, direction marks, private characters, surrogates and line separators.
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
# Letters and signs without a glyph: Hangul fillers, the empty Braille cell.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def is_unseen(sign: str) -> bool:
    """Whether a character is invisible or changes the direction of text; names contain none."""
    return sign in _BLANK or unicodedata.category(sign) in _UNSEEN


def normalized(form: Literal["NFC", "NFKC", "NFKD"], text: str) -> str:
    """The text in this normal form, with at most MOST_MARKS marks in a row."""
    return text if text.isascii() else unicodedata.normalize(form, "".join(_safe(text)))


def _safe(text: str) -> Iterator[str]:
    marks = 0
    for sign in text:
        is_mark = unicodedata.combining(sign) or sign in _MARKS_IN_DISGUISE
        marks = marks + 1 if is_mark else 0
        if marks <= MOST_MARKS:
            yield sign
