"""Parses input in the same way everywhere: fields, answers, cells, links.

Blank input gives "" or None. Unreadable input raises Unreadable with a code and the facts for its
message (parse_errors.words). Pure, and in linear time: length is limited before any pattern is
applied.
"""

import re
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

import phonenumbers
from babel import Locale
from precis_i18n import get_profile
from stdnum import iban
from stdnum.exceptions import ValidationError as NumberError
from stdnum.lv import pvn

from portal.core.normalization import is_unseen, normalized

HUGE = 100_000  # characters; longer input is no typing
GRAMMAR = 100  # characters; no number or date is longer
# The integers that are exact in JSON numbers (RFC 8785 takes no larger ones).
LARGEST = 2**53 - 1
YEARS = range(1900, 2201)


class Code(StrEnum):
    """The reason why input is unreadable."""

    TOO_MUCH = "too_much"  # limit: beyond HUGE, an accident
    TOO_LONG = "too_long"  # limit: beyond what this kind ever needs
    SIGNS = "unreadable"
    SEVERAL_LINES = "several_lines"
    NOT_WHOLE = "not_a_number"
    NOT_DECIMAL = "not_a_decimal"
    NOT_MONEY = "not_money"
    UNCLEAR = "unclear"  # example: ambiguous decimal separator
    NOT_A_DATE = "not_a_date"
    NO_SUCH_DAY = "no_such_day"
    YEAR = "year"
    NOT_A_TIME = "not_a_time"
    NOT_A_TELEPHONE = "not_a_telephone"
    NOT_AN_ACCOUNT = "not_an_account"
    NOT_REGISTERED = "not_a_registration_number"
    OF_A_PERSON = "number_of_a_person"
    PASSWORD_SIGNS = "password_signs"  # noqa: S105  # a code


class Unreadable(ValueError):
    """The input is unreadable: a `code`, and `facts` for its message."""

    def __init__(self, code: Code, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


# ------------------------------------------------------------------------ text

# Controls other than tab and line end, surrogates, and noncharacters: HTML, JSON and PDF do not all
# accept them.
_UNCARRIED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 17 << 16, 1 << 16)
    )
    + "]"
)
_LINE_ENDS = re.compile("\r\n|[\r\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}]")
_SOFT_HYPHEN = "\N{SOFT HYPHEN}"


def text(typed: str) -> str:
    """A text of any number of lines in its stored form.

    NFC, each line end one character; no soft hyphens, and no invisible characters at the edges.
    Within, no-break spaces and curly quotes are kept. A text without visible characters becomes "".
    """
    bounded(typed)
    plain = _LINE_ENDS.sub("\n", typed).replace(_SOFT_HYPHEN, "")
    if _UNCARRIED.search(plain):
        raise Unreadable(Code.SIGNS)
    return _trimmed(normalized("NFC", plain))


def line(typed: str) -> str:
    """A text of one line."""
    found = text(typed)
    if "\n" in found or "\t" in found:
        raise Unreadable(Code.SEVERAL_LINES)
    return found


def compact(typed: str) -> str:
    """An identifier without spaces, line ends and invisible characters."""
    return "".join(sign for sign in text(typed) if not _is_blank(sign))


def bounded(typed: str, longest: int = HUGE) -> str:
    """The text if it is not longer than that; raises Unreadable. Called before parsing."""
    if len(typed) > HUGE:
        raise Unreadable(Code.TOO_MUCH, limit=HUGE)
    if len(typed) > longest:
        raise Unreadable(Code.TOO_LONG, limit=longest)
    return typed


def marked(shown: str) -> str:
    """The text with U+FFFD for each character that `text` refuses."""
    return _UNCARRIED.sub("\N{REPLACEMENT CHARACTER}", shown)


def sought(typed: str) -> str:
    """A search term: one line, stripped. One that is unreadable or too long finds nothing: it is
    cut, and has a character that no stored text has."""
    try:
        return _short(typed)
    except Unreadable:
        return marked(" ".join(typed[:GRAMMAR].split())) + "\N{REPLACEMENT CHARACTER}"


def _trimmed(plain: str) -> str:
    start, end = 0, len(plain)
    while start < end and _is_blank(plain[start]):
        start += 1
    while start < end and _is_blank(plain[end - 1]):
        end -= 1
    return plain[start:end]


def _is_blank(sign: str) -> bool:
    return sign.isspace() or is_unseen(sign)


def _short(typed: str) -> str:
    """One line, no longer than any number, date or name."""
    return bounded(line(typed), GRAMMAR)


# --------------------------------------------------------------------- numbers

