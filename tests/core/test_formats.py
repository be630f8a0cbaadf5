"""How dates, money and numbers read."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from portal.core import clock, formats
from portal.core.db import Words
from tests.conftest import NOW

DEADLINE = datetime(2026, 4, 14, 20, 59, 59, tzinfo=UTC)


def plain(text: str) -> str:
    """With ordinary spaces, to compare."""
    return text.replace(formats.NBSP, " ")


@pytest.fixture(autouse=True)
def latvian(application: Flask) -> Iterator[None]:
    with application.test_request_context():
        yield


@pytest.mark.parametrize(
    ("moment", "read", "after_until"),
    [
        (DEADLINE, "otrdien, 14. aprīlī, 23.59", "otrdienai, 14. aprīlim, 23.59"),
        (
            datetime(2020, 3, 31, 21, 0, tzinfo=UTC),
            "trešdien, 2020. gada 1. aprīlī, 00.00",
            "trešdienai, 2020. gada 1. aprīlim, 00.00",
        ),
        (
            datetime(2026, 8, 1, 9, 5, tzinfo=UTC),
            "sestdien, 1. augustā, 12.05",
            "sestdienai, 1. augustam, 12.05",
        ),
        (
            datetime(2026, 6, 7, 9, 0, tzinfo=UTC),
            "svētdien, 7. jūnijā, 12.00",
            "svētdienai, 7. jūnijam, 12.00",
        ),
    ],
)
def test_an_instant_has_its_weekday_and_hour_in_riga(
    moment: datetime, read: str, after_until: str
) -> None:
    assert plain(formats.instant(moment)) == read
    assert plain(formats.until(moment)) == after_until


def test_every_day_of_two_years_can_be_said_both_ways() -> None:
    for ordinal in range(date(2026, 1, 1).toordinal(), date(2028, 1, 1).toordinal()):
        day = date.fromordinal(ordinal)
        weekday = formats.day(day).split(",")[0]
        assert weekday.endswith("dien")
        assert formats.until_day(day).split(",")[0] == weekday + "ai"
        assert formats.day(day)[-1] in "āī"
        assert formats.until_day(day).endswith(("am", "im"))


def test_records_have_short_dates() -> None:
    assert formats.short_date(date(2020, 4, 14)) == "14.04.2020."
    assert plain(formats.short_instant(DEADLINE)) == "14.04.2026. 23.59"
    assert plain(formats.exact_instant(DEADLINE)) == "14.04.2026. 23.59.59"
    assert formats.isoformat(DEADLINE) == "2026-04-14T23:59:59+03:00"


def test_the_same_in_english() -> None:
    with force_locale("en"):
        assert formats.instant(DEADLINE) == "Tuesday 14 April, 23:59"
        assert formats.until_day(date(2020, 4, 14)) == "Tuesday 14 April 2020"
        assert plain(formats.short_date(date(2020, 4, 14))) == "14 Apr 2020"
        assert formats.money(460_050) == "€4,600.50"
        assert formats.points(Fraction(437, 10)) == "43.70"
        assert formats.percent(Fraction(58, 100)) == "58%"


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=3, hours=4, minutes=59), "vēl 3 dienas 4 stundas"),
        (timedelta(days=21, hours=4), "vēl 21 diena"),
        (timedelta(days=1), "vēl 1 diena"),
        (timedelta(hours=1, minutes=1), "vēl 1 stunda 1 minūte"),
        (timedelta(minutes=59, seconds=59), "vēl 59 minūtes"),
        (timedelta(seconds=59), "vēl mazāk par minūti"),
        (timedelta(0), "vēl mazāk par minūti"),
        (timedelta(seconds=-1), "termiņš beidzies"),
    ],
)
def test_what_is_left_until_a_deadline(left: timedelta, words: str) -> None:
    assert plain(formats.remaining(NOW + left)) == words


def test_what_happened_today_has_its_hour_and_else_its_day() -> None:
    assert formats.moment(clock.now()) == formats.clocktime(clock.now())
    yesterday = clock.now() - timedelta(days=1)
    assert formats.moment(yesterday) == formats.short_instant(yesterday)


def test_how_long_something_waits_is_counted_in_days_of_riga() -> None:
    assert formats.waiting(NOW) == "šodien"
    assert plain(formats.waiting(NOW - timedelta(days=1))) == "gaida 1 dienu"
    assert plain(formats.waiting(NOW - timedelta(days=3))) == "gaida 3 dienas"
    with clock.at(datetime(2026, 11, 20, 22, 30, tzinfo=UTC)):  # half past midnight in Riga
        assert plain(formats.waiting(NOW)) == "gaida 1 dienu"


@pytest.mark.parametrize(
    ("cents", "text"),
    [
        (0, "0 €"),
        (460_000, "4 600 €"),
        (153_333, "1 533,33 €"),
        (5, "0,05 €"),
        (-92_000, "−920 €"),
        (123_456_789_00, "123 456 789 €"),
    ],
)
def test_money_has_cents_only_where_there_are_some(cents: int, text: str) -> None:
    assert plain(formats.money(cents)) == text


def test_points_are_exact_and_round_half_up() -> None:
    assert formats.points(Fraction(437, 10)) == "43,70"
    assert formats.points(Fraction(1, 3)) == "0,33"
    assert formats.points(Decimal("2.005")) == "2,01"
    assert formats.points(None) == "–"


def test_numbers_keep_their_decimals() -> None:
    assert formats.number(Decimal("2.50")) == "2,5"
    assert formats.number(Decimal(100)) == "100"
    assert formats.number(Fraction(39, 2)) == "19,5"
    assert plain(formats.number(1204)) == "1 204"


@given(st.integers(-(10**12), 10**12))
def test_money_reads_back_as_what_it_was(cents: int) -> None:
    text = formats.money(cents).removesuffix("€").replace(formats.NBSP, "").replace(",", ".")
    assert int(Decimal(text.replace("\N{MINUS SIGN}", "-")) * 100) == cents


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1025, "2 kB"),
        (421_800, "412 kB"),
        (1024 * 1024 - 1, "1 MB"),
        (25 * 1024 * 1024, "25 MB"),
        (25 * 1024 * 1024 + 1, "25,1 MB"),
    ],
)
def test_sizes_of_files(size: int, text: str) -> None:
    assert plain(formats.filesize(size)) == text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Noteikumi Nr. 460", "Noteikumi Nr.~460"),
        ("Cabinet Regulation No 460", "Cabinet Regulation No~460"),
        ("150 € vai 4 600 €, 40 %", "150~€ vai 4~600~€, 40~%"),
        ("5.–12. klase plkst. 17.00", "5.–\u206012.~klase plkst.~17.00"),
        ("2020. gada 14. aprīlī. Tad 3 dienas", "2020.~gada 14.~aprīlī. Tad 3 dienas"),
    ],
)
def test_a_figure_stays_on_the_line_of_its_word(typed: str, kept: str) -> None:
    assert formats.unbroken(typed).replace(formats.NBSP, "~") == kept
    assert formats.paragraphs(typed) == f"<p>{typed}</p>", "an answer stays as it was typed"
    assert Words(typed).__html__() == formats.unbroken(typed)


def test_a_code_does_not_break_at_its_hyphens() -> None:
    kept = '<span class="asns-nowrap">{}</span>'
    assert formats.codes("<b> LIE-2026-2 & LIE-2026-2-001") == (
        f"&lt;b&gt; {kept.format('LIE-2026-2')} &amp; {kept.format('LIE-2026-2-001')}"
    )
    assert formats.codes(Markup("<b>A-1</b>")) == "<b>A-1</b>"


def test_paragraphs_keep_line_breaks_and_escape_markup() -> None:
    assert formats.paragraphs("a\nb\n\n\n<b>") == "<p>a<br>b</p><p>&lt;b&gt;</p>"
    assert formats.paragraphs("  \n\n") == ""


NAMES = ["Aina", "Āra", "Cēsis", "Čaks", "Gulbis", "Ģederts", "Ieva", "Jānis", "Kalns", "Ķekava"]
NAMES += ["Liepa", "Ļaudona", "Nīca", "Ņina", "Saule", "Šķēde", "Zeme", "Žanis", "Боря"]


def test_names_sort_by_the_latvian_alphabet() -> None:
    backwards = NAMES[::-1]
    assert sorted(backwards, key=formats.sort_key) == NAMES


def test_length_of_vowels_counts_only_where_all_else_is_equal() -> None:
    assert sorted(["kāzas", "kaza", "kāza", "kazas"], key=formats.sort_key) == [
        "kaza",
        "kāza",
        "kazas",
        "kāzas",
    ]


def test_case_quotation_marks_and_outer_spaces_do_not_count_in_sorting() -> None:
    assert formats.sort_key("„Ķēde”") == formats.sort_key(" ķēde ")
    assert formats.sort_key("Jūrmalas vējš") != formats.sort_key("Jūrmalasvējš")


@given(st.text(max_size=40))
def test_a_sort_key_is_of_small_letters_and_digits(name: str) -> None:
    key = formats.sort_key(name)
    assert key.isascii()
    assert not key or (key.isalnum() and key == key.lower())
