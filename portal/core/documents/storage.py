"""Where the bytes are: a folder, or any S3. An object is written once, under a random key."""

import os
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfileobj
from tempfile import NamedTemporaryFile, SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any, Protocol, cast
from urllib.parse import urlsplit
from uuid import uuid4

from werkzeug.wsgi import FileWrapper

from config import Settings

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

CHUNK = 64 * 1024  # bytes held in memory at a time
PART = 5 * 1024 * 1024  # the smallest part that S3 takes; one is held at a time


class MissingObject(LookupError):
    """No object under this key. It was lost: a row is only written after its object."""


class Storage(Protocol):
    """What both storages do. Keys come from `new_key`; an object never changes."""

    def put(self, key: str, stream: IO[bytes]) -> None:
        """Store what `stream` gives, to its end; all of it or nothing."""

    def open(self, key: str) -> FileWrapper:
        """The object in chunks, out of a file that can be sought in, and so be left to the server.

        Close it, or read it to its end. Raises MissingObject at once.
        """

    def exists(self, key: str) -> bool:
        """Whether the object is there."""

    def delete(self, key: str) -> None:
        """Remove the object; nothing happens where there is none."""

    def keys(self, older_than: datetime) -> Iterator[str]:
        """The keys of all objects written before this instant, in no order."""


def new_key() -> str:
    """A key for a new object: random, so that it says nothing and cannot be guessed."""
    return str(uuid4())


def open_storage(settings: Settings) -> Storage:
    """The storage that the settings name."""
    if not settings.documents_url:
        return LocalStorage(settings.var / "files")
    url = urlsplit(settings.documents_url)
    if url.scheme != "s3" or not url.netloc:
        raise ValueError("DOCUMENTS_URL must be empty or s3://bucket/prefix")
    return S3Storage(url.netloc, url.path.strip("/"), settings.s3_endpoint)


class LocalStorage:
    """A folder. An object is written beside its place, flushed, and moved there in one step."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, key: str, stream: IO[bytes]) -> None:
        place = self._place(key)
        place.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=place.parent, prefix=".", delete=False) as half:
            try:
                copyfileobj(stream, half, CHUNK)
                half.flush()
                os.fsync(half.fileno())
                Path(half.name).replace(place)
            except BaseException:
                Path(half.name).unlink(missing_ok=True)
                raise
        self._flush_folder(place.parent)

    def open(self, key: str) -> FileWrapper:
        try:
            return FileWrapper(self._place(key).open("rb"), CHUNK)
        except FileNotFoundError as error:
            raise MissingObject(key) from error

    def exists(self, key: str) -> bool:
        return self._place(key).is_file()

    def delete(self, key: str) -> None:
        self._place(key).unlink(missing_ok=True)

    def keys(self, older_than: datetime) -> Iterator[str]:
        for place in self.folder.glob("??/??/*"):
            with suppress(FileNotFoundError):  # deleted meanwhile
                if datetime.fromtimestamp(place.stat().st_mtime, UTC) < older_than:
                    yield place.name

    def _place(self, key: str) -> Path:
        return self.folder / key[:2] / key[2:4] / key

    @staticmethod
    def _flush_folder(folder: Path) -> None:
        """Make the new name itself survive a power cut."""
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class S3Storage:
    """A bucket of AWS or of a compatible server; credentials are found as boto3 finds them."""

    def __init__(self, bucket: str, prefix: str = "", endpoint: str = "") -> None:
        import boto3  # half a second and 30 MB that a local folder does not need

        self.bucket = bucket
        self.prefix = f"{prefix}/" if prefix else ""
        self.client: S3Client = boto3.client("s3", endpoint_url=endpoint or None)

    def put(self, key: str, stream: IO[bytes]) -> None:
        from boto3.s3.transfer import TransferConfig

        self.client.upload_fileobj(
            stream,
            self.bucket,
            self.prefix + key,
            Config=TransferConfig(
                multipart_threshold=PART, multipart_chunksize=PART, use_threads=False
            ),
        )

    def open(self, key: str) -> FileWrapper:
        from botocore.exceptions import ClientError

        try:
            found = self.client.get_object(Bucket=self.bucket, Key=self.prefix + key)
        except ClientError as error:
            if _is_missing(error.response):
                raise MissingObject(key) from error
            raise
        # Fetched whole, at the store's pace, before the answer begins: a slow reader holds nothing
        # there, and a store that fails half-way is an error in words, not half a file.
        fetched = SpooledTemporaryFile(CHUNK)  # noqa: SIM115 - whoever reads it closes it
        with closing(found["Body"]) as body:
            copyfileobj(body, fetched, CHUNK)
        fetched.seek(0)
        return FileWrapper(cast(IO[bytes], fetched), CHUNK)

    def exists(self, key: str) -> bool:
        from botocore.exceptions import ClientError

        try:
            self.client.head_object(Bucket=self.bucket, Key=self.prefix + key)
        except ClientError as error:
            if _is_missing(error.response):
                return False
            raise
        return True

    def delete(self, key: str) -> None:
        self.client.delete_object(Bucket=self.bucket, Key=self.prefix + key)

    def keys(self, older_than: datetime) -> Iterator[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=self.prefix
        )
        for page in pages:
            for found in page.get("Contents", []):
                if found["LastModified"] < older_than:
                    yield found["Key"].removeprefix(self.prefix)


def _is_missing(response: Any) -> bool:
    return response["Error"]["Code"] in {"404", "NoSuchKey"}
