"""The storage of files is silent, full, gone, or in the middle of something."""

import gc
import io
import re
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from secrets import token_urlsafe
from time import monotonic, sleep
from typing import IO

import pytest
from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from config import Settings
from portal import create_app
from portal.core import clock
from portal.core.accounts.models import Person, Role
from portal.core.db import Words, db
from portal.core.documents import service, storage
from portal.core.documents.asking import BoundedStorage
from portal.core.documents.models import StoredFile
from portal.core.documents.storage import LocalStorage, S3Storage
from portal.core.errors import Unavailable
from portal.core.formats import MEGABYTE
from portal.core.questions.models import AnswerFile
from portal.grants.applications.models import Application
from portal.grants.competitions import service as calls
from portal.grants.competitions.models import Competition
from tests.core.documents.samples import PDF
from tests.factories import Make
from tests.faults.neighbours import SilentServer
from tests.pages import PageClient
from tests.world.scene import papers, pdf

ROOT = Path(__file__).parents[2]
THREADS = 4


@dataclass
class Portal:
    """A portal with a draft that takes files, on a database where a commit is a commit."""

    app: Flask
    make: Make
    call: Competition
    owner: Person
    draft: Application

    @property
    def asked(self) -> BoundedStorage:
        found = self.app.extensions["storage"]
        assert isinstance(found, BoundedStorage)
        return found

    def browser(self) -> PageClient:
        client = self.app.test_client()
        assert isinstance(client, PageClient)
        return client.sign_in(self.owner)

    @property
    def page(self) -> str:
        return f"/my/applications/{self.draft.id}/sections/papers"

    def send(self, name: str = "plāns.pdf") -> TestResponse:
        """Attach a file to the draft, in a browser of its own; again while another is looked at."""
        browser = self.browser()
        for _ in range(600):
            answer = browser.send(self.page, {"q_plans": pdf(name)})
            if answer.status_code != HTTPStatus.TOO_MANY_REQUESTS:
                break
            sleep(0.05)
        return answer

    def rows(self) -> list[AnswerFile]:
        self.make.session.expire_all()
        return self.make.session.query(AnswerFile).filter_by(set_id=self.draft.answer_set_id).all()

    def objects(self) -> list[str]:
        with self.app.app_context():
            return list(service.storage().keys(datetime.now(UTC) + timedelta(hours=1)))


