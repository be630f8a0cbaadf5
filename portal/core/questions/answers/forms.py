"""The form of a set of answers; carries a print of each value that it was filled with."""

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
from portal.core.questions.answers.rules import SeenAnswers
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
    def seen(self) -> SeenAnswers:
        """The prints of what the form was filled with."""
        return SeenAnswers.read(str(self.version.data or ""), request.form.get("turn", ""))

    @property
    def sent(self) -> Typed:
        """The values, as the verbs take them."""
        return Typed(
            answers=self.typed,
            seen=self.seen,
            # Taken from the form data alone: which of two answers is kept is the sender's choice.
            taken=[] if language_replay.is_asked() else request.form.getlist("take"),
            replacing=request.form.getlist("replace"),
            uploads=self.uploads,
        )

    def shown(self, question: Question, value: Any) -> Shown:
        """A conflicting answer to a question, shown beside its field."""
        return show(question, value, languages.current())

    @property
    def together(self) -> int:
        """The limit in bytes of all files of the set."""
        return Limits().together

    @property
    def status(self) -> HTTPStatus:
        """The status of a refusal. Problems of answers do not prevent saving them."""
        return self.refusal.status if self.refusal else HTTPStatus.OK

    def refuse(self, refusal: DomainError) -> None:
        """As in every form; answers that cannot be stored are shown at their fields."""
        if isinstance(refusal, Unkeepable):
            self.refusal = refusal
            self.show(refusal.problems)
        else:
            super().refuse(refusal)

    def catch_up(self, saved: Saved) -> None:
        """Take over what was saved as what the form was filled with."""
        self.version.typed = saved.seen.line


def filled_form(
    current: CurrentAnswers,
    questions: Sequence[Question],
    *,
    instead: Mapping[str, Any] | None = None,
    context: Context = ALONE,
    said: Said | None = None,
) -> AnswerSetForm:
    """The form of some questions with their present answers; `instead` are defaults for those never
    saved."""
    values = {one.key: _first(current, one, instead or {}, context) for one in questions}
    prints = {key: print_of(value) for key, value in values.items()}
    data = encode(questions, values)
    data["version"] = SeenAnswers(secrets.token_hex(4), prints, str(current.answer_set.id)).line
    form = form_of(questions, formdata=data, base=AnswerSetForm, context=context, said=said)
    return cast(AnswerSetForm, form)


def _first(
    current: CurrentAnswers, question: Question, instead: Mapping[str, Any], context: Context
) -> Any:
    """The initial value of a question's field: its answer, or its default if it was never saved."""
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
    """The form of some questions as sent by this request."""
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
    """The form after a conflict: the stored answers, but the typed ones where both changed."""
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
