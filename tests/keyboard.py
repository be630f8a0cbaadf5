"""Going through a page with the keys that everybody has."""

from playwright.sync_api import Locator, Page

MOST = 120  # stops on the longest page of the tests
AROUND = """() => {
    const held = document.activeElement;
    const own = held.getBoundingClientRect();
    const shown = own.width > 4 ? own : held.parentElement.getBoundingClientRect();
    return {x: shown.x - 8, y: shown.y - 8, width: shown.width + 16, height: shown.height + 16};
}"""


def focused(page: Page) -> str:
    """The beginning of what has the focus."""
    return str(page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the focus is on the target, or on one of its elements."""
    seen = []
    for _ in range(MOST):
        page.keyboard.press("Tab")
        if target.evaluate_all("all => all.includes(document.activeElement)"):
            return
        seen.append(focused(page))
    raise AssertionError(f"Tab does not come to {target}, but to: {seen}")


def sees_focus(page: Page) -> None:
    """Whoever looks can tell what has the focus: without it, the page looks different there."""
    where = page.evaluate(AROUND)
    clip = {**where, "x": max(where["x"], 0), "y": max(where["y"], 0)}
    with_it = page.screenshot(clip=clip)
    held = page.evaluate_handle("document.activeElement")
    page.evaluate("document.activeElement.blur()")
    without = page.screenshot(clip=clip)
    page.evaluate("element => element.focus({preventScroll: true})", held)
    assert with_it != without, f"nobody sees that this has the focus: {focused(page)}"
