"""Several of several options, kept by their codes. Settings: {options: [{code, lv, en}]}."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.core.fields import Choices as ChoicesField
from portal.core.papers.blocks import Passage
from portal.core.questions.kinds.choice import Choice, options
from portal.core.questions.rules import Asked, Shown


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


CHOICES = Choices()
