"""The portal as a server, and a real Chromium in front of it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ssl import SSLContext
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE = {"width": 1280, "height": 900}
TABLET = {"width": 768, "height": 1024}
PHONE = {"width": 320, "height": 640}  # also what 400 % zoom leaves of 1280 pixels


@contextmanager
def serving(app: Flask, certificate: SSLContext | None = None) -> Iterator[str]:
    """Serve `app` in threads of this process, whose clock a test can hold; gives its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=certificate)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a past. While it runs, this thread cannot run asyncio of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Visitor:
    """One person's browser: a context of its own, which notes what must not happen."""

    def __init__(self, browser: Browser, base_url: str, **options: Any) -> None:
        options = {"viewport": WIDE, "locale": "lv-LV", "service_workers": "block", **options}
        self.context: BrowserContext = browser.new_context(base_url=base_url, **options)
        self.context.set_default_timeout(10_000)
        self.base_url = base_url
        self.page: Page = self.context.new_page()
        self.troubles: list[str] = []
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.page.on("response", self._note)

    def _note(self, response: Any) -> None:
        if response.status >= 500:
            self.troubles.append(f"{response.status} {response.url}")

    def wear(self, cookie: str) -> None:
        """Use a session that somebody has begun elsewhere."""
        self.context.clear_cookies()
        if cookie:
            self.context.add_cookies([{"name": "asns", "value": cookie, "url": self.base_url}])

    def close(self) -> None:
        self.context.close()
        assert not self.troubles, self.troubles
