"""What people are told of one another's answers."""

from collections.abc import Iterable

from flask_babel import gettext as _

from portal.core import formats
from portal.core.questions.answers.queries import Sheet
from portal.core.questions.models import Question


def who_changed(sheet: Sheet, questions: Iterable[Question]) -> str:
    """Who has changed these questions, which and when, in a sentence each."""
    return " ".join(
        _(
            "%(name)s changed “%(question)s” at %(time)s.",
            name=row.saved_by.name,
            question=question.label,
            time=formats.clocktime(row.saved_at),
        )
        for question in questions
        for row in [sheet.rows[question.key]]
    )
