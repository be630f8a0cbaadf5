"""Problems that prevent submission, each with the place of its correction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.core import formats
from portal.core.questions import labels, rules
from portal.core.questions.forms import AnswersForm, place_of
from portal.core.questions.models import Question, Section
from portal.core.questions.rules import AnswerProblem, Context, names_minors
from portal.grants.applications.content import measured
from portal.grants.applications.queries import Draft
from portal.grants.applications.rules import Breach, asked_of, breaches, project_time
from portal.grants.competitions.form import rules as form
from portal.grants.competitions.models import Competition


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One problem: place and message."""

    section: Section
    question: Question
    message: str
    place: str  # its id on the section's page

    @property
    def in_full(self) -> str:
        """The question with the problem, for a list on another page."""
        label = str(self.question.label)
        return f"{label}{'' if label.endswith(('.', '?', '!')) else ':'} {self.message}"


def obstacles(draft: Draft) -> list[Obstacle]:
    """All problems of the draft that prevent submission, in the form's order."""
    found = []
    context = _context_of_draft(draft)
    for section in draft.sections:
        questions = {question.key: question for question in section.questions}
        for one in _judging(draft, section, context).owed(for_submit=True):
            found.append(Obstacle(section, questions[one.key], one.message, one.place))
    return found


def problems(draft: Draft, section: Section) -> list[tuple[str, str]]:
    """The problems of one section on submission: question keys with messages."""
    return of_draft(draft, section).messages(for_submit=True)


class AnswerObstacle(NamedTuple):
    """The problem of one answer, and the id of the element where it is corrected."""

    key: str
    message: str
    place: str


def of_draft(draft: Draft, section: Section) -> "Judging":
    """The validation of one section of a draft."""
    return _judging(draft, section, _context_of_draft(draft))


def _judging(draft: Draft, section: Section, context: Context) -> "Judging":
    given = draft.current.given(section.questions)
    return Judging(draft.competition, draft.sections, section.questions, given, context)


def _context_of_draft(draft: Draft) -> Context:
    return context_of(draft.competition, draft.sections, draft.current.values)


@dataclass(frozen=True, slots=True)
class Judging:
    """The validation of answers to some questions of a call's form.

    `given` are the answers to `questions` as rules.validate takes them; `context` contains all
    valid ones (see context_of).
    """

    competition: Competition
    sections: Sequence[Section]
    questions: Sequence[Question]
    given: Mapping[str, Any]
    context: Context

    def messages(self, *, for_submit: bool) -> list[tuple[str, str]]:
        """The problems by question key: of the answers, and of the terms."""
        return [(one.key, one.message) for one in self.owed(for_submit=for_submit)]

    def owed(self, *, for_submit: bool) -> list[AnswerObstacle]:
        """The problems, each with its place."""
        asked = {question.key: question for question in self.questions}
        found = self._of_answers(for_submit)
        said = [
            AnswerObstacle(one.key, labels.message(one, asked[one.key]), place_of(one))
            for one in found
        ]
        by_terms = [
            AnswerObstacle(key, message, place_of(AnswerProblem(key, "terms")))
            for key, message in self._of_terms(found)
        ]
        return said + by_terms

    def show(self, form: AnswersForm, *, for_submit: bool) -> None:
        """Show the problems beside the fields."""
        found = self._of_answers(for_submit)
        form.show(found)
        for key, message in self._of_terms(found):
            field = form.field_of(key)
            field.errors = [*field.errors, message]

    def _of_answers(self, for_submit: bool) -> list[AnswerProblem]:
        return rules.validate(self.questions, self.given, self.context, for_submit=for_submit)

    def _of_terms(self, found: Iterable[AnswerProblem]) -> Iterator[tuple[str, str]]:
        """The breaches of the call's terms by otherwise valid answers."""
        wrong = {problem.key for problem in found}
        measuring = [one for one in self.questions if one.measures and one.key not in wrong]
        if not measuring:
            return
        broken = breaches(self.competition, measured(self.sections, self.context.answers))
        for question in measuring:
            if question.measures in broken:
                yield question.key, breach_message(broken[question.measures], self.competition)


def asked(draft: Draft, section: Section) -> dict[str, Any]:
    """The call's context and remarks for a section's answers, as answers.forms takes them."""
    return {
        "context": _context_of_draft(draft),
        "said": said(draft.competition, section.questions),
    }


def context_of(
    competition: Competition, sections: Sequence[Section], answers: Mapping[str, Any]
) -> Context:
    """The Context of an application's answers; `answers` are the present ones."""
    questions = [question for section in sections for question in section.questions]
    time = project_time(measured(sections, answers))
    return replace(
        form.context_of(competition, questions),
        windows={"project": time} if time else {},
        answers=answers,
    )


def said(competition: Competition, questions: Iterable[Question]) -> dict[str, list[str]]:
    """Remarks beside questions: limits of the terms on measured answers, and who opens files that
    name minors. Sentences by question."""
    asking = {
        measure: breach_message(breach, competition)
        for measure, breach in asked_of(competition).items()
    }
    minors = _("It names minors: only the officer who checks eligibility opens it.")
    said: dict[str, list[str]] = {}
    for one in questions:
        if one.measures in asking:
            said.setdefault(one.key, []).append(asking[one.measures])
        if names_minors(one):
            said.setdefault(one.key, []).append(minors)
    return said


def breach_message(breach: Breach, call: Competition) -> str:
    """The message for a limit of the terms."""
    match breach:
        case Breach.TOO_FEW_PARTICIPANTS:
            return ngettext(
                "The call asks for at least %(num)d participant.",
                "The call asks for at least %(num)d participants.",
                call.participants_min,
            )
        case Breach.TOO_FEW_AT_RISK:
            return ngettext(
                "The call asks for at least %(num)d participant at risk.",
                "The call asks for at least %(num)d participants at risk.",
                call.at_risk_min,
            )
        case Breach.MORE_AT_RISK_THAN_ALL:
            return _("There cannot be more participants at risk than participants in all.")
        case Breach.START_OUTSIDE_WINDOW:
            return _(
                "Projects of this call start between %(first)s and %(last)s.",
                first=formats.short_date(call.start_from),
                last=formats.short_date(call.start_to),
            )
        case Breach.DURATION:
            return _(
                "Projects of this call last from %(least)d to %(most)d months.",
                least=call.months_min,
                most=call.months_max,
            )


def summary(messages: Sequence[tuple[str, str]], section: Section) -> str:
    """What a section lacks, for its line in the task list."""
    if not messages:
        return ""
    label = next(str(one.label) for one in section.questions if one.key == messages[0][0])
    more = len({key for key, _message in messages}) - 1
    if more:
        return _("Still to do: “%(question)s” and %(num)d more", question=label, num=more)
    return _("Still to do: “%(question)s”", question=label)
