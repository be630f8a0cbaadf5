"""Fields for names, addresses, and registration and account numbers."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import addresses, parsing
from portal.core.errors import Invalid, Message
from portal.core.fields.base import Refused
from portal.core.fields.text import Text
from portal.core.formats import grouped, telephone
from portal.core.names import NAME_ONLY, offending


class Email(Text):
    """An e-mail address in normal form."""

    missing = _l("Enter an e-mail address")
    kind = "email"

    def __init__(self, label: Message = "", hint: Message = "", **options: Any) -> None:
        options = {
            "autocomplete": "email",
            "spellcheck": False,
            "width": 30,
            **options,
        }
        super().__init__(label, hint, **options)

    def parse(self, typed: str) -> str:
        text = parsing.compact(typed)
        if not text:
            return ""
        try:
            return addresses.normal(text)
        except Invalid as refusal:
            raise Refused(refusal.message) from None


class Name(Text):
    """A name of a person or organisation; refuses links, addresses and sentences (core.names)."""

    def parse(self, typed: str) -> Any:
        text = super().parse(typed)
        if not self._soft and (part := offending(text)):
            said = _("“%(part)s” cannot stand in a name.", part=part)
            raise Refused(f"{said} {NAME_ONLY}")
        return text


class Phone(Text):
    """A telephone number in international form without spaces."""

    missing = _l("Enter a telephone number")
    kind = "tel"

    def __init__(self, label: Message = "", hint: Message = "", **options: Any) -> None:
        options = {"autocomplete": "tel", "width": 20, **options}
        super().__init__(label, hint, **options)

    def parse(self, typed: str) -> str:
        return parsing.telephone(typed)

    def text(self, value: str | None) -> str:
        return telephone(value or "")


class RegistrationNumber(Text):
    """An organisation's registration number: eleven digits with a check digit."""

    missing = _l("Enter the registration number")

    def __init__(self, label: Message = "", hint: Message = "", **options: Any) -> None:
        super().__init__(label, hint, **{"width": 20, "inputmode": "numeric", **options})

    def parse(self, typed: str) -> str:
        return parsing.registration_number(typed)


class Iban(Text):
    """An IBAN without spaces."""

    missing = _l("Enter the account number")

    def __init__(self, label: Message = "", hint: Message = "", **options: Any) -> None:
        super().__init__(label, hint, **{"spellcheck": False, "width": 30, **options})

    def parse(self, typed: str) -> str:
        return parsing.account(typed)

    def text(self, value: str | None) -> str:
        return " ".join(grouped(value or ""))
