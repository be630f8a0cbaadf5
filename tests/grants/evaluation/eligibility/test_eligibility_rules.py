"""Working days, the seal of a reply, and when a check may be decided."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.grants.applications.rules import SealedFile, seal
from portal.grants.evaluation.eligibility.models import Verdict
from portal.grants.evaluation.eligibility.rules import (
    Answered,
    after_working_days,
    can_accept,
    can_reject,
    easter_sunday,
    is_working_day,
    owes_reason,
    sealed_reply,
)

YES, NO, ASK = Answered(Verdict.YES), Answered(Verdict.NO, "Nav."), Answered(Verdict.CLARIFY, "?")


def test_every_criterion_has_to_be_met_to_accept():
    assert can_accept(["a", "b"], {"a": YES, "b": YES})
    assert not can_accept(["a", "b"], {"a": YES})
    assert not can_accept(["a", "b"], {"a": YES, "b": ASK})


def test_to_reject_everything_is_answered_and_one_with_no():
    assert can_reject(["a", "b"], {"a": YES, "b": NO})
    assert not can_reject(["a", "b"], {"a": YES, "b": YES})
    assert not can_reject(["a", "b"], {"b": NO})
    assert not can_reject(["a", "b"], {"a": ASK, "b": NO})


def test_a_no_and_a_question_owe_a_reason():
    answers = {"a": YES, "b": Answered(Verdict.NO), "c": Answered(Verdict.CLARIFY, " \n")}
    assert owes_reason(answers) == ["b", "c"]


@pytest.mark.parametrize(
    ("year", "month", "day"), [(2020, 4, 12), (2024, 3, 31), (2026, 4, 5), (2038, 4, 25)]
)
def test_easter(year, month, day):
    assert easter_sunday(year) == date(year, month, day)


def test_five_working_days_leave_out_weekends_and_holidays():
    assert after_working_days(date(2026, 11, 20), 5) == date(2026, 11, 27)
    # Good Friday, Easter Monday
    assert after_working_days(date(2026, 4, 1), 2) == date(2026, 4, 7)
    # 18 November 2023 is a Saturday, so Monday is free
    assert after_working_days(date(2023, 11, 17), 1) == date(2023, 11, 21)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 30))
def test_working_days_are_counted(day, count):
    end = after_working_days(day, count)
    between = [day + timedelta(days=n) for n in range(1, (end - day).days + 1)]
    assert is_working_day(end)
    assert sum(map(is_working_day, between)) == count


def test_the_seal_is_sha_256_over_canonical_json():
    content = sealed_reply(
        number="LIE-2026-1-001",
        clarification="c",
        asked_at=datetime(2026, 11, 20, tzinfo=UTC),
        received_at=datetime(2026, 11, 21, 10, 0, 0, 999, tzinfo=UTC),
        sent_by="Ilze Kalniņa",
        title=None,
        answers={"need": "Ā"},
        files=[SealedFile("f", "scan", "ā.pdf", 12, "application/pdf", "0" * 64, False)],
    )
    plain = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert seal(content) == hashlib.sha256(plain.encode()).hexdigest()
    assert seal({**content, "answers": {"need": "A"}}) != seal(content)
