"""What the fields take, refuse and keep."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template_string
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from portal.core import fields
from portal.core.db import Words
from portal.core.errors import Invalid, NotReady
from tests.naughty import COMBINED, NAUGHTY, stored
from tests.pages import marked

COLUMNS = (
    fields.Column("what", "Activity"),
    fields.Column("when", "When", "date"),
    fields.Column("people", "Participants", "number"),
    fields.Column("kind", "Kind", "choice", required=False, options={"choices": {"x": "X"}}),
)


class Everything(fields.Form):
    """One of each."""

    text = fields.Text("Text", "A hint", limit=20, prefix="Nr.")
    area = fields.TextArea("Area", limit=10)
    number = fields.Number("Number", maximum=100)
    decimal = fields.DecimalField("Decimal", places=1)
    money = fields.Money("Money", minimum=100)
    day = fields.Date("Day", earliest=date(2026, 1, 1))
    when = fields.DateTime("When", whole_minute=True)
    shortly = fields.DateText("Shortly")
    choice = fields.Choice("Choice", choices=[("a", "A"), ("b", "B", "why B")])
    select = fields.Select("Select", choices={"a": "A"})
    several = fields.Choices("Several", choices={"a": "A", "b": "B"})
    agreed = fields.Statement("Agreed")
    file = fields.File("File")
    email = fields.Email("E-mail")
    phone = fields.Phone("Phone")
    registration = fields.RegistrationNumber("Registration")
    account = fields.Iban("Account")
    password = fields.Password("Password")
    hidden = fields.Hidden()
    words = fields.WordsField("Words")
    rows = fields.Rows("Rows", columns=COLUMNS, minimum=2)


GOOD: dict[str, Any] = {
    "text": "  Ķēde  ",
    "area": "12345\r\n789",
    "number": "1 0",
    "decimal": "2,5",
    "money": "4 600,50 €",
    "day-day": "1",
    "day-month": "9",
    "day-year": "2026",
    "when-day": "14",
    "when-month": "4",
    "when-year": "2026",
    "when-time": "23.59",
    "shortly": "1.9.2026.",
    "choice": "b",
    "select": "a",
    "several": ["b", "a"],
    "agreed": "1",
    "email": "Anna@Example.LV",
    "phone": "+371 26 123 456",
    "registration": "LV 40003032949",
    "account": "lv80 bank 0000 4351 9500 1",
    "password": " pass word ",
    "hidden": "7",
    "words-lv": "Konkurss",
    "words-en": "Call",
    "rows-0-what": "Workshop",
    "rows-0-when": "2026-09-01",
    "rows-0-people": "12",
    "rows-0-kind": "x",
    "rows-1-what": "",
    "rows-1-when": "",
    "rows-1-people": " ",
}

Sent = Callable[..., Everything]


@pytest.fixture
def sent(application: Flask) -> Any:
    """Send the good values, with some of them changed; None leaves one out."""
    contexts = []

    def send(draft: bool = False, **changes: Any) -> Everything:
        values: MultiDict[str, Any] = MultiDict()
        for name, value in {**GOOD, "file": (io.BytesIO(b"x"), "a.pdf")}.items():
            changed = changes.get(name.replace("-", "_"), value)
            for one in changed if isinstance(changed, list) else [changed]:
                if one is not None:
                    values.add(name, one)
        for name, value in changes.items():
            if name.startswith("extra_"):
                values.add(name.removeprefix("extra_").replace("_", "-"), value)
        context = application.test_request_context("/?lang=en", method="POST", data=values)
        context.push()
        contexts.append(context)
        form = Everything(meta={"csrf": False}, draft=draft)
        form.validate()
        return form

    yield send
    for context in reversed(contexts):
        context.pop()


def rendered(form: fields.Form) -> BeautifulSoup:
    """All fields of a form."""
    html = render_template_string("{% for field in form %}{{ field() }}{% endfor %}", form=form)
    return BeautifulSoup(html, "html5lib")


def test_good_values_become_what_they_are(sent: Sent) -> None:
    form = sent()
    assert form.problems == []
    data = form.data
    assert data.pop("file").filename == "a.pdf"
    assert data == {
        "text": "Ķēde",
        "area": "12345\n789",
        "number": 10,
        "decimal": Decimal("2.5"),
        "money": 460_050,
        "day": date(2026, 9, 1),
        "when": datetime(2026, 4, 14, 20, 59, 59, tzinfo=UTC),
        "shortly": date(2026, 9, 1),
        "choice": "b",
        "select": "a",
        "several": ["a", "b"],
        "agreed": True,
        "email": "anna@example.lv",
        "phone": "+37126123456",
        "registration": "40003032949",
        "account": "LV80BANK0000435195001",
        "password": " pass word ",
        "hidden": "7",
        "words": Words("Konkurss", "Call"),
        "rows": [{"what": "Workshop", "when": date(2026, 9, 1), "people": 12, "kind": "x"}],
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"text": "x" * 21}, "Text: Shorten this to 20 characters."),
        ({"text": "a\nb"}, "Text: Write this on one line."),
        (
            {"text": "a\x00b"},
            "Text: The text has a sign that cannot be shown, marked here as �. Delete it.",
        ),
        (
            {"area": "a\x1b"},
            "Area: The text has a sign that cannot be shown, marked here as �. Delete it.",
        ),
        ({"area": "x" * 100_001}, "Area: This is far too long."),
        ({"area": "x" * 11}, "Area: Shorten this to 10 characters."),
        ({"area": ""}, "Area: Fill this in"),
        ({"number": "1,5"}, "Number: Enter a whole number, such as 12."),
        ({"number": "101"}, "Number: This must be at most 100."),
        ({"number": "-1"}, "Number: This must be at least 0."),
        ({"number": "٣"}, "Number: Enter a whole number, such as 12."),
        ({"number": "9" * 5000}, "Number: Shorten this to 100 characters."),
        ({"decimal": "2,55"}, "Decimal: Enter a number such as 2,5."),
        ({"decimal": "NaN"}, "Decimal: Enter a number such as 2,5."),
        ({"decimal": "1e9"}, "Decimal: Enter a number such as 2,5."),
        ({"money": "4.600"}, "Money: It is not clear which sign is the decimal one."),
        ({"money": "0,99"}, "Money: This must be at least €1."),
        ({"day_day": "31", "day_month": "2"}, "Day: There is no such date."),
        ({"day_day": ""}, "Day: The date lacks the day."),
        ({"day_day": "", "day_year": ""}, "Day: The date lacks the day, the year."),
        ({"day_year": "026"}, "Day: Write the year with four digits, such as 2026."),
        ({"day_month": "IX"}, "Day: Enter a date such as 14.04.2026."),
        ({"day_day": "15.4.2026"}, "Day: A whole date stands in one box and another"),
        ({"day_year": "2025"}, "Day: The date must be"),
        ({"when_time": ""}, "When: The time is missing."),
        ({"when_time": "24.00"}, "When: Write the time such as 17.00."),
        ({"when_day": "", "when_month": "", "when_year": ""}, "When: The date is missing."),
        (
            {"when_day": "29", "when_month": "3", "when_time": "3.30"},
            "When: That hour does not exist: the clocks go forward that night.",
        ),
        ({"shortly": "soon"}, "Shortly: Enter a date such as 14.04.2026."),
        ({"choice": "c"}, "Choice: Choose from the list."),
        ({"choice": None}, "Choice: Choose one"),
        ({"select": ""}, "Select: Choose one"),
        ({"several": ["a", "z"]}, "Several: Choose from the list."),
        ({"several": None}, "Several: Choose at least one"),
        ({"agreed": None}, "Agreed: Confirm this to continue"),
        ({"file": None}, "File: Choose a file"),
        ({"file": "not a file"}, "File: Choose a file"),
        ({"email": "anna@"}, "E-mail: Enter an address like anna@example.lv."),
        ({"email": "anna@localhost"}, "E-mail: Enter an address like anna@example.lv."),
        ({"phone": "call me"}, "Phone: Enter a telephone number like +371 26 123 456."),
        ({"registration": "40003032948"}, "Registration: The number does not add up."),
        ({"registration": "161175-19997"}, "Registration: This is a person's number."),
        ({"account": "LV80BANK0000435195002"}, "Account: The account number does not add up."),
        ({"password": ""}, "Password: Enter the password"),
        ({"words_lv": ""}, "Words: Write it in Latvian too."),
        ({"words_en": "\x07"}, "Words: The text has a sign"),
        ({"rows_0_when": "x"}, "When, row 1: Enter a date such as 14.04.2026."),
        ({"rows_1_what": "Trip"}, "When, row 2: Enter the date"),
        ({"rows_0_kind": "y"}, "Kind, row 1: Choose from the list."),
        ({"rows_0_what": "", "rows_0_when": "", "rows_0_people": "", "rows_0_kind": ""}, "Rows: "),
        ({"text": (io.BytesIO(b"x"), "x.txt")}, "Text: Fill this in"),
    ],
)
def test_what_cannot_be_taken_is_refused_beside_its_field(
    sent: Sent, change: dict[str, Any], message: str
) -> None:
    form = sent(**change)
    page = rendered(form)
    messages = [text for text, _target in form.problems]
    assert any(text.startswith(message) for text in messages), messages
    assert form.status == 422
    for _text, target in form.problems:
        assert page.find(id=target), f"the summary leads nowhere: {target}"


CHOSEN = {"choice", "select", "several", "agreed", "password", "rows-0-kind"}
OF_WORDS = {"text", "area", "hidden"}


@pytest.mark.parametrize(
    ("names", "strings"),
    # All strings where words are kept; whatever else is typed is shown by the same few macros.
    [(OF_WORDS, NAUGHTY), (GOOD.keys() - CHOSEN - OF_WORDS, [COMBINED, *NAUGHTY[::20]])],
    ids=["words", "the rest"],
)
def test_naughty_strings_are_given_back_or_refused(
    application: Flask, names: set[str], strings: list[str]
) -> None:
    with application.test_request_context("/?lang=en", method="POST"):
        for string in strings:
            form = Everything(formdata=MultiDict(dict.fromkeys(GOOD, string)), meta={"csrf": False})
            form.validate()
            shown = {name.partition("-")[0] for name in names}
            page = BeautifulSoup("".join(str(form[name]()) for name in sorted(shown)), "lxml")
            for name in names:
                field = page.find(attrs={"name": name})
                typed = field.get_text() if field.name == "textarea" else field["value"]
                assert typed == (string if name == "hidden" else marked(string)), name
            for name in OF_WORDS:
                assert form[name].errors or form[name].data == stored(string)


@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from(sorted(GOOD)), st.text(max_size=30)))
def test_nothing_that_is_typed_raises(application: Flask, values: dict[str, str]) -> None:
    typed = MultiDict(dict(values))
    with application.test_request_context("/?lang=en", method="POST"):
        form = Everything(formdata=typed, meta={"csrf": False})
        form.validate()
        assert all(str(field()) for field in form)


@given(st.integers(0, 10**14))
def test_money_that_is_shown_reads_back(application: Flask, cents: int) -> None:
    with application.test_request_context("/?lang=lv"):
        shown = Everything(data={"money": cents}, formdata=None, meta={"csrf": False}).money.shown
        read = Everything(formdata=MultiDict({"money": shown}), meta={"csrf": False})
        assert read.money.data == cents


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001  # naive on purpose
def test_an_instant_that_is_shown_reads_back(application: Flask, naive: datetime) -> None:
    """Also in the hour that the clocks repeat, where the text does not tell which is meant."""
    value = naive.replace(second=59, microsecond=0, tzinfo=UTC)
    with application.test_request_context("/?lang=lv"):
        shown = Everything(data={"when": value}, formdata=None, meta={"csrf": False})
        typed = {f"when-{part}": text for part, text in shown.when.parts_shown().items()}
        read = Everything(formdata=MultiDict(typed), data={"when": value}, meta={"csrf": False})
        assert read.when.data == value


def test_of_a_repeated_hour_the_first_is_meant(sent: Sent) -> None:
    form = sent(when_day="25", when_month="10", when_time="3:30")
    assert form.when.data == datetime(2026, 10, 25, 0, 30, 59, tzinfo=UTC)


def test_a_line_break_is_one_character(sent: Sent) -> None:
    assert sent(area="1234\r\n6789\r\n").problems == []
    assert sent(area="1234\r\n6789\r\n1").problems != []


def test_a_draft_keeps_what_a_submission_refuses(sent: Sent) -> None:
    form = sent(draft=True, area="x" * 11, text="", number="101", rows_1_what="Trip")
    assert form.problems == []
    assert form.area.data == "x" * 11
    assert form.warnings["area"] == ["Shorten this to 10 characters."]
    assert form.warnings["text"] == ["Fill this in"]
    assert form.number.data == 101
    assert form.rows.data[1]["what"] == "Trip"


def test_what_a_draft_cannot_hold_is_refused_there_too(sent: Sent) -> None:
    assert sent(draft=True, number="many").problems == [
        ("Number: Enter a whole number, such as 12.", "number")
    ]


def test_rows_are_added_and_removed_without_losing_what_was_typed(sent: Sent) -> None:
    form = sent(extra_rows_add="1")
    assert form.rearranged and not form.validate() and form.status == 200
    assert len(form.rows.rows) == 3
    assert form.rows.rows[0].cells["what"].shown == "Workshop"
    form = sent(extra_rows_remove="0", rows_1_what="Trip")
    assert [row.cells["what"].shown for row in form.rows.rows] == ["Trip", ""]
    assert form.problems == []


def test_rows_are_copied_and_moved_without_a_script(sent: Sent) -> None:
    def rows(**pressed: str) -> tuple[list[str], str]:
        """What stands in the rows, and where the page goes on."""
        field = sent(rows_1_what="Trip", **pressed).rows
        shown = BeautifulSoup(field(), "html.parser").select_one("[autofocus]")
        assert [row.index for row in field.rows] == list(range(len(field.rows)))
        return [row.cells["what"].shown for row in field.rows], str(shown and shown["name"])

    assert rows(extra_rows_copy="0") == (["Workshop", "Workshop", "Trip"], "rows-1-what")
    assert rows(extra_rows_up="1") == (["Trip", "Workshop"], "rows-down")
    assert rows(extra_rows_down="0") == (["Trip", "Workshop"], "rows-up")
    assert rows(extra_rows_up="0") == (["Workshop", "Trip"], "rows-down")
    assert rows(extra_rows_remove="1") == (["Workshop", ""], "rows-add")


def test_of_more_rows_than_a_table_may_hold_none_is_dropped_in_silence(sent: Sent) -> None:
    many = {f"extra_rows_{i}_what": "x" if i % 2 else " " for i in range(2, 400)}
    form = sent(**many)
    assert "Rows: At most 50 rows may be filled in." in [text for text, _ in form.problems]
    assert len(form.rows.data) == 200
    few = {key: value for key, value in many.items() if len(key) < len("extra_rows_100_what")}
    assert len(sent(**few, extra_rows_add="1").rows.rows) == 100


def test_an_odd_row_button_removes_nothing(sent: Sent) -> None:
    for odd in ("²", "-1", "9" * 5000, "x"):
        assert len(sent(extra_rows_remove=odd).rows.rows) == 2


def test_values_are_shown_as_they_would_be_typed(application: Flask) -> None:
    values = {
        "money": 460_050,
        "account": "LV80BANK0000435195001",
        "day": date(2026, 9, 1),
        "when": datetime(2026, 4, 14, 20, 59, 59, tzinfo=UTC),
        "decimal": Decimal("2.5"),
        "several": ["b"],
        "words": Words("Konkurss", "Call"),
        "rows": [{"what": "Workshop", "when": date(2026, 9, 1), "people": 12}],
    }
    with application.test_request_context("/?lang=lv"):
        page = rendered(Everything(data=values, meta={"csrf": False}))
    shown = {str(field.get("name")): field.get("value") for field in page.select("input")}
    assert shown["money"] == "4600,50"
    assert shown["account"] == "LV80 BANK 0000 4351 9500 1"
    assert [shown[f"day-{part}"] for part in ("day", "month", "year")] == ["1", "9", "2026"]
    assert shown["when-time"] == "23.59"
    assert shown["decimal"] == "2,5"
    assert shown["rows-0-when"] == "01.09.2026."
    checked = [field["value"] for field in page.select("input[checked]")]
    assert checked == ["b"]


def test_the_cells_of_a_table_do_not_repeat_that_none_is_owed(sent: Sent) -> None:
    table = rendered(sent()).select_one("#rows")
    assert table and not table.select(".asns-optional")


def test_errors_are_tied_to_their_inputs(sent: Sent) -> None:
    page = rendered(sent(text="", day_day="40", words_lv="", words_en=""))
    described = page.find(id="text")["aria-describedby"].split()
    assert described == ["text-hint", "text-error"]
    assert "Fill this in" in page.find(id="text-error").get_text()
    assert page.find(id="day-error") and page.find(id="words-error")
    assert page.select_one("fieldset[aria-describedby='day-error']")


def test_a_password_is_never_shown_again(sent: Sent) -> None:
    assert not rendered(sent(text="")).find(id="password").get("value")


def test_a_text_keeps_its_lines_wherever_it_stands(sent: Sent) -> None:
    form = sent(area="\n\n  a\n b")
    assert rendered(form).find(id="area").get_text() == "\n\n  a\n b"


def test_a_verbs_refusal_stands_beside_the_field_it_names(sent: Sent) -> None:
    form = sent()
    form.refuse(Invalid("taken", "This is taken.", "text"))
    assert form.status == 422
    form.refuse(NotReady("incomplete", "Not yet.", ["One", "Two"]))
    assert form.problems == [
        ("Not yet.", ""),
        ("One", ""),
        ("Two", ""),
        ("Text: This is taken.", "text"),
    ]
    assert form.status == 409


def test_hidden_inputs_carry_no_id(application: Flask) -> None:
    with application.test_request_context("/?lang=lv"):
        tags = BeautifulSoup(str(Everything().hidden_tag()), "lxml").select("input")
    assert {tag["name"] for tag in tags} == {"csrf_token", "hidden"}
    assert not any(tag.has_attr("id") for tag in tags)


def test_json_is_no_form(application: Flask) -> None:
    with application.test_request_context("/?lang=lv", method="POST", json={"text": {"a": 1}}):
        form = Everything(meta={"csrf": False})
        assert not form.validate()
        assert form.text.shown == ""


def test_a_text_keeps_what_is_stored_in_a_language_that_is_no_longer_asked_for(
    application: Flask,
) -> None:
    class OneText(fields.Form):
        words = fields.WordsField("Words")

    stored = Words("Virsraksts", "Title", (("lt", "Antraštė"),))
    sent = MultiDict({"words-lv": "Cits", "words-en": "Title"})
    with application.test_request_context("/", method="POST"):
        kept = OneText(formdata=sent, words=stored).words.data
    assert kept == Words("Cits", "Title", (("lt", "Antraštė"),))
