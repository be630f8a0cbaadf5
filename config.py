"""Every setting, read from the environment, each with its meaning.

What a setting may be stands in its reader: text in, value out, ValueError with what is wrong. All
that is wrong is told at once, a line each, and no line holds a secret.
"""

import os
import re
import ssl
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from email.message import EmailMessage
from email.policy import SMTPUTF8
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

# The DATABASE_URL of the PostgreSQL that comes along (portal/core/embedded.py).
EMBEDDED = "embedded"

# Where a server listens whose address names no port.
PORTS = {"smtp": 25, "smtps": 465, "http": 80, "https": 443}

# Texts are written in English in the code; of every other language there is a catalogue.
SOURCE = "en"
CATALOGUES = Path(__file__).parent / "portal/translations"

# Of one file: what examines one has memory for half as much again (portal/core/documents/programs).
LARGEST_FILE_MB = 100

SECRET_LENGTH = 32
# What people write in the place of a secret; that 32 random characters spell one is improbable.
NO_SECRETS = re.compile(
    r"secret|passw|change|replace|example|default|insecure|12345|abcde|qwert", re.IGNORECASE
)
A_SECRET = (
    f"{SECRET_LENGTH} or more random characters, the same on every server, such as"
    ' python3 -c "import secrets; print(secrets.token_urlsafe(48))" prints'
)
HOST_NAME = re.compile(r"[^\W_]([\w.-]*[^\W_])?")
POSTGRESQL = ("postgres", "postgresql", "postgresql+psycopg")
# What libpq would only find out about when it connects.
CONNECTION_NUMBERS = {
    *("connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval"),
    *("keepalives_count", "tcp_user_timeout"),
}
# pg_ctl puts its paths between double quotes of a shell.
UNFIT_FOR_A_SHELL = set('"$`\\')
SSL_MODES = ("prefer", "disable", "allow", "require", "verify-ca", "verify-full")


