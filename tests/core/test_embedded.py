"""The embedded PostgreSQL: shared, alive after whoever was killed, gone with its last user."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config import Settings
from portal.core import embedded

ANOTHER = """
import sys
from pathlib import Path
from portal.core import embedded
embedded.start(Path(sys.argv[1]))
print("started", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "postgres"
    embedded.stop(tmp_path / "postgres")


def answers(url: str) -> bool:
    try:
        with psycopg.connect(url) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def postmaster(folder: Path) -> int:
    return int((folder / "postmaster.pid").read_text().splitlines()[0])


def until_it_is_gone(process: int) -> None:
    """Until the kernel has ended a killed process: till then its socket takes a knock."""
    for _ in range(200):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    raise AssertionError(f"process {process} does not end")


def another_process(folder: Path) -> subprocess.Popen[str]:
    """Somebody else who uses the server, until their standard input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", ANOTHER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    return process


def test_it_keeps_its_data_from_one_start_to_the_next(folder):
    with psycopg.connect(embedded.start(folder)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'ā' AS letter")
    embedded.stop(folder)
    url = embedded.start(folder)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT upper(letter) FROM kept").fetchone() == ("Ā",)


def test_it_stops_with_its_last_user(folder):
    process = another_process(folder)
    url = embedded.start(folder)
    process.communicate("")
    assert answers(url)
    embedded.stop(folder)
    assert not answers(url)


def test_a_killed_user_leaves_the_server_to_the_next(folder):
    process = another_process(folder)
    process.kill()
    process.communicate()
    server = postmaster(folder)
    url = embedded.start(folder)
    assert postmaster(folder) == server
    embedded.stop(folder)
    assert not answers(url)


def test_it_recovers_where_the_server_was_killed_too(folder):
    process, server = another_process(folder), postmaster(folder)
    os.kill(server, signal.SIGKILL)
    process.kill()
    process.communicate()
    until_it_is_gone(server)
    assert answers(embedded.start(folder))


def test_a_forked_process_that_ends_does_not_stop_it(folder):
    url = embedded.start(folder)
    child = os.fork()
    if child == 0:
        embedded.stop(folder)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert answers(url)


def test_its_folder_may_have_a_long_name_with_spaces(tmp_path):
    folder = tmp_path / ("a long name " * 9) / "postgres"
    assert answers(embedded.start(folder))
    embedded.stop(folder)


def test_postgresql_says_itself_what_is_wrong(folder):
    with pytest.raises(embedded.EmbeddedError, match="no_such_setting"):
        embedded.start(folder, {"no_such_setting": "1"})


def test_a_named_server_is_taken_as_it_is(tmp_path):
    settings = Settings(var=tmp_path, database_url="postgresql://u:p@db:5432/asns", demo=False)
    assert embedded.database_url(settings) == "postgresql+psycopg://u:p@db:5432/asns"
    assert not list(tmp_path.iterdir())


def test_the_secret_key_is_made_once_and_for_nobody_else_to_read(tmp_path):
    key = embedded.secret_key(tmp_path)
    assert len(key) >= 40
    assert embedded.secret_key(tmp_path) == key
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0
