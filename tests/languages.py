"""Words of one language in a text of the other: those of the catalogue, and those it never saw."""

import re
from collections.abc import Iterator, Sequence

from bs4 import BeautifulSoup
from bs4.element import NavigableString

from tools.translations import PLACEHOLDER, read

SHOWN = ("title", "aria-label", "placeholder", "alt")
# Nobody reads these, or they hold what somebody typed or what only machines say.
SILENT = "script, style, template, textarea, code"
# Small words that hardly a sentence does without, and that the other language has not got.
SMALL = {
    "en": r"the|and|of|is|are|was|were|has|have|your|you|this|that|with|from|for|not|been|which|"
    r"cannot|must|please|when|what|who|until|before|after|by|at|on|or|be|it|they|their",
    "lv": r"un|vai|ir|nav|tas|šis|šī|jūs|jūsu|lai|kas|kad|pēc|pirms|līdz|bez|vēl|tikai|visi|visas",
}


def said(html: str) -> set[str]:
    """What a page says to its reader: texts, labels and hints, each in one line."""
    page = BeautifulSoup(html, "lxml")
    assert page.html
    own = page.html["lang"]
    for tag in page.select(SILENT) + page.find_all(lambda tag: tag.get("lang", own) != own):
        tag.decompose()
    return {" ".join(text.split()) for text in _texts(page)} - {""}


def _texts(page: BeautifulSoup) -> Iterator[str]:
    for tag in page.find_all(True):
        # A script's words stand in data attributes; a code has no spaces.
        yield from (
            str(value)
            for name, value in tag.attrs.items()
            if name in SHOWN or (name.startswith("data-") and " " in str(value))
        )
    yield from (text for text in page.find_all(string=True) if type(text) is NavigableString)


class Foreign:
    """What a text in `language` must not say."""

    def __init__(self, language: str) -> None:
        messages = [message for message in read() if message.id]
        english = {form for message in messages for form in _forms(message.id)}
        latvian = {form for message in messages for form in _forms(message.string)}
        self.texts = english - latvian if language == "lv" else latvian - english
        phrases = [pattern for text in self.texts if (pattern := _phrase(text))]
        assert len(phrases) > 500, "the catalogue is empty"
        self.phrases = re.compile("|".join(phrases))
        other = "en" if language == "lv" else "lv"
        self.small = re.compile(rf"\b({SMALL[other]})\b", re.IGNORECASE)

    def is_of_the_other(self, text: str) -> bool:
        """Whether it is a text of the other language, or holds a phrase of it."""
        return text in self.texts or self.phrases.search(text) is not None

    def sounds_like_the_other(self, text: str) -> bool:
        """The same of texts that no catalogue knows."""
        return self.small.search(text) is not None


def _forms(text: str | Sequence[str] | None) -> list[str]:
    """A text of the catalogue, or each of its plural forms, in one line."""
    forms = [text or ""] if text is None or isinstance(text, str) else list(text)
    return [" ".join(form.split()) for form in forms]


def _phrase(text: str) -> str:
    """A pattern for a text of several words, with anything in its gaps; "" for fewer."""
    parts = PLACEHOLDER.sub("\0", text).split("\0")
    if max(len(part.split()) for part in parts) < 3:
        return ""
    return rf"(?<!\w){'.+?'.join(re.escape(part) for part in parts)}(?!\w)"
