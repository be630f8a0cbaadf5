"""The whole portal in one command: database, migrations, demo data, web server and mail worker.

Run by `make run` as `python -m portal.serve`, for laptops and trials; in production each part is a
service of its own (docs/operations.md).

One start per VAR: it holds the lock of VAR/serving. Each process that it starts inherits the lock
of a file of its own, by which the next start finds what a killed one has left.
"""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import OperationalError

from config import Settings, settings_or_exit
from portal.core import connections, demo, embedded, revision, startup

ROOT = Path(__file__).parents[1]
FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")
WEB_SERVER = (sys.executable, "-m", "gunicorn", "wsgi:app")

# Seconds for parts to end by themselves, and then to be ended. The database has three after them
# (core/embedded.py): nine in all.
GRACE, MERCY = 5, 1


class CannotServeError(Exception):
    """The reason why this start ends."""


class StoppedError(Exception):
    """This start was told to end."""


@dataclass
class Stop:
    """Records Ctrl-C and other signals, which are checked while waiting, so that no step is
    interrupted."""

    asked: bool = False

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # set by nohup
            signal.signal(signal.SIGHUP, self._note)

    def _note(self, *_: object) -> None:
        self.asked = True

    def pause(self) -> None:
        """Wait a moment. Raises StoppedError."""
        if self.asked:
            raise StoppedError
        time.sleep(0.05)


def main() -> int:
    """Run everything until a signal, or until a part ends; returns the exit status."""
    stop = Stop()
    stop.listen()
    settings = settings_or_exit()
    try:
        with _only_start(settings):
            serve(settings, stop)
    except StoppedError:
        return 0
    except embedded.EmbeddedError as error:
        if stop.asked:  # a signal to the group ends initdb too
            return 0
        startup.say(f"Error: {error}")
    except CannotServeError as error:
        startup.say(f"Error: {error}")
    except OSError as error:  # another user's folder, or a full disk
        startup.say(f"Error: VAR: {error.filename or settings.var}: {error.strerror}.")
    return 1


def serve(settings: Settings, stop: Stop) -> None:
    """Start the parts in turn, and wait. Raises StoppedError, CannotServeError."""
    parts = Parts(settings.var / "parts", stop)
    parts.folder.mkdir(exist_ok=True)
    if parts.alive():
        startup.say("Ending what an earlier start has left.")
        parts.end()
    _refuse_taken(settings.host, settings.port)
    with ExitStack() as at_the_end:
        if settings.is_embedded:
            at_the_end.callback(embedded.stop, settings.var / "postgres")
        url = embedded.database_url(settings)
        parts.environment = {
            "VAR": str(settings.var),
            "DATABASE_URL": url,
            "SECRET_KEY": settings.secret_key or embedded.secret_key(settings.var),
            "DEMO": str(int(settings.demo)),
            "LOG_LEVEL": os.environ.get("LOG_LEVEL") or "warning",
        }
        at_the_end.callback(parts.end)
        _prepare(url, settings, parts)
        web = parts.start("The web server", WEB_SERVER)
        worker = parts.start("The mail worker", (*FLASK, "worker"))
        while not _answers(settings) and web.poll() is None and worker.poll() is None:
            stop.pause()
        if web.poll() is None:
            print(f"\n  Asns is at {settings.base_url}  (Ctrl-C stops it)\n", flush=True)  # noqa: T201
        parts.watch()


def _prepare(url: str, settings: Settings, parts: "Parts") -> None:
    """Migrate the database and load the demo data."""
    try:
        with connections.at_the_start(url, settings).connect() as connection:
            words = demo.refusal(settings.demo, demo.origin(connection))
            if words is not None:
                raise CannotServeError(words)
            current, loaded = revision.is_current(connection), demo.is_loaded(connection)
    except OperationalError as error:
        raise CannotServeError(startup.away(error)) from error
    if not current:
        parts.run("The migration", (*FLASK, "migrate"))
    if settings.demo and not loaded:
        print("Loading the demo data. This happens once.", flush=True)  # noqa: T201
        parts.run("Loading the demo data", (*FLASK, "demo"))


