"""How dates, times, money and numbers read in the language of the page. Times are Riga's."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

import phonenumbers
from babel.dates import format_date
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

from portal.core import clock
from portal.core.normal import normalized
from portal.core.periods import in_time

T = TypeVar("T")

NBSP = "\N{NO-BREAK SPACE}"
# What a line must not break behind, as people type it; in the catalogue a placeholder stands for
# the figure.
_TOGETHER = re.compile(
    r"""
    (?<!\w)(?:(?:Nr|plkst)\.[ ](?=[\d%{])|No\.?[ ](?=\d))  # Nr. 460, plkst. 17.00
    | (?:\d|\)[sd]|\})\.[ ](?=[a-zāčēģīķļņšūž])           # 12. klase
    | \d[ ](?=\d{3}(?!\d))                               # 4 600
    | (?:\d|\)[sd])[ ](?=€|%(?!\())                      # 150 €, 40 %
    """,
    re.VERBOSE,
)
KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE

# Latvian says "on Tuesday, 14 April" in the locative and "until Tuesday, 14 April" in the dative;
# CLDR has neither.
_WEEKDAYS = ("pirmdien", "otrdien", "trešdien", "ceturtdien", "piektdien", "sestdien", "svētdien")
_FIRST_DECLENSION = {3: "mart", 5: "maij", 6: "jūnij", 7: "jūlij", 8: "august"}  # martā, martam
_SECOND_DECLENSION = {  # aprīlī, aprīlim
    **{1: "janvār", 2: "februār", 4: "aprīl", 9: "septembr"},
    **{10: "oktobr", 11: "novembr", 12: "decembr"},
}


def _language() -> str:
    locale = get_locale()
    return "lv" if locale is None else locale.language


def _in_riga(value: date | datetime) -> date:
    return value.astimezone(clock.RIGA) if isinstance(value, datetime) else value


def _day(value: date, *, dative: bool = False) -> str:
    year = "" if value.year == clock.today().year else str(value.year)
    if _language() == "en":
        return format_date(value, "EEEE d MMMM y" if year else "EEEE d MMMM", locale="en")
    name = _WEEKDAYS[value.weekday()] + ("ai" if dative else "")
    parts = [f"{year}. gada" if year else "", f"{value.day}.", _month(value.month, dative=dative)]
    return f"{name}, {NBSP.join(part for part in parts if part)}"


def _month(month: int, *, dative: bool = False) -> str:
    if month in _FIRST_DECLENSION:
        return _FIRST_DECLENSION[month] + ("am" if dative else "ā")
    return _SECOND_DECLENSION[month] + ("im" if dative else "ī")


def day(value: date | datetime) -> str:
    """On which day: "otrdien, 14. aprīlī"; with the year where it is not this one."""
    return _day(_as_date(value))


def until_day(value: date | datetime) -> str:
    """The day after the word *līdz*: "otrdienai, 14. aprīlim"."""
    return _day(_as_date(value), dative=True)


def is_over(value: date | datetime) -> bool:
    """Whether a day has passed, to its end."""
    return clock.today() > _as_date(value)


def instant(value: datetime) -> str:
    """When exactly, for reading: "otrdien, 14. aprīlī, 23.59"."""
    return f"{day(value)}, {clocktime(value)}"


def until(value: datetime) -> str:
    """The instant after the word *līdz*: "otrdienai, 14. aprīlim, 23.59"."""
    return f"{until_day(value)}, {clocktime(value)}"


def written_date(value: date | datetime) -> str:
    """The whole date as letters and minutes begin: "2020. gada 14. aprīlī", 14 April 2020."""
    shown = _as_date(value)
    if _language() == "en":
        return format_date(shown, "d MMMM y", locale="en").replace(" ", NBSP)
    return f"{shown.year}. gada {shown.day}. {_month(shown.month)}".replace(" ", NBSP)


def short_date(value: date | datetime) -> str:
    """The date for tables and records: 14.04.2020. in Latvian, 14 Apr 2020 in English."""
    shown = _as_date(value)
    if _language() == "en":
        return f"{shown.day}{NBSP}{shown:%b}{NBSP}{shown.year}"
    return f"{shown:%d.%m}.{shown.year:04d}."


def short_instant(value: datetime) -> str:
    """The date and the minute for tables and records: 14.04.2020. 23.59."""
    return f"{short_date(value)} {clocktime(value)}"


def exact_instant(value: datetime) -> str:
    """To the second, for receipts: 14.04.2020. 16.59.41."""
    return f"{short_date(value)} {clocktime(value, seconds=True)}"


def clocktime(value: datetime | time, *, seconds: bool = False) -> str:
    """The hour and minute: 23.59 in Latvian, 23:59 in English."""
    shown = value.astimezone(clock.RIGA).timetz() if isinstance(value, datetime) else value
    colon = ":" if _language() == "en" else "."
    parts = [shown.hour, shown.minute, shown.second] if seconds else [shown.hour, shown.minute]
    return colon.join(f"{part:02d}" for part in parts)


def moment(value: datetime) -> str:
    """Something that has just happened, or not: its hour today, otherwise the day as well."""
    today = _as_date(value) == clock.today()
    return clocktime(value) if today else short_instant(value)


def isoformat(value: date | datetime) -> str:
    """For the datetime attribute of <time>."""
    return _in_riga(value).isoformat()


def _as_date(value: date | datetime) -> date:
    shown = _in_riga(value)
    return shown.date() if isinstance(shown, datetime) else shown


# ------------------------------------------------------------------- durations


def duration(length: timedelta) -> str:
    """How long, in its two largest units: "3 dienas 4 stundas", "12 minūtes". Never negative."""
    minutes = max(int(length.total_seconds()) // 60, 0)
    days, hours = divmod(minutes // 60, 24)
    parts = []
    if days:
        parts.append(ngettext("%(num)d day", "%(num)d days", days))
    if hours and days < 14:
        parts.append(ngettext("%(num)d hour", "%(num)d hours", hours))
    if minutes % 60 and not days:
        parts.append(ngettext("%(num)d minute", "%(num)d minutes", minutes % 60))
    return " ".join(part.replace(" ", NBSP) for part in parts) or _("less than a minute")


def remaining(deadline: datetime) -> str:
    """What is left until `deadline`: "vēl 3 dienas 4 stundas", or that it has passed."""
    if not in_time(deadline, clock.now()):
        return str(_("the deadline has passed"))
    return str(_("%(time)s left", time=duration(deadline - clock.now())))


def pressing(deadline: datetime) -> bool:
    """Whether less than a day is left until `deadline`, and it has not passed."""
    now = clock.now()
    return in_time(deadline, now) and not in_time(deadline, now + timedelta(days=1))


def waiting(since: datetime) -> str:
    """How long something has waited, in days: "gaida 3 dienas", or today."""
    days = (clock.today() - _as_date(since)).days
    if days <= 0:
        return str(_("today"))
    text: str = ngettext("waiting %(num)d day", "waiting %(num)d days", days)
    return text.replace(" ", NBSP)


# --------------------------------------------------------------------- numbers


def _decimal(value: int | Decimal | Fraction, places: int) -> str:
    """Rounded half up to `places`, exactly, with the language's separators."""
    scaled = Fraction(value) * 10**places
    whole = int(abs(scaled) + Fraction(1, 2))
    digits = f"{whole:0{places + 1}d}"
    head, tail = (digits[:-places], digits[-places:]) if places else (digits, "")
    english = _language() == "en"
    grouped = f"{int(head):,}".replace(",", "," if english else NBSP)
    sign = "\N{MINUS SIGN}" if scaled < 0 and whole else ""
    return sign + grouped + (("." if english else ",") + tail if tail else "")


def money(cents: int) -> str:
    """An amount given in cents: "4 600 €", with cents where they are not nought: "1 533,33 €"."""
    text = _decimal(cents // 100, 0) if cents % 100 == 0 else _decimal(Fraction(cents, 100), 2)
    if _language() == "en":
        return f"\N{MINUS SIGN}€{text[1:]}" if text.startswith("\N{MINUS SIGN}") else f"€{text}"
    return f"{text}{NBSP}€"


def points(value: int | Decimal | Fraction | None, places: int = 2) -> str:
    """Points of a score: "43,70"; a dash where there are none yet."""
    return "–" if value is None else _decimal(value, places)


def number(value: int | Decimal | Fraction | None) -> str:
    """A number as it is, with the language's separators: "1 204", "0,5"; a dash for none."""
    if value is None:
        return "–"
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    exponent = Decimal(value).normalize().as_tuple().exponent
    return _decimal(value, max(-exponent, 0) if isinstance(exponent, int) else 0)


def percent(share: Fraction | Decimal, places: int = 0) -> str:
    """A share as percentages: "58 %"."""
    text = _decimal(Fraction(share) * 100, places)
    return f"{text}%" if _language() == "en" else f"{text}{NBSP}%"


def filesize(size: int) -> str:
    """The size of a file: "412 kB", "1,2 MB".

    Units are of 1,024, as the limits of uploads count them, and parts are rounded up: a file just
    over a limit never reads as the limit.
    """
    if size < KILOBYTE:
        return f"{size}{NBSP}B"
    kilobytes = -(-size // KILOBYTE)
    if kilobytes < 1000:
        return f"{kilobytes}{NBSP}kB"
    return f"{number(Decimal(-(-size * 10 // MEGABYTE)) / 10)}{NBSP}MB"


def grouped(text: str) -> list[str]:
    """A seal or account number in groups of four, to be read aloud."""
    return [text[start : start + 4] for start in range(0, len(text), 4)]


def telephone(number: str) -> str:
    """A telephone number as it is read: "+371 29 123 456"; kept is +37129123456."""
    try:
        found = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return str(
        phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    ).replace(" ", NBSP)


def unbroken(text: str) -> str:
    """A text with no-break spaces where a figure belongs to its word: „Nr. 460”, "150 €"."""
    return _TOGETHER.sub(lambda found: found.group()[:-1] + NBSP, text)


def paragraphs(text: str) -> Markup:
    """A typed text as HTML: a blank line parts paragraphs, a line break stays one."""
    blocks = [
        block.strip("\n") for block in re.split(r"\n[ \t]*\n", unbroken(str(text))) if block.strip()
    ]
    return Markup("").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(block.split("\n"))) for block in blocks
    )


# -------------------------------------------------------- sorting and searching

# The Latvian alphabet. A long vowel differs from its short one only where all else is equal,
# and so does y from i.
_ALPHABET = "abcčdefgģhijkķlļmnņopqrŗsštuvwxzž"
_PLACE = {letter: index for index, letter in enumerate(_ALPHABET)}
_SECOND = {"ā": "a", "ē": "e", "ī": "i", "ō": "o", "ū": "u", "y": "i"}
_PLAIN = str.maketrans("łøđ", "lod")  # whose strokes Unicode does not part from the letter
_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"


def sort_key(name: str) -> str:
    """A text by which names sort as in the Latvian alphabet, compared sign by sign.

    Case does not count, nor do quotation marks and other signs. Made of 0-9 and a-z only:
    two signs a letter for the alphabet, then one a letter for the long vowels.
    """
    first: list[str] = []
    second: list[str] = []
    for letter in normalized("NFC", name).casefold():
        for sign, long in _signs(letter):
            if sign == "10" and (not first or first[-1] == "10"):
                continue
            first.append(sign)
            second.append(long)
    while first and first[-1] == "10":
        first.pop()
    return "".join(first) + "00" + "".join(second[: len(first)])


def alphabetically(things: Iterable[T], name: Callable[[T], object]) -> list[T]:
    """The things in the order of the Latvian alphabet, by what `name` calls each."""
    return sorted(things, key=lambda one: sort_key(str(name(one))))


def folded(text: str) -> str:
    """A text as it is searched: small letters without diacritics, "āboliņš" as "abolins"."""
    plain = normalized("NFKD", text).casefold()
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).translate(_PLAIN)


