"""Estimates of text widths, word breaks, and column widths.

In millimetres, and on the safe side: no font is read.
"""

import re
from collections.abc import Mapping, Sequence

PORTRAIT, LANDSCAPE = 165.0, 252.0  # the width between the margins, in both renderers
CELL = 9.5  # points of type in a table
PADDING = 3.6  # padding of a cell
SMALLEST = 0.7  # the factors of type size tried for a wide table before words break
LONGEST_WORD = 45.0  # the least width of a column for a word, or a code
TALL = 40  # lines: longer rows may be split, as they might exceed a page

# In ems, of the widest style: narrow characters, wide ones, and other capitals.
_CLASSES = (
    (0.0, re.compile(r"[\u0300-\u036f\u200b]")),
    (0.4, re.compile(r"[Iijlfrtíìīļŗţț.,:;'|!()\[\]/’‘· ]")),
    (1.1, re.compile(r"[mwMW@%—…ÆŒЖШЩЮЫФжшщюыф№]")),
    (0.8, re.compile(r"[A-ZÀ-ÞĀČĒĢĪĶĻŅŌŖŠŪŽА-Я&]")),
)
_EMS = {
    chr(code): next((ems for ems, signs in _CLASSES if signs.match(chr(code))), 0.67)
    for code in (*range(0x20, 0x500), *range(0x2010, 0x2030), 0x200B, 0x20AC)
}
_STRANGE = 1.4
_WORD = re.compile(r"[^\s\u200b]+")
MILLIMETRE = 72 / 25.4  # in points


def width(text: str, size: float) -> float:
    """The width of a text on one line, in type of `size` points."""
    ems: float = sum(_EMS.get(sign, _STRANGE) for sign in text)
    return ems * size / MILLIMETRE


def broken(text: str, room: float, size: float) -> str:
    """The text with possible breaks in each word wider than `room`."""
    if len(text) * _STRANGE * size / MILLIMETRE <= room:
        return text
    return _WORD.sub(lambda word: _broken(word[0], room, size), text)


def _broken(word: str, room: float, size: float) -> str:
    if width(word, size) <= room:
        return word
    parts, used = [""], 0.0
    for sign in word:
        wide = _EMS.get(sign, _STRANGE) * size / MILLIMETRE
        if used + wide > room and parts[-1]:
            parts.append("")
            used = 0.0
        parts[-1] += sign
        used += wide
    return "\u200b".join(parts)


def column_widths(
    headings: Sequence[str],
    cells: Sequence[Sequence[str]],
    whole: Sequence[bool],
    room: float,
) -> tuple[list[float], float]:
    """The widths of a table's columns, which fill `room`, and the size of its type in points.

    `cells` are the texts of each column. A column gets the width of its longest word, and a share
    of the rest by its longest line, headings included; a `whole` one is not broken. If words alone
    are too wide, the type gets smaller, and then words break; those of headings last.
    """
    heads, least, wished = [], [], []
    for heading, texts, kept in zip(headings, cells, whole, strict=True):
        head = min(_longest([heading], _WORD), LONGEST_WORD)
        line = _longest(texts, _LINE)
        word = max(head, min(line if kept else _longest(texts, _WORD), LONGEST_WORD))
        heads.append(head + PADDING)
        least.append(word + PADDING)
        wished.append(max(word, line, _longest([heading], _LINE)) + PADDING)
    scale = max(SMALLEST, min(1.0, room / sum(least)))
    heads, least = [one * scale for one in heads], [one * scale for one in least]
    if sum(heads) >= room:
        widths = [one * room / sum(heads) for one in heads]
    elif sum(least) >= room:
        widths = _filled(heads, least, room)
    elif sum(wished) >= room:
        widths = _filled(least, wished, room)
    else:
        grows = [0.0 if kept else 1.0 for kept in whole]
        grows = grows if any(grows) else [1.0 for _ in whole]
        spare = (room - sum(wished)) / sum(grows)
        widths = [one + spare * grow for one, grow in zip(wished, grows, strict=True)]
    return widths, CELL * scale


def _filled(least: Sequence[float], wished: Sequence[float], room: float) -> list[float]:
    """The least widths, and the remaining room divided by what each lacks of its wish."""
    missing = [max(0.0, wish - one) for one, wish in zip(least, wished, strict=True)]
    share = (room - sum(least)) / sum(missing)
    return [one + more * share for one, more in zip(least, missing, strict=True)]


_LINE = re.compile(r"[^\n]+")


def _longest(texts: Sequence[str], part: re.Pattern[str]) -> float:
    """The width of the widest word or line; shorter texts are not measured."""
    found = sorted({one for text in texts for one in part.findall(text)}, key=len, reverse=True)
    widest = 0.0
    for one in found:
        if len(one) * _STRANGE * CELL / MILLIMETRE <= widest:
            break
        widest = max(widest, width(one, CELL))
    return widest


def is_tall(row: Sequence[Mapping[str, str]], widths: Sequence[float], size: float) -> bool:
    """Whether a row, of cells with several texts, may exceed half a page."""
    return any(
        sum(_lines(text, room - PADDING, size) for text in cell.values()) > TALL
        for cell, room in zip(row, widths, strict=True)
        if sum(map(len, cell.values())) > TALL
    )


def _lines(text: str, room: float, size: float) -> float:
    return text.count("\n") + width(text, size) / max(1.0, room)
