"""A list opens in a spreadsheet as it is, and runs nothing there."""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask

from portal.core.documents.exports import BATCH, Cell, csv_lines, send_csv


def table(*cells: Cell, delimiter: str = ";") -> list[str]:
    content = b"".join(csv_lines(["a"] * len(cells), [cells], delimiter=delimiter)).decode(
        "utf-8-sig"
    )  # type: ignore[arg-type]
    return list(csv.reader(content.splitlines(keepends=True), delimiter=delimiter))[1]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_a_text_that_begins_as_a_formula_is_text(begin: str) -> None:
    assert table(f"{begin}cmd|'/c calc'!A1") == [f"'{begin}cmd|'/c calc'!A1"]


def test_a_header_is_a_cell_too() -> None:
    assert b"'=1+1" in b"".join(csv_lines(["=1+1"], []))


def test_separators_quotes_and_lines_stay_in_their_cell() -> None:
    assert table('a;b,"c"\nd', "ē") == ['a;b,"c"\nd', "ē"]


def test_numbers_and_dates_are_data_and_people_read_the_time_in_riga() -> None:
    row = (-5, Decimal("-44.50"), date(2020, 4, 14), datetime(2020, 4, 14, 12, tzinfo=UTC), None)
    instant = "2020-04-14T12:00:00+00:00"
    assert table(*row) == ["-5", "-44,50", "2020-04-14", "2020-04-14 15:00:00", ""]
    assert table(*row, delimiter=",") == ["-5", "-44.50", "2020-04-14", instant, ""]


def test_it_begins_with_the_mark_that_excel_needs() -> None:
    assert b"".join(csv_lines(["ā"], [])) == "\ufeffā\r\n".encode()


def test_rows_are_taken_as_they_are_sent(app: Flask) -> None:
    taken = 0

    def rows() -> Iterator[list[Cell]]:
        nonlocal taken
        for number in range(10 * BATCH):
            taken += 1
            yield [number]

    with app.test_request_context():
        response = send_csv("Saraksts.csv", ["n"], rows())
        chunks = iter(response.response)
        next(chunks)
        next(chunks)
        assert taken <= BATCH
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert b"".join(chunks).count(b"\r\n") == 9 * BATCH + 1  # type: ignore[arg-type]