class SettingsError(ValueError):
    """Settings that cannot be meant; `lines` has one for each."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def settings_or_exit() -> "Settings":
    """The settings of this process. Where some cannot be meant, it says which and ends."""
    try:
        return Settings()
    except SettingsError as error:
        sys.stderr.writelines(f"{line}\n" for line in error.lines)
        raise SystemExit(2) from None


# ------------------------------------------------------------------------------------- readers

Reader = Callable[[str], Any]


def _one_of(*words: str) -> Reader:
    def read(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(f"{_quoted(text)} is none of its values")
        return text.lower()

    return read


def _flag(text: str) -> bool:
    on, off = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
    return _one_of(*on, *off)(text) in on


def _number(least: int, most: int) -> Reader:
    def read(text: str) -> int:
        short = text.isascii() and text.isdigit() and len(text) <= 9
        if not (short and least <= int(text) <= most):
            raise ValueError(f"{_quoted(text)} is no whole number from {least} to {most}")
        return int(text)

    return read


def _folder(text: str) -> Path:
    path = Path(text).resolve()
    there = next(one for one in (path, *path.parents) if one.exists())
    if not there.is_dir():
        raise ValueError(f"{there} is no folder")
    try:
        tempfile.TemporaryFile(dir=there).close()
    except OSError as error:
        raise ValueError(f"nothing can be written in {there} ({error.strerror})") from None
    return path


def _database(text: str) -> str:
    from psycopg import ProgrammingError
    from psycopg.conninfo import make_conninfo
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    if text == EMBEDDED:
        return text
    scheme, mark, rest = text.partition("://")
    if not text:
        raise ValueError("not set")
    if not mark or scheme not in POSTGRESQL:
        raise ValueError("it does not begin with postgresql://")
    try:
        url = make_url(f"postgresql://{rest}")
        query = {name: str(value) for name, value in url.query.items()}
        make_conninfo(**query)
    except (ArgumentError, ProgrammingError, ValueError):
        raise ValueError("it cannot be read") from None
    if not (url.database or {"dbname", "service"} & query.keys()):
        raise ValueError("it names no database")
    if url.port is not None and not 0 < url.port < 65_536:
        raise ValueError("its port is no number from 1 to 65535")
    for name in query.keys() & CONNECTION_NUMBERS:
        _number(0, 10_000_000)(query[name])
    _one_of(*SSL_MODES)(query.get("sslmode", SSL_MODES[0]))
    return text


def _secret(text: str) -> str:
    if text and len(text) < SECRET_LENGTH:
        raise ValueError(f"it has {len(text)} characters")
    if text and (len(set(text)) < 8 or text in (text + text)[1:-1]):
        raise ValueError("it repeats itself")
    if NO_SECRETS.search(text):
        raise ValueError("it has words in it that can be guessed")
    return text


def _host(text: str) -> str:
    if not _is_host(text):
        raise ValueError(f"{_quoted(text)} is no host's name and no IPv4 address")
    return text


def _web_address(text: str) -> str:
    """The address of a web server, where paths can be put after it."""
    if text:
        _server(text, "http", "https")
        if "@" in text:
            raise ValueError("it has a user in it")
    return text.rstrip("/")


def _base(text: str) -> str:
    address = _web_address(text)
    if urlsplit(address).path:
        raise ValueError("it has a path: the portal needs a host of its own")
    return address


def _mail_server(text: str) -> str:
    if text:
        _server(text, "smtp", "smtps")
        if urlsplit(text).path.strip("/"):
            raise ValueError("something follows its host and port")
        url = urlsplit(text)
        if not unquote(f"{url.username or ''}{url.password or ''}").isascii():
            raise ValueError("user or password has letters outside ASCII, which cannot be sent")
    return text


def _server(text: str, *schemes: str) -> None:
    """Check scheme, host and port of an address; what is wrong is told without quoting it."""
    try:
        url = urlsplit(text)
        named = _is_host(url.hostname or "") or "[" in url.netloc
        port_is_good = url.port != 0  # and ValueError where it is no number
    except ValueError:
        raise ValueError("its host and port cannot be read") from None
    if url.scheme not in schemes or not text.lower().startswith(f"{url.scheme}://"):
        raise ValueError(f"it does not begin with {' or '.join(f'{s}://' for s in schemes)}")
    if not named or not port_is_good:
        raise ValueError("it names no host" if not named else "its port cannot be 0")
    if "?" in text or "#" in text:
        raise ValueError("a ? or # is in it")


def _is_host(text: str) -> bool:
    """Whether it can be a host's name, as it is looked up, or an IPv4 address."""
    try:
        text.encode("idna")  # each part has from 1 to 63 characters then
    except UnicodeError:
        return False
    return bool(HOST_NAME.fullmatch(text))


def _certificates(text: str) -> str:
    if text:
        try:
            ssl.create_default_context(cafile=text)
        except OSError:  # ssl.SSLError is one
            raise ValueError(f"{_quoted(text)} is no such file") from None
    return text


def _sender(text: str) -> str:
    header = EmailMessage(SMTPUTF8)
    try:
        header["From"] = text
        found = header["From"].addresses
        faulty = bool(header["From"].defects)
    except (ValueError, IndexError):  # a line break, and what its parser trips over
        faulty = True
    if faulty or len(found) != 1 or not (found[0].username and found[0].domain):
        raise ValueError(f"{_quoted(text)} is not one e-mail address")
    if not found[0].username.isascii():
        raise ValueError(f"{_quoted(text)} has letters outside ASCII before the @")
    return text


def _store(text: str) -> str:
    scheme, _, place = text.partition("://")
    bucket = place.partition("/")[0]
    if text and (scheme != "s3" or not re.fullmatch(r"[A-Za-z0-9._-]{3,63}", bucket)):
        raise ValueError("it names no bucket")
    if any(mark in text for mark in "?#@"):
        raise ValueError("only a prefix may follow the bucket")
    return text


