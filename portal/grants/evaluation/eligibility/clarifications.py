"""Clarifications for reading: the request, the original answers, the reply."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.core import languages
from portal.core.questions.models import AnswerFile, Question
from portal.core.questions.rules import Shown, show
from portal.grants.applications.content import with_replies
from portal.grants.applications.models import Application
from portal.grants.applications.queries import current_submission, sealed_replies
from portal.grants.competitions.cached_terms import sections_of
from portal.grants.evaluation.eligibility.models import Clarification
from portal.grants.evaluation.eligibility.queries import clarifications_of


@dataclass(frozen=True, slots=True)
class ShownReply:
    """One question of a clarification: original answer and reply.

    `former` are the names of the submitted files; those that name minors are only counted.
    """

    key: str
    label: str
    original: Shown
    former: Sequence[str]
    hidden_former: int
    reply: Shown
    files: Sequence[AnswerFile]
    hidden_files: int


@dataclass(frozen=True, slots=True)
class ShownClarification:
    """A clarification for reading."""

    clarification: Clarification
    questions: Sequence[ShownReply]


def replies_of(
    application: Application, clarifications: Iterable[Clarification], *, minors: bool
) -> list[ShownClarification]:
    """The clarifications, latest first, without unsent replies.

    `minors` is whether this reader may see files that name minors.
    """
    asked = sorted(clarifications, key=lambda one: one.asked_at, reverse=True)
    if not asked:
        return []
    original = _content(application)
    return [
        ShownClarification(
            one,
            [
                _reply(one, question, original, minors)
                for section in sections_of(application.competition)
                for question in section.questions
                if question.key in one.question_keys
            ],
        )
        for one in asked
    ]


def _content(application: Application) -> Mapping[str, Any]:
    submission = current_submission(application)
    return submission.content if submission else {}


def _reply(
    clarification: Clarification, question: Question, original: Mapping[str, Any], minors: bool
) -> ShownReply:
    reply = clarification.reply
    own = [
        file
        for file in clarification.answer_set.files
        if reply and file.removed_at is None and file.question_key == question.key
    ]
    seen = [file for file in own if minors or not file.names_minors]
    former = [one for one in original.get("attachments") or () if one["question"] == question.key]
    named = [one["name"] for one in former if minors or not one["names_minors"]]
    answers = (reply.content.get("answers") or {}) if reply else {}
    return ShownReply(
        question.key,
        question.label.in_language(languages.current()),
        show(question, _answers(original.get("answers")).get(question.key), languages.current()),
        named,
        len(former) - len(named),
        show(question, answers.get(question.key), languages.current()),
        seen,
        len(own) - len(seen),
    )


def _answers(by_section: Mapping[str, Any] | None) -> dict[str, Any]:
    """The answers of sealed content by question, of all sections."""
    return {
        key: value
        for part in (by_section or {}).values()
        if isinstance(part, Mapping)
        for key, value in part.items()
    }


def replies_sent(application: Application) -> list[ShownClarification]:
    """The applicant's clarifications for the committee, without files that name minors."""
    sent = [one for one in clarifications_of(application) if one.reply is not None]
    return replies_of(application, sent, minors=False)


def counted_answers(application: Application) -> dict[str, Any]:
    """The valid answers by question: as submitted, with clarifications applied."""
    submission = current_submission(application)
    if submission is None:
        return {}
    sections = sections_of(application.competition)
    return _answers(with_replies(sections, submission.content, sealed_replies(submission)))
