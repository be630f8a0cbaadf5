"""The base of all kinds of question."""

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
from portal.core.questions.rules import ALONE, AnswerProblem, Asked, Context, Shown, Wrong, is_blank

Facts = Mapping[str, Any]


class QuestionKind:
    """A kind of question. It has no state: methods take a question and its answer.

    Stored values are plain JSON, None without an answer.
    """

    code: ClassVar[str]
    label: ClassVar[Message]
    about: ClassVar[Message]  # its description in the choice of kinds
    missing: ClassVar[Message] = _l("Answer this question.")
    # Its kind of cell in fields.Rows; "": not available in tables.
    column: ClassVar[str] = ""
    # Whether values are figures: summed and right-aligned in tables.
    numeric: ClassVar[bool] = False
    # Whether values are days, which can be ordered and limited.
    dated: ClassVar[bool] = False
    # The accepted files if files answer it; None: it has a value.
    allowed: ClassVar[Collection[FileKind]] = ()
    # Whether it is answered without typing: by ticking or attaching.
    papers: ClassVar[bool] = False
    template: ClassVar[str] = "core/questions/kinds/text.html"
    Settings: ClassVar[type[QuestionForm]]

    # -------------------------------------------------------- typed and stored

    def keep(self, question: Asked, raw: Any) -> Any:
        """The stored value of the input; the input itself if unreadable.

        Idempotent.
        """
        raise NotImplementedError

    def sent(self, field: Field) -> Any:
        """The raw input of its field, for `keep`."""
        return field.typed

    def typed(self, question: Asked, value: Any) -> Mapping[str, str | Sequence[str]]:
        """A stored value as a browser would send it: texts by the suffix of the input's name."""
        return {"": self.as_typed(value)}

    def as_typed(self, value: Any) -> str:
        """A stored value as the text of one input."""
        return "" if value is None else str(value)

    def begin(self, question: Asked, context: Context) -> Any:
        """The default value of its field before it is answered."""
        return None

    # -------------------------------------------------------------- validation

    def problems(self, question: Asked, value: Any, context: Context) -> Iterator[AnswerProblem]:
        """The problems of an answer, or of a missing one."""
        if not is_blank(value):
            yield from self.judge(question, value, context)
        elif question.required and context.for_submit:
            yield AnswerProblem(question.key, Wrong.MISSING)

    def judge(self, question: Asked, value: Any, context: Context) -> Iterator[AnswerProblem]:
        """The problems of an answer that is not blank."""
        return iter(())

    @property
    def sayings(self) -> Mapping[str, Callable[[Facts], str]]:
        """The messages of its own problems, by code."""
        return {}

    def says(self, problem: AnswerProblem, question: Asked) -> str:
        """The message of a problem without its place."""
        if problem.wrong == Wrong.MISSING:
            return str(self.missing)
        own = self.sayings.get(problem.wrong)
        return own(problem.facts) if own else common(problem.wrong, problem.facts)

    def message(self, problem: AnswerProblem, question: Asked) -> str:
        """The message of a problem with its place."""
        return self.says(problem, question)

    def place(self, field: Field, problem: AnswerProblem) -> Field:
        """The field, or the part of it, that a problem concerns."""
        return field

    def make_readable(self, field: Field) -> None:
        """Mark characters that cannot be stored in the field's text, as pages cannot show them."""
        field.typed = readable(field.typed)

    # -------------------------------------------------------------- asking

    def field(self, question: Asked, context: Context = ALONE, extra: Sequence[str] = ()) -> Any:
        """Its unbound field, in the language of the page; `extra` is added to its hints."""
        return self.input(
            question,
            {
                "label": formats.unbroken(str(question.label)),
                "hint": formats.unbroken(
                    joined(str(question.hint), *self.asks(question, context), *extra)
                ),
                "required": question.required,
            },
        )

    def input(self, question: Asked, options: dict[str, Any]) -> Any:
        """The unbound field with these options."""
        raise NotImplementedError

    def asks(self, question: Asked, context: Context) -> list[str]:
        """The requirements on an answer, in short sentences, except those shown by its field."""
        return []

    def names_minors(self, question: Asked) -> bool:
        """Whether its files are restricted because they name minors."""
        return False

    def refers_to(self, question: Asked) -> Collection[str]:
        """Keys of the questions needed to validate it."""
        return ()

    def is_complete(self, question: Asked, context: Context) -> bool:
        """Whether its settings are complete, and all that they refer to exists."""
        return set(self.refers_to(question)) <= set(context.questions)

    # ------------------------------------------------------------- building

    def inputs(self, question: Asked) -> int:
        """The largest number of inputs of an answer."""
        return 1

    def described(self, question: Asked) -> str:
        """A question's kind and particulars, for the builder."""
        return ", ".join([str(self.label), *self.details(question)])

    def details(self, question: Asked) -> list[str]:
        """What distinguishes a question from others of its kind, a few words each."""
        return []

    # -------------------------------------------------------------- reading

    def show(self, question: Asked, value: Any, language: str) -> Shown:
        """A stored answer, which is not blank, for reading in `language` (a code)."""
        return Shown(self, value)

    def text(self, value: Any) -> str:
        """A shown value on one line, in the language of the page."""
        return str(value)

    def printed(self, value: Any) -> Block:
        """A shown value as a block of a paper, in the paper's language."""
        return Passage(self.text(value))


def common(wrong: str, facts: Facts) -> str:
    """The message of a problem common to several kinds."""
    if wrong != Wrong.TOO_LONG or "length" not in facts:
        return str(words(parsing.Code(wrong), facts))
    return ngettext(
        "The text is %(num)s character too long; at most %(limit)s fit here.",
        "The text is %(num)s characters too long; at most %(limit)s fit here.",
        facts["length"] - facts["limit"],
        limit=formats.number(facts["limit"]),
    )


def unreadable(key: str, read: Callable[[str], object], value: str) -> Iterator[AnswerProblem]:
    """The problem of a value that was stored unparsed, if it is unreadable."""
    try:
        read(value)
    except parsing.Unreadable as refusal:
        yield AnswerProblem(key, refusal.code.value, refusal.facts)


def readable(value: Any) -> Any:
    """The typed text with U+FFFD for each character that a page cannot show."""
    if isinstance(value, str):
        return parsing.marked(value)
    if isinstance(value, dict):
        return {key: readable(item) for key, item in value.items()}
    return [readable(item) for item in value] if isinstance(value, list) else value


def joined(*sentences: str) -> str:
    """Sentences joined, each with final punctuation."""
    said = [one.strip() for one in sentences if one.strip()]
    return " ".join(one if one.endswith((".", "!", "?", "…", ":")) else f"{one}." for one in said)


def is_integer(value: Any) -> bool:
    """Whether a stored value is a number."""
    return isinstance(value, int) and not isinstance(value, bool)


def label_of(words: Mapping[str, Any] | None, language: str | None = None) -> str:
    """The label of an option or column, in `language` or in that of the page."""
    text = Words.of(words)
    return formats.unbroken(str(text) if language is None else text.in_language(language))


def at_most(limit: int) -> str:
    """The limit of a text, as a sentence."""
    return _("Up to %(limit)s characters.", limit=formats.number(limit))