def _languages(text: str) -> tuple[str, ...]:
    from babel import localedata

    codes = tuple(code.strip() for code in text.split(","))
    for code in codes:
        if not re.fullmatch(r"[a-z]{2,3}", code) or not localedata.exists(code):
            raise ValueError(f"{_quoted(code)} is no code of a language")
        if code != SOURCE and not (CATALOGUES / code / "LC_MESSAGES/messages.po").exists():
            raise ValueError(f"there is no catalogue of {code} in portal/translations")
    if "lv" not in codes or len(set(codes)) < len(codes):
        raise ValueError("it lacks lv, or names one twice")
    return codes


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:60]}…")


@dataclass(frozen=True)
class _Wrong:
    """Stands in the place of a value until all have been read."""

    line: str


def _setting(name: str, read: Reader, default: str = "", *, such_as: str) -> Any:
    """A field that is read from a variable; empty is not set. `such_as` follows "Set"."""

    def value() -> Any:
        text = os.environ.get(name, "").strip() or default
        try:
            text.encode()  # Python lets other bytes pass as halves of characters
            return read(text)
        except UnicodeEncodeError:
            return _Wrong(f"{name}: it has bytes in it that are no UTF-8. Set {such_as}.")
        except ValueError as error:
            return _Wrong(f"{name}: {error}. Set {such_as}.")

    return field(default_factory=value)


# ------------------------------------------------------------------------------------- settings


