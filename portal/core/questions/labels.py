"""How problems read, in the language of the page."""

from portal.core.questions.registry import kind_of
from portal.core.questions.rules import Asked, Problem


def message(problem: Problem, question: Asked) -> str:
    """What is wrong and what to do about it; in a table also in which column and row."""
    return kind_of(question.kind).message(problem, question)


def bare(problem: Problem, question: Asked) -> str:
    """The same without the row: for where the cell itself is marked."""
    return kind_of(question.kind).says(problem, question)
