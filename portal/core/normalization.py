"""Unicode: normal forms in linear time, and the signs that are not seen.

To put the marks over a letter into their order takes the square of how many there are: a hundred
thousand of them in one answer held a page for eight seconds. No language has more than a few; what
comes after the thirtieth is left out, where UAX #15 (Stream-Safe Text Format) would break it off.
"""

import unicodedata
from collections.abc import Iterator
from typing import Literal

MOST_MARKS = 30
# They count as letters, and fall apart into marks alone.
_MARKS_IN_DISGUISE = "\u0f73\u0f75\u0f81"

# Controls, direction marks, private signs, halves of signs, separators of lines.
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
# Letters and signs of which nothing is drawn: fillers of Hangul, an empty cell of Braille.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def is_unseen(sign: str) -> bool:
    """Whether a sign is not seen, or turns round what is: no name of anything has it."""
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
