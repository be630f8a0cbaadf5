"""The mail server: one letter, one connection, plain SMTP, within a limit of time."""

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

# Seconds for each answer of the server, and for all of a conversation, finding the server's address
# included. A server that looks for viruses may take its time over the last answer.
ANSWER, ALL = 60, 120
LOOK_UP = 0.5  # seconds between looks at whether to stop
PERMANENT = 500  # reply codes from here on are refusals for good (RFC 5321, 4.2.1)


def is_set() -> bool:
    """Whether there is a mail server to hand letters to."""
    return bool(settings().smtp_url)


def send(message: Message, stop: Callable[[], bool]) -> None:
    """Hand a letter to the server of SMTP_URL; `stop` says whether somebody waits for us to end.

    It is taken once the server says so, whatever becomes of the line afterwards. Raises OSError or
    smtplib.SMTPException where it is not, TimeoutError where nobody can tell.
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
    """The letter as it goes out; its Message-ID is its own id, so a copy is known as a copy."""
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
    """Whether the server refused this letter for good, so that another try is of no use.

    A server that refuses us, by its greeting, our password or our own address, may take the letter
    once that is put right.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= PERMANENT


def describe(error: Exception) -> str:
    """The error as text, for the administrator's page of letters.

    Of what is neither the line's fault nor the server's it says where it happened: its words may
    have the password in them, or the letter.
    """
    name = type(error).__name__
    if isinstance(error, OSError):  # smtplib's errors are
        return f"{name}: {error}"[:500]
    place = extract_tb(error.__traceback__)[-1]
    return f"{name} ({Path(place.filename).name}, line {place.lineno})"


def logged(error: Exception) -> str:
    """What went wrong, for the log: what a server says of a letter may name its reader."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({str(code) for code, _ in error.recipients.values()})
        return f"{type(error).__name__}: {', '.join(codes)}"
    of_a_letter = (smtplib.SMTPDataError, smtplib.SMTPSenderRefused)
    if isinstance(error, of_a_letter):
        return f"{type(error).__name__}: {error.smtp_code}"
    return describe(error)


class _Conversation:
    """One letter on its way. It runs in a thread of its own: nothing else bounds a slow DNS, or a
    server that sends a byte now and then.
    """

    def __init__(self, settings: Settings, letter: EmailMessage, recipient: str) -> None:
        self.url = urlsplit(settings.smtp_url)
        self.authority = settings.smtp_ca
        self.letter = letter
        self.recipient = recipient
        self.outcome: Future[None] = Future()
        self.lines: list[smtplib.SMTP] = []

    def run(self) -> None:
        """Talk to the server, and say how it ended."""
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
        """End it from outside: the thread finds its line cut, and hands nothing over any more."""
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
        if self.outcome.cancelled():  # before there was a line to cut
            return
        if self.url.username:
            server.login(unquote(self.url.username), unquote(self.url.password or ""))
        sender = self.letter["From"].addresses[0].addr_spec
        server.send_message(self.letter, sender, [self.recipient])


class _Line(smtplib.SMTP):
    """A connection that is known before it stands, so that it can be cut at any time."""

    def __init__(self, lines: list[smtplib.SMTP], *args: Any, **options: Any) -> None:
        self.sock: socket.socket | None = None
        lines.append(self)
        super().__init__(*args, **options)


class _SecureLine(_Line, smtplib.SMTP_SSL):
    """The same, encrypted from its first byte."""


def is_loopback(host: str) -> bool:
    """Whether `host` is localhost or an address of the loopback interface."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _page(message: Message) -> str:
    frame = current_app.jinja_env.get_template("emails/page.html")
    return frame.render(message=message, body=Markup(message.html))  # noqa: S704 (made by letter.compose)
