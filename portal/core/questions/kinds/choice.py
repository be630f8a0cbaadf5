"""One or several options, stored by code. Settings: {options: [{code, lv, en}]}."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import ValidationError

from portal.core import parsing
from portal.core.db import Words
from portal.core.fields import Choice as ChoiceField
from portal.core.fields import Choices as ChoicesField
from portal.core.fields import Rows, Select, Texts
from portal.core.languages import OWED
from portal.core.papers.blocks import Passage
from portal.core.questions.keys import coded
from portal.core.questions.kinds.base import Facts, QuestionKind, label_of, unreadable
from portal.core.questions.kinds.settings import QuestionForm
from portal.core.questions.rules import AnswerProblem, Asked, Context, Shown

NOT_AN_OPTION = "not_an_option"
MANY_OPTIONS = 12  # above it, radio buttons become a drop-down list


class Choice(QuestionKind):
    code = "choice"
    label = _l("One of several")
    about = _l("one option of a list")
    missing = _l("Choose an answer.")

    class Settings(QuestionForm):
        options = Rows(
            _l("Options"),
            columns=[Texts(options={"limit": 200})],
            minimum=2,
            maximum=50,
            add=_l("Add an option"),
        )

        def validate_options(self, rows: Rows) -> None:
            """Refuse fewer than two options, and equal ones."""
            texts = [row[OWED] for row in rows.data or []]
            if len(texts) < 2:
                raise ValidationError(_l("Give at least two options."))
            if len(set(texts)) < len(texts):
                raise ValidationError(_l("Two options are the same."))

        def settings(self, before: Mapping[str, Any]) -> dict[str, Any]:
            rows = [Words.of(row).to_json() for row in self.options.data]
            return {"options": coded(rows, before.get("options", ()), "code", "option")}

    def keep(self, question: Asked, raw: Any) -> Any:
        return str(raw).strip() or None if isinstance(raw, str) else None

    def judge(self, question: Asked, value: Any, context: Context) -> Iterator[AnswerProblem]:
        for code in self.chosen(value):
            yield from unreadable(question.key, parsing.line, code)
        if not set(self.chosen(value)) <= set(options(question)):
            yield AnswerProblem(question.key, NOT_AN_OPTION)

    def chosen(self, value: Any) -> list[str]:
        """The codes of a stored value."""
        return [value]

    @property
    def sayings(self) -> Mapping[str, Callable[[Facts], str]]:
        return {NOT_AN_OPTION: lambda facts: _("Choose one of the answers offered.")}

    def is_complete(self, question: Asked, context: Context) -> bool:
        return len(options(question)) > 1

    def details(self, question: Asked) -> list[str]:
        return [ngettext("%(num)d option", "%(num)d options", len(options(question)))]

    def input(self, question: Asked, given: dict[str, Any]) -> Any:
        listed = list(options(question).items())
        return (Select if len(listed) > MANY_OPTIONS else ChoiceField)(**given, choices=listed)

    def show(self, question: Asked, value: Any, language: str) -> Shown:
        return Shown(self, options(question, language).get(value, value))


def options(question: Asked, language: str | None = None) -> dict[str, str]:
    """Labels by code, in `language` or in that of the page."""
    listed = question.settings.get("options") or ()
    return {option["code"]: label_of(option, language) for option in listed}


class Choices(Choice):
    code = "choices"
    label = _l("Several of several")
    about = _l("several options of a list")
    missing = _l("Choose at least one answer.")
    template = "core/questions/kinds/choices.html"

    def keep(self, question: Asked, raw: Any) -> list[str] | None:
        """The chosen codes, each once, known ones in the order of the options."""
        given = [str(code) for code in raw] if isinstance(raw, list | tuple | set) else []
        known = [code for code in options(question) if code in given]
        strange = [code for code in dict.fromkeys(given) if code and code not in known]
        return [*known, *strange] or None

    def typed(self, question: Asked, value: Any) -> Mapping[str, str | Sequence[str]]:
        return {"": list(value)}

    def chosen(self, value: Any) -> list[str]:
        return list(value)

    def input(self, question: Asked, given: dict[str, Any]) -> Any:
        return ChoicesField(**given, choices=list(options(question).items()))

    def show(self, question: Asked, value: Any, language: str) -> Shown:
        labels = options(question, language)
        return Shown(self, [labels.get(code, code) for code in value])

    def text(self, value: Any) -> str:
        return ", ".join(value)

    def printed(self, value: Any) -> Passage:
        return Passage(items=value)


CHOICE = Choice()
CHOICES = Choices()
