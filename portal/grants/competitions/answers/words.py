"""How problems and answers read, in the language of the page: the words that rules.py has not."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.core import formats
from portal.core.db import Words
from portal.core.questions.models import Question, QuestionKind
from portal.grants.competitions.answers.rules import Problem, Shown, Wrong

_MISSING = {
    QuestionKind.CHOICE: lambda: _("Choose an answer."),
    QuestionKind.CHOICES: lambda: _("Choose at least one answer."),
    QuestionKind.FILE: lambda: _("Attach a file."),
    QuestionKind.TABLE: lambda: _("Fill in at least one row."),
    QuestionKind.DATE: lambda: _("Give a date."),
}


def message(problem: Problem, question: Question) -> str:
    """What is wrong and what to do about it; in a table also in which column and row."""
    text = bare(problem, question.kind)
    if problem.row is None:
        return text
    place = {"row": problem.row + 1, "problem": text}
    for column in question.settings.get("columns") or ():
        if column["key"] == problem.column:
            label = str(Words.of({key: column.get(key, "") for key in ("lv", "en")}))
            return _("%(column)s, row %(row)d: %(problem)s", column=label, **place)
    return _("Row %(row)d: %(problem)s", **place)


def bare(problem: Problem, kind: QuestionKind | None = None) -> str:
    """The same without the row: for where the cell itself is marked."""
    facts = problem.facts
    match problem.wrong:
        case Wrong.MISSING:
            return _MISSING[kind]() if kind in _MISSING else _("Answer this question.")
        case Wrong.TOO_MUCH | Wrong.TOO_LONG:
            return _too_long(problem.wrong, facts)
        case Wrong.TOO_SMALL | Wrong.TOO_LARGE:
            return _bounds(facts)
        case Wrong.TOO_EARLY:
            return _("The date may be %(day)s at the earliest.", day=_day(facts["min"]))
        case Wrong.TOO_LATE:
            return _("The date may be %(day)s at the latest.", day=_day(facts["max"]))
        case Wrong.TOO_MANY_ROWS:
            return ngettext(
                "At most %(num)d row may be filled in.",
                "At most %(num)d rows may be filled in.",
                facts["limit"],
            )
        case wrong:
            return _plain(wrong)


def _plain(wrong: Wrong) -> str:
    match wrong:
        case Wrong.NOT_CONFIRMED:
            return _("Tick the box to confirm the statement.")
        case Wrong.UNREADABLE:
            return _(
                "There are invisible control characters in the text, marked here as �. Delete them."
            )
        case Wrong.NOT_A_NUMBER:
            return _("Write a whole number in digits, such as 25.")
        case Wrong.NOT_MONEY:
            return _("Write a sum in euros, such as 4600 or 153,20.")
        case Wrong.NOT_A_DATE:
            return _("Write a date that exists, such as 14.04.2020.")
        case Wrong.ONE_FILE:
            return _("Only one file can be attached here. Remove the others.")
        case _:
            return _("Choose one of the answers offered.")


def _too_long(wrong: Wrong, facts: Any) -> str:
    if "length" not in facts:
        return _("There are more than %(limit)s rows.", limit=formats.number(facts["limit"]))
    over = facts["length"] - facts["limit"]
    return ngettext(
        "The text is %(num)s character too long; at most %(limit)s fit here.",
        "The text is %(num)s characters too long; at most %(limit)s fit here.",
        over,
        limit=formats.number(facts["limit"]),
    )


def _bounds(facts: Any) -> str:
    shown = formats.money if facts["money"] else formats.number
    least, most = facts["min"], facts["max"]
    if least == most:
        return _("It must be exactly %(sum)s.", sum=shown(least))
    if most is None:
        return _("It must be %(least)s or more.", least=shown(least))
    if least is None:
        return _("It must be %(most)s or less.", most=shown(most))
    return _("It must be from %(least)s to %(most)s.", least=shown(least), most=shown(most))


def _day(iso: str) -> str:
    return formats.short_date(date.fromisoformat(iso))


def read(shown: Shown) -> str:
    """A single shown value as text; lines and tables have their own markup, see _answer.html."""
    match shown.kind:
        case "number":
            return formats.number(shown.value)
        case "money":
            return formats.money(shown.value)
        case "date":
            return formats.short_date(shown.value)
        case "blank":
            return ""
        case _:
            return str(shown.value)
