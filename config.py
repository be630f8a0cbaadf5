"""Every setting, read from the environment, each with its meaning."""

import os
import ssl
from dataclasses import dataclass, field
from pathlib import Path


def _flag(name: str) -> bool:
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


def _number(name: str, default: int, least: int = 1, most: int = 1_000_000) -> int:
    text = os.environ.get(name, "") or str(default)
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise ValueError(f"{name} must be a whole number from {least} to {most}, not {text!r}")
    return int(text)


def _are_certificates(path: str) -> bool:
    try:
        ssl.create_default_context(cafile=path)
    except OSError:  # ssl.SSLError is one
        return False
    return True


@dataclass(frozen=True)
class Settings:
    """The settings of one process. Tests make their own; everything else reads the environment
    once.
    """

    # Where the embedded database, the uploaded files and the generated secret live.
    var: Path = field(default_factory=lambda: Path(os.environ.get("VAR", "var")).resolve())
    # A PostgreSQL server (15 or later). Empty: an embedded one is started under VAR.
    database_url: str = field(default_factory=lambda: os.environ.get("DATABASE_URL", ""))
    # Invented personas that anybody may sign in as, and mail readable at /demo/mail. Never in
    # production.
    demo: bool = field(default_factory=lambda: _flag("DEMO"))
    # Signs cookies and tokens. Empty: generated once and kept under VAR; every server must share
    # it.
    secret_key: str = field(default_factory=lambda: os.environ.get("SECRET_KEY", ""))
    # Where the web server listens, with how many processes, and how many threads in each.
    host: str = field(default_factory=lambda: os.environ.get("HOST", "127.0.0.1"))
    port: int = field(default_factory=lambda: _number("PORT", 8000, most=65_535))
    processes: int = field(default_factory=lambda: _number("WEB_CONCURRENCY", 2))
    threads: int = field(default_factory=lambda: _number("THREADS", 4))
    # What server and worker write to standard error: debug, info, warning, error.
    log_level: str = field(default_factory=lambda: os.environ.get("LOG_LEVEL", "info"))
    # The address people reach the portal by; links in e-mails begin with it.
    base_url: str = field(
        default_factory=lambda: os.environ.get(
            "BASE_URL", f"http://127.0.0.1:{_number('PORT', 8000)}"
        )
    )
    # How many reverse proxies stand in front and set X-Forwarded-* and X-Request-Received.
    proxies: int = field(default_factory=lambda: _number("PROXIES", 0, least=0))
    # The SMTP server, as smtp://user:password@host:port or smtps://…. Empty: mail stays in the
    # outbox.
    smtp_url: str = field(default_factory=lambda: os.environ.get("SMTP_URL", ""))
    # A file of certificates (PEM) by which alone the SMTP server's is judged, for an authority of
    # one's own. Empty: those that the system trusts.
    smtp_ca: str = field(default_factory=lambda: os.environ.get("SMTP_CA", ""))
    # The sender of every e-mail.
    mail_from: str = field(
        default_factory=lambda: os.environ.get("MAIL_FROM", "Asns <asns@localhost>")
    )
    # Where uploaded files go: empty for VAR/files, or s3://bucket/prefix (credentials as boto3
    # reads them).
    documents_url: str = field(default_factory=lambda: os.environ.get("DOCUMENTS_URL", ""))
    # An S3-compatible server other than AWS.
    s3_endpoint: str = field(default_factory=lambda: os.environ.get("S3_ENDPOINT", ""))
    # A signed-in person is signed out after this many idle minutes, and after this many hours at
    # the latest.
    session_idle_minutes: int = field(default_factory=lambda: _number("SESSION_IDLE_MINUTES", 60))
    session_hours: int = field(default_factory=lambda: _number("SESSION_HOURS", 12))

    def __post_init__(self) -> None:
        if self.demo and self.database_url and "DEMO" not in os.environ:
            raise ValueError("DEMO must be set in the environment to run against DATABASE_URL")
        if self.database_url and not self.database_url.startswith(("postgres:", "postgresql")):
            raise ValueError("DATABASE_URL must begin with postgresql://")
        if self.smtp_ca and not _are_certificates(self.smtp_ca):
            raise ValueError(f"SMTP_CA must be a file of certificates (PEM), not {self.smtp_ca!r}")
