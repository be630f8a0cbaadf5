"""Messages of problems, in the language of the page."""

from portal.core.questions.registry import kind_of
from portal.core.questions.rules import AnswerProblem, Asked


def message(problem: AnswerProblem, question: Asked) -> str:
    """A problem and its correction; in a table with column and row."""
    return kind_of(question.kind).message(problem, question)


def bare(problem: AnswerProblem, question: Asked) -> str:
    """The message without the row, for a cell that is marked itself."""
    return kind_of(question.kind).says(problem, question)