@pytest.fixture
def portal(new_database: Callable[[str], str], worker: str, tmp_path: Path) -> Iterator[Portal]:
    """One with its files in a folder."""
    app = create_app(
        Settings(
            var=tmp_path,
            database_url=new_database(f"hanging_{worker}"),
            secret_key="a key for tests only",
            base_url="http://localhost",
            threads=THREADS,
        )
    )
    app.testing = True
    app.test_client_class = PageClient
    with app.app_context():
        engine = create_engine(db.engine.url)
    with Session(engine, expire_on_commit=False) as session:
        make = Make(session, app)
        call = make.competition("open")
        papers(make, call)
        organisation = make.organisation()
        owner = make.person(Role.OWNER, scope=organisation)
        draft = make.application(call, by=owner, organisation=organisation)
        yield Portal(app, make, call, owner, draft)
    engine.dispose()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def silent(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Iterator[SilentServer]:
    """Its files are to go to an S3 server that takes every connection and never answers."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    server = SilentServer()
    monkeypatch.setitem(
        portal.app.extensions,
        "storage",
        BoundedStorage(S3Storage("asns", endpoint=server.url, timeout=1), THREADS // 2),
    )
    yield server
    server.close()


def quoted(answer: TestResponse) -> str:
    """The number on a page for 503."""
    found = re.search(r"<strong>([0-9A-F]{4}-[0-9A-F]{4})</strong>", answer.text)
    assert found, answer.text
    return found[1]


def test_a_silent_storage_is_told_in_words_and_holds_nothing(
    portal: Portal, silent: SilentServer, caplog: pytest.LogCaptureFixture
) -> None:
    held: list[int] = []

    def look() -> None:
        with portal.app.app_context():
            held.append(db.engine.pool.checkedout())  # type: ignore[attr-defined]  # a QueuePool

    silent.on_asked = look
    answer = portal.send()
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert int(answer.headers["Retry-After"]) > 0
    assert "Failu krātuve pašlaik neatbild" in answer.text and "nav saglabāts" in answer.text
    assert quoted(answer) in caplog.text
    assert held and set(held) == {0}, "a connection of the database waited too"
    assert not portal.rows()
    asked = len(silent.taken)
    again = portal.send()
    assert again.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert len(silent.taken) == asked, "it was asked once more, a moment after it had been silent"
    assert portal.browser().get(f"/my/applications/{portal.draft.id}").status_code == HTTPStatus.OK


def test_a_command_that_finds_the_storage_silent_says_so_in_a_line(
    portal: Portal, silent: SilentServer
) -> None:
    done = portal.app.test_cli_runner().invoke(args=["files", "sweep"])
    assert done.exit_code == 1 and len(done.output.splitlines()) == 1
    assert done.output.startswith("Error: The store of DOCUMENTS_URL cannot be used: ")
    assert silent.url in done.output


def test_the_files_of_a_request_are_all_together_on_their_way_for_so_long(
    portal: Portal, s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each within its own limit, four would take longer than nginx waits."""
    within = S3Storage("asns", endpoint=s3)
    monkeypatch.setitem(portal.app.extensions, "storage", BoundedStorage(within, 1))
    with portal.app.test_request_context(), service.sending() as send:
        sent = send(FileStorage(io.BytesIO(PDF), filename="a.pdf"))
        later = monotonic() + storage.ON_THE_WAY
        monkeypatch.setattr(storage, "monotonic", lambda: later)
        with pytest.raises(Unavailable):
            send(FileStorage(io.BytesIO(PDF), filename="b.pdf"))
    monkeypatch.undo()
    within.delete(sent.object_key)


def test_half_of_the_threads_wait_for_a_silent_storage(
    portal: Portal, silent: SilentServer
) -> None:
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(portal.send().status_code))
        for _ in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [HTTPStatus.SERVICE_UNAVAILABLE] * THREADS
    # Each that asked it did so twice.
    assert len(silent.taken) <= THREADS // 2 * 2


@pytest.mark.usefixtures("s3")
def test_a_bucket_that_is_not_there_is_told_in_words(
    portal: Portal, s3_endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        portal.app.extensions, "storage", BoundedStorage(S3Storage("none", endpoint=s3_endpoint), 1)
    )
    answer = portal.send()
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "Failu krātuve pašlaik neatbild" in answer.text


@contextmanager
def a_small_disk(size: int) -> Iterator[None]:
    """No file of this process grows over so many bytes: writing fails as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


# Werkzeug leaves the file that it could not write to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("size", [400_000, 2_000_000], ids=["in storing", "in receiving"])
def test_a_full_disk_is_told_in_words_and_leaves_nothing_half(portal: Portal, size: int) -> None:
    browser = portal.browser()
    body = b"\r\n".join(
        [
            b'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n',
            browser.csrf().encode(),
            b'--b\r\nContent-Disposition: form-data; name="q_plans"; filename="a.pdf"\r\n',
            PDF.ljust(size, b"\0"),
            b"--b--\r\n",
        ]
    )
    with a_small_disk(300_000):
        answer = browser.post(
            portal.page,
            data=body,
            content_type="multipart/form-data; boundary=b",
        )
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "pietrūkst vietas" in answer.text
    gc.collect()
    folder = portal.app.extensions["settings"].var / "files"
    assert not [path for path in folder.rglob("*") if path.is_file()]
    assert not portal.rows()


DIES = """
import os, signal
from werkzeug.datastructures import FileStorage
from portal.core.documents import service
from wsgi import app
with app.test_request_context(), service.sending() as send:
    send(FileStorage(open(os.environ["PDF"], "rb"), filename="a.pdf"))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_process_leaves_that_dies_before_its_commit_is_swept(portal: Portal) -> None:
    folder = portal.app.extensions["settings"].var
    (folder / "a.pdf").write_bytes(PDF)
    environment = {
        "PDF": str(folder / "a.pdf"),
        "VAR": str(folder),
        "DATABASE_URL": portal.app.config["SQLALCHEMY_DATABASE_URI"],
        "SECRET_KEY": token_urlsafe(48),
    }
    died = subprocess.run([sys.executable, "-c", DIES], cwd=ROOT, env=environment, check=False)
    assert died.returncode == -signal.SIGKILL
    kept = portal.send()
    assert kept.status_code == HTTPStatus.FOUND and len(portal.objects()) == 2
    with clock.at(datetime.now(UTC) + timedelta(days=2)):
        said = portal.app.test_cli_runner().invoke(args=["files", "sweep"]).output
    assert "1 abandoned objects" in said
    assert portal.objects() == [one.file.object_key for one in portal.rows()]


