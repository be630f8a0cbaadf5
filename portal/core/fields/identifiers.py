"""Fields for what has a form of its own: names, addresses, registration and account numbers."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from stdnum import iban
from stdnum.exceptions import ValidationError as NumberError
from stdnum.lv import pvn

from portal.core import addresses
from portal.core.errors import Invalid, Message
from portal.core.fields.base import Refused
from portal.core.fields.text import Text, one_line
from portal.core.formats import grouped
from portal.core.names import NAME_ONLY, offending


class Email(Text):
    """An e-mail address, in the form in which it is stored."""

    missing = _l("Enter an e-mail address")
    kind = "email"
    longest = addresses.LONGEST

    def __init__(self, label: Message = "", hint: Message = "", **options: Any) -> None:
        options = {
            "autocomplete": "email",
            "spellcheck": False,
            "width": 30,
            **options,
        }
        super().__init__(label, hint, **options)

    def parse(self, typed: str) -> str:
        text = one_line(typed)
        if not text:
            return ""
        try:
            return addresses.normal(text)
        except Invalid as refusal:
            raise Refused(refusal.message) from None


class Name(Text):
    """What somebody is called: it may stand in letters to people who did not ask for them."""

    def parse(self, typed: str) -> Any:
        text = super().parse(typed)
        if not self._soft and (part := offending(text)):
            said = _("“%(part)s” cannot stand in a name.", part=part)
            raise Refused(f"{said} {NAME_ONLY}")
        return text


class Phone(Text):
    """A telephone number, as it was written."""

    missing = _l("Enter a telephone number")
    kind = "tel"
    longest = 100

    def __init__(self, label: Message = "", hint: Message = "", **options: Any) -> None:
        options = {"autocomplete": "tel", "width": 20, **options}
        super().__init__(label, hint, **options)

    def parse(self, typed: str) -> str:
        text = one_line(typed)
        digits = sum(sign in "0123456789" for sign in text)
        if text and (not re.fullmatch(r"\+?[0-9 ().-]+", text) or not 7 <= digits <= 15):
            raise Refused(_("Enter a telephone number like +371 26 123 456."))
        return text


class RegistrationNumber(Text):
    """The registration number of an organisation: eleven digits with a check digit."""

    missing = _l("Enter the registration number")
    longest = 100

    def __init__(self, label: Message = "", hint: Message = "", **options: Any) -> None:
        super().__init__(label, hint, **{"width": 20, "inputmode": "numeric", **options})

    def parse(self, typed: str) -> str:
        text = one_line(typed)
        if not text:
            return ""
        try:
            digits = str(pvn.validate(text))
        except NumberError:
            raise Refused(
                _("The number does not add up. It has eleven digits, such as 40008000000.")
            ) from None
        if digits[0] in "0123":
            raise Refused(_("This is a person's number. Enter that of the organisation."))
        return digits


class Iban(Text):
    """An account number, without spaces."""

    missing = _l("Enter the account number")
    longest = 100

    def __init__(self, label: Message = "", hint: Message = "", **options: Any) -> None:
        super().__init__(label, hint, **{"spellcheck": False, "width": 30, **options})

    def parse(self, typed: str) -> str:
        text = one_line(typed)
        if not text:
            return ""
        try:
            return str(iban.validate(text))
        except NumberError:
            raise Refused(
                _("The account number does not add up. A Latvian one is LV and 19 more signs.")
            ) from None

    def text(self, value: str | None) -> str:
        return " ".join(grouped(value or ""))
