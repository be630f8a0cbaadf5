"""Messages about changes of answers by others."""

from collections.abc import Iterable

from flask_babel import gettext as _

from portal.core import formats
from portal.core.access import person
from portal.core.questions.answers.queries import CurrentAnswers
from portal.core.questions.models import Answer, Question


def who_changed(current: CurrentAnswers, questions: Iterable[Question]) -> str:
    """Who changed which of these questions and when, one sentence each."""
    return " ".join(_changed(question, current.rows[question.key]) for question in questions)


def _changed(question: Question, row: Answer) -> str:
    actor, time = person(), formats.clocktime(row.saved_at)
    if actor is not None and actor.id == row.saved_by_id:
        return _(
            "You changed “%(question)s” in another window at %(time)s.",
            question=question.label,
            time=time,
        )
    return _(
        "%(name)s changed “%(question)s” at %(time)s.",
        name=row.saved_by.name,
        question=question.label,
        time=time,
    )
