"""One-time links: none in a log, none from a header, none for ever."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.accounts import service, tokens
from portal.core.accounts.models import Person, SignIn, Throttle, Token
from tests.core.accounts.conftest import Post
from tests.pages import PageClient

SECRET = "Zx9_-abcDEF0123456789abcdefABCDEF0123456789"


@pytest.mark.parametrize("logger", ["waitress", "werkzeug"])
@pytest.mark.parametrize(
    "line",
    [
        f'"GET /link/reset/{SECRET} HTTP/1.1" 200',
        f'"POST /link/join/{SECRET}?lang=en HTTP/1.1" 302',
        f'"GET /sign-in?next=%2Flink%2Fjoin%2F{SECRET} HTTP/1.1" 200',
        f'"GET /sign-in?next=/link/join/{SECRET} HTTP/1.1" 200 "http://x/link/confirm/{SECRET}"',
    ],
)
@pytest.mark.usefixtures("app")
def test_logs_of_servers_hold_no_secret(
    logger: str, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger):
        logging.getLogger(logger).info("%s %s", "127.0.0.1", line)
    assert SECRET not in caplog.text and "/1.1" in caplog.text


@pytest.mark.usefixtures("app")
def test_other_lines_pass_untouched(caplog: pytest.LogCaptureFixture) -> None:
    line = "GET /my/applications/018f5b1e-0000-7000-8000-000000000000"
    with caplog.at_level(logging.INFO, "werkzeug"):
        logging.getLogger("werkzeug").info("%s", line)
    assert line in caplog.text


def test_links_do_not_believe_the_host_header(app: Flask, anna: Person, post: Post) -> None:
    with app.test_request_context(headers={"Host": "evil.example"}):
        service.request_reset(anna.email)
    (letter,) = post.to(anna.email)
    assert "http://localhost/link/reset/" in letter.text and "evil" not in letter.text


@pytest.mark.parametrize(("seconds", "works"), [(3600, True), (3601, False)])
def test_a_link_that_was_followed_in_time_works_however_long_the_click_waits(
    english: PageClient,
    anna: Person,
    post: Post,
    later: Callable[..., Any],
    proxied: Callable[[datetime], dict[str, str]],
    seconds: int,
    works: bool,
) -> None:
    english.send("/forgotten", {"email": anna.email})
    link, start = post.link(anna.email), clock.now()
    with later(minutes=61):
        headers = proxied(start + timedelta(seconds=seconds))
        assert english.get(link, headers=headers).status_code == (200 if works else 410)


def test_what_is_spent_is_forgotten_after_a_month(
    english: PageClient, session: Session, anna: Person, later: Callable[..., Any]
) -> None:
    english.send("/forgotten", {"email": anna.email})
    english.sign_in(anna)

    def left() -> list[int]:
        session.commit()
        tables = (Token, SignIn, Throttle)
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]

    for days, expected in ((29, [1, 1, 3]), (32, [0, 0, 0])):
        with later(days=days), english.application.test_request_context():
            service.sweep()
        assert left() == expected


def test_a_secret_is_not_its_digest(ctx: None) -> None:
    with pytest.raises(tokens.LinkSpent):
        tokens.peek(tokens.TokenPurpose.RESET, "x" * 43)
