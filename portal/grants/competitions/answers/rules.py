"""Answers to a form's questions: from what was typed to what is kept, and what is wrong.

Kept values are plain JSON: text, integer, cents, ISO date, code, [codes], [{column: value}], true.
What cannot be read as its kind is kept as it was typed, so that saving loses nothing; `validate`
tells it by its type and says so. A question of kind file is answered by its attachments: anything
countable in the place of its value.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from portal.core.questions.models import QuestionKind

# What JSON numbers keep exactly everywhere (RFC 8785 takes no larger ones).
LARGEST_NUMBER = 2**53 - 1
# A text beyond this is not an answer but an accident, and is not even saved.
LONGEST_TEXT = 100_000
MOST_ROWS = 200
USUAL_LENGTH = {QuestionKind.SHORT_TEXT: 200, QuestionKind.LONG_TEXT: 5000}

# Controls other than tab and line end, halves of characters, and what Unicode reserves for nobody:
# neither HTML nor JSON nor PDF carries them faithfully.
_LAST_TWO = (0xFFFE, 0xFFFF)
_UNREADABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr(plane + last) for plane in range(2**16, 17 * 2**16, 2**16) for last in _LAST_TWO)
    + "]"
)
_GROUPING = re.compile(r"[\s\u00a0\u202f'’]")
_INTEGER = re.compile(r"[+-]?\d{1,16}")
_AMOUNT = re.compile(r"([+-]?)(\d{1,13})(?:[.,](\d{1,2}))?")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_BETWEEN = r"(?:\s*[./-]\s*|\s+)"
_TYPED_DATE = re.compile(rf"(\d{{1,2}}){_BETWEEN}(\d{{1,2}}){_BETWEEN}(\d{{4}})\.?")
# A longer text is no number and no date, and no pattern is asked about it.
LONGEST_GRAMMAR = 100


class Asked(Protocol):
    """What of a question the rules need; competitions.models.Question is one."""

    @property
    def key(self) -> str: ...
    @property
    def kind(self) -> QuestionKind: ...
    @property
    def required(self) -> bool: ...
    @property
    def settings(self) -> Mapping[str, Any]: ...


class Wrong(StrEnum):
    """What can be wrong with an answer; words.message says it in words."""

    MISSING = "missing"
    NOT_CONFIRMED = "not_confirmed"
    UNREADABLE = "unreadable"
    TOO_MUCH = "too_much"
    TOO_LONG = "too_long"
    NOT_A_NUMBER = "not_a_number"
    NOT_MONEY = "not_money"
    NOT_A_DATE = "not_a_date"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    NOT_AN_OPTION = "not_an_option"
    TOO_MANY_ROWS = "too_many_rows"
    ONE_FILE = "one_file"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with the answer to the question `key`.

    In a table `row` (from 0) and `column` say where. `facts` hold what the message needs.
    """

    key: str
    wrong: Wrong
    facts: Mapping[str, Any] = field(default_factory=dict)
    row: int | None = None
    column: str | None = None

    @property
    def keeps_from_saving(self) -> bool:
        """Whether the answer cannot even be kept as a draft."""
        return self.wrong in (Wrong.UNREADABLE, Wrong.TOO_MUCH)


# ------------------------------------------------------------- typed and kept


def normalise(question: Asked, raw: Any) -> Any:
    """What is kept of what was typed; None where it is blank. Doing it twice changes nothing."""
    match question.kind:
        case QuestionKind.STATEMENT:
            return True if raw in (True, "true", "y", "on", "1") else None
        case QuestionKind.CHOICES:
            return _codes(question, raw)
        case QuestionKind.TABLE:
            return _rows(question, raw)
        case QuestionKind.FILE:
            return raw or None
        case kind:
            return _single(kind, raw)


def typed(kind: QuestionKind, value: Any) -> str:
    """A kept single value as it stands in its field: 460000 cents are typed 4600."""
    if value is None:
        return ""
    if kind is QuestionKind.MONEY and _is_integer(value):
        euros, cents = divmod(abs(value), 100)
        return f"{'-' if value < 0 else ''}{euros}" + (f",{cents:02d}" if cents else "")
    return str(value)


def _single(kind: QuestionKind | str, raw: Any) -> Any:
    if raw is None or _is_integer(raw):
        return raw
    text = str(raw).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return None
    if len(text) > LONGEST_GRAMMAR:
        return text
    match kind:
        case QuestionKind.NUMBER:
            return _integer(text)
        case QuestionKind.MONEY:
            return _cents(text)
        case QuestionKind.DATE:
            return _date(text)
        case _:
            return text


