"""What every kind of question can do."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.core import formats, parsing
from portal.core.db import Words
from portal.core.documents.file_kinds import FileKind
from portal.core.errors import Message
from portal.core.fields import Field
from portal.core.papers.blocks import Block, Passage
from portal.core.parse_errors import words
from portal.core.questions.kinds.settings import QuestionForm
from portal.core.questions.rules import ALONE, Asked, Context, Problem, Shown, Wrong, is_blank

Facts = Mapping[str, Any]


class QuestionKind:
    """A kind of question. It holds nothing itself: all is asked about a question and its answer.

    Kept values are plain JSON, None where there is no answer.
    """

    code: ClassVar[str]
    label: ClassVar[Message]
    about: ClassVar[Message]  # what it is for, where one chooses among the kinds
    missing: ClassVar[Message] = _l("Answer this question.")
    # What a cell of it is to fields.Rows; "": it has no place in a table.
    column: ClassVar[str] = ""
    # Whether its values are figures: they can be added up, and stand right in a table.
    numeric: ClassVar[bool] = False
    # Whether its values are days, which follow one another and can be inside a window.
    dated: ClassVar[bool] = False
    # What may come in where files answer it; none: it has a value.
    allowed: ClassVar[Collection[FileKind]] = ()
    # Whether nobody writes it: one ticks or attaches.
    papers: ClassVar[bool] = False
    template: ClassVar[str] = "core/questions/kinds/text.html"
    Settings: ClassVar[type[QuestionForm]]

    # -------------------------------------------------------- typed and kept

    def keep(self, question: Asked, raw: Any) -> Any:
        """What is kept of what was typed, as it was where it cannot be read.

        To keep what is kept changes nothing.
        """
        raise NotImplementedError

    def sent(self, field: Field) -> Any:
        """What was sent in its field, as `keep` takes it."""
        return field.typed

    def typed(self, question: Asked, value: Any) -> Mapping[str, str | Sequence[str]]:
        """A kept value as a browser would send it: texts by the suffix of the input's name."""
        return {"": self.as_typed(value)}

    def as_typed(self, value: Any) -> str:
        """A kept value in one input."""
        return "" if value is None else str(value)

    def begin(self, question: Asked, context: Context) -> Any:
        """The value that stands in its field before anything has been answered."""
        return None

    # -------------------------------------------------------------- judging

    def problems(self, question: Asked, value: Any, context: Context) -> Iterator[Problem]:
        """What is wrong with an answer, or with there being none."""
        if not is_blank(value):
            yield from self.judge(question, value, context)
        elif question.required and context.for_submit:
            yield Problem(question.key, Wrong.MISSING)

    def judge(self, question: Asked, value: Any, context: Context) -> Iterator[Problem]:
        """What is wrong with an answer that is not blank."""
        return iter(())

    @property
    def sayings(self) -> Mapping[str, Callable[[Facts], str]]:
        """Its own problems in words, by their codes."""
        return {}

    def says(self, problem: Problem, question: Asked) -> str:
        """A problem in words, without where it is."""
        if problem.wrong == Wrong.MISSING:
            return str(self.missing)
        own = self.sayings.get(problem.wrong)
        return own(problem.facts) if own else common(problem.wrong, problem.facts)

    def message(self, problem: Problem, question: Asked) -> str:
        """The same with where it is."""
        return self.says(problem, question)

    def place(self, field: Field, problem: Problem) -> Field:
        """The field, or the part of it, that a problem is in."""
        return field

    def make_readable(self, field: Field) -> None:
        """Mark in the field where the signs are that cannot be kept; no page could show them."""
        field.typed = readable(field.typed)

    # -------------------------------------------------------------- asking

    def field(self, question: Asked, context: Context = ALONE, extra: Sequence[str] = ()) -> Any:
        """Its unbound field, in the language of the page; `extra` goes with what it asks."""
        return self.input(
            question,
            {
                "label": str(question.label),
                "hint": joined(str(question.hint), *self.asks(question, context), *extra),
                "required": question.required,
            },
        )

    def input(self, question: Asked, options: dict[str, Any]) -> Any:
        """The unbound field with these options."""
        raise NotImplementedError

    def asks(self, question: Asked, context: Context) -> list[str]:
        """What is asked of an answer, in short sentences, but for what its field says itself."""
        return []

    def names_minors(self, question: Asked) -> bool:
        """Whether the files that answer are for a few readers only."""
        return False

    def refers_to(self, question: Asked) -> Collection[str]:
        """Keys of the questions that it is judged by."""
        return ()

    def is_complete(self, question: Asked, context: Context) -> bool:
        """Whether its settings are enough, and all that they refer to is there."""
        return set(self.refers_to(question)) <= set(context.questions)

    # ------------------------------------------------------------- building

    def inputs(self, question: Asked) -> int:
        """How many inputs an answer can take at most."""
        return 1

    def described(self, question: Asked) -> str:
        """A question's kind with what tells it from others of it, where the form is built."""
        return ", ".join([str(self.label), *self.details(question)])

    def details(self, question: Asked) -> list[str]:
        """What tells a question from others of its kind, in a few words each."""
        return []

    # -------------------------------------------------------------- reading

    def show(self, question: Asked, value: Any, language: str) -> Shown:
        """A kept answer, which is not blank, to be read in `language` ("lv" or "en")."""
        return Shown(self, value)

    def text(self, value: Any) -> str:
        """A shown value on one line, in the language of the page."""
        return str(value)

    def printed(self, value: Any) -> Block:
        """A shown value on paper, in the language of the paper."""
        return Passage(self.text(value))


def common(wrong: str, facts: Facts) -> str:
    """What can be wrong with answers of several kinds."""
    if wrong != Wrong.TOO_LONG or "length" not in facts:
        return str(words(parsing.Code(wrong), facts))
    return ngettext(
        "The text is %(num)s character too long; at most %(limit)s fit here.",
        "The text is %(num)s characters too long; at most %(limit)s fit here.",
        facts["length"] - facts["limit"],
        limit=formats.number(facts["limit"]),
    )


def unreadable(key: str, read: Callable[[str], object], value: str) -> Iterator[Problem]:
    """Why a value that was kept as it was typed cannot be read, if it cannot."""
    try:
        read(value)
    except parsing.Unreadable as refusal:
        yield Problem(key, refusal.code.value, refusal.facts)


def readable(value: Any) -> Any:
    """What was typed, with � wherever a sign stands that a page cannot show."""
    if isinstance(value, str):
        return parsing.marked(value)
    if isinstance(value, dict):
        return {key: readable(item) for key, item in value.items()}
    return [readable(item) for item in value] if isinstance(value, list) else value


def joined(*sentences: str) -> str:
    """Sentences one after the other, each with a sign at its end."""
    said = [one.strip() for one in sentences if one.strip()]
    return " ".join(one if one.endswith((".", "!", "?", "…", ":")) else f"{one}." for one in said)


def is_integer(value: Any) -> bool:
    """Whether a kept value is a number."""
    return isinstance(value, int) and not isinstance(value, bool)


def label_of(words: Mapping[str, Any] | None, language: str | None = None) -> str:
    """The label of an option or a column, in `language` or in that of the page."""
    text = Words.of(words)
    return str(text) if language is None else text.in_language(language)


def at_most(limit: int) -> str:
    """The limit of a text, as a sentence."""
    return _("Up to %(limit)s characters.", limit=formats.number(limit))
