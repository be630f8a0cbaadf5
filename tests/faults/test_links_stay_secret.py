"""The secret of a one-time link stands in its letter, and in no log."""

from pathlib import Path

from flask import Flask
from playwright.sync_api import Request

from tests.certificates import for_loopback
from tests.factories import Make
from tests.live import Visitor, chromium, serving

LINK = "/link/join/c2VjcmV0LXNlY3JldC1zZWNyZXQ"


def test_no_page_tells_its_path_to_what_it_loads_and_forms_are_taken_all_the_same(
    busy: tuple[Flask, Make], tmp_path: Path
) -> None:
    """Under https, where Flask-WTF takes a form only from a page that says where it stands."""
    told: list[str] = []

    def note(request: Request) -> None:
        told.append(request.all_headers().get("referer", ""))

    _, certificate = for_loopback(tmp_path)
    with serving(busy[0], certificate) as url, chromium() as browser:
        visitor = Visitor(browser, url, ignore_https_errors=True)
        visitor.page.on("request", note)
        visitor.page.goto(f"/sign-in?next={LINK}")
        visitor.page.fill("[name=email]", "nobody@example.lv")
        visitor.page.fill("[name=password]", "not a password")
        with visitor.page.expect_response(lambda answer: answer.request.method == "POST") as sent:
            visitor.page.click("main form button[type=submit]:not([aria-controls])")
        assert sent.value.status == 422
        visitor.close()
    assert set(told) == {"", f"{url}/"}
