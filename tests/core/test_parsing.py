"""What people write, and what is read of it."""

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.core import parse_errors, parsing
from portal.core.parsing import Code, Unreadable


def read(reader: Any, typed: str, *more: Any) -> Any:
    """The value, or the code for what cannot be read."""
    try:
        return reader(typed, *more)
    except Unreadable as refusal:
        return refusal.code


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("\u200b\u2060\ufeff", ""),
        ("\u3164 \u2800\n", ""),
        ("Be\u0304rzin\u0327s\u030c", "Bērziņš"),
        ("jau\u00adnie\u00adšu", "jauniešu"),
        ("\u200banna\u00a0", "anna"),
        ("„Vēja\u00a0trauksme” – 5.\u00a0klase", "„Vēja\u00a0trauksme” – 5.\u00a0klase"),
        ("viens\r\ndivi\rtrīs\u2028četri\r\n", "viens\ndivi\ntrīs\nčetri"),
        ("a\tb", "a\tb"),
        *((f"a{sign}b", Code.SIGNS) for sign in "\0\x0b\x1b\x7f\x85\ud800\ufdd0\uffff\U0001fffe"),
        ("x" * 100_001, Code.TOO_MUCH),
    ],
)
def test_a_text_is_stored_as_it_is_seen(typed: str, right: str) -> None:
    assert read(parsing.text, typed) == right


@given(st.text())
def test_reading_a_text_twice_changes_nothing(typed: str) -> None:
    once = read(parsing.text, typed)
    assert once is Code.SIGNS or parsing.text(once) == once


def test_a_line_is_one_and_an_identifier_has_no_spaces() -> None:
    assert read(parsing.line, "a\nb") == read(parsing.line, "a\tb") == Code.SEVERAL_LINES
    assert parsing.compact(" LV80\u00a0BA\u200bNK\n00\u00ad00 ") == "LV80BANK0000"


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("1 250,50", 125_050),
        ("1.250,50", 125_050),
        ("4.600,00", 460_000),
        ("€ 300", 30_000),
        ("300,-", 30_000),
        ("EUR 300.5", 30_050),
        ("1\u202f533,33\u00a0€", 153_333),
        ("1.250.000", 125_000_000),
        ("\u22125 eiro", -500),
        ("\u200b", None),
        ("1,250.50", Code.UNCLEAR),
        ("1.250", Code.UNCLEAR),
        ("1,250", Code.UNCLEAR),
        ("12,5,5", Code.NOT_MONEY),
        ("- € -5", Code.NOT_MONEY),
        ("½", Code.NOT_MONEY),
        ("9" * 15, Code.NOT_MONEY),
        ("9" * 101, Code.TOO_LONG),
    ],
)
def test_money(typed: str, right: Any) -> None:
    assert read(parsing.cents, typed) == right


@pytest.mark.parametrize(
    ("typed", "places", "right"),
    [
        ("1 204", 0, 1204),
        ("1.204.000", 0, 1_204_000),
        ("", 0, None),
        ("1.204", 0, Code.UNCLEAR),
        ("1,5", 0, Code.NOT_WHOLE),
        ("9" * 16, 0, Code.NOT_WHOLE),
        ("٣", 0, Code.NOT_WHOLE),
        ("1.204,5", 1, Decimal("1204.5")),
        ("2.5", 1, Decimal("2.5")),
        ("2,55", 1, Code.NOT_DECIMAL),
        ("1e9", 1, Code.NOT_DECIMAL),
        ("1,204", 1, Code.UNCLEAR),
    ],
)
def test_numbers(typed: str, places: int, right: Any) -> None:
    found = read(parsing.decimal, typed, places) if places else read(parsing.integer, typed)
    assert found == right


@pytest.mark.parametrize(
    "typed",
    [
        "5.3.2027",
        "05/03/2027",
        "5.3.27",
        "2027-03-05",
        "5 3 2027",
        "5.3.2027.g.",
        "5–3–2027",
        "5. marts 2027",
        "2027. gada 5. martā",
        "piektdien, 2027.gada 5.martā",
        "5. mar. 2027",
        "5 March 2027",
        "March 5th, 2027",
        "5 Mar 2027",
    ],
)
def test_a_date_in_every_way_of_writing_it(typed: str) -> None:
    assert parsing.day(typed) == date(2027, 3, 5)


def test_months_need_no_marks_on_their_letters() -> None:
    assert parsing.day("2.junija 2027") == parsing.day("2. jūnijā, 2027. gadā") == date(2027, 6, 2)


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        (" ", None),
        ("30.02.2027", Code.NO_SUCH_DAY),
        ("5.13.2027", Code.NO_SUCH_DAY),
        ("31.12.10000", Code.YEAR),
        ("1.1.027", Code.YEAR),
        ("5. marts", Code.NOT_A_DATE),
        ("5.3.2027 x", Code.NOT_A_DATE),
        ("no 1.3.2027 līdz 5.3.2027", Code.NOT_A_DATE),
        ("1" + " " * 900 + "1" + " " * 900 + "x", Code.TOO_LONG),
    ],
)
def test_what_is_no_date(typed: str, right: Any) -> None:
    assert read(parsing.day, typed) == right


def test_the_time_of_day() -> None:
    assert parsing.hour("9.05") == parsing.hour("plkst. 09:05") == time(9, 5)
    assert parsing.hour("") is None
    assert read(parsing.hour, "24.00") == read(parsing.hour, "9.60") == Code.NOT_A_TIME


def test_every_code_has_its_words(application: Flask) -> None:
    with application.test_request_context("/?lang=en"):
        said = [parse_errors.words(code, {"limit": 100, "example": "1250,50"}) for code in Code]
    assert len(set(said)) == len(Code)


def test_the_example_of_a_registration_number_adds_up(app: Flask) -> None:
    with app.test_request_context():
        said = parse_errors.words(Code.NOT_REGISTERED, {})
    (example,) = (word.strip(".") for word in str(said).split() if word[0].isdigit())
    assert parsing.registration_number(example) == example
