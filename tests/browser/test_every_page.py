"""Every page, as everybody who may see it: usable by all, at every width, in both languages."""

import re
from typing import Any

import pytest

from tests.access.table import Row, rows
from tests.live import PHONE, WIDE, Visitor
from tests.pages import parsed
from tests.world import VISITOR, World

ROWS = [row for row in rows() if row.let_in]
AXE = """() => axe.run({
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    resultTypes: ["violations"],
})"""
TOO_WIDE = """() => {
    const limit = document.documentElement.clientWidth;
    return [...document.querySelectorAll("main *")]
        .filter((e) => e.getBoundingClientRect().right > limit + 1)
        .slice(0, 5).map((e) => e.outerHTML.slice(0, 120));
}"""


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


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_page_keeps_nobody_out(world: World, visitor: Visitor, row: Row) -> None:
    """No barrier known to axe-core (WCAG 2.2 AA), and no sideways scrolling at 320 pixels."""
    page, wrong = visitor.page, []
    for role, path in different(world, row):
        visitor.wear(world.cookies[role][0])
        for language, size in (("lv", WIDE), ("en", PHONE)):
            page.set_viewport_size(size)
            page.goto(f"{path}?lang={language}")
            where = f"{path} as {role} in {language}"
            wrong += [f"{where}: {what}" for what in barriers(page.evaluate(AXE))]
            width = page.evaluate("document.scrollingElement.scrollWidth")
            if width > size["width"]:
                wrong.append(f"{where}: {width} pixels wide, {page.evaluate(TOO_WIDE)}")
    assert not wrong, "\n".join(wrong)
