"""A mail server that keeps what it gets, and settings for one test."""

import gc
import socket
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask


class Sink:
    """Keeps every letter; `answer` is what the server says to the recipient."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.to: list[str] = []
        self.answer = "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _: list[str]
    ) -> str:
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        self.to += envelope.rcpt_tos
        return "250 OK"


@contextmanager
def sinking(sink: Sink, **options: Any) -> Iterator[str]:
    """A mail server on the loopback before a sink; gives its SMTP_URL."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        # It stops its loop before the lines that its clients have just left are closed.
        with warnings.catch_warnings(category=ResourceWarning, action="ignore"):
            controller.stop()
            gc.collect()


@pytest.fixture
def sink() -> Iterator[tuple[Sink, str]]:
    """A mail server on the loopback, and its SMTP_URL. It takes no addresses outside ASCII."""
    sink = Sink()
    with sinking(sink) as url:
        yield sink, url


@pytest.fixture
def settings(application: Flask) -> Iterator[Callable[..., None]]:
    """Change settings for one test."""
    before = application.extensions["settings"]

    def change(**values: Any) -> None:
        application.extensions["settings"] = replace(before, **values)

    yield change
    application.extensions["settings"] = before