@dataclass(frozen=True)
class Settings:
    """The settings of one process. Tests make their own; everything else reads the environment
    once. Raises SettingsError.
    """

    # Where the embedded database, the uploaded files and the generated secret live.
    var: Path = _setting("VAR", _folder, "var", such_as="a folder to write in")  # noqa: RUF009
    # A PostgreSQL server (15 or 18: docs/operations.md), or "embedded": one started under VAR.
    database_url: str = _setting(
        "DATABASE_URL",
        _database,
        such_as=f"postgresql://user:password@host/database, or {EMBEDDED} for one under VAR",
    )
    # How many seconds an answer of the database is waited for; migrations wait as long as it takes.
    database_timeout: int = _setting(
        "DATABASE_TIMEOUT", _number(1, 3600), "20", such_as="seconds, as 20"
    )
    # Invented personas that anybody may sign in as, and mail readable at /demo/mail. It serves a
    # database that the demo made, and no other.
    demo: bool = _setting("DEMO", _flag, "0", such_as="1 or 0")
    # Signs cookies and tokens; every server must share it. With the embedded database it may be
    # empty: it is generated once and kept under VAR.
    secret_key: str = _setting("SECRET_KEY", _secret, such_as=A_SECRET)
    # Where the web server listens, with how many processes, and how many threads in each.
    host: str = _setting("HOST", _host, "127.0.0.1", such_as="127.0.0.1, or 0.0.0.0 for all")
    port: int = _setting("PORT", _number(1, 65_535), "8000", such_as="a free port, as 8000")
    processes: int = _setting("WEB_CONCURRENCY", _number(1, 1000), "2", such_as="2, for example")
    threads: int = _setting("THREADS", _number(1, 1000), "4", such_as="4, for example")
    # What server and worker write to standard error.
    log_level: str = _setting(
        "LOG_LEVEL",
        _one_of("debug", "info", "warning", "error"),
        "info",
        such_as="debug, info, warning or error",
    )
    # The address people reach the portal by; links in e-mails begin with it. Empty: 127.0.0.1.
    base_url: str = _setting(
        "BASE_URL", _base, such_as="scheme and host alone, as https://asns.example.lv"
    )
    # How many reverse proxies stand in front and set X-Forwarded-* and X-Request-Received.
    proxies: int = _setting("PROXIES", _number(0, 100), "0", such_as="1 behind one reverse proxy")
    # The SMTP server. Empty: mail stays in the outbox.
    smtp_url: str = _setting(
        "SMTP_URL",
        _mail_server,
        such_as="smtp://user:password@host:587 or smtps://user:password@host:465, with what is no"
        " letter or digit in user and password as %40 for @",
    )
    # A file of certificates (PEM) by which alone the SMTP server's is judged, for an authority of
    # one's own. Empty: those that the system trusts.
    smtp_ca: str = _setting("SMTP_CA", _certificates, such_as="a file of certificates in PEM")
    # The sender of every e-mail.
    mail_from: str = _setting(
        "MAIL_FROM",
        _sender,
        "Asns <asns@localhost>",
        such_as="one address, as Asns <asns@example.lv>",
    )
    # Where uploaded files go: empty for VAR/files, or a bucket (credentials as boto3 reads them).
    documents_url: str = _setting(
        "DOCUMENTS_URL", _store, such_as="s3://bucket/prefix, or nothing for VAR/files"
    )
    # An S3-compatible server other than AWS.
    s3_endpoint: str = _setting(
        "S3_ENDPOINT", _web_address, such_as="its address, as https://s3.example.lv"
    )
    # How many seconds an answer of that server is waited for; all the files of a request may take
    # 40 (portal/core/documents/storage.py).
    documents_timeout: int = _setting(
        "DOCUMENTS_TIMEOUT", _number(1, 3600), "10", such_as="seconds, as 10"
    )
    # The languages of the portal, by their codes; the first is that of whoever has chosen none.
    # Each but English needs its catalogue. Texts are owed in Latvian, so it is one of them.
    languages: tuple[str, ...] = _setting("LANGUAGES", _languages, "lv,en", such_as="lv,en")
    # How large one file may be, and all that are attached to one application, in megabytes of
    # 1,048,576 bytes. What pages, e-mails and refusals say of it follows; the proxy's
    # client_max_body_size (docs/nginx.conf) has to be FILES_MB and 5 more, and its
    # proxy_max_temp_file_size FILE_MB and 1 more.
    file_mb: int = _setting(
        "FILE_MB", _number(1, LARGEST_FILE_MB), "25", such_as="megabytes, as 25"
    )
    files_mb: int = _setting("FILES_MB", _number(1, 1000), "100", such_as="megabytes, as 100")
    # A signed-in person is signed out after this many idle minutes, and after this many hours at
    # the latest.
    session_idle_minutes: int = _setting(
        "SESSION_IDLE_MINUTES", _number(1, 100_000), "60", such_as="minutes, as 60"
    )
    session_hours: int = _setting("SESSION_HOURS", _number(1, 10_000), "12", such_as="12")

    def __post_init__(self) -> None:
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        lines = [value.line for value in values.values() if isinstance(value, _Wrong)]
        lines += _together(values)
        if lines:
            raise SettingsError(lines)
        if not self.base_url:
            object.__setattr__(self, "base_url", f"http://127.0.0.1:{self.port}")

    @property
    def is_embedded(self) -> bool:
        """Whether the database is the one that comes along."""
        return self.database_url == EMBEDDED


def _together(values: Mapping[str, Any]) -> Iterator[str]:
    """What one setting asks of another."""
    database = values["database_url"]
    if values["secret_key"] == "" and isinstance(database, str) and database != EMBEDDED:
        yield f"SECRET_KEY: not set. Set {A_SECRET}."
    if database == EMBEDDED and UNFIT_FOR_A_SHELL & set(str(values["var"])):
        yield 'VAR: pg_ctl cannot use a path with ", $, ` or \\ in it. Set another folder.'
    one, all_files = values["file_mb"], values["files_mb"]
    if isinstance(one, int) and isinstance(all_files, int) and one > all_files:
        yield f"FILES_MB: one file alone may have {one} by FILE_MB. Set as much, or more."
