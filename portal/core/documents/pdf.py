"""PDFs by Typst: a shape of `shapes.py` and a template of the same name in templates/pdf/.

The data go in as JSON, so that no text is ever markup. Everything stands in the folder: fonts and
mark; there are no packages, no system fonts and no network. The files are tagged for screen readers
(PDF/UA-1) and fit for the archive (PDF/A-2a; A-3a where a file is inside), and the same document
is always the same bytes.

In a template, t("Received") is a text to be translated; `extract` finds it for the catalogue.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import IO

from flask_babel import force_locale, gettext

from portal.core.documents.programs import run
from portal.core.documents.shapes import Sheet
from portal.core.documents.wording import plain
from portal.core.normal import normalized

TEMPLATES = Path(__file__).parents[3] / "templates" / "pdf"

_LONG_WORD = re.compile(r"[^\s\u200b]{24}(?=[^\s\u200b]{8})")  # an address, or a megabyte of "a"
_SEAL = re.compile(r"[0-9a-f]{64}")
_TRANSLATED = re.compile(r'\bt\("((?:[^"\\]|\\.)*)"')


def render_pdf(sheet: Sheet, *, language: str) -> bytes:
    """The document as a PDF, in "lv" or "en".

    Needs an application context. Raises what `programs.run` raises.
    """
    with force_locale(language):
        data = plain(sheet, drawable) | {"words": _words(sheet.template)}
    order = {
        "template": str(TEMPLATES / f"{sheet.template}.typ"),
        "data": json.dumps(data),
        "language": language,
        "standards": [sheet.archive, "ua-1"],
        "timestamp": int(sheet.at.timestamp()),
    }
    return run("typeset", order)


def drawable(text: str) -> str:
    """The text with what our fonts can draw; PDF/A allows no empty boxes.

    Controls and direction marks go, any other strange sign (an emoji) becomes □. A very long word
    gets places at which it may break; a SHA-256 does not, for it is copied.
    """
    if _SEAL.fullmatch(text):
        return text
    known = normalized("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _LONG_WORD.sub("\\g<0>\u200b", _undrawable().sub(_replacement, known))


def extract(
    source: IO[bytes], keywords: object, comment_tags: object, options: object
) -> Iterator[tuple[int, str, str, list[str]]]:
    """The texts of a template, for the catalogue: a Babel extraction method."""
    for line, content in enumerate(source.read().decode().splitlines(), 1):
        for text in _TRANSLATED.findall(content):
            yield line, "gettext", text, []


def _words(template: str) -> dict[str, str]:
    return {text: gettext(text) for text in _texts(template)}


@cache
def _texts(template: str) -> tuple[str, ...]:
    """The texts that a template and its base ask for."""
    sources = [(TEMPLATES / f"{name}.typ").read_text() for name in ("base", template)]
    return tuple(dict.fromkeys(_TRANSLATED.findall("".join(sources))))


@cache
def _undrawable() -> re.Pattern[str]:
    """What no font of ours has: the complement of the ranges that fonts/coverage.txt lists."""
    ranges = (TEMPLATES / "fonts" / "coverage.txt").read_text().split()
    return re.compile(f"[^\\n{''.join(_range(*one.split('-')) for one in ranges)}]")


def _range(first: str, last: str) -> str:
    return f"\\U{first:0>8}-\\U{last:0>8}"


def _replacement(found: re.Match[str]) -> str:
    sign = found[0]
    if sign.isspace():
        return " "
    return "" if unicodedata.category(sign)[0] in "CM" else "\N{WHITE SQUARE}"
