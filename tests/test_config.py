"""Settings come from the environment; what cannot be meant is refused in words."""

import os
from pathlib import Path

import pytest

from config import Settings, SettingsError

KEY = "Zb3kq0V-8sPw_1dYtRmxJ5uGfC2nHLaE"
REAL = {"DATABASE_URL": "postgresql://asns:hunter2@db/asns", "SECRET_KEY": KEY}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.isupper() and not name.startswith(("PYTEST", "PATH", "HOME", "TMP")):
            monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("VAR", value) for value in ("/dev/null", "/dev/null/var", "/proc/var")),
        *(("DATABASE_URL", value) for value in ("", "mysql://db/asns", "postgresql:/db", "db")),
        ("DATABASE_URL", "postgresql://asns:hunter2@db:port/asns"),
        ("DATABASE_URL", "postgresql://asns:hunter2@db:70000/asns"),
        ("DATABASE_URL", "postgresql://asns:hunter2@db/asns?tls=on"),
        ("DATABASE_URL", "postgresql+asyncpg://asns:hunter2@db/asns"),
        *(("DATABASE_URL", value) for value in ("postgresql://", "postgresql://asns:hunter2@db/")),
        ("DATABASE_URL", "postgresql://asns:hunter2@db/asns?connect_timeout=abc"),
        ("DATABASE_URL", "postgresql://asns:hunter2@db/asns?sslmode=sometimes"),
        ("DEMO", "ja"),
        *(("SECRET_KEY", value) for value in ("hunter2", "a" * 64, "hunter2+" * 6, KEY[:31])),
        ("SECRET_KEY", "change-me-change-me-change-me-0Z"),
        *(("SECRET_KEY", value) for value in (f"{KEY}-my-Secret", f"{KEY}\udcff")),
        *(("HOST", value) for value in ("a b", "http://127.0.0.1", "127.0.0.1:8000", "-")),
        *(("PORT", value) for value in ("abc", "99999", "٨٠٠٠", "0", "8000.0", "9" * 5000)),
        *(("WEB_CONCURRENCY", "0"), ("THREADS", "many"), ("PROXIES", "-1")),
        ("LOG_LEVEL", "chatty"),
        *(("BASE_URL", value) for value in ("asns.example.lv", "https://", "ftp://asns.lv")),
        ("BASE_URL", "https://asns.example.lv/portal"),
        ("BASE_URL", "https://asns.example.lv?lang=lv"),
        ("BASE_URL", "https://asns.example.lv:https"),
        ("BASE_URL", "https://asns example.lv"),
        *(("SMTP_URL", value) for value in ("mail:25", "http://mail", "smtp://", "smtp://:25")),
        *(("SMTP_URL", f"smtp://{host}:25") for host in ("a" * 64 + ".lv", "mail..lv")),
        ("SMTP_URL", "smtp://user:hunter2@mail:mail"),
        ("SMTP_URL", "smtp://user:hunt#er2@mail:587"),
        ("SMTP_URL", "smtp://user:hunter2@mail:587/tls"),
        *(("MAIL_FROM", value) for value in ("Asns", "a@b.lv, c@d.lv", "<a@b.lv", "a@b@c", "a@")),
        ("MAIL_FROM", "Asns <a@b.lv>\nBcc: c@d.lv"),
        *(("DOCUMENTS_URL", value) for value in ("/srv/files", "s3://", "s3://b", "s3:asns/files")),
        ("DOCUMENTS_URL", "s3://key:hunter2@bucket/files"),
        *(("S3_ENDPOINT", value) for value in ("s3.example.lv", "s3://asns", "http://k@s3")),
        ("SESSION_HOURS", "1e400"),
        *(("LANGUAGES", value) for value in ("lv,English", "en", "lv,lv", "lv,en,qx")),
        *(("FILE_MB", "0"), ("FILE_MB", "101"), ("FILES_MB", "24"), ("FILES_MB", "1001")),
        *(("SMTP_CA", value) for value in ("/etc/no/such.pem", __file__)),
    ],
)
def test_what_cannot_be_meant_is_one_line_that_names_it_and_holds_no_secret(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    for given in (REAL | {name: value}).items():
        monkeypatch.setenv(*given)
    with pytest.raises(SettingsError) as refused:
        Settings()
    (line,) = refused.value.lines
    assert line.startswith(f"{name}: ") and ". Set " in line and line.isprintable()
    assert "hunt" not in line and KEY[:31] not in line
    assert len(line) < 300


@pytest.mark.parametrize(
    "given",
    [
        {"DATABASE_URL": "embedded", "SECRET_KEY": ""},
        *({"DATABASE_URL": url} for url in ("postgres:///asns", "postgresql+psycopg://db/asns")),
        {"DATABASE_URL": "postgresql://u:p%40@db:5432/asns?host=/run/a%20b&sslmode=require"},
        {"SECRET_KEY": "0f" + "3a91c4de7b" * 3 + "ff"},
        {"HOST": "0.0.0.0", "PORT": "1", "PROXIES": "0", "LOG_LEVEL": "DEBUG", "DEMO": "On"},
        *({"BASE_URL": url} for url in ("http://[::1]:8000", "https://ķekava.lv/")),
        *({"SMTP_URL": url} for url in ("smtp://mail", "smtps://u%40x:p%23@mail.example:465/")),
        *({"MAIL_FROM": who} for who in ("a@b.lv", '"Asns, konkursi" <a@ķekava.lv>', "Ā <a@b>")),
        {"DOCUMENTS_URL": "s3://bucket/a/prefix", "S3_ENDPOINT": "https://s3.example.lv:9000/v1"},
    ],
)
def test_what_can_be_meant_is_taken(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> None:
    for one in (REAL | given).items():
        monkeypatch.setenv(*one)
    assert Settings().database_url == (REAL | given)["DATABASE_URL"]


def test_a_path_that_pg_ctl_would_mistake_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VAR", str(tmp_path / "$HOME"))
    for given in REAL.items():
        monkeypatch.setenv(*given)
    assert Settings().var.name == "$HOME", "a server elsewhere does not mind"
    monkeypatch.setenv("DATABASE_URL", "embedded")
    with pytest.raises(SettingsError, match=r"\AVAR: .* Set another folder\.\Z"):
        Settings()


def test_an_empty_setting_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"DATABASE_URL": "embedded", "PORT": "", "MAIL_FROM": " "}.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert (settings.port, settings.base_url) == (8000, "http://127.0.0.1:8000")
    assert settings.mail_from == "Asns <asns@localhost>"
    assert settings.var == Path("var").resolve()


def test_all_that_is_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"SECRET_KEY": "", "PORT": "x", "SMTP_URL": "mail", "FILE_MB": "50", "FILES_MB": "40"}
    for name, value in {**REAL, **wrong}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        Settings()
    named = [line.partition(":")[0] for line in refused.value.lines]
    assert named == ["PORT", "SMTP_URL", "SECRET_KEY", "FILES_MB"]
