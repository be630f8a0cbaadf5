"""Each kind of question: what is kept of what is typed, what is wrong with it, how it reads."""

import json
from dataclasses import dataclass, field, replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask, get_template_attribute
from hypothesis import given
from hypothesis import strategies as st

from portal.core.db import Words
from portal.core.questions import labels
from portal.core.questions.registry import all_kinds, kind_of
from portal.core.questions.rules import AnswerProblem, Asked, Context, show, validate

LABEL, NOTHING = Words("Jautājums"), Words()


@dataclass(frozen=True)
class Ask:
    kind: str
    settings: dict[str, Any] = field(default_factory=dict)
    required: bool = True
    key: str = "q"
    label: Words = LABEL
    hint: Words = NOTHING


PLAN = Ask(
    "table",
    {
        "columns": [
            {"key": "what", "kind": "short_text", "lv": "Darbība", "en": "Activity"},
            {"key": "when", "kind": "date", "lv": "Kad", "en": "When"},
            {"key": "cost", "kind": "money", "lv": "Izmaksas", "en": "Cost"},
        ],
        "rows_max": 2,
    },
)
SCHOOLS = Ask(
    "choices",
    {"options": [{"code": "a", "lv": "A skola"}, {"code": "b", "lv": "B skola", "en": "School B"}]},
)


def keep(question: Asked, raw: Any) -> Any:
    return kind_of(question.kind).keep(question, raw)


def wrongs(question: Ask, raw: Any, *, for_submit: bool = True) -> list[str]:
    found = validate([question], {"q": keep(question, raw)}, for_submit=for_submit)
    return [problem.wrong for problem in found]


@pytest.mark.parametrize(
    ("kind", "raw", "kept"),
    [
        ("short_text", "Velodarbnīca „Ķēde”", "Velodarbnīca „Ķēde”"),
        ("short_text", " \t\u200b ", None),
        ("long_text", "viens\r\ndivi\rtrīs", "viens\ndivi\ntrīs"),
        ("number", " 1 204 ", 1204),
        ("number", "0", 0),
        ("number", "-3", -3),
        ("number", "12,5", "12,5"),
        ("number", "divdesmit", "divdesmit"),
        ("number", "9" * 30, "9" * 30),
        ("money", "4600", 460_000),
        ("money", "1.533,33 €", 153_333),
        ("money", "-0,05", -5),
        ("money", "1,234", "1,234"),
        ("date", "2026-06-01", "2026-06-01"),
        ("date", "2026. gada 1. jūnijā", "2026-06-01"),
        ("date", "31.02.2026", "31.02.2026"),
        ("statement", "true", True),
        ("statement", "", None),
    ],
)
def test_what_is_kept_of_what_is_typed(kind: str, raw: str, kept: Any) -> None:
    assert keep(Ask(kind), raw) == kept


@pytest.mark.parametrize(
    ("question", "raw", "wrong"),
    [
        (Ask("short_text"), "", ["missing"]),
        (Ask("short_text", required=False), "", []),
        (Ask("short_text", {"max_length": 5}), "ābols!", ["too_long"]),
        (Ask("long_text", {"max_length": 5}), "ab\r\ncd", []),
        (Ask("short_text"), "tas\x08ts", ["unreadable"]),
        (Ask("choice"), "tas\x08ts", ["unreadable", "not_an_option"]),
        (Ask("long_text"), "x" * 100_001, ["too_much"]),
        (Ask("number"), "daudz", ["not_a_number"]),
        (Ask("number"), "-1", ["too_small"]),
        (Ask("number", {"min": 1, "max": 30}), "31", ["too_large"]),
        (Ask("number", {"min": 0}), "0", []),
        (Ask("money"), "daudz", ["not_money"]),
        (Ask("money"), "1,250.50", ["unclear"]),
        (Ask("date"), "31.02.2026", ["no_such_day"]),
        (Ask("date", {"min": "2026-06-01"}), "31.05.2026", ["too_early"]),
        (Ask("date", {"max": "2026-06-01"}), "02.06.2026", ["too_late"]),
        (Ask("choice", {"options": [{"code": "a", "lv": "A"}]}), "z", ["not_an_option"]),
        (SCHOOLS, ["a", "z"], ["not_an_option"]),
        (SCHOOLS, [], ["missing"]),
        (Ask("statement"), "", ["missing"]),
        (PLAN, [{"what": ""}], ["missing"]),
        (PLAN, [{"what": "a"}] * 3, ["too_many_rows"]),
        (PLAN, [{"what": "a"}] * 201, ["too_much"]),
    ],
)
def test_what_is_wrong_with_an_answer(question: Ask, raw: Any, wrong: list[str]) -> None:
    assert wrongs(question, raw) == wrong