def _integer(text: str) -> int | str:
    plain = _GROUPING.sub("", text)
    if _INTEGER.fullmatch(plain) and plain.isascii() and abs(int(plain)) <= LARGEST_NUMBER:
        return int(plain)
    return text


def _cents(text: str) -> int | str:
    plain = _GROUPING.sub("", text).removesuffix("€").removeprefix("€").removesuffix("EUR")
    found = _AMOUNT.fullmatch(plain) if plain.isascii() else None
    if found is None:
        return text
    cents = int(found[2]) * 100 + int((found[3] or "0").ljust(2, "0"))
    return -cents if found[1] == "-" else cents


def _date(text: str) -> str:
    """An ISO date where it is a real one, else what was typed."""
    plain = text.strip()
    found = _TYPED_DATE.fullmatch(plain) if plain.isascii() else None
    try:
        if found:
            return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
        return date.fromisoformat(plain).isoformat() if _ISO_DATE.fullmatch(plain) else text
    except ValueError:
        return text


def _codes(question: Asked, raw: Any) -> list[str] | None:
    """The chosen codes, each once, known ones in the order of the options."""
    given = [str(code) for code in raw] if isinstance(raw, list | tuple | set) else []
    known = [code for code in _options(question) if code in given]
    strange = [code for code in dict.fromkeys(given) if code and code not in known]
    return [*known, *strange] or None


def _rows(question: Asked, raw: Any) -> list[dict[str, Any]] | None:
    rows = []
    for row in raw if isinstance(raw, list | tuple) else []:
        if not isinstance(row, Mapping):
            continue
        kept = {c["key"]: _single(c["kind"], row.get(c["key"])) for c in _columns(question)}
        if any(value is not None for value in kept.values()):
            rows.append({key: value for key, value in kept.items() if value is not None})
    return rows or None


# ------------------------------------------------------------------ validation


def validate(
    questions: Iterable[Asked], answers: Mapping[str, Any], *, for_submit: bool
) -> list[Problem]:
    """Everything that is wrong with kept answers, in the order of the questions.

    To save it is a warning, to submit an error; what is missing counts only when submitting.
    """
    return [
        problem
        for question in questions
        for problem in _problems(question, answers.get(question.key), for_submit)
    ]


def _problems(question: Asked, value: Any, for_submit: bool) -> Iterator[Problem]:
    if value or value == 0:
        yield from _CHECKS.get(question.kind, _single_problems)(question, value)
    elif question.required and for_submit:
        is_statement = question.kind is QuestionKind.STATEMENT
        yield Problem(question.key, Wrong.NOT_CONFIRMED if is_statement else Wrong.MISSING)


def _single_problems(question: Asked, value: Any) -> Iterator[Problem]:
    if found := _wrong(question.kind, value, question.settings):
        yield Problem(question.key, *found)


def _option_problems(question: Asked, value: Any) -> Iterator[Problem]:
    chosen = set(value) if isinstance(value, list) else {value}
    if not chosen <= set(_options(question)):
        yield Problem(question.key, Wrong.NOT_AN_OPTION)


def _file_problems(question: Asked, value: Any) -> Iterator[Problem]:
    files = value if isinstance(value, list) else []
    if len(files) > 1 and not question.settings.get("several"):
        yield Problem(question.key, Wrong.ONE_FILE)


def _table_problems(question: Asked, value: Any) -> Iterator[Problem]:
    rows = value if isinstance(value, list) else []
    most = int(question.settings.get("rows_max") or MOST_ROWS)
    if len(rows) > MOST_ROWS:
        yield Problem(question.key, Wrong.TOO_MUCH, {"limit": MOST_ROWS})
    elif len(rows) > most:
        yield Problem(question.key, Wrong.TOO_MANY_ROWS, {"limit": most})
    for index, row in enumerate(rows[:MOST_ROWS]):
        for column in _columns(question):
            cell = row.get(column["key"])
            if cell is None:
                continue
            if found := _wrong(QuestionKind(column["kind"]), cell, column):
                yield Problem(question.key, *found, row=index, column=column["key"])


_CHECKS: dict[QuestionKind, Callable[[Asked, Any], Iterator[Problem]]] = {
    QuestionKind.CHOICE: _option_problems,
    QuestionKind.CHOICES: _option_problems,
    QuestionKind.TABLE: _table_problems,
    QuestionKind.FILE: _file_problems,
    QuestionKind.STATEMENT: lambda question, value: iter(()),
}

Found = tuple[Wrong, dict[str, Any]]


