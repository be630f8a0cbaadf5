"""The pure rules of accounts."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.accounts.rules import Limit, Tries, device_of, digest, is_own_path, spend
from portal.core.accounts.throttle import PASSWORD, SIGN_INS_OF_ADDRESS

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
gaps = st.lists(st.integers(0, 1200).map(lambda seconds: timedelta(seconds=seconds)), max_size=60)


def play(limit: Limit, waits: list[timedelta]) -> list[tuple[datetime, Tries]]:
    """Try again and again, `waits` apart, as soon as it is allowed."""
    now, tries, seen = START, Tries(0, START), []
    for wait in waits:
        now += wait
        if tries.blocked_until and now < tries.blocked_until:
            now = tries.blocked_until
        tries = spend(limit, tries, now)
        seen.append((now, tries))
    return seen


@given(gaps)
def test_no_quarter_of_an_hour_sees_more_than_nine_passwords(waits: list[timedelta]) -> None:
    times = [at for at, _ in play(PASSWORD, waits)]
    for first in times:
        window = [at for at in times if first <= at < first + timedelta(minutes=15)]
        assert len(window) <= 9


def test_the_wait_for_a_password_doubles_up_to_a_quarter_of_an_hour() -> None:
    waits = [
        tries.blocked_until - at if tries.blocked_until else None
        for at, tries in play(PASSWORD, [timedelta(0)] * 10)
    ]
    minutes = [None] * 4 + [1, 2, 4, 8, 15, 15]
    assert waits == [m if m is None else timedelta(minutes=m) for m in minutes]


def test_after_a_quiet_quarter_of_an_hour_tries_are_forgotten() -> None:
    (_, tries) = play(PASSWORD, [timedelta(0)] * 6)[-1]
    assert tries.blocked_until
    assert spend(PASSWORD, tries, tries.blocked_until + timedelta(minutes=15)).count == 1


@given(gaps)
def test_an_address_is_never_held_up_for_longer_than_its_window(waits: list[timedelta]) -> None:
    for at, tries in play(Limit("x", 3, timedelta(minutes=15)), waits):
        assert tries.blocked_until is None or tries.blocked_until - at <= timedelta(minutes=15)


def test_a_school_signs_in_at_once() -> None:
    assert not any(
        tries.blocked_until for _, tries in play(SIGN_INS_OF_ADDRESS, [timedelta(0)] * 199)
    )
    (_, last) = play(SIGN_INS_OF_ADDRESS, [timedelta(0)] * 200)[-1]
    assert last.blocked_until == START + timedelta(minutes=15)


@pytest.mark.parametrize(
    "address", ["/", "/my/applications?x=1", "/competitions/liepaja-2020#docs", "/a:b", "/ā"]
)
def test_own_pages(address: str) -> None:
    assert is_own_path(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/x\\..//evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "\n//evil.example",
        "/\r\nSet-Cookie: a=b",
        "my/applications",
        "///evil.example",
        "/\0",
    ],
)
def test_foreign_pages(address: str) -> None:
    assert not is_own_path(address)


@given(st.text())
def test_whatever_is_asked_for_is_answered(address: str) -> None:
    if is_own_path(address):
        assert address.startswith("/") and not address.startswith("//")
    digest(address)
    device_of(address)


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0",
            "Firefox, Windows",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0"
            " Safari/537.36 Edg/128.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605 Version/17.5"
            " Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8", ""),
    ],
)
def test_devices_are_called_as_people_call_them(agent: str, device: str) -> None:
    assert device_of(agent) == device