_APOSTROPHES = re.compile("['\N{RIGHT SINGLE QUOTATION MARK}]")
_MINUS = re.compile("[\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}\N{NON-BREAKING HYPHEN}]")
_NUMBER = re.compile(r"([+-]?)([0-9][0-9.,]{0,30})")
_CURRENCY = r"(?:€|eur|eiro|euro)?"
# EUR 300.5; -5 €; € -5; 300,-
_MONEY = re.compile(
    rf"([+-]?){_CURRENCY}([+-]?)([0-9][0-9.,]{{0,30}}?)(?:[.,]-{{1,2}})?{_CURRENCY}", re.IGNORECASE
)
_ONE_SIGN = re.compile(r"([0-9]{1,16})(?:[.,]([0-9]{1,9}))?")
_DOTTED = r"[0-9]{1,3}(?:\.[0-9]{3})"
_MILLIONS = re.compile(rf"{_DOTTED}{{2,5}}")  # 1.250.000: a decimal separator occurs once
_GROUPED = re.compile(rf"({_DOTTED}{{1,5}}),([0-9]{{1,9}})")  # 1.250,50
_EITHER = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{3}){1,5}(?:[.,][0-9]{1,9})?")  # 1,250.50; 1.250


def integer(typed: str) -> int | None:
    """A whole number: "25", "1 204"."""
    written = _without_spaces(typed)
    return int(_number(_NUMBER.fullmatch(written), 0, Code.NOT_WHOLE)) if written else None


def decimal(typed: str, places: int) -> Decimal | None:
    """An exact number with up to `places` decimals, after a comma or a dot."""
    written = _without_spaces(typed)
    return _number(_NUMBER.fullmatch(written), places, Code.NOT_DECIMAL) if written else None


def cents(typed: str) -> int | None:
    """An amount in euros as cents: "1 250,50", "1.250,50", "€ 300", "300,-"."""
    written = _without_spaces(typed)
    return int(_number(_MONEY.fullmatch(written), 2, Code.NOT_MONEY) * 100) if written else None


def _without_spaces(typed: str) -> str:
    """A number without the spaces and apostrophes between thousands."""
    return _MINUS.sub("-", _APOSTROPHES.sub("", compact(_short(typed))))


def _number(found: re.Match[str] | None, places: int, otherwise: Code) -> Decimal:
    """The number of signs and, last, digits; raises Unreadable(otherwise) for none."""
    if found is None:
        raise Unreadable(otherwise)
    *signs, digits = found.groups()
    value = Decimal("".join(signs)[:1] + _plain(digits, places, otherwise))
    if len("".join(signs)) > 1 or abs(value) * 10**places > LARGEST:
        raise Unreadable(otherwise)
    return value + 0  # no minus before zero


def _plain(digits: str, places: int, otherwise: Code) -> str:
    """The digits in Python's notation. "1,250.50" and "1.250" are refused as ambiguous."""
    found = _ONE_SIGN.fullmatch(digits) or _GROUPED.fullmatch(digits)
    if found and len(found[2] or "") <= places:
        return f"{found[1].replace('.', '')}.{found[2] or 0}"
    if _MILLIONS.fullmatch(digits):
        return digits.replace(".", "")
    if _EITHER.fullmatch(digits):
        raise Unreadable(Code.UNCLEAR, example="1250,50" if places else "1250")
    raise Unreadable(otherwise)


# ------------------------------------------------------------- dates and times

_PIECES = re.compile(r"[0-9]+|[^\W\d_]+|\S")
_BETWEEN = frozenset(".,/-")
_ORDINALS = frozenset({"st", "nd", "rd", "th"})
_YEAR_WORDS = frozenset({"g", "gads", "gada", "gadā"})
_TIME = re.compile(r"(?:plkst\.? ?)?([0-9]{1,2})[.:]([0-9]{2})")


def day(typed: str) -> date | None:
    """A date: "5.3.2027", "05/03/27", "2027-03-05", "5. marts 2027", "2027. gada 5. martā"."""
    written = _MINUS.sub("-", _short(typed)).casefold()
    if not written:
        return None
    pieces = [one for one in _PIECES.findall(written) if one not in _BETWEEN]
    numbers = [one for one in pieces if one.isdecimal() and one.isascii()]
    words = [one for one in pieces if one not in numbers and one not in _beside()]
    months = [_months().get(one) for one in words]
    match numbers, months:
        case [year, month, number], [] if len(year) == 4:
            return _date(year, int(month), number)
        case [number, month, year], []:
            return _date(year, int(month), number)
        case [year, number], [int(named)] if len(year) == 4:
            return _date(year, named, number)
        case [number, year], [int(named)]:
            return _date(year, named, number)
        case _:
            raise Unreadable(Code.NOT_A_DATE)


