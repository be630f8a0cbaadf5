"""Whatever a form of any page is answered with can be read in the other language: the page stays,
with what was typed, and nothing of it is carried out for that.
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from werkzeug.test import TestResponse

from tests.access.table import Row, rows
from tests.core.documents.samples import LOCKED
from tests.faults.contents import contents, files
from tests.faults.forms import Form, forms, read
from tests.faults.test_stale_forms import older
from tests.pages import ARRANGE, fields, parsed
from tests.world import World

ROWS = [row for row in rows() if row.let_in and row.endpoint != "static"]
LATER = "Vēlāk rakstīts"


@dataclass(frozen=True)
class Answer:
    """A page that answers a form, as its reader has it."""

    role: str
    address: str
    status: int
    html: BeautifulSoup

    @classmethod
    def of(cls, role: str, address: str, response: TestResponse) -> "Answer | None":
        """None for what is no page, or leads to another one."""
        if response.mimetype != "text/html" or response.location:
            return None
        page = parsed(response.text)
        return cls(role, address, response.status_code, page)

    @property
    def heading(self) -> str:
        (heading,) = self.html.select("h1")
        return " ".join(heading.get_text(" ").split())

    @property
    def forms(self) -> list[Form]:
        found = self.html.select("main form[method=post]")
        return [read(form, self.role, self.address) for form in found]

    @property
    def typed(self) -> list[tuple[str, Mapping[str, Any]]]:
        """What stands in each form, and where it leads; the version is the server's."""
        return [
            (urlsplit(form.action).path, {**form.values, "version": None}) for form in self.forms
        ]

    @property
    def switch(self) -> Tag:
        found = self.html.select_one("form[data-language]")
        assert found is not None, self.address
        return found


def pressed(world: World, page: Answer, typed: Mapping[str, Any] | None = None) -> Answer:
    """The page after a press on its language button; with scripts, `typed` since then goes along.

    It must be the page at the same address, in the other language.
    """
    address = urljoin(page.address, str(page.switch["action"]))
    carried = fields(page.switch)
    if typed is not None:  # as static/src/js/language.js sends them
        carried = {name: value for name, value in carried.items() if not name.endswith(ARRANGE)}
        if page.html.select("[data-compared]"):
            typed = {name: value for name, value in typed.items() if name != "version"}
    data = {**carried, **(typed or {})}
    where = f"{page.address} as {page.role}: {page.status}"
    response = world.ask(page.role, address, "POST", data=data)
    if response.location:  # where all was saved already, the page is loaded anew
        assert urlsplit(response.location).path == urlsplit(page.address).path, where
        response = world.ask(page.role, response.location)
    shown = Answer.of(page.role, page.address, response)
    assert shown is not None and shown.html.html and page.html.html, where
    assert shown.html.html["lang"] != page.html.html["lang"], where
    return shown


def sent(form: Form) -> Iterator[dict[str, Any]]:
    """What a form can be sent with: nothing, all its texts, one row more, a file that is refused,
    and too late.
    """
    yield {name: form.values[name] for name in ("version",) if name in form.values}
    first = next(iter(form.buttons), {})
    arrange = [button for button in form.buttons if next(iter(button), "").endswith(ARRANGE)]
    filled = {one: LATER for one in form.texts if not any(form.values.get(one) or ())}
    for button in form.buttons or ({},):
        if button not in arrange[1:]:
            yield {**form.values, **filled, **button}
    if form.files:
        file = (io.BytesIO(LOCKED["plāns.docx"]), "plāns.docx")
        yield {**form.values, **first, form.files[0]: file}
    if version := form.values.get("version", [""])[0]:
        texts = dict.fromkeys(form.texts[:1], LATER)
        yield {**form.values, **texts, **first, "version": older(version)}


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_every_page_that_answers_a_form_stays_in_either_language(world: World, row: Row) -> None:
    for form in forms(world, row):
        for data in sent(form):
            with world.undone():
                response = world.ask(form.role, form.action, "POST", data=data)
                page = Answer.of(form.role, form.action, response)
                if page is not None:
                    _stays(world, page)


def _stays(world: World, page: Answer) -> None:
    before, kept = contents(world), files(world)
    where = f"{page.address} as {page.role}: {page.status}"
    english = pressed(world, page)
    assert english.typed == page.typed, where
    if english.html.select("form[data-language]"):
        assert pressed(world, english).heading == page.heading, where
    compared = bool(page.html.select("[data-compared]"))
    for form in page.forms:  # with scripts, what has been typed since goes along
        if urlsplit(form.action).path == urlsplit(page.address).path and form.texts:
            typed = {**form.values, **dict.fromkeys(form.texts[:1], LATER)}
            later = pressed(world, page, typed)
            (shown,) = [one for one in later.forms if one.named == form.named]
            assert shown.values[form.texts[0]] == [LATER], where
            assert bool(later.html.select("[data-compared]")) == compared, where
    assert contents(world) == before and files(world) == kept, where
