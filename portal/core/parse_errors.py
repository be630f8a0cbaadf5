"""Messages for input that cannot be parsed, saying what to write instead."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from portal.core.formats import number
from portal.core.parsing import Code


def words(code: Code, facts: Mapping[str, Any]) -> str:
    """The message for a code of parsing.Unreadable and its facts."""
    match code:
        case Code.TOO_MUCH:
            return _("This is far too long. Shorten it to less than 100,000 characters.")
        case Code.TOO_LONG:
            return _("Shorten this to %(limit)s characters.", limit=number(facts["limit"]))
        case Code.UNCLEAR:
            return _(
                "It is not clear which sign is the decimal one. Write it such as %(example)s.",
                example=facts["example"],
            )
        case _:
            return _plain(code)


def _plain(code: Code) -> str:
    return {
        Code.SIGNS: _("The text has a sign that cannot be shown, marked here as �. Delete it."),
        Code.SEVERAL_LINES: _("Write this on one line."),
        Code.NOT_WHOLE: _("Enter a whole number, such as 12."),
        Code.NOT_DECIMAL: _("Enter a number such as 2,5."),
        Code.NOT_MONEY: _("Enter an amount such as 4600 or 4600,50."),
        Code.NOT_A_DATE: _("Enter a date such as 14.04.2026."),
        Code.NO_SUCH_DAY: _("There is no such date."),
        Code.YEAR: _("Write the year with four digits, such as 2026."),
        Code.NOT_A_TIME: _("Write the time such as 17.00."),
        Code.NOT_A_TELEPHONE: _("Enter a telephone number like +371 26 123 456."),
        Code.NOT_AN_ACCOUNT: _(
            "The account number does not add up. A Latvian one is LV and 19 more signs."
        ),
        Code.NOT_REGISTERED: _(
            "The number does not add up. It has eleven digits, such as 80000000012."
        ),
        Code.OF_A_PERSON: _("This is a person's number. Enter that of the organisation."),
        Code.PASSWORD_SIGNS: _(
            "The password has a sign that is not seen or that not every keyboard has. Leave it out."
        ),
    }[code]