@contextmanager
def _only_start(settings: Settings) -> Iterator[None]:
    """Hold the lock of VAR. Raises CannotServeError if another start has it."""
    settings.var.mkdir(parents=True, exist_ok=True)
    with (settings.var / "serving").open("a+") as lock:
        if not _locked(lock.fileno()):
            lock.seek(0)
            where = lock.read().strip() or "an address that it has not said yet"
            raise CannotServeError(
                f"{settings.var} is served already, at {where}. Another folder: VAR=…"
            )
        lock.truncate(0)
        print(f"{settings.base_url} (process {os.getpid()})", file=lock, flush=True)
        try:
            yield
        finally:
            lock.truncate(0)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _refuse_taken(host: str, port: int) -> None:
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except OSError as error:
            raise CannotServeError(
                f"{host}:{port} cannot be used ({error.strerror}). Another port: PORT={port + 1}"
            ) from error


def _answers(settings: Settings) -> bool:
    with socket.socket() as knock:
        return knock.connect_ex((settings.host, settings.port)) == 0


# ------------------------------------------------------------------------------------- parts


@dataclass
class Parts:
    """The processes of this start, each the leader of a group and holder of a file's lock.

    The file contains the group's number. While its lock is held a process of the group is alive, so
    no other group has that number, and it is safe to end the group.
    """

    folder: Path
    stop: Stop
    environment: dict[str, str] = field(default_factory=dict)
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self, name: str, command: tuple[str, ...]) -> "subprocess.Popen[bytes]":
        file = self.folder / name.lower().replace(" ", "-")
        with file.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # A session of its own: Ctrl-C reaches this process alone, which then ends the others.
            process = subprocess.Popen(  # noqa: S603 - our own commands
                command,
                env={**os.environ, **self.environment},
                cwd=ROOT,
                start_new_session=True,
                pass_fds=(lock.fileno(),),
            )
            lock.write(str(process.pid))
        self.running[name] = process
        return process

    def run(self, name: str, command: tuple[str, ...]) -> None:
        """Run a part to its end. Raises CannotServeError if it fails."""
        process = self.start(name, command)
        while process.poll() is None:
            self.stop.pause()
        del self.running[name]
        if process.returncode and self.stop.asked:  # signalled before it was a group's leader
            raise StoppedError
        if process.returncode:
            raise CannotServeError(f"{name} failed; the next start tries it anew.")

    def watch(self) -> None:
        """Wait until a part ends, which is an error. Raises CannotServeError."""
        while True:
            for name, process in self.running.items():
                if process.poll() is not None:
                    raise CannotServeError(f"{name} ended (status {process.returncode}).")
            self.stop.pause()

    def end(self) -> None:
        """End all parts, and what a killed start has left: SIGTERM first.

        Raises CannotServeError if something is left.
        """
        for number, patience in ((signal.SIGTERM, GRACE), (signal.SIGKILL, MERCY)):
            for group in filter(None, self.alive()):
                with suppress(OSError):
                    os.killpg(group, number)
            if _until(lambda: not self.alive(), patience):
                return
        raise CannotServeError(f"Processes still hold a file of {self.folder}. End them.")

    def alive(self) -> list[int | None]:
        """The groups that are alive; None for one whose start was killed too early."""
        found: list[int | None] = []
        for file in self.folder.iterdir():
            with file.open("r+") as lock:
                if not _locked(lock.fileno()):
                    group = lock.read()
                    found.append(int(group) if group.isdigit() else None)
        return found


def _until(happened: Callable[[], bool], seconds: float) -> bool:
    """Whether it happens within that time."""
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


if __name__ == "__main__":
    sys.exit(main())
