"""How wide columns are: as wide as they need."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.papers.layout import CELL, PADDING, PORTRAIT, broken, column_widths, width


def test_a_heading_and_a_code_are_never_broken_where_there_is_room() -> None:
    headings = ["Vieta", "Iesniegums", "Iesniedzējs un projekts", "Veidlapas"]
    cells = [["1."], ["LIE-2020-1-001"], ["vārds " * 80], ["4"]]
    widths, size = column_widths(headings, cells, [True, True, False, True], PORTRAIT)
    assert size == CELL and sum(widths) == pytest.approx(PORTRAIT)
    for room, text in zip(
        widths, ["Vieta", "LIE-2020-1-001", "Iesniedzējs", "Veidlapas"], strict=True
    ):
        assert room >= width(text, size) + PADDING
    assert max(widths) == widths[2]


def test_where_words_are_too_wide_the_type_gets_smaller_before_they_break() -> None:
    headings = ["Nepieciešamais"] * 6
    widths, size = column_widths(headings, [["x"]] * 6, [False] * 6, PORTRAIT)
    assert size < CELL and min(widths) >= width("Nepieciešamais", size)


@given(st.lists(st.text(max_size=60), min_size=1, max_size=30))
def test_columns_always_fill_the_page(texts: list[str]) -> None:
    widths, _size = column_widths(texts, [[one] for one in texts], [False] * len(texts), PORTRAIT)
    assert sum(widths) == pytest.approx(PORTRAIT) and min(widths) > 0


@given(st.text(max_size=300), st.floats(5, 100))
def test_each_part_of_a_broken_word_fits(text: str, room: float) -> None:
    parts = broken(text, room, 10).split("\u200b")
    assert "".join(parts) == text.replace("\u200b", "")
    words = [word for part in parts for word in part.split()]
    assert all(len(word) == 1 or width(word, 10) <= room for word in words)