def _wrong(kind: QuestionKind, value: Any, settings: Mapping[str, Any]) -> Found | None:
    """What is wrong with a single value that is not blank."""
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            return Wrong.TOO_MUCH, {"limit": LONGEST_TEXT, "length": len(value)}
        if _UNREADABLE.search(value):
            return Wrong.UNREADABLE, {}
    match kind:
        case QuestionKind.NUMBER | QuestionKind.MONEY:
            return _wrong_number(kind, value, settings)
        case QuestionKind.DATE:
            return _wrong_date(value, settings)
        case _:
            limit = int(settings.get("max_length") or USUAL_LENGTH.get(kind, LONGEST_TEXT))
            length = len(str(value).strip())
            return (Wrong.TOO_LONG, {"limit": limit, "length": length}) if length > limit else None


def _wrong_number(kind: QuestionKind, value: Any, settings: Mapping[str, Any]) -> Found | None:
    if not _is_integer(value):
        return (Wrong.NOT_MONEY if kind is QuestionKind.MONEY else Wrong.NOT_A_NUMBER), {}
    least, most = settings.get("min", 0), settings.get("max")
    facts = {"min": least, "max": most, "money": kind is QuestionKind.MONEY}
    if least is not None and value < least:
        return Wrong.TOO_SMALL, facts
    if most is not None and value > most:
        return Wrong.TOO_LARGE, facts
    return None


def _wrong_date(value: Any, settings: Mapping[str, Any]) -> Found | None:
    try:
        day = date.fromisoformat(value if _ISO_DATE.fullmatch(value) else "")
    except (TypeError, ValueError):
        return Wrong.NOT_A_DATE, {}
    earliest, latest = settings.get("min"), settings.get("max")
    if earliest and day < date.fromisoformat(earliest):
        return Wrong.TOO_EARLY, {"min": earliest}
    if latest and day > date.fromisoformat(latest):
        return Wrong.TOO_LATE, {"max": latest}
    return None


# --------------------------------------------------------------------- reading


@dataclass(frozen=True, slots=True)
class Shown:
    """A kept answer made ready to be read; words.read and the template _answer.html finish it.

    `kind` is text, number, money, date, lines (several texts), table, confirmed or blank.
    """

    kind: str
    value: Any = None
    columns: Sequence[str] = ()


BLANK = Shown("blank")


def display(question: Asked, value: Any, language: str) -> Shown:
    """A kept answer as a reader of `language` ("lv" or "en") sees it; codes become their labels."""
    if not value and value != 0:
        return BLANK
    match question.kind:
        case QuestionKind.CHOICE:
            return Shown("text", _options(question, language).get(value, value))
        case QuestionKind.CHOICES:
            labels = _options(question, language)
            return Shown("lines", [labels.get(code, code) for code in value])
        case QuestionKind.TABLE:
            columns = _columns(question)
            rows = [
                [_cell(QuestionKind(c["kind"]), row.get(c["key"])) for c in columns]
                for row in value
            ]
            return Shown("table", rows, [_label(column, language) for column in columns])
        case QuestionKind.STATEMENT:
            return Shown("confirmed", _label(question.settings.get("text") or {}, language))
        case QuestionKind.FILE:
            return BLANK
        case kind:
            return _cell(kind, value)


def _cell(kind: QuestionKind, value: Any) -> Shown:
    if value is None:
        return BLANK
    if kind in (QuestionKind.NUMBER, QuestionKind.MONEY) and _is_integer(value):
        return Shown(kind.value, value)
    if kind is QuestionKind.DATE and is_date(value):
        return Shown("date", date.fromisoformat(value))
    return Shown("text", str(value))


def _columns(question: Asked) -> list[dict[str, Any]]:
    return list(question.settings.get("columns") or ())


def _options(question: Asked, language: str = "lv") -> dict[str, str]:
    options = question.settings.get("options") or ()
    return {option["code"]: _label(option, language) for option in options}


def _label(words: Mapping[str, Any], language: str) -> str:
    return str((words.get("en") if language == "en" else "") or words.get("lv") or "")


def readable(value: Any) -> Any:
    """What was typed, with � wherever a sign stands that a page cannot show."""
    match value:
        case str():
            return _UNREADABLE.sub("\N{REPLACEMENT CHARACTER}", value)
        case dict():
            return {key: readable(item) for key, item in value.items()}
        case list():
            return [readable(item) for item in value]
        case _:
            return value


def is_date(value: str) -> bool:
    """Whether a kept answer to a question for a date is one, and not what could not be read."""
    return _wrong_date(value, {}) is None


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
