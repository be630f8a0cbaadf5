"""Answers: what is kept of what is typed, and what is wrong with it."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.questions.models import QuestionKind as Kind
from portal.grants.competitions.answers.rules import (
    Problem,
    Shown,
    Wrong,
    display,
    normalise,
    typed,
    validate,
)


@dataclass(frozen=True)
class Ask:
    kind: Kind
    settings: dict[str, Any] = field(default_factory=dict)
    required: bool = True
    key: str = "q"


PLAN = Ask(
    Kind.TABLE,
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
    Kind.CHOICES,
    {"options": [{"code": "a", "lv": "A skola"}, {"code": "b", "lv": "B skola", "en": "School B"}]},
)


def wrongs(question: Ask, raw: Any, *, for_submit: bool = True) -> list[Wrong]:
    found = validate([question], {"q": normalise(question, raw)}, for_submit=for_submit)
    return [problem.wrong for problem in found]


@pytest.mark.parametrize(
    ("kind", "raw", "kept"),
    [
        (Kind.SHORT_TEXT, "Velodarbnīca „Ķēde”", "Velodarbnīca „Ķēde”"),
        (Kind.SHORT_TEXT, "  telpa apkārt ", "  telpa apkārt "),
        (Kind.SHORT_TEXT, " \t ", None),
        (Kind.LONG_TEXT, "viens\r\ndivi\rtrīs", "viens\ndivi\ntrīs"),
        (Kind.NUMBER, " 1 204 ", 1204),
        (Kind.NUMBER, "0", 0),
        (Kind.NUMBER, "-3", -3),
        (Kind.NUMBER, "12,5", "12,5"),
        (Kind.NUMBER, "divdesmit", "divdesmit"),
        (Kind.NUMBER, "٣", "٣"),
        (Kind.NUMBER, "9" * 30, "9" * 30),
        (Kind.MONEY, "4600", 460_000),
        (Kind.MONEY, "1 533,33 €", 153_333),
        (Kind.MONEY, "€12.5", 1_250),
        (Kind.MONEY, "-0,05", -5),
        (Kind.MONEY, "1,234", "1,234"),
        (Kind.DATE, "2026-06-01", "2026-06-01"),
        (Kind.DATE, "1.6.2026.", "2026-06-01"),
        (Kind.DATE, "31.02.2026", "31.02.2026"),
        (Kind.STATEMENT, "true", True),
        (Kind.STATEMENT, "", None),
    ],
)
def test_what_is_kept_of_what_is_typed(kind: Kind, raw: str, kept: Any) -> None:
    assert normalise(Ask(kind), raw) == kept


@pytest.mark.parametrize(
    ("question", "raw", "wrong"),
    [
        (Ask(Kind.SHORT_TEXT), "", [Wrong.MISSING]),
        (Ask(Kind.SHORT_TEXT, required=False), "", []),
        (Ask(Kind.SHORT_TEXT, {"max_length": 5}), "ābols!", [Wrong.TOO_LONG]),
        (Ask(Kind.LONG_TEXT, {"max_length": 5}), "ab\r\ncd", []),
        (Ask(Kind.SHORT_TEXT), "tas\x08ts", [Wrong.UNREADABLE]),
        (Ask(Kind.LONG_TEXT), "x" * 100_001, [Wrong.TOO_MUCH]),
        (Ask(Kind.NUMBER), "daudz", [Wrong.NOT_A_NUMBER]),
        (Ask(Kind.NUMBER), "-1", [Wrong.TOO_SMALL]),
        (Ask(Kind.NUMBER, {"min": 1, "max": 30}), "31", [Wrong.TOO_LARGE]),
        (Ask(Kind.NUMBER, {"min": 0}), "0", []),
        (Ask(Kind.MONEY), "daudz", [Wrong.NOT_MONEY]),
        (Ask(Kind.DATE), "31.02.2026", [Wrong.NOT_A_DATE]),
        (Ask(Kind.DATE, {"min": "2026-06-01"}), "31.05.2026", [Wrong.TOO_EARLY]),
        (Ask(Kind.DATE, {"max": "2026-06-01"}), "02.06.2026", [Wrong.TOO_LATE]),
        (Ask(Kind.CHOICE, {"options": [{"code": "a", "lv": "A"}]}), "z", [Wrong.NOT_AN_OPTION]),
        (SCHOOLS, ["a", "z"], [Wrong.NOT_AN_OPTION]),
        (SCHOOLS, [], [Wrong.MISSING]),
        (Ask(Kind.STATEMENT), "", [Wrong.NOT_CONFIRMED]),
        (Ask(Kind.FILE), ["one"], []),
        (Ask(Kind.FILE), ["one", "two"], [Wrong.ONE_FILE]),
        (Ask(Kind.FILE, {"several": True}), ["one", "two"], []),
        (PLAN, [{"what": ""}], [Wrong.MISSING]),
        (PLAN, [{"what": "a"}] * 3, [Wrong.TOO_MANY_ROWS]),
    ],
)
def test_what_is_wrong_with_an_answer(question: Ask, raw: Any, wrong: list[Wrong]) -> None:
    assert wrongs(question, raw) == wrong


def test_saving_warns_of_what_is_wrong_but_not_of_what_is_missing() -> None:
    assert wrongs(Ask(Kind.NUMBER), "", for_submit=False) == []
    assert wrongs(Ask(Kind.NUMBER), "daudz", for_submit=False) == [Wrong.NOT_A_NUMBER]


def test_a_wrong_cell_is_named_by_row_and_column() -> None:
    kept = normalise(PLAN, [{"what": "Sākums", "when": "1.9.2026"}, {"when": "30.2.2026"}])
    assert validate([PLAN], {"q": kept}, for_submit=True) == [
        Problem("q", Wrong.NOT_A_DATE, {}, row=1, column="when")
    ]


def test_codes_are_kept_once_and_in_the_order_of_the_options() -> None:
    assert normalise(SCHOOLS, ["z", "b", "a", "b"]) == ["a", "b", "z"]


def test_labels_are_shown_in_the_language_of_the_reader() -> None:
    assert display(SCHOOLS, ["a", "b"], "lv") == Shown("lines", ["A skola", "B skola"])
    assert display(SCHOOLS, ["a", "b"], "en") == Shown("lines", ["A skola", "School B"])
    table = display(PLAN, [{"what": "Sākums", "cost": 5}], "en")
    assert table.columns == ["Activity", "When", "Cost"]
    assert [cell.kind for cell in table.value[0]] == ["text", "blank", "money"]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@given(st.sampled_from(Kind), anything)
def test_whatever_is_sent_is_kept_as_json_judged_and_shown(kind: Kind, raw: Any) -> None:
    for question in (Ask(kind, PLAN.settings), Ask(kind, SCHOOLS.settings)):
        kept = normalise(question, raw)
        json.dumps(kept)
        assert normalise(question, kept) == kept
        validate([question], {"q": kept}, for_submit=True)
        display(question, kept, "lv")


@given(st.sampled_from([Kind.NUMBER, Kind.MONEY]), st.integers(-(10**13), 10**13))
def test_a_kept_number_stands_in_its_field_as_it_would_be_typed(kind: Kind, value: int) -> None:
    assert normalise(Ask(kind), typed(kind, value)) == value


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1))
def test_a_text_is_kept_letter_by_letter(text: str) -> None:
    question = Ask(Kind.LONG_TEXT, required=False)
    assert normalise(question, text) == (text if text.strip() else None)
    assert wrongs(question, text) == []
