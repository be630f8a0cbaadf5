"""Renders papers, by Typst as PDF or by python-docx for Word, each in its own process.

Blocks are passed as JSON, so that texts are never markup. All that Typst reads is in
templates/pdf/: no packages, system fonts or network. PDFs are tagged for screen readers (PDF/UA-1)
and archivable (PDF/A-2a; A-3a with an embedded file), and the same paper always gives the same
bytes.
"""

import re
import unicodedata
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from flask_babel import LazyString, force_locale
from flask_babel import gettext as _

from portal.core.db import Words
from portal.core.documents.programs import run
from portal.core.normalization import normalized
from portal.core.papers import layout
from portal.core.papers.blocks import (
    Addressee,
    Block,
    Facts,
    Heading,
    Notice,
    Paper,
    Seal,
    Signatures,
    Table,
)

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEMPLATES = Path(__file__).parents[3] / "templates" / "pdf"

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Letters = Callable[[str], str]


def render_pdf(paper: Paper) -> bytes:
    """The paper as a PDF. Needs an application context. Raises as `programs.run` does."""
    inside = paper.attachment
    return run(
        "typeset",
        {
            "template": str(TEMPLATES / "paper.typ"),
            "data": _written(paper, drawable, breaks=True),
            "attached": inside.content if inside else "",
            "logo": b64encode(paper.issuer.logo).decode(),
            "standards": ["a-3a" if inside else "a-2a", "ua-1"],  # only A-3 allows embedded files
            "timestamp": int(paper.at.timestamp()),
        },
    )


def render_docx(paper: Paper) -> bytes:
    """The paper for Word, editable, with real headings and tables.

    Needs an application context. Raises as `programs.run` does.
    """
    return run(
        "word",
        {
            "data": _written(paper, lambda text: _NOT_XML.sub("", text), breaks=False),
            "logo": b64encode(paper.issuer.logo).decode(),
            "at": paper.at.isoformat(),
        },
    )


def drawable(text: str) -> str:
    """The text with characters that our fonts have; PDF/A allows no missing glyphs.

    Ligatures are decomposed, controls and direction marks removed, and other missing characters
    (such as emoji) become □.
    """
    known = normalized("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _undrawable().sub(_replacement, known)


@cache
def _undrawable() -> re.Pattern[str]:
    """Matches characters that no font of ours has: the complement of fonts/coverage.txt."""
    ranges = (TEMPLATES / "fonts" / "coverage.txt").read_text().split()
    return re.compile(f"[^\\n{''.join(_range(*one.split('-')) for one in ranges)}]")


def _range(first: str, last: str) -> str:
    return f"\\U{first:0>8}-\\U{last:0>8}"


def _replacement(found: re.Match[str]) -> str:
    sign = found[0]
    if sign.isspace():
        return " "
    letters = normalized("NFKC", sign)
    if letters != sign and not _undrawable().search(letters):
        return letters
    return "" if unicodedata.category(sign)[0] in "CM" else "\N{WHITE SQUARE}"


# ---------------------------------------------------------------- orders for the programs

# The narrowest width of each block's texts in millimetres; otherwise the whole line.
_ROOM = {Facts: 58.0, Notice: 62.0, Addressee: 68.0, Signatures: 44.0}
_BODY, _TITLE, _HEADING = 10.5, 20.0, 13.0  # points of type


def _written(paper: Paper, letters: Letters, *, breaks: bool) -> dict[str, Any]:
    """The paper as JSON.

    `letters` filters the characters of texts; with `breaks`, long words get possible breaks.
    """

    def text(size: float, room: float = layout.PORTRAIT) -> Letters:
        return (lambda typed: layout.broken(letters(typed), room, size)) if breaks else letters

    def block(one: Block, room: float) -> dict[str, Any]:
        kind = {"block": type(one).__name__}
        if isinstance(one, Table):
            return kind | _table(_fields(one, letters), room, breaks=breaks)
        if isinstance(one, Seal):
            return kind | _fields(one, letters)
        size = _HEADING if isinstance(one, Heading) else _BODY
        return kind | _fields(one, text(size, _ROOM.get(type(one), room)))

    with force_locale(paper.language):
        return {
            "language": paper.language,
            "title": text(_TITLE)(str(paper.title)).strip() or "–",
            "number": letters(paper.number),
            "above": text(_BODY)(str(paper.above)),
            "issuer": text(_HEADING, 100)(str(paper.issuer.name)),
            "contact": text(_BODY, 100)(paper.issuer.contact),
            "opening": [block(one, layout.PORTRAIT) for one in paper.opening],
            "blocks": [block(one, layout.PORTRAIT) for one in _in_steps(paper.blocks)],
            "annex": [block(one, layout.LANDSCAPE) for one in _in_steps(paper.annex)],
            "attachment": _fields(paper.attachment, letters) if paper.attachment else None,
            "page": _("Page %(page)s of %(pages)s"),
            "signature": _("(signature)"),
        }


def _in_steps(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks, with heading levels that skip none, as PDF/UA demands."""
    highest = 3
    for one in blocks:
        if isinstance(one, Heading):
            highest = min(highest, one.level)
            yield replace(one, level=2) if highest == 3 else one
        else:
            yield one


def _fields(value: Any, letters: Letters) -> dict[str, Any]:
    return {one.name: _plain(getattr(value, one.name), letters) for one in fields(value)}


def _plain(value: Any, letters: Letters) -> Any:
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, str | LazyString | Words):
        return letters(str(value))
    return _fields(value, letters) if is_dataclass(value) else [_plain(v, letters) for v in value]


def _table(table: dict[str, Any], room: float, *, breaks: bool) -> dict[str, Any]:
    """The table with its column widths, type size, and the rows too tall for a page."""
    rows = [[_parts(cell) for cell in row] for row in (*table["rows"], table["total"]) if row]
    columns = range(len(table["columns"]))
    widths, size = layout.column_widths(
        [column["title"] for column in table["columns"]],
        [[part for row in rows for part in row[index].values()] for index in columns],
        [column["kind"] != "text" for column in table["columns"]],
        room,
    )

    def fit(text: str, index: int) -> str:
        return layout.broken(text, widths[index] - layout.PADDING, size) if breaks else text

    for row in rows:
        for index, cell in enumerate(row):
            for name, text in cell.items():
                cell[name] = fit(text, index)
    for index, column in enumerate(table["columns"]):
        column["title"] = fit(column["title"], index)
    total = rows.pop() if table["total"] else []
    tall = [n for n, row in enumerate(rows) if layout.is_tall(row, widths, size)]
    return table | {"rows": rows, "total": total, "widths": widths, "size": size, "tall": tall}


def _parts(cell: Any) -> dict[str, str]:
    return cell if isinstance(cell, dict) else {"text": cell}
