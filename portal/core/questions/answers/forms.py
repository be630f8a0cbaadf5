"""The form of a set of answers: it carries what it was filled with, question by question."""

import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, cast

from flask import request
from werkzeug.datastructures import CombinedMultiDict

from portal.core import language_replay, languages
from portal.core.documents.uploads import Limits
from portal.core.errors import DomainError, StaleForm
from portal.core.fields import Hidden
from portal.core.questions.answers.labels import who_changed
from portal.core.questions.answers.queries import CurrentAnswers
from portal.core.questions.answers.rules import Seen
from portal.core.questions.answers.service import Saved, Typed, Unkeepable
from portal.core.questions.forms import AnswersForm, encode, form_of
from portal.core.questions.models import Question
from portal.core.questions.registry import kind_of
from portal.core.questions.rules import ALONE, Context, Shown, show
from portal.core.versions import print_of

Said = Mapping[str, Sequence[str]]


class AnswerSetForm(AnswersForm):
    """The answers to some questions of a set."""

    version = Hidden()

    @property
    def seen(self) -> Seen:
        """What the form was filled with."""
        return Seen.read(str(self.version.data or ""), request.form.get("turn", ""))

    @property
    def sent(self) -> Typed:
        """What was typed and chosen, as the verbs take it."""
        return Typed(
            answers=self.typed,
            seen=self.seen,
            # Which of two answers is to stay is said by who sends the page, not by who reads it.
            taken=[] if language_replay.is_asked() else request.form.getlist("take"),
            replacing=request.form.getlist("replace"),
            uploads=self.uploads,
        )

    def shown(self, question: Question, value: Any) -> Shown:
        """Another answer to a question, to be read beside its field."""
        return show(question, value, languages.current())

    @property
    def together(self) -> int:
        """Bytes that all files of the set may have together."""
        return Limits().together

    @property
    def status(self) -> HTTPStatus:
        """That of a refusal. What stands beside answers keeps nobody from saving them."""
        return self.refusal.status if self.refusal else HTTPStatus.OK

    def refuse(self, refusal: DomainError) -> None:
        """As every form; answers that cannot even be kept are said beside their fields."""
        if isinstance(refusal, Unkeepable):
            self.refusal = refusal
            self.show(refusal.problems)
        else:
            super().refuse(refusal)

    def catch_up(self, saved: Saved) -> None:
        """Show what was saved as what the form was filled with."""
        self.version.typed = saved.seen.line


def filled_form(
    current: CurrentAnswers,
    questions: Sequence[Question],
    *,
    instead: Mapping[str, Any] | None = None,
    context: Context = ALONE,
    said: Said | None = None,
) -> AnswerSetForm:
    """The form of some questions as they are answered now; `instead` are answers that stand in
    the place of those never saved.
    """
    values = {one.key: _first(current, one, instead or {}, context) for one in questions}
    prints = {key: print_of(value) for key, value in values.items()}
    data = encode(questions, values)
    data["version"] = Seen(secrets.token_hex(4), prints, str(current.answer_set.id)).line
    form = form_of(questions, formdata=data, base=AnswerSetForm, context=context, said=said)
    return cast(AnswerSetForm, form)


def _first(
    current: CurrentAnswers, question: Question, instead: Mapping[str, Any], context: Context
) -> Any:
    """What stands in a question's field: its answer, or where it was never saved what it begins
    with.
    """
    if question.key in current.rows:
        return current.values.get(question.key)
    value = instead.get(question.key)
    return kind_of(question.kind).begin(question, context) if value is None else value


def sent_form(
    questions: Sequence[Question],
    *,
    context: Context = ALONE,
    said: Said | None = None,
) -> AnswerSetForm:
    """The form of some questions as this request sends it."""
    sent: CombinedMultiDict[str, Any] = CombinedMultiDict([request.files, request.form])
    form = form_of(questions, formdata=sent, base=AnswerSetForm, context=context, said=said)
    return cast(AnswerSetForm, form)


def merged_form(
    form: AnswerSetForm,
    saved: Saved,
    *,
    context: Context = ALONE,
    said: Said | None = None,
) -> AnswerSetForm:
    """After a conflict, with its status: all that stands, but what was typed where both have
    changed it.
    """
    stored, both = saved.current.values, {one.key for one in saved.conflicts}
    values = {
        one.key: form.typed.get(one.key) if one.key in both else stored.get(one.key)
        for one in form.questions
    }
    data = encode(form.questions, values)
    shown = {one.key: stored.get(one.key) for one in (*saved.conflicts, *saved.theirs)}
    data["version"] = saved.seen.after(shown).line
    merged = form_of(form.questions, formdata=data, base=AnswerSetForm, context=context, said=said)
    merged.refusal = StaleForm(who_changed(saved.current, saved.conflicts))
    return cast(AnswerSetForm, merged)