def test_half_of_an_upload_to_s3_is_swept(
    portal: Portal, s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = S3Storage("asns", "files", endpoint=s3)
    monkeypatch.setitem(portal.app.extensions, "storage", BoundedStorage(storage, 1))
    begun = storage.client.create_multipart_upload(Bucket="asns", Key="files/half")
    storage.client.upload_part(
        Bucket="asns", Key="files/half", PartNumber=1, UploadId=begun["UploadId"], Body=b"half"
    )
    storage.client.create_multipart_upload(Bucket="asns", Key="others/half")
    with portal.app.app_context():
        assert service.sweep() == (0, 1)  # moto says of all that they were begun in 2010
        assert service.sweep() == (0, 0)
    left = storage.client.list_multipart_uploads(Bucket="asns")["Uploads"]
    assert [one["Key"] for one in left] == ["others/half"]


class OnTheWay(LocalStorage):
    """A folder to which the way is long: something happens meanwhile."""

    def __init__(self, folder: Path, meanwhile: Callable[[], object]) -> None:
        super().__init__(folder)
        self.meanwhile = meanwhile

    def put(self, key: str, stream: IO[bytes]) -> None:
        super().put(key, stream)
        self.meanwhile()


def test_a_call_that_is_cancelled_while_a_file_travels_takes_it_no_more(
    portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = portal.make.person(Role.OFFICER)

    def cancel() -> None:
        with portal.app.test_request_context():
            call = db.session.get_one(Competition, portal.call.id)
            actor = db.session.get_one(Person, officer.id)
            calls.cancel(actor, call, Words("Nav naudas.", "No money."))

    def elsewhere() -> None:
        thread = threading.Thread(target=cancel)
        thread.start()
        thread.join(30)

    storage = OnTheWay(tmp_path / "way", elsewhere)
    monkeypatch.setitem(portal.app.extensions, "storage", BoundedStorage(storage, 1))
    assert portal.send().status_code == HTTPStatus.CONFLICT
    assert not portal.rows() and not portal.objects()


def test_of_two_files_that_fit_only_alone_one_is_taken(
    portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = 1.5 * len(PDF)
    portal.make.row(
        AnswerFile(
            set_id=portal.draft.answer_set_id,
            question_key="plans",
            file_id=portal.make.row(
                StoredFile(
                    object_key="large",
                    name="liels.pdf",
                    size=100 * MEGABYTE - int(room),
                    sha256="0" * 64,
                    media_type="application/pdf",
                    purpose="attachment",
                )
            ).id,
            added_by_id=portal.owner.id,
        )
    )
    both_sent = threading.Barrier(2, timeout=30)
    storage = OnTheWay(tmp_path / "way", both_sent.wait)
    monkeypatch.setitem(portal.app.extensions, "storage", BoundedStorage(storage, 2))
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda name=name: answers.append(portal.send(name).status_code))
        for name in ("viens.pdf", "divi.pdf")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answers) == [HTTPStatus.FOUND, HTTPStatus.UNPROCESSABLE_ENTITY]
    assert len(portal.rows()) == 2 and len(portal.objects()) == 1
