"""The forms of every page of the access table, found by looking at the pages."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from bs4 import Tag

from portal.core import parsing
from tests.access.table import Row
from tests.pages import fields, parsed
from tests.world import VISITOR, World

# Who writes; whoever else sees a page finds no other forms on it.
WRITERS = ("owner", "member", "officer", "head", "chair", "secretary", "administrator", VISITOR)


@dataclass(frozen=True)
class Form:
    """One form as somebody sees it."""

    role: str
    page: str  # where it stands
    action: str  # where it points
    values: dict[str, Any]  # what a browser would send of it as it stands
    texts: tuple[str, ...]  # the fields that take any words
    others: tuple[str, ...]  # numbers, dates, choices, versions
    files: tuple[str, ...]
    buttons: tuple[dict[str, str], ...]  # what each adds

    @property
    def named(self) -> tuple[str, ...]:
        return self.texts + self.others


@cache
def forms(world: World, row: Row) -> tuple[Form, ...]:
    """The forms that post, on the page of a row, each as the first who sees it.

    Whatever is sent with them is undone, so that they are looked up once.
    """
    if "GET" not in world.methods(row.endpoint):
        return ()
    path = world.url(row.endpoint, row.stage)
    found: dict[tuple[str, tuple[str, ...]], Form] = {}
    for role in [role for role in WRITERS if role in row.let_in] or sorted(row.let_in)[:1]:
        response = world.ask(role, path)
        if response.mimetype != "text/html":
            break
        for tag in parsed(response.text).select("main form[method=post]"):
            form = read(tag, role, path)
            found.setdefault((form.action, form.named), form)
    return tuple(found.values())


def read(form: Tag, role: str, path: str) -> Form:
    """A form of a page."""
    names = [str(field["name"]) for field in form.select("[name]:not(button)")]
    texts = [str(field["name"]) for field in form.select("[name]") if _takes_words(field)]
    known = dict.fromkeys(name for name in names if name != "csrf_token")
    return Form(
        role,
        path,
        str(form.get("action") or path),
        {**_chosen(form), **_without_token(fields(form))},
        tuple(dict.fromkeys(texts)),
        tuple(name for name in known if name not in texts),
        tuple(str(field["name"]) for field in form.select("input[type=file][name]")),
        _buttons(form),
    )


def _buttons(form: Tag) -> tuple[dict[str, str], ...]:
    named = form.select("button[name]:not([type=button])")
    unnamed = form.select("button:not([name]):not([type=button])")
    return (
        *({} for _ in unnamed[:1]),
        *({str(button["name"]): str(button.get("value", ""))} for button in named),
    )


def _without_token(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "csrf_token"}


def _chosen(form: Tag) -> dict[str, Any]:
    """The first of each group of radio buttons, where none is chosen yet."""
    radios = form.select("input[type=radio][name]")
    return {str(radio["name"]): [str(radio.get("value", "on"))] for radio in reversed(radios)}


def _takes_words(field: Tag) -> bool:
    return field.name == "textarea" or (
        field.name == "input"
        and field.get("type", "text") == "text"
        and field.get("inputmode", "text") == "text"
    )


def kept(text: str, names: tuple[str, ...], wanted: str) -> list[str]:
    """What a page that refuses owes and has not got: a message, and what was typed."""
    page = parsed(text)
    wrong = [] if page.select_one(".govuk-error-summary, .govuk-error-message") else ["no message"]
    for name in names:
        field = page.select_one(f'main [name="{name}"]')
        if field is None:
            continue
        shown = field.get_text() if field.name == "textarea" else str(field.get("value", ""))
        if parsing.text(shown) != wanted:
            wrong.append(f"{name} shows {shown[:60]!r}")
    return wrong
