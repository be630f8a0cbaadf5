"""Hooks between stages (core/hooks.py)."""

import pytest

from portal.core.hooks import SingleHook


def test_a_second_answer_to_a_question_with_one_is_refused() -> None:
    @SingleHook
    def best() -> str:
        return "none"

    assert best() == "none"
    best.implement(lambda: "first")
    with pytest.raises(RuntimeError, match="best"):
        best.implement(lambda: "second")
    assert best() == "first"
