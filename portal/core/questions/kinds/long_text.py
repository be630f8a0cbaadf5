"""Several lines of text. Settings: {max_length}."""

from typing import Any

from flask_babel import lazy_gettext as _l

from portal.core import parsing
from portal.core.fields import Number, TextArea
from portal.core.questions.kinds.settings import QuestionForm
from portal.core.questions.kinds.short_text import ShortText
from portal.core.questions.rules import Asked, Context


class LongText(ShortText):
    code = "long_text"
    label = _l("Long text")
    about = _l("a few sentences or a page, with a limit")
    column = "long"
    usual = 5000

    class Settings(QuestionForm):
        own = ("max_length",)
        max_length = Number(
            _l("Characters, at most"),
            _l("A page of text has about 3,000."),
            minimum=1,
            maximum=20_000,
            width=5,
            default=2000,
        )

    def read(self, typed: str) -> str:
        return parsing.text(typed)

    def asks(self, question: Asked, context: Context) -> list[str]:
        return []  # the field counts

    def input(self, question: Asked, options: dict[str, Any]) -> Any:
        limit = self.limit(question)
        rows = 4 if limit <= 500 else 8 if limit <= 2000 else 12
        return TextArea(**options, limit=limit, rows=rows)


LONG_TEXT = LongText()
