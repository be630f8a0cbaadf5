"""Rows for tests: each call gives a valid thing, and says only what the test is about."""

from tests.factories.evaluation import Evaluations
from tests.factories.people import DAY

__all__ = ["DAY", "Make"]


class Make(Evaluations):
    """All of them, stage upon stage."""
