"""A page, a letter, a document: in one language from its first word to its last."""

import subprocess
from collections.abc import Iterable, Iterator
from functools import cache

import pytest

from portal.core.messages.composing import compose
from tests.access.table import Row, rows
from tests.core.messages.samples import letters, reader
from tests.faults.forms import forms
from tests.languages import Foreign, said
from tests.world import VISITOR, World

# The letters of the demo's mailbox are in the language of their readers.
ROWS = [row for row in rows() if row.let_in and not row.endpoint.startswith("messages.")]
LANGUAGES = ("lv", "en")
# Whose pages differ most; of the others each is like one of these.
ROLES = (VISITOR, "officer", "owner", "chair", "member", "administrator", "secretary", "head")

foreign = cache(Foreign)


def wrong(language: str, texts: set[str]) -> list[str]:
    """What is in the other language. Only Latvian pages are asked for words that no catalogue
    knows, since what people type in these tests is Latvian.
    """
    return [text for text in texts if is_wrong(language, text)]


@cache
def is_wrong(language: str, text: str) -> bool:
    judge = foreign(language)
    return judge.is_of_the_other(text) or (language == "lv" and judge.sounds_like_the_other(text))


def pages(world: World, row: Row, language: str) -> Iterator[tuple[str, set[str]]]:
    """What the page of a row says to up to three of those who see it, with where that is."""
    if "GET" not in world.methods(row.endpoint):
        return
    path = world.url(row.endpoint, row.stage)
    known = [role for role in ROLES if role in row.let_in] or sorted(row.let_in)
    for role in known[:3]:
        answer = world.ask(role, path, query_string={"lang": language})
        if answer.status_code == 200 and answer.mimetype == "text/html":
            yield f"{path} as {role}", said(answer.text)
        elif answer.mimetype == "application/pdf" and language == "lv":  # as its application is
            yield f"{path} as {role}", lines(answer.data)


def lines(pdf: bytes) -> set[str]:
    """The lines of a paper."""
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return {" ".join(line.split()) for line in done.stdout.decode().splitlines()}


def answers(world: World, row: Row) -> Iterator[tuple[str, set[str]]]:
    """What is said to each form of a page that is sent empty, and as it stands."""
    for form in forms(world, row):
        for values in ({}, form.values):
            with world.undone():
                answer = world.ask(
                    form.role, form.action, "POST", data=values, follow_redirects=True
                )
            if answer.mimetype == "text/html":
                yield f"{form.action} as {form.role}", said(answer.text)


def strangers(said: Iterable[tuple[str, set[str]]], language: str) -> str:
    """What is said in the other language, a line each."""
    return "\n".join(f"{where}: {text}" for where, texts in said for text in wrong(language, texts))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_page_speaks_one_language(world: World, row: Row, language: str) -> None:
    assert not strangers(pages(world, row, language), language)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_what_a_form_is_told_is_in_latvian(world: World, row: Row) -> None:
    assert not strangers(answers(world, row), "lv")


@pytest.mark.usefixtures("ctx")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", letters())
def test_a_letter_speaks_one_language(template: str, language: str) -> None:
    letter = compose(template, reader(), language, **letters()[template])
    assert not wrong(language, {letter.subject, *letter.text.splitlines()})


def test_the_judges_have_ears() -> None:
    """Words of the catalogue, words without their gettext, labels and what scripts say."""
    page = said(
        """<html lang="lv"><title>Sākums</title><h1>Score sheets</h1><p lang="en">Skip the rest</p>
        <p title="It is late">Vēl <b>trīs</b></p><div data-over="{count} over the limit"></div>"""
    )
    assert set(wrong("lv", page)) == {"Score sheets", "It is late", "{count} over the limit"}
    assert wrong("en", {"Veidlapas", "Score sheets"}) == ["Veidlapas"]