@pytest.mark.parametrize("kind", ["file", "picture"])
def test_one_file_answers_unless_several_may(kind: str) -> None:
    def found(settings: dict[str, Any], files: list[str]) -> list[str]:
        problems = validate([Ask(kind, settings)], {"q": files}, for_submit=True)
        return [problem.wrong for problem in problems]

    assert found({}, []) == ["missing"]
    assert found({}, ["a"]) == []
    assert found({}, ["a", "b"]) == ["one_file"]
    assert found({"several": True}, ["a", "b"]) == []


def test_saving_warns_of_what_is_wrong_but_not_of_what_is_missing() -> None:
    assert wrongs(Ask("number"), "", for_submit=False) == []
    assert wrongs(Ask("number"), "daudz", for_submit=False) == ["not_a_number"]


@pytest.mark.parametrize(
    ("boxes", "kept"),
    [
        (("15.04.2027.", "", ""), "2027-04-15"),
        (("15.04.2027", "4", "27"), "2027-04-15"),
        (("15.04.2027", "3", "2027"), "15.04.2027 | 3 | 2027"),
        (("31", "2", "2027"), "31.2.2027"),
        (("5", "marts", ""), "5.marts"),
        (("", "", ""), None),
    ],
)
def test_a_date_in_boxes_is_one_date_or_stands_as_it_was_typed(
    application: Flask, boxes: tuple[str, str, str], kept: str | None
) -> None:
    question, kind = Ask("date"), kind_of("date")
    typed = dict(zip(("day", "month", "year"), boxes, strict=True))
    field: Any = SimpleNamespace(typed=typed)
    with application.test_request_context():
        assert keep(question, kind.sent(field)) == kept
        if kept and validate([question], {"q": kept}, for_submit=True):
            assert kind.typed(question, kept) == {f"-{part}": typed[part] for part in typed}


def test_a_wrong_cell_is_named_by_row_and_column() -> None:
    kept = keep(PLAN, [{"what": "Sākums", "when": "1.9.2026"}, {"when": "30.2.2026"}])
    assert validate([PLAN], {"q": kept}, for_submit=True) == [
        AnswerProblem("q", "no_such_day", {}, row=1, column="when")
    ]


def test_codes_are_kept_once_and_in_the_order_of_the_options() -> None:
    assert keep(SCHOOLS, ["z", "b", "a", "b"]) == ["a", "b", "z"]


def test_labels_are_shown_in_the_language_of_the_reader() -> None:
    assert show(SCHOOLS, ["a", "b"], "lv").value == ["A skola", "B skola"]
    assert show(SCHOOLS, ["a", "b"], "en").value == ["A skola", "School B"]
    grid = show(PLAN, [{"what": "Sākums", "cost": 5}], "en").value
    assert grid.columns == ["Activity", "When", "Cost"]
    assert [(cell.kind.code, cell.is_blank) for cell in grid.rows[0]] == [
        ("short_text", False),
        ("date", True),
        ("money", False),
    ]


# ---------------------------------------------------------- sums, dates, totals

CAMPS = Ask(
    "table",
    {
        "columns": [
            {"key": "what", "kind": "short_text", "lv": "Darbība", "required": True},
            {"key": "begins", "kind": "date", "lv": "No"},
            {"key": "ends", "kind": "date", "lv": "Līdz"},
            {"key": "people", "kind": "number", "lv": "Dalībnieki", "agrees_with": "all"},
            {"key": "cost", "kind": "money", "lv": "Izmaksas", "sum": True},
        ],
        "in_order": ["begins", "ends"],
        "inside": "project",
    },
)
EVERYBODY = Ask("number", key="all", label=Words("Cik dalībnieku?"))
SUMMER = Context(windows={"project": (date(2026, 6, 1), date(2026, 8, 31))})


