"""Texts that break what is not made for them.

All of them go once through each kind of field (tests/core/test_fields.py) and of question
(tests/grants/applications/test_naughty.py). Each form, which is made of those, gets the few below.
"""

import json
from pathlib import Path

from portal.core import parsing

NAUGHTY: list[str] = json.loads((Path(__file__).parent / "data" / "blns.json").read_text("utf-8"))
# Quotes, markup, what templates, formats, paths, formulas and SQL are written with; signs that go
# from right to left, upon others, beyond 16 bits, together or unseen; a digit that is none of ours.
COMBINED = (
    "O'Neil \"<b onclick=x()>&amp;{{7*7}}${7*7}%s%n ../ =1+1;-- "
    "\u202e\u05e9\u05dc\u0301\U0001d49c\U0001f469\u200d\U0001f467 \ufeff½٣Ω"
)
# What no field of words takes: signs that cannot be stored or sent, too much, and nothing at all.
REFUSED = ("a\0b", "\ud800", "a" * 200_000, "\r\n" * 500)


def stored(text: str) -> str | None:
    """A text as it is stored, or None where it cannot be."""
    try:
        return parsing.text(text)
    except parsing.Unreadable:
        return None


def sent(text: str) -> bytes:
    """A text as a browser might send it."""
    return text.encode("utf-8", "surrogatepass")
