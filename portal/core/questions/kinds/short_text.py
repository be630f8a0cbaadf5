"""Text of one line, and of several. Settings: {max_length}."""

from collections.abc import Iterator
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import formats, parsing
from portal.core.fields import Number, Text, TextArea
from portal.core.questions.kinds.base import QuestionKind, at_most, unreadable
from portal.core.questions.kinds.settings import QuestionForm
from portal.core.questions.rules import AnswerProblem, Asked, Context, Wrong


class ShortText(QuestionKind):
    code = "short_text"
    label = _l("Short text")
    about = _l("one line: a name, a place")
    column = "text"
    usual: ClassVar[int] = 200  # the default, in characters

    class Settings(QuestionForm):
        own = ("max_length",)
        max_length = Number(
            _l("Characters, at most"), minimum=1, maximum=1000, width=5, default=200
        )

    def read(self, typed: str) -> str:
        """The text to store; raises Unreadable."""
        return parsing.line(typed)

    def keep(self, question: Asked, raw: Any) -> str | None:
        typed = "" if raw is None else str(raw)
        try:
            return self.read(typed) or None
        except parsing.Unreadable:
            return typed

    def judge(self, question: Asked, value: Any, context: Context) -> Iterator[AnswerProblem]:
        text, limit = str(value), self.limit(question)
        found = list(unreadable(question.key, self.read, text))
        length = len(text)
        if not found and length > limit:
            found.append(
                AnswerProblem(question.key, Wrong.TOO_LONG, {"limit": limit, "length": length})
            )
        yield from found

    def limit(self, question: Asked) -> int:
        """The maximum length in characters."""
        return int(question.settings.get("max_length") or self.usual)

    def asks(self, question: Asked, context: Context) -> list[str]:
        return [at_most(self.limit(question))]

    def details(self, question: Asked) -> list[str]:
        return [_("up to %(limit)s characters", limit=formats.number(self.limit(question)))]

    def input(self, question: Asked, options: dict[str, Any]) -> Any:
        return Text(**options, limit=self.limit(question))


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
        return []  # the field shows the count

    def input(self, question: Asked, options: dict[str, Any]) -> Any:
        limit = self.limit(question)
        rows = 4 if limit <= 500 else 8 if limit <= 2000 else 12
        return TextArea(**options, limit=limit, rows=rows)


SHORT_TEXT = ShortText()
LONG_TEXT = LongText()