def hour(typed: str) -> time | None:
    """A time of day to the minute: "9.00", "17:30", "plkst. 17.30"."""
    written = _short(typed).casefold()
    if not written:
        return None
    found = _TIME.fullmatch(written)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise Unreadable(Code.NOT_A_TIME)
    return time(int(found[1]), int(found[2]))


def _date(year: str, month: int, number: str) -> date:
    """The date; a year of two digits is of this century."""
    full = int(year) + (2000 if len(year) == 2 else 0)
    if full not in YEARS:
        raise Unreadable(Code.YEAR)
    try:
        return date(full, month, int(number))
    except (ValueError, OverflowError):
        raise Unreadable(Code.NO_SUCH_DAY) from None


@cache
def _months() -> dict[str, int]:
    """The months by all forms of their names, with and without diacritics."""
    latvian, english = Locale("lv").months["format"], Locale("en").months["format"]
    found: dict[str, int] = {}
    for number in range(1, 13):
        stem = latvian["wide"][number].removesuffix("s").removesuffix("i")  # janvār-, mart-
        names = [latvian["abbreviated"][number].rstrip("."), stem[:3], stem]
        names += [stem + ending for ending in _ENDINGS]
        names += [english["abbreviated"][number].casefold(), english["wide"][number].casefold()]
        found |= {form: number for name in names for form in (name, _unmarked(name))}
    return found


_ENDINGS = ("s", "is", "a", "ā", "am", "u", "i", "ī", "im")


@cache
def _beside() -> frozenset[str]:
    """The words that are ignored in a date: "gada", names of weekdays."""
    latvian, english = Locale("lv").days["format"]["wide"], Locale("en").days["format"]["wide"]
    weekdays = {name + ending for name in latvian.values() for ending in ("", "i")}
    weekdays |= {name.removesuffix("a") for name in latvian.values()}
    names = weekdays | {name.casefold() for name in english.values()}
    return _YEAR_WORDS | _ORDINALS | names


def _unmarked(name: str) -> str:
    return normalized("NFKD", name).encode("ascii", "ignore").decode()


# ----------------------------------------------------------------- identifiers

_TELEPHONE = re.compile(r"\+?[0-9().+/-]{3,40}")


def telephone(typed: str) -> str:
    """A telephone number in international form (E.164); without a country code it is Latvian."""
    written = _MINUS.sub("-", compact(typed))
    if not written:
        return ""
    try:
        found = phonenumbers.parse(written, "LV") if _TELEPHONE.fullmatch(written) else None
    except phonenumbers.NumberParseException:
        found = None
    if found is None or not phonenumbers.is_possible_number(found):
        raise Unreadable(Code.NOT_A_TELEPHONE)
    return str(phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164))


def account(typed: str) -> str:
    """A bank account's number (IBAN, ISO 13616) with its check digits, without spaces."""
    written = compact(typed)
    try:
        return str(iban.validate(bounded(written, GRAMMAR))) if written else ""
    except NumberError:
        raise Unreadable(Code.NOT_AN_ACCOUNT) from None


def registration_number(typed: str) -> str:
    """An organisation's registration number in Latvia: eleven digits with a check digit."""
    written = compact(typed)
    if not written:
        return ""
    try:
        digits = str(pvn.validate(bounded(written, GRAMMAR)))
    except NumberError:
        raise Unreadable(Code.NOT_REGISTERED) from None
    if digits[0] in "0123":
        raise Unreadable(Code.OF_A_PERSON)
    return digits


# ------------------------------------------------------------------- passwords

LONGEST_PASSWORD = 200  # characters; longer ones would make hashing expensive
_MOST_PARTS = 4  # marks from which letters are composed


def password(typed: str) -> str:
    """A password in the form that is hashed: RFC 8265, OpaqueString, independent of the keyboard.

    Spaces at the edges are kept. Raises Unreadable for controls and invisible characters.
    """
    if len(typed) > _MOST_PARTS * LONGEST_PASSWORD:
        raise Unreadable(Code.TOO_LONG, limit=LONGEST_PASSWORD)
    try:
        return str(_opaque().enforce(normalized("NFC", typed))) if typed else ""
    except UnicodeEncodeError:
        raise Unreadable(Code.PASSWORD_SIGNS) from None


@cache
def _opaque() -> Any:
    return get_profile("OpaqueString")