def in_camps(row: dict[str, Any], everybody: Any = None, context: Context = SUMMER, **more: Any):
    answers = {"q": keep(CAMPS, [{"what": "Nometne", **row}]), "all": everybody}
    return validate([CAMPS, replace(EVERYBODY, required=False)], answers, context, **more)


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ({"what": "", "begins": "1.6.2026"}, [("missing", "what")]),
        ({"begins": "2.6.2026", "ends": "1.6.2026"}, [("not_in_order", "ends")]),
        ({"begins": "1.6.2026", "ends": "1.6.2026"}, []),
        ({"begins": "31.5.2026", "ends": "1.9.2026"}, [("outside", "begins"), ("outside", "ends")]),
        ({"begins": "drīz", "ends": "31.8.2026"}, [("not_a_date", "begins")]),
    ],
)
def test_what_a_table_asks_of_a_row(row: dict[str, Any], wrong: list[tuple[str, str]]) -> None:
    found = in_camps(row, for_submit=True)
    assert [(one.wrong, one.column) for one in found] == wrong
    assert {one.row for one in found} <= {0}


def test_a_draft_may_lack_a_cell_and_what_is_not_known_judges_nothing() -> None:
    assert in_camps({"what": "", "cost": "5"}, for_submit=False) == []
    assert in_camps({"begins": "1.1.2020"}, context=Context(), for_submit=True) == []
    assert in_camps({"people": "3"}, for_submit=True) == []


@pytest.mark.usefixtures("ctx")
def test_a_sum_that_does_not_agree_is_said_with_both_figures() -> None:
    assert in_camps({"people": "25"}, 25, for_submit=True) == []
    (problem,) = in_camps({"people": "24"}, 25, for_submit=False)
    said = labels.message(problem, CAMPS)
    assert all(part in said for part in ("Dalībnieki", "24", "Cik dalībnieku?", "25"))
    found = in_camps({"people": "divi"}, 25, for_submit=False)
    assert [one.wrong for one in found] == ["not_a_number"]


@pytest.mark.usefixtures("ctx")
def test_a_column_adds_itself_up_where_it_is_read_and_printed() -> None:
    shown = show(CAMPS, [{"what": "a", "cost": 1050}, {"cost": 50}, {"cost": "daudz"}], "lv")
    assert [cell.text for cell in shown.value.total] == ["", "", "", "", "11\N{NO-BREAK SPACE}€"]
    macro = get_template_attribute("core/questions/shown.html", "shown_value")
    (last,) = BeautifulSoup(macro(shown), "lxml").select("tfoot tr")
    assert last.get_text(" ").split() == ["Kopā", "11", "€"]
    table = shown.kind.printed(shown.value)
    assert list(table.total) == ["Kopā", "", "", "", "11\N{NO-BREAK SPACE}€"]


@pytest.mark.usefixtures("ctx")
def test_a_fixed_sum_is_begun_with_asked_and_owed() -> None:
    grant, context = Ask("money", {"equals": "grant"}), Context(sums={"grant": 460_000})
    assert kind_of("money").begin(grant, context) == 460_000
    assert any("4\N{NO-BREAK SPACE}600" in one for one in kind_of("money").asks(grant, context))
    for value, wrong in ((460_000, []), (459_999, ["not_equal"]), (None, ["missing"])):
        found = validate([grant], {"q": value}, context, for_submit=True)
        assert [problem.wrong for problem in found] == wrong


@pytest.mark.usefixtures("ctx")
def test_pictures_are_shown_from_their_owners_address_in_words_too() -> None:
    picture = show(Ask("picture"), None, "lv")
    file = SimpleNamespace(name="plakāts.png", size=1000, remark="cut_off")
    macro = get_template_attribute("core/questions/shown.html", "shown_value")
    page = BeautifulSoup(
        macro(picture, [file], lambda one: f"/files/{one.name}", "Plakāts"), "lxml"
    )
    (image,) = page.select("a[href='/files/plakāts.png'] img[src='/files/plakāts.png']")
    assert image["alt"] == "Plakāts" and "plakāts.png" in image.parent.get_text()
    assert "Failam trūkst beigu" in page.get_text()
    assert not BeautifulSoup(macro(picture, []), "lxml").select("ul")


# ------------------------------------------------------------------- all kinds

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@given(st.sampled_from([kind.code for kind in all_kinds()]), anything)
def test_whatever_is_sent_is_kept_as_json_judged_and_shown(kind: str, raw: Any) -> None:
    for question in (Ask(kind, CAMPS.settings), Ask(kind, SCHOOLS.settings)):
        kept = keep(question, raw)
        json.dumps(kept)
        assert keep(question, kept) == kept
        validate([question], {"q": kept}, SUMMER, for_submit=True)
        show(question, kept, "lv")


@given(st.sampled_from(["number", "money"]), st.integers(-(10**13), 10**13))
def test_a_kept_number_stands_in_its_field_as_it_would_be_typed(kind: str, value: int) -> None:
    assert keep(Ask(kind), kind_of(kind).as_typed(value)) == value
