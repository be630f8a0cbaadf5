"""Settings come from the environment; what cannot be meant is refused in words."""

import pytest

from config import Settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"),
        ("PORT", "99999"),
        ("PORT", "٨٠٠٠"),
        ("WEB_CONCURRENCY", "0"),
        ("PROXIES", "-1"),
        ("SESSION_HOURS", "1e400"),
        ("DATABASE_URL", "mysql://db/asns"),
        ("SMTP_CA", "/etc/no/such.pem"),
        ("SMTP_CA", __file__),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=name):
        Settings()


def test_an_empty_setting_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    assert Settings().port == 8000
    assert Settings().base_url == "http://127.0.0.1:8000"


def test_demo_mode_against_a_named_database_is_asked_for_in_so_many_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db/asns")
    monkeypatch.delenv("DEMO", raising=False)
    assert not Settings().demo
    with pytest.raises(ValueError, match="DEMO"):
        Settings(demo=True)
    monkeypatch.setenv("DEMO", "1")
    assert Settings().demo
