"""What both storages promise."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config import Settings
from portal.core.documents.storage import (
    CHUNK,
    PART,
    LocalStorage,
    MissingObject,
    Storage,
    new_key,
    open_storage,
)

HOUR = timedelta(hours=1)


class Broken(io.RawIOBase):
    """A stream that ends in an error, as an upload does whose connection is lost."""

    def __init__(self, before: int) -> None:
        self.left = before

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self.left <= 0:
            raise ConnectionResetError
        self.left -= size
        return bytes(size)


@pytest.mark.parametrize("size", [1, CHUNK + 1, PART, 2 * PART + 3])
def test_what_is_put_is_what_opens(storage: Storage, size: int) -> None:
    key, content = new_key(), (b"Asns" * (size // 4 + 1))[:size]
    storage.put(key, io.BytesIO(content))
    assert storage.exists(key)
    chunks = storage.open(key)
    assert b"".join(chunks) == content
    chunks.close()


def test_a_large_object_opens_in_chunks(storage: Storage) -> None:
    key = new_key()
    storage.put(key, io.BytesIO(bytes(3 * CHUNK)))
    chunks = storage.open(key)
    assert chunks.seekable(), "or the web server cannot send it by itself"
    assert max(len(chunk) for chunk in chunks) <= CHUNK
    chunks.close()


def test_what_is_not_there_cannot_be_opened(storage: Storage) -> None:
    assert not storage.exists(new_key())
    with pytest.raises(MissingObject):
        storage.open(new_key())


def test_delete_removes_and_may_be_repeated(storage: Storage) -> None:
    key = new_key()
    storage.put(key, io.BytesIO(b"x"))
    storage.delete(key)
    storage.delete(key)
    assert not storage.exists(key)


@pytest.mark.parametrize("before", [CHUNK, 2 * PART])
def test_a_stream_that_breaks_leaves_nothing(storage: Storage, before: int) -> None:
    key = new_key()
    with pytest.raises(ConnectionResetError):
        storage.put(key, Broken(before))  # type: ignore[arg-type]  # a RawIOBase is an IO in all but name
    assert not storage.exists(key)
    assert list(storage.keys(datetime.now(UTC) + HOUR)) == []


def test_keys_lists_what_is_older(storage: Storage) -> None:
    keys = {new_key() for _ in range(3)}
    for key in keys:
        storage.put(key, io.BytesIO(b"x"))
    assert set(storage.keys(datetime.now(UTC) + HOUR)) == keys
    assert list(storage.keys(datetime.now(UTC) - HOUR)) == []


def test_a_folder_is_sharded(tmp_path: Path) -> None:
    key = "0123abcd"
    LocalStorage(tmp_path).put(key, io.BytesIO(b"x"))
    assert (tmp_path / "01" / "23" / key).read_bytes() == b"x"


@pytest.mark.parametrize("url", ["http://example.lv", "s3://", "files"])
def test_a_storage_that_is_none_stops_the_start(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="DOCUMENTS_URL"):
        open_storage(Settings(var=tmp_path, documents_url=url))
