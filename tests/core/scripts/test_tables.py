"""A table that people fill: rows by buttons, cells from a spreadsheet, totals that run along."""

import math
from typing import Any

from playwright.sync_api import Page, expect

from tests.core.scripts.server import Server

PASTE = """([text, html]) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    if (html) data.setData("text/html", html);
    const told = {clipboardData: data, bubbles: true, cancelable: true};
    return document.activeElement.dispatchEvent(new ClipboardEvent("paste", told));
}"""
CELLS = """async ([name, texts]) => {
    const cells = await import(document.querySelector("script").src.replace("asns.js", "cells.js"));
    return texts.map((text) => cells[name](text));
}"""
EXCEL = (  # as it comes from Excel: tabs, Windows' line ends, a cell of two lines in quotes
    "Nometne\t05.07.2027\t09.07.2027\t25\tindoors\r\n"
    'Darbnīca "Ķēde"\t01.09.2027\t30.09.2027\t12\tin\r\n'
    '"Garš ""teksts""\nar rindu"\t02.10.2027\t02.10.2027\t8\r\n'
)


def opened(page: Page) -> Page:
    page.goto("/table", wait_until="networkidle")
    return page


def paste(page: Page, name: str, text: str, html: str = "") -> bool:
    """Paste into an input; whether the browser itself was left to put the text there."""
    page.focus(f"[name={name}]")
    return bool(page.evaluate(PASTE, [text, html]))


def column(page: Page, key: str) -> list[str]:
    """What stands in a column, from above."""
    cells = page.locator(f"[name^=plan-][name$=-{key}]")
    return [str(value) for value in cells.evaluate_all("all => all.map((cell) => cell.value)")]


def said(page: Page) -> str:
    return page.locator("[data-rows-said]").inner_text()


def test_what_a_spreadsheet_copies_is_read_cell_by_cell(page: Page) -> None:
    opened(page)

    def read(name: str, *texts: str) -> Any:
        return page.evaluate(CELLS, [name, texts])

    assert read("cellsOf", "a\tb\r\nc\t\r\n", '"one\r\ntwo ""three"""\tb', "\t\n\t\n") == [
        [["a", "b"], ["c", ""]],
        [['one\ntwo "three"', "b"]],
        [["", ""]],
    ]
    assert read("cellsOf", '"Ķēde" un vēl\t"Ķēde"') == [[['"Ķēde" un vēl', '"Ķēde"']]]
    sums = ["1 250,50", "1.250,50", "€ 300", "300,-", "EUR 300.5", "", "\N{MINUS SIGN}2"]
    assert read("amount", *sums) == [1250.5, 1250.5, 300, 300, 300.5, 0, -2]
    assert all(math.isnan(amount) for amount in read("amount", "many", "1,250.50"))


def test_a_table_from_excel_fills_rows_and_cells(page: Page, server: Server) -> None:
    opened(page)
    assert paste(page, "plan-0-what", EXCEL) is False
    assert column(page, "what") == ["Nometne", 'Darbnīca "Ķēde"', 'Garš "teksts"\nar rindu']
    assert column(page, "begins") == ["05.07.2027", "01.09.2027", "02.10.2027"]
    assert column(page, "people") == ["25", "12", "8"]
    assert column(page, "place") == ["in", "in", ""]
    expect(page.locator("[data-sum]")).to_have_text("45")
    expect(page.locator("[data-saved]")).to_have_text("Saved 14.32")
    assert server.saved[-1]["plan-2-what"].replace("\r\n", "\n") == 'Garš "teksts"\nar rindu'


def test_what_does_not_fit_is_said_and_a_single_value_is_the_browsers(page: Page) -> None:
    opened(page)
    assert paste(page, "plan-0-begins", "1.3.2027")
    assert paste(page, "plan-0-what", "From Word,\nin two lines")
    assert paste(page, "plan-0-begins", '"1.\n3."\n') is False
    assert column(page, "begins")[0] == "1. 3."
    paste(page, "plan-1-people", "1\tup\tmore\n" * 6)
    assert column(page, "people") == ["", "1", "1", "1", "1"]
    assert said(page) == (
        "Rows pasted: 4. Rows for which there was no room: 2. "
        "Columns for which there was no room: 1. Cells that must be chosen from the list: 4."
    )
    expect(page.locator("[name=plan-add]")).to_be_hidden()
    expect(page.locator("tr:has([name=plan-1-people]) + tr")).to_contain_text("no room: 2.")
    expect(page.locator("[data-saved]")).to_contain_text("Saved 14.32. Rows for which there was no")


def test_pasting_is_undone_until_something_else_is_typed(page: Page) -> None:
    opened(page)
    page.fill("[name=plan-0-what]", "before")
    paste(page, "plan-0-what", EXCEL)
    page.keyboard.press("Control+z")
    assert column(page, "what") == ["before", ""]
    expect(page.locator("[name=plan-0-what]")).to_be_focused()
    paste(page, "plan-0-what", EXCEL)
    page.get_by_role("button", name="Undo the pasting").click()
    assert column(page, "what") == ["before", ""]
    paste(page, "plan-0-what", EXCEL)
    page.keyboard.type("!")
    expect(page.get_by_role("button", name="Undo the pasting")).to_have_count(0)


def test_rows_are_arranged_by_keyboard_and_each_is_saved(page: Page, server: Server) -> None:
    opened(page)
    page.fill("[name=plan-0-what]", "one")
    page.focus("[name=plan-add]")
    page.keyboard.press("Enter")
    expect(page.locator("[name=plan-2-what]")).to_be_focused()
    page.keyboard.type("three")
    assert page.get_by_label("What, row 3").input_value() == "three"
    page.get_by_role("button", name="Move row 3 up").press("Enter")
    assert column(page, "what") == ["one", "three", ""]
    assert said(page) == "Row 3 is now row 2."
    expect(page.get_by_role("button", name="Move row 2 up")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Move row 1 down")).to_be_focused()
    page.get_by_role("button", name="Copy row 1").press("Enter")
    assert column(page, "what") == ["three", "three", "one", ""]
    expect(page.locator("[name=plan-1-what]")).to_be_focused()
    page.get_by_role("button", name="Remove row 4").press("Enter")
    page.get_by_role("button", name="Remove row 1").press("Enter")
    expect(page.get_by_role("button", name="Remove row 1")).to_be_focused()
    expect(page.locator("[data-saved]")).to_have_text("Saved 14.32")
    typed = {key: value for key, value in server.saved[-1].items() if key.endswith("what")}
    assert typed == {"plan-0-what": "three", "plan-1-what": "one"}


def test_on_a_phone_a_row_is_a_card_and_the_line_covers_nothing(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 480})
    opened(page)
    page.fill("[name=plan-0-what]", "long " * 60)
    expect(page.locator("[data-saved]")).to_have_text("Saved 14.32")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 320
    area = "(cell) => cell.scrollHeight - cell.clientHeight"
    assert page.locator("[name=plan-0-what]").evaluate(area) <= 2
    expect(page.get_by_text("Begins, row 1")).to_be_visible()
    page.evaluate("scrollTo(0, 0)")
    for _ in range(30):
        page.keyboard.press("Tab")
        covered = page.evaluate("""() => {
            const line = document.querySelector("[data-saved]").getBoundingClientRect();
            const own = document.activeElement.getBoundingClientRect();
            return own.bottom > line.top && own.height < line.top;
        }""")
        assert not covered, page.evaluate("document.activeElement.outerHTML")
