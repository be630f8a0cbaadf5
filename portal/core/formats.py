"""Formats of dates, times, money and numbers in the language of the page. Times are Riga's."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cache
from typing import Any, ClassVar, TypeVar

import phonenumbers
from babel import Locale
from babel.dates import format_date
from babel.numbers import NumberPattern
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from portal.core import clock, languages
from portal.core.normalization import normalized
from portal.core.periods import in_time

T = TypeVar("T")

NBSP = "\N{NO-BREAK SPACE}"
# Typed texts between which no line break is allowed; a placeholder stands for the figure.
_TOGETHER = re.compile(
    r"""
    (?<!\w)(?:(?:Nr|plkst)\.[ ](?=[\d%{])|No\.?[ ](?=\d))  # Nr. 460, plkst. 17.00
    | (?:\d|\)[sd]|\})\.[ ](?=[a-zāčēģīķļņšūž])           # 12. klase
    | \d[ ](?=\d{3}(?!\d))                               # 4 600
    | (?:\d|\)[sd])[ ](?=€|%(?!\())                      # 150 €, 40 %
    """,
    re.VERBOSE,
)
# A range of ordinals, which a line may end in after the dash: 1.–4. kurss.
_RANGE = re.compile(r"(?<=\d)(\.?–)(?=\d)")
_CODE = re.compile(r"\b[^\W\d_]+(?:-\d+)+\b")  # of competitions and applications: LIE-2026-2-001
KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE


class _Usual:
    """Formats of a language, by CLDR."""

    time = ":"  # between hours, minutes and seconds
    money = percent = ""  # patterns; CLDR's unless the language has its own

    def __init__(self, language: str) -> None:
        self.locale = Locale(language)
        symbols = self.locale.number_symbols["latn"]
        self.decimal = str(symbols["decimal"])
        self.group = str(symbols["group"])
        self.money = self.money or _pattern(self.locale.currency_formats["standard"], "€")
        self.percent = self.percent or _pattern(self.locale.percent_formats[None], "%")

    def on(self, day: date, *, year: bool) -> str:
        """A day with its weekday."""
        return str(format_date(day, "EEEE d MMMM y" if year else "EEEE d MMMM", self.locale))

    def until(self, day: date, *, year: bool) -> str:
        """The same after the word *until*."""
        return self.on(day, year=year)

    def written(self, day: date) -> str:
        """A date as at the top of letters."""
        return str(format_date(day, "d MMMM y", self.locale))

    def short(self, day: date) -> str:
        """A day in tables and records."""
        return str(format_date(day, "d MMM y", self.locale))


def _pattern(cldr: NumberPattern, unit: str) -> str:
    """CLDR's pattern of a unit, "{}€" or "€{}", with a no-break space."""
    before, after = (one.replace("¤", unit) for one in (cldr.prefix[0], cldr.suffix[0]))
    return f"{before}{{}}{after}".replace(" ", NBSP)


class _Latvian(_Usual):
    """Latvian has "on Tuesday, 14 April" in the locative and "until …" in the dative, which CLDR
    lacks."""

    time = "."
    money, percent = f"{{}}{NBSP}€", f"{{}}{NBSP}%"

    _weekdays = ("pirmdien", "otrdien", "trešdien", "ceturtdien", "piektdien", "sestdien")
    _first_declension: ClassVar[dict[int, str]] = {  # martā, martam
        **{3: "mart", 5: "maij", 6: "jūnij", 7: "jūlij", 8: "august"}
    }
    _second_declension: ClassVar[dict[int, str]] = {  # aprīlī, aprīlim
        **{1: "janvār", 2: "februār", 4: "aprīl", 9: "septembr"},
        **{10: "oktobr", 11: "novembr", 12: "decembr"},
    }

    def on(self, day: date, *, year: bool) -> str:
        return self._day(day, "", self._month(day, "ā", "ī"), year=year)

    def until(self, day: date, *, year: bool) -> str:
        return self._day(day, "ai", self._month(day, "am", "im"), year=year)

    def written(self, day: date) -> str:
        return f"{day.year}. gada {day.day}. {self._month(day, 'ā', 'ī')}"

    def short(self, day: date) -> str:
        return f"{day:%d.%m}.{day.year:04d}."

    def _day(self, day: date, ending: str, month: str, *, year: bool) -> str:
        parts = [f"{day.year}. gada"] if year else []
        weekday = (*self._weekdays, "svētdien")[day.weekday()] + ending
        return f"{weekday}, {NBSP.join([*parts, f'{day.day}.', month])}"

    def _month(self, day: date, first: str, second: str) -> str:
        if day.month in self._first_declension:
            return self._first_declension[day.month] + first
        return self._second_declension[day.month] + second


@cache
def _writing_of(language: str) -> _Usual:
    return _Latvian(language) if language == "lv" else _Usual(language)


def _writing() -> _Usual:
    return _writing_of(languages.current())


def _in_riga(value: date | datetime) -> date:
    return value.astimezone(clock.RIGA) if isinstance(value, datetime) else value


def _with_year(day: date) -> bool:
    return day.year != clock.today().year


def day(value: date | datetime) -> str:
    """On a day: "otrdien, 14. aprīlī"; with the year if it is not this one."""
    shown = _as_date(value)
    return _writing().on(shown, year=_with_year(shown))


def until_day(value: date | datetime) -> str:
    """The day after the word *līdz*: "otrdienai, 14. aprīlim"."""
    shown = _as_date(value)
    return _writing().until(shown, year=_with_year(shown))


def is_over(value: date | datetime) -> bool:
    """Whether the whole day has passed."""
    return clock.today() > _as_date(value)


def instant(value: datetime) -> str:
    """An exact time for running text: "otrdien, 14. aprīlī, 23.59"."""
    return f"{day(value)}, {clocktime(value)}"


def until(value: datetime) -> str:
    """The instant after the word *līdz*: "otrdienai, 14. aprīlim, 23.59"."""
    return f"{until_day(value)}, {clocktime(value)}"


def written_date(value: date | datetime) -> str:
    """The date as in letters and minutes: "2020. gada 14. aprīlī", 14 April 2020."""
    return _writing().written(_as_date(value)).replace(" ", NBSP)


def short_date(value: date | datetime) -> str:
    """The date for tables and records: 14.04.2020. in Latvian, 14 Apr 2020 in English."""
    return _writing().short(_as_date(value)).replace(" ", NBSP)


def short_instant(value: datetime) -> str:
    """The date and the minute for tables and records: 14.04.2020. 23.59."""
    return f"{short_date(value)} {clocktime(value)}"


def exact_instant(value: datetime) -> str:
    """To the second, for receipts: 14.04.2020. 16.59.41."""
    return f"{short_date(value)} {clocktime(value, seconds=True)}"


def clocktime(value: datetime | time, *, seconds: bool = False) -> str:
    """The hour and minute: 23.59 in Latvian, 23:59 in English."""
    shown = value.astimezone(clock.RIGA).timetz() if isinstance(value, datetime) else value
    parts = [shown.hour, shown.minute, shown.second] if seconds else [shown.hour, shown.minute]
    return _writing().time.join(f"{part:02d}" for part in parts)


def moment(value: datetime) -> str:
    """A recent time: today's with the hour only, others with the day."""
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
    """A duration in its two largest units: "3 dienas 4 stundas", "12 minūtes". Never negative."""
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
    """The time left until `deadline`: "vēl 3 dienas 4 stundas", or that it has passed."""
    if not in_time(deadline, clock.now()):
        return str(_("the deadline has passed"))
    return str(_("%(time)s left", time=duration(deadline - clock.now())))


def pressing(deadline: datetime) -> bool:
    """Whether `deadline` is less than a day away."""
    now = clock.now()
    return in_time(deadline, now) and not in_time(deadline, now + timedelta(days=1))


def waiting(since: datetime) -> str:
    """The days since an instant: "gaida 3 dienas", or today."""
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
    writing = _writing()
    grouped = f"{int(head):,}".replace(",", writing.group)
    sign = "\N{MINUS SIGN}" if scaled < 0 and whole else ""
    return sign + grouped + (writing.decimal + tail if tail else "")


def money(cents: int) -> str:
    """An amount given in cents: "4 600 €"; with cents if they are not zero: "1 533,33 €"."""
    text = _decimal(cents // 100, 0) if cents % 100 == 0 else _decimal(Fraction(cents, 100), 2)
    sign = "\N{MINUS SIGN}" if text.startswith("\N{MINUS SIGN}") else ""
    return sign + _writing().money.format(text.removeprefix(sign))


def points(value: int | Decimal | Fraction | None, places: int = 2) -> str:
    """Points of a score: "43,70"; a dash for None."""
    return "–" if value is None else _decimal(value, places)


def number(value: int | Decimal | Fraction | None) -> str:
    """A number with the language's separators: "1 204", "0,5"; a dash for None."""
    if value is None:
        return "–"
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    exponent = Decimal(value).normalize().as_tuple().exponent
    return _decimal(value, max(-exponent, 0) if isinstance(exponent, int) else 0)


def figure(plain: int | str) -> str:
    """A stored number in the language's format; other text is unchanged."""
    with suppress(InvalidOperation):
        return number(Decimal(plain))
    return str(plain)


def percent(share: Fraction | Decimal, places: int = 0) -> str:
    """A share as a percentage: "58 %"."""
    text = _decimal(Fraction(share) * 100, places)
    return _writing().percent.format(text)


def filesize(size: int) -> str:
    """The size of a file: "412 kB", "1,2 MB".

    Units are of 1,024, as in the limits of uploads, and rounded up: a file just over a limit is
    never shown as the limit.
    """
    if size < KILOBYTE:
        return f"{size}{NBSP}B"
    kilobytes = -(-size // KILOBYTE)
    if kilobytes < 1000:
        return f"{kilobytes}{NBSP}kB"
    return f"{number(Decimal(-(-size * 10 // MEGABYTE)) / 10)}{NBSP}MB"


def grouped(text: str) -> list[str]:
    """A seal or account number in groups of four characters."""
    return [text[start : start + 4] for start in range(0, len(text), 4)]


def telephone(number: str) -> str:
    """A telephone number for reading: "+371 29 123 456" of +37129123456."""
    try:
        found = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return str(
        phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    ).replace(" ", NBSP)


def unbroken(text: str) -> str:
    """A text with no-break spaces between figures and their words: „Nr. 460”, "150 €". Ranges of
    figures do not break after their dash either: "1.–4. kurss"."""
    kept = _TOGETHER.sub(lambda found: found.group()[:-1] + NBSP, text)
    return _RANGE.sub("\\1\N{WORD JOINER}", kept)


def codes(text: object) -> str:
    """A plain text as HTML in which no code, such as LIE-2026-2-001, breaks at its hyphens."""
    if hasattr(text, "__html__"):
        return escape(text)
    kept = '<span class="asns-nowrap">{}</span>'
    said = escape(str(text))
    return Markup(_CODE.sub(lambda found: kept.format(found.group()), said))  # noqa: S704 - escaped


def paragraphs(text: str) -> Markup:
    """A typed text as HTML: a blank line separates paragraphs, a line break becomes <br>."""
    blocks = [block.strip("\n") for block in re.split(r"\n[ \t]*\n", str(text)) if block.strip()]
    return Markup("").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(block.split("\n"))) for block in blocks
    )


# -------------------------------------------------------- sorting and searching

# The Latvian alphabet. A long vowel differs from its short one only as a tie-break, and so does y
# from i.
_ALPHABET = "abcčdefgģhijkķlļmnņopqrŗsštuvwxzž"
_PLACE = {letter: index for index, letter in enumerate(_ALPHABET)}
_SECOND = {"ā": "a", "ē": "e", "ī": "i", "ō": "o", "ū": "u", "y": "i"}
_PLAIN = str.maketrans("łøđ", "lod")  # their strokes are not separated by Unicode decomposition
_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"


def sort_key(name: str) -> str:
    """A sort key in the order of the Latvian alphabet, compared bytewise.

    Case, quotation marks and other signs are ignored. Consists of 0-9 and a-z: two characters per
    letter for the alphabet, then one per letter for vowel length.
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
    """The things in Latvian alphabetical order of `name(thing)`."""
    return sorted(things, key=lambda one: sort_key(str(name(one))))


def folded(text: str) -> str:
    """A text for searching: lower case without diacritics, "āboliņš" as "abolins"."""
    plain = normalized("NFKD", text).casefold()
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).translate(_PLAIN)


def _signs(letter: str) -> list[tuple[str, str]]:
    """The sort characters of one character: none for quotation marks, several for a ligature."""
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
    "codes": codes,
    "day": day,
    "duration": duration,
    "exact_instant": exact_instant,
    "figure": figure,
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