def _signs(letter: str) -> list[tuple[str, str]]:
    """The sort signs of one character: none for quotation marks, several for a ligature."""
    if letter in _SECOND:
        return [(_sign(_SECOND[letter]), "1")]
    if letter in _PLACE or letter.isascii():
        return [(_sign(letter), "0")] if letter.isalnum() or letter in " -/" else []
    plain = [
        part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part)
    ]
    if plain and plain != [letter]:
        return [(sign, "2") for part in plain for sign, _long in _signs(part)]
    return [(_sign(letter), "0")] if letter.isalnum() else []


def _sign(letter: str) -> str:
    if letter in _PLACE:
        high, low = divmod(_PLACE[letter], 18)
        return _BASE36[10 + high] + _BASE36[low * 2]
    if letter.isascii():
        return f"2{letter}" if letter.isdigit() else "10"
    rest, digits = ord(letter), ""
    for _place in range(4):
        rest, digit = divmod(rest, 36)
        digits = _BASE36[digit] + digits
    return "z" + digits + "z"


FILTERS: dict[str, Callable[..., Any]] = {
    "clocktime": clocktime,
    "day": day,
    "duration": duration,
    "exact_instant": exact_instant,
    "filesize": filesize,
    "grouped": grouped,
    "instant": instant,
    "isoformat": isoformat,
    "moment": moment,
    "money": money,
    "number": number,
    "paragraphs": paragraphs,
    "percent": percent,
    "points": points,
    "pressing": pressing,
    "remaining": remaining,
    "short_date": short_date,
    "short_instant": short_instant,
    "telephone": telephone,
    "until": until,
    "until_day": until_day,
    "is_over": is_over,
    "waiting": waiting,
}
