"""Every page, as everybody who may see it: usable by all, at every width, in both languages."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize
from sqlalchemy import select

from portal.core.db import Words, db
from tests.access.table import Row, rows
from tests.live import PHONE, TABLET, WIDE, Visitor
from tests.pages import parsed
from tests.world import VISITOR, World
from tools import translations

ROWS = [row for row in rows() if row.let_in]
AXE = """() => axe.run({
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    resultTypes: ["violations"],
})"""
TOO_WIDE = """() => {
    const limit = document.documentElement.clientWidth;
    return [...document.querySelectorAll("body *")]
        .filter((e) => e.getBoundingClientRect().right > limit + 1)
        .slice(0, 5).map((e) => e.outerHTML.slice(0, 120));
}"""

EMPTY = """() => [...document.querySelectorAll("th, h1, h2, h3, caption")]
    .filter((e) => !e.textContent.trim()).map((e) => e.parentElement.outerHTML.slice(0, 160))"""
LONG_WORDS = """(texts) => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode;
        const found = texts.find((text) => node.data.includes(text));
        if (found) node.data = node.data.replace(found, "garumgarš".repeat(34));
    }
}"""
CODE = re.compile(r"[A-Z]{3}\b|[\d\W]+$")


def different(world: World, row: Row) -> list[tuple[str, str]]:
    """The pages of a row that differ by more than their words: the role that sees it, its path."""
    if not any(
        "GET" in (rule.methods or ()) for rule in world.app.url_map.iter_rules(row.endpoint)
    ):
        return []
    path = world.url(row.endpoint, row.stage)
    seen: dict[str, tuple[str, str]] = {}
    for role in sorted(row.let_in, key=lambda role: (role != VISITOR, role)):
        response = world.ask(role, path)
        if response.mimetype != "text/html" or response.status_code != 200:
            continue
        main = parsed(response.text).select("main *")
        shape = re.sub(r"\d+", "", " ".join(f"{tag.name}.{tag.get('class')}" for tag in main))
        seen.setdefault(shape, (role, path))
    return list(seen.values())


def barriers(found: dict[str, Any]) -> list[str]:
    """What axe-core holds against a page, each with the first element."""
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found["violations"]]


@pytest.fixture(scope="module")
def texts(world: World) -> list[str]:
    """What people have written in the small world: names, titles, answers, names of files."""
    found: set[str] = set()
    with world.app.app_context():
        for table in db.metadata.sorted_tables:
            for row in db.session.execute(select(table)):
                found.update(text for value in row for text in strings(value))
    ours = {text for one in translations.read() for text in strings([one.id, one.string])}
    return [
        text
        for text in found - ours
        if len(text) > 3 and text != text.lower() and not CODE.match(text)
    ]


def strings(value: Any) -> Iterator[str]:
    """The texts in a column's value, or within its JSON."""
    if isinstance(value, str):
        yield value.strip()
    elif isinstance(value, Words):
        yield from (value.lv, value.en)
    elif isinstance(value, dict):
        yield from strings(list(value.values()))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from strings(one)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_page_keeps_nobody_out(
    world: World, visitor: Visitor, texts: list[str], row: Row
) -> None:
    """No barrier known to axe-core (WCAG 2.2 AA), and no sideways scrolling at any width, not even
    where whatever people wrote is one word of 300 letters.

    In English and narrow, axe-core looks at the page as the first sees it: others differ in parts
    that it has seen in Latvian and wide.
    """
    page, wrong = visitor.page, []
    for place, (role, path) in enumerate(different(world, row)):
        visitor.wear(world.cookies[role][0])
        for language, sizes in (("lv", (WIDE, TABLET)), ("en", (PHONE,))):
            page.set_viewport_size(sizes[0])
            page.goto(f"{path}?lang={language}")
            where = f"{path} as {role} in {language}"
            if language == "lv" or place == 0:
                wrong += [f"{where}: {what}" for what in barriers(page.evaluate(AXE))]
            wrong += [f"{where}: a heading without words, {one}" for one in page.evaluate(EMPTY)]
            wrong += [f"{where}: {what}" for what in too_wide(page, sizes[0])]
            page.evaluate(LONG_WORDS, texts)
            for size in sizes:
                page.set_viewport_size(size)
                wrong += [f"{where}, long words: {what}" for what in too_wide(page, size)]
    assert not wrong, "\n".join(wrong)


def too_wide(page: Page, size: ViewportSize) -> list[str]:
    """How much wider than its window a page is, and what makes it so."""
    width = page.evaluate("document.scrollingElement.scrollWidth")
    if width <= size["width"]:
        return []
    return [f"{width} pixels wide at {size['width']}, {page.evaluate(TOO_WIDE)}"]
