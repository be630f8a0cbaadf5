"""A sentence to agree to, stored as true. Settings: {text: {lv, en}}."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.core.db import Words
from portal.core.fields import Field, WordsField
from portal.core.fields import Statement as StatementField
from portal.core.questions.kinds.base import QuestionKind, label_of
from portal.core.questions.kinds.settings import QuestionForm
from portal.core.questions.rules import Asked, Shown


class Statement(QuestionKind):
    code = "statement"
    label = _l("Statement to confirm")
    about = _l("a sentence to agree with")
    missing = _l("Tick the box to confirm the statement.")
    papers = True
    template = "core/questions/kinds/statement.html"

    class Settings(QuestionForm):
        text = WordsField(
            _l("Statement"), _l("What one confirms with a tick."), limit=1000, long=True, rows=3
        )

        @classmethod
        def read(cls, settings: Mapping[str, Any]) -> Mapping[str, Any]:
            return {"text": Words.of(settings.get("text"))}

        def settings(self, before: Mapping[str, Any]) -> dict[str, Any]:
            return {"text": self.text.data.to_json()}

    def keep(self, question: Asked, raw: Any) -> bool | None:
        return True if raw in (True, "true", "y", "on", "1") else None

    def sent(self, field: Field) -> bool:
        return bool(field.data)

    def typed(self, question: Asked, value: Any) -> Mapping[str, str | Sequence[str]]:
        return {"": "1"}

    def input(self, question: Asked, options: dict[str, Any]) -> Any:
        text = label_of(question.settings.get("text")) or options["label"]
        return StatementField(**{**options, "label": text})

    def show(self, question: Asked, value: Any, language: str) -> Shown:
        return Shown(self, label_of(question.settings.get("text"), language))


STATEMENT = Statement()
