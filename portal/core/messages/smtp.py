"""The mail server's client: plain SMTP, one connection per letter, with time limits."""

import smtplib
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import closing, suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from time import monotonic
from traceback import extract_tb
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app
from markupsafe import Markup

from config import PORTS, Settings
from portal.core.addresses import in_ascii
from portal.core.messages.models import Message
from portal.core.settings import settings

# Seconds for each answer of the server, and for a whole conversation including DNS. A server that
# scans for viruses may need time for the last answer.
ANSWER, ALL = 60, 120
LOOK_UP = 0.5  # seconds between checks whether to stop
PERMANENT = 500  # reply codes from here on are permanent refusals (RFC 5321, 4.2.1)


def is_set() -> bool:
    """Whether a mail server is configured."""
    return bool(settings().smtp_url)


def send(message: Message, stop: Callable[[], bool]) -> None:
    """Send a letter to the server of SMTP_URL; `stop` tells whether the worker is to end.

    It is sent once the server accepts it, even if the connection fails afterwards. Raises OSError
    or smtplib.SMTPException if it is not, TimeoutError if that is unknown.
    """
    talk = _Conversation(settings(), as_mime(message), in_ascii(message.recipient))
    Thread(target=talk.run, name="smtp", daemon=True).start()
    last = monotonic() + ALL
    while not talk.outcome.done() and monotonic() < last and not stop():
        wait([talk.outcome], LOOK_UP)
    if not talk.outcome.done():
        talk.hang_up()
        raise TimeoutError("the server has not answered in time")
    talk.outcome.result()


def as_mime(message: Message) -> EmailMessage:
    """The letter as MIME; its Message-ID is made from its id, so that copies are recognised."""
    name, address = parseaddr(settings().mail_from)
    sender = in_ascii(address)
    mime = EmailMessage()
    mime["From"] = Address(name, addr_spec=sender)
    mime["To"] = in_ascii(message.recipient)
    mime["Subject"] = message.subject
    mime["Date"] = format_datetime(message.created_at)
    mime["Message-ID"] = f"<{message.id}@{sender.rpartition('@')[2]}>"
    mime["Auto-Submitted"] = "auto-generated"
    mime.set_content(message.text)
    mime.add_alternative(_page(message), subtype="html")
    mime["Content-Language"] = message.language  # last: setting the content drops such headers
    return mime


def is_final(error: Exception) -> bool:
    """Whether the refusal is permanent for this letter, so that a retry is of no use.

    A server that refuses our greeting, password or sender may accept the letter once that is
    corrected.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= PERMANENT


def describe(error: Exception) -> str:
    """The error as text for the administrator's list.

    Of errors other than the connection's or the server's only the place in the code: their message
    may contain the password or the letter.
    """
    name = type(error).__name__
    if isinstance(error, OSError):  # smtplib's errors are
        return f"{name}: {error}"[:500]
    place = extract_tb(error.__traceback__)[-1]
    return f"{name} ({Path(place.filename).name}, line {place.lineno})"


def logged(error: Exception) -> str:
    """The error for the log, without the server's message, which may contain the recipient's
    address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({str(code) for code, _ in error.recipients.values()})
        return f"{type(error).__name__}: {', '.join(codes)}"
    of_a_letter = (smtplib.SMTPDataError, smtplib.SMTPSenderRefused)
    if isinstance(error, of_a_letter):
        return f"{type(error).__name__}: {error.smtp_code}"
    return describe(error)


class _Conversation:
    """The sending of one letter, in a thread of its own, since nothing else limits a slow DNS, or a
    server that sends a byte now and then."""

    def __init__(self, settings: Settings, letter: EmailMessage, recipient: str) -> None:
        self.url = urlsplit(settings.smtp_url)
        self.authority = settings.smtp_ca
        self.letter = letter
        self.recipient = recipient
        self.outcome: Future[None] = Future()
        self.lines: list[smtplib.SMTP] = []

    def run(self) -> None:
        """Talk to the server, and store the result."""
        try:
            server = self._connect()
        except Exception as error:
            self._ended(error)
            return
        with closing(server):
            try:
                self._hand_over(server)
            except Exception as error:
                self._ended(error)
                return
            self._ended(None)
            with suppress(OSError, smtplib.SMTPException):
                server.quit()

    def hang_up(self) -> None:
        """Cut the connection from another thread; nothing is sent afterwards."""
        self.outcome.cancel()
        for line in self.lines:
            if line.sock is not None:
                with suppress(OSError):
                    socket.socket.shutdown(line.sock, socket.SHUT_RDWR)

    def _ended(self, error: Exception | None) -> None:
        if self.outcome.set_running_or_notify_cancel():
            if error is None:
                self.outcome.set_result(None)
            else:
                self.outcome.set_exception(error)

    def _connect(self) -> smtplib.SMTP:
        host = self.url.hostname or "localhost"
        secure = ssl.create_default_context(cafile=self.authority or None)
        port = self.url.port or PORTS[self.url.scheme]
        if self.url.scheme == "smtps":
            return _SecureLine(self.lines, host, port, timeout=ANSWER, context=secure)
        server = _Line(self.lines, host, port, timeout=ANSWER)
        try:
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=secure)
            elif self.url.username and not is_loopback(host):
                raise smtplib.SMTPNotSupportedError(
                    f"{host} offers no STARTTLS, and the password is not sent in the clear"
                )
        except BaseException:
            server.close()
            raise
        return server

    def _hand_over(self, server: smtplib.SMTP) -> None:
        if self.outcome.cancelled():  # before the connection was made
            return
        if self.url.username:
            server.login(unquote(self.url.username), unquote(self.url.password or ""))
        sender = self.letter["From"].addresses[0].addr_spec
        server.send_message(self.letter, sender, [self.recipient])


class _Line(smtplib.SMTP):
    """A connection that can be cut while it is being made."""

    def __init__(self, lines: list[smtplib.SMTP], *args: Any, **options: Any) -> None:
        self.sock: socket.socket | None = None
        lines.append(self)
        super().__init__(*args, **options)


class _SecureLine(_Line, smtplib.SMTP_SSL):
    """The same with TLS from the first byte."""


def is_loopback(host: str) -> bool:
    """Whether `host` is localhost or a loopback address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _page(message: Message) -> str:
    frame = current_app.jinja_env.get_template("emails/page.html")
    return frame.render(message=message, body=Markup(message.html))  # noqa: S704 (made by letter.compose)
