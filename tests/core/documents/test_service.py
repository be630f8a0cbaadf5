"""A file lives and dies with the transaction of its verb."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from portal.core import clock
from portal.core.db import db
from portal.core.documents import service
from portal.core.documents.asking import BoundedStorage
from portal.core.documents.file_kinds import FileKind
from portal.core.documents.models import ScanState, StoredFile
from portal.core.documents.service import Incoming
from portal.core.documents.storage import LocalStorage, Storage, new_key
from portal.core.documents.uploads import Limits
from portal.core.errors import Invalid, StateConflict, Unavailable
from portal.core.formats import MEGABYTE
from portal.core.work import Work, unit_of_work
from tests.core.documents.samples import FILES, PDF
from tests.factories import Make

pytestmark = pytest.mark.usefixtures("ctx", "in_storage")


@pytest.fixture
def in_storage(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """An empty folder for this test."""
    monkeypatch.setitem(app.extensions, "storage", BoundedStorage(LocalStorage(tmp_path), 2))
    return service.storage()


def upload(name: str = "Tāme (galīgā).pdf", content: bytes = PDF) -> FileStorage:
    return FileStorage(io.BytesIO(content), filename=name)


def receive(make: Make, given: FileStorage | None = None) -> StoredFile:
    with tried(make, given or upload()) as (work, files):
        return files[0].place(work, purpose="attachment")


@contextmanager
def tried(make: Make, *uploads: FileStorage) -> Iterator[tuple[Work, list[Incoming]]]:
    """A verb with the files that have been sent ahead of it."""
    actor = make.person()
    with service.sending() as send:
        files = [send(one, field="file") for one in uploads]
        with unit_of_work(actor, "file.tried") as work:
            yield work, files


def objects() -> list[str]:
    return list(service.storage().keys(datetime.now(UTC) + timedelta(hours=1)))


def test_a_file_is_kept_as_it_came(make: Make, session: Session) -> None:
    receive(make, upload("C:\\dati\\Tāme.XLSX", FILES[FileKind.XLSX]))
    stored = session.scalars(select(StoredFile)).one()
    assert stored.name == "Tāme.XLSX"
    assert stored.size == len(FILES[FileKind.XLSX])
    assert stored.sha256 == sha256(FILES[FileKind.XLSX]).hexdigest()
    assert stored.media_type == FileKind.XLSX.media_type
    assert stored.scan_state is ScanState.UNSCANNED
    assert stored.purpose == "attachment"
    chunks = service.storage().open(stored.object_key)
    assert b"".join(chunks) == FILES[FileKind.XLSX]
    chunks.close()


def test_the_same_name_twice_is_two_objects(make: Make) -> None:
    assert receive(make).object_key != receive(make).object_key
    assert len(objects()) == 2


def test_a_verb_that_fails_leaves_no_file(make: Make, session: Session) -> None:
    with pytest.raises(RuntimeError), tried(make, upload(), upload()) as (work, files):
        for one in files:
            one.place(work, purpose="attachment")
        raise RuntimeError
    assert objects() == []
    assert session.scalar(select(func.count(StoredFile.id))) == 0


def test_a_file_that_the_verb_has_no_place_for_goes_again(make: Make) -> None:
    with tried(make, upload(), upload()) as (work, (first, _second)):
        stored = first.place(work, purpose="attachment")
    assert objects() == [stored.object_key]


def test_the_room_is_asked_again_in_the_verb(make: Make) -> None:
    full = Limits(beside=100 * MEGABYTE - len(PDF) + 1)
    with pytest.raises(Invalid) as caught, tried(make, upload()) as (work, (late,)):
        late.place(work, purpose="attachment", limits=full)
    assert (caught.value.code, caught.value.field) == ("files_too_large", "file")
    assert objects() == []


def test_a_commit_that_fails_leaves_no_file(make: Make) -> None:
    with pytest.raises(DBAPIError), tried(make, upload()) as (work, (incoming,)):
        incoming.place(work, purpose="attachment").size = 0
    assert objects() == []


def test_a_commit_of_which_nothing_is_known_keeps_the_object(make: Make) -> None:
    def lost() -> None:
        raise OperationalError("COMMIT", {}, Exception("lost"), connection_invalidated=True)

    with (
        pytest.MonkeyPatch.context() as broken,
        pytest.raises(Unavailable) as caught,
        tried(make, upload()) as (work, (incoming,)),
    ):
        incoming.place(work, purpose="attachment")
        broken.setattr(db.session(), "commit", lost)
    assert caught.value.unknown
    assert len(objects()) == 1


def test_a_storage_that_breaks_in_the_end_does_not_hide_the_refusal(
    make: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: str) -> None:
        raise OSError

    monkeypatch.setattr(service.storage(), "delete", broken)
    with pytest.raises(Invalid), tried(make, upload(), upload("tukšs.pdf", b"")):
        pass
    assert "could not remove" in caplog.text


def test_the_storage_is_never_asked_while_something_is_written(make: Make) -> None:
    asked: list[Callable[[Storage], object]] = [
        lambda storage: storage.put(new_key(), io.BytesIO(PDF)),
        lambda storage: storage.open("0123abcd"),
        lambda storage: storage.delete("0123abcd"),
        lambda storage: next(storage.keys(clock.now())),
        lambda storage: storage.clear(clock.now()),
    ]
    for ask in asked:
        with tried(make) as _, pytest.raises(RuntimeError, match="within a transaction"):
            ask(service.storage())
        db.session.execute(text("UPDATE persons SET name = name"))
        with pytest.raises(RuntimeError, match="within a transaction"):
            ask(service.storage())
        db.session.rollback()


def test_a_refused_file_is_never_stored(make: Make) -> None:
    with pytest.raises(Invalid) as caught:
        receive(make, upload("programma.pdf", b"MZ" + bytes(500)))
    assert caught.value.field == "file"
    assert objects() == []


def test_a_row_never_changes_but_for_its_scan(make: Make, session: Session) -> None:
    stored = session.get(StoredFile, receive(make).id)
    assert stored
    stored.scan_state = ScanState.CLEAN
    session.commit()
    for change in ("name = 'x'", "sha256 = repeat('0', 64)", "object_key = 'x'", "size = 1"):
        with pytest.raises(DBAPIError, match="immutable"), session.begin_nested():
            session.execute(text(f"UPDATE stored_files SET {change}"))


def test_sweep_removes_what_no_row_has_come_for(make: Make, tmp_path: Path) -> None:
    service.storage().put(key := new_key(), io.BytesIO(b"of another database"))
    with clock.at(datetime.now(UTC) + timedelta(hours=25)), pytest.raises(StateConflict):
        service.sweep()
    service.storage().delete(key)
    stored = receive(make)
    service.storage().put(new_key(), io.BytesIO(b"abandoned"))
    (tmp_path / "01" / "23").mkdir(parents=True)
    (tmp_path / "01" / "23" / ".half").write_bytes(b"ha")
    with clock.at(datetime.now(UTC) + timedelta(hours=23)):
        assert service.sweep() == (0, 0)
    with clock.at(datetime.now(UTC) + timedelta(hours=25)):
        assert service.sweep() == (1, 1)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [stored.object_key]


def test_a_lost_or_changed_object_is_found(app: Flask, make: Make) -> None:
    whole, lost, changed = receive(make), receive(make), receive(make)
    service.storage().delete(lost.object_key)
    service.storage().put(changed.object_key, io.BytesIO(PDF + b" "))
    assert {one.id for one in service.damaged()} == {lost.id, changed.id}
    assert whole.id not in {one.id for one in service.damaged()}


def test_the_commands_say_what_they_did(app: Flask, make: Make) -> None:
    runner = app.test_cli_runner()
    assert "0 abandoned" in runner.invoke(args=["files", "sweep"]).output
    assert runner.invoke(args=["files", "check"]).exit_code == 0
    lost = receive(make)
    service.storage().delete(lost.object_key)
    answer = runner.invoke(args=["files", "check"])
    assert answer.exit_code == 1 and str(lost.id) in answer.output
