"""The mail server: one letter, one connection, plain SMTP."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import cast
from urllib.parse import SplitResult, unquote, urlsplit

from flask import current_app
from markupsafe import Markup

from config import Settings
from portal.core.messages.models import Message

TIMEOUT = 20  # seconds, for each answer of the server
PERMANENT = 500  # reply codes from here on are refusals for good (RFC 5321, 4.2.1)


def is_set() -> bool:
    """Whether there is a mail server to hand letters to."""
    return bool(_settings().smtp_url)


def send(message: Message) -> None:
    """Hand a letter to the server of SMTP_URL.

    Raises OSError or smtplib.SMTPException where it is not taken.
    """
    url = urlsplit(_settings().smtp_url)
    with _connect(url) as server:
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(as_mime(message))


def as_mime(message: Message) -> EmailMessage:
    """The letter as it goes out; its Message-ID is its own id, so a copy is known as a copy."""
    settings = _settings()
    _, sender = parseaddr(settings.mail_from)
    mime = EmailMessage()
    mime["From"] = settings.mail_from
    mime["To"] = message.recipient
    mime["Subject"] = message.subject
    mime["Date"] = format_datetime(message.created_at)
    mime["Message-ID"] = f"<{message.id}@{sender.rpartition('@')[2]}>"
    mime["Content-Language"] = message.language
    mime["Auto-Submitted"] = "auto-generated"
    mime.set_content(message.text)
    mime.add_alternative(_page(message), subtype="html")
    return mime


def is_final(error: Exception) -> bool:
    """Whether the server refused for good, so that another try is of no use."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return False  # a wrong password in the settings is put right, and then the letter goes
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code >= PERMANENT
    return isinstance(error, smtplib.SMTPNotSupportedError)


def describe(error: Exception) -> str:
    """What went wrong, for the administrator's page of letters."""
    return f"{type(error).__name__}: {error}"[:500]


def _page(message: Message) -> str:
    frame = current_app.jinja_env.get_template("emails/page.html")
    return frame.render(message=message, body=Markup(message.html))  # noqa: S704 (made by letter.compose)


def _connect(url: SplitResult) -> smtplib.SMTP:
    host = url.hostname or "localhost"
    secure = ssl.create_default_context()
    if url.scheme == "smtps":
        return smtplib.SMTP_SSL(host, url.port or 465, timeout=TIMEOUT, context=secure)
    server = smtplib.SMTP(host, url.port or 25, timeout=TIMEOUT)
    try:
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=secure)
    except BaseException:
        server.close()
        raise
    return server


def _settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])
