"""The text of a letter or an e-mail from its template, plain and as HTML.

A template in templates/emails/ is plain text: the subject on the first line, then paragraphs
separated by empty lines, and list items that begin with "- ". Two functions add to that:

    {{ link(_("Open the application"), url) }}   a link on a line of its own
    {{ lines(decision.reasons) }}                text with line breaks

Everything else in {{ }} is data: it becomes one line, and can become no markup, link, header or
paragraph. The HTML is made from the text.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import force_locale
from jinja2 import Environment
from markupsafe import Markup, escape

from portal.core.accounts.models import Person
from portal.core.names import unlinked

SUBJECT_LENGTH = 200

# Marks that the two functions put into the text; data cannot contain them, as control characters
# are removed.
_LINK, _LABEL_END, _LINK_END, _BREAK = "\x01", "\x02", "\x03", "\x04"
# Characters that break or reverse a line; soft hyphens and joiners are kept.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_PARAGRAPHS = re.compile(r"\n{2,}")
_LINKED = re.compile(
    f"{_LINK}([^{_LINK}{_LABEL_END}]*){_LABEL_END}([^{_LINK}{_LINK_END}]*){_LINK_END}"
)


@dataclass(frozen=True, slots=True)
class ComposedText:
    """A subject of one line, the text, and the same as HTML."""

    subject: str
    text: str
    html: Markup


class _Shaped(str):
    """Text made by link() or lines(), which `finalize` leaves as it is."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Address:
    """A recipient without an account, such as of an invitation: address and language."""

    email: str
    language: str


def compose(
    template: str,
    to: Person | Address,
    language: str | None = None,
    *,
    on_paper: bool = False,
    **context: Any,
) -> ComposedText:
    """The letter `emails/<template>.txt`, neither stored nor sent.

    It is in `language`, or else the recipient's; `on_paper` without greeting and footer, which a
    printed letter has of its own. Raises jinja2.UndefinedError if the context lacks a name,
    ValueError for a link that is not http(s).
    """
    context |= {"to": to if isinstance(to, Person) else None, "on_paper": on_paper}
    with force_locale(language or to.language):
        source = environment().get_template(f"emails/{template}.txt").render(context)
    subject, _, body = source.strip().partition("\n")
    # Without trailing spaces, so that blocks left out leave no gap.
    paragraphs = _PARAGRAPHS.split("\n".join(line.strip() for line in body.strip().split("\n")))
    plain = _LINKED.sub(r"\1:\n\2", "\n\n".join(paragraphs)).replace(_BREAK, "\n")
    return ComposedText(
        subject=_one_line(subject)[:SUBJECT_LENGTH],
        text=f"{plain}\n",
        html=Markup("\n").join(_as_html(paragraph) for paragraph in paragraphs),
    )


def environment() -> Environment:
    """The application's Jinja environment, set for letters: same filters, plain values.

    Made once, as an environment keeps the templates that it has compiled.
    """
    made: Environment | None = current_app.extensions.get("asns.letters")
    if made is None:
        made = current_app.jinja_env.overlay(
            autoescape=False, finalize=_plain, trim_blocks=True, lstrip_blocks=True
        )
        made.filters = {**made.filters, "unlinked": unlinked}
        made.globals = {**made.globals, "link": _link, "lines": _lines}
        current_app.extensions["asns.letters"] = made
    return made


def _link(label: object, url: str) -> _Shaped:
    """A link to one of the portal's pages; in the text, the URL is on its own line."""
    if urlsplit(url).scheme not in {"http", "https"} or _one_line(url) != url:
        raise ValueError(f"not a link for a letter: {url!r}")
    return _Shaped(f"{_LINK}{_one_line(str(label))}{_LABEL_END}{url}{_LINK_END}")


def _lines(value: object) -> _Shaped:
    """Several lines of typed text: breaks and empty lines are kept, all else is data."""
    typed = str(value).replace("\r\n", "\n").replace("\r", "\n")
    paragraphs = _PARAGRAPHS.split(typed.strip())
    return _Shaped(
        "\n\n".join(
            _BREAK.join(_one_line(line) for line in paragraph.split("\n"))
            for paragraph in paragraphs
        )
    )


def _plain(value: object) -> object:
    return value if isinstance(value, _Shaped) else _one_line(str(value))


def _one_line(value: str) -> str:
    return _CONTROL.sub(" ", value).strip()


def _as_html(paragraph: str) -> Markup:
    rows = paragraph.split("\n")
    if all(row.startswith("- ") for row in rows):
        items = (Markup("<li>{}</li>").format(_inline(row[2:])) for row in rows)
        return Markup("<ul>{}</ul>").format(Markup("").join(items))
    return Markup("<p>{}</p>").format(Markup("<br>\n").join(_inline(row) for row in rows))


def _inline(row: str) -> Markup:
    """Escape everything, then give links and breaks their elements."""
    escaped = str(escape(row)).replace(_BREAK, "<br>\n")
    return Markup(_LINKED.sub(r'<a href="\2">\1</a>', escaped))  # noqa: S704 (escaped above)
