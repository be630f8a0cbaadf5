"""The storage of bytes: a folder, or S3. An object is written once, under a random key.

The portal uses either through core/documents/asking.
"""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfileobj
from tempfile import NamedTemporaryFile, SpooledTemporaryFile
from time import monotonic
from typing import IO, TYPE_CHECKING, Protocol, cast
from urllib.parse import urlsplit
from uuid import uuid4

from werkzeug.wsgi import FileWrapper

from config import Settings
from portal.core.formats import MEGABYTE

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

CHUNK = 64 * 1024  # bytes held in memory at a time
PART = 5 * MEGABYTE  # the smallest part that S3 accepts; one is held at a time
# Seconds for all transfers of a request to or from an S3 server. With one more timeout (config.py)
# it is less than a proxy's (docs/operations.md).
ON_THE_WAY = 40

_until: ContextVar[float] = ContextVar("until", default=float("inf"))


@contextmanager
def within(until: float) -> Iterator[None]:
    """Limit transfers within to this time, in `monotonic` seconds."""
    token = _until.set(min(until, _until.get()))
    try:
        yield
    finally:
        _until.reset(token)


class MissingObject(LookupError):
    """There is no object under this key. It was lost: a row is only written after its object."""


class StorageError(Exception):
    """The file server refused or could not be reached."""


class SilentStorage(StorageError):
    """The file server did not answer in time."""


class Storage(Protocol):
    """What both storages implement. Keys come from `new_key`; an object never changes."""

    def put(self, key: str, stream: IO[bytes]) -> None:
        """Store the whole stream, or nothing."""

    def open(self, key: str) -> FileWrapper:
        """The object in chunks, as a seekable file where possible, which the server can send
        itself.

        Close it, or read it to its end. Raises MissingObject at once.
        """

    def exists(self, key: str) -> bool:
        """Whether the object is there."""

    def delete(self, key: str) -> None:
        """Delete the object if it exists."""

    def keys(self, older_than: datetime) -> Iterator[str]:
        """The keys of all objects written before this instant, in no order."""

    def clear(self, older_than: datetime) -> int:
        """Delete uploads begun before this instant and never finished; returns their number."""


def new_key() -> str:
    """A new random key, which cannot be guessed."""
    return str(uuid4())


def open_storage(settings: Settings) -> Storage:
    if not settings.documents_url:
        return LocalStorage(settings.var / "files")
    url = urlsplit(settings.documents_url)
    if url.scheme != "s3" or not url.netloc:
        raise ValueError("DOCUMENTS_URL must be empty or s3://bucket/prefix")
    return S3Storage(
        url.netloc, url.path.strip("/"), settings.s3_endpoint, settings.documents_timeout
    )


class LocalStorage:
    """A folder. An object is written to a temporary file, flushed, and moved in one step."""

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
        return (place.name for place in self._older(older_than) if not _is_half(place))

    def clear(self, older_than: datetime) -> int:
        half = [place for place in self._older(older_than) if _is_half(place)]
        for place in half:
            place.unlink(missing_ok=True)
        return len(half)

    def _older(self, than: datetime) -> Iterator[Path]:
        for place in self.folder.glob("??/??/*"):
            with suppress(FileNotFoundError):  # deleted meanwhile
                if datetime.fromtimestamp(place.stat().st_mtime, UTC) < than:
                    yield place

    def _place(self, key: str) -> Path:
        return self.folder / key[:2] / key[2:4] / key

    @staticmethod
    def _flush_folder(folder: Path) -> None:
        """Flush the folder, so that the new name survives a power cut."""
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _is_half(place: Path) -> bool:
    return place.name.startswith(".")


class S3Storage:
    """A bucket of AWS or of a compatible server; credentials are found as boto3 finds them.

    `timeout` is in seconds, per answer; failed calls are retried once, and not after the end of
    `within`. The server's name is resolved by the system, under its own limits.
    """

    def __init__(
        self, bucket: str, prefix: str = "", endpoint: str = "", timeout: float = 10
    ) -> None:
        import boto3  # half a second and 30 MB that a local folder does not need
        from botocore.config import Config

        self.bucket = bucket
        self.prefix = f"{prefix}/" if prefix else ""
        self.client: S3Client = boto3.client(
            "s3",
            endpoint_url=endpoint or None,
            config=Config(
                connect_timeout=min(timeout, 5),
                read_timeout=timeout,
                retries={"mode": "standard", "total_max_attempts": 2},
                tcp_keepalive=True,
            ),
        )
        self.client.meta.events.register("before-send.s3", _in_time)

    def put(self, key: str, stream: IO[bytes]) -> None:
        from boto3.s3.transfer import TransferConfig

        with self._asked():
            self.client.upload_fileobj(
                stream,
                self.bucket,
                self.prefix + key,
                Callback=_in_time,
                Config=TransferConfig(
                    multipart_threshold=PART, multipart_chunksize=PART, use_threads=False
                ),
            )

    def open(self, key: str) -> FileWrapper:
        with within(monotonic() + ON_THE_WAY), self._asked(key):
            found = self.client.get_object(Bucket=self.bucket, Key=self.prefix + key)
            # Fetched completely before the response begins: a slow reader then holds no connection,
            # and a failure half-way is an error page rather than half a file.
            fetched = SpooledTemporaryFile(CHUNK)  # noqa: SIM115 - whoever reads it closes it
            with closing(found["Body"]) as body:
                while chunk := body.read(CHUNK):
                    _in_time()
                    fetched.write(chunk)
            fetched.seek(0)
        return FileWrapper(cast(IO[bytes], fetched), CHUNK)

    def exists(self, key: str) -> bool:
        try:
            with self._asked(key):
                self.client.head_object(Bucket=self.bucket, Key=self.prefix + key)
        except MissingObject:
            return False
        return True

    def delete(self, key: str) -> None:
        with self._asked():
            self.client.delete_object(Bucket=self.bucket, Key=self.prefix + key)

    def keys(self, older_than: datetime) -> Iterator[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=self.prefix
        )
        with self._asked():
            for page in pages:
                for found in page.get("Contents", []):
                    if found["LastModified"] < older_than:
                        yield found["Key"].removeprefix(self.prefix)

    def clear(self, older_than: datetime) -> int:
        pages = self.client.get_paginator("list_multipart_uploads").paginate(
            Bucket=self.bucket, Prefix=self.prefix
        )
        with self._asked():
            half = [
                found
                for page in pages
                for found in page.get("Uploads", [])
                if found["Initiated"] < older_than
            ]
            for found in half:
                self.client.abort_multipart_upload(
                    Bucket=self.bucket, Key=found["Key"], UploadId=found["UploadId"]
                )
        return len(half)

    @contextmanager
    def _asked(self, key: str = "") -> Iterator[None]:
        """Translate the client's errors; MissingObject if nothing is under `key`."""
        from boto3.exceptions import Boto3Error
        from botocore import exceptions

        try:
            yield
        except exceptions.ClientError as error:
            if key and error.response["Error"]["Code"] in {"404", "NoSuchKey"}:
                raise MissingObject(key) from error
            raise StorageError(str(error)) from error
        except (exceptions.HTTPClientError, exceptions.ConnectionError) as error:
            raise SilentStorage(str(error)) from error
        except (exceptions.BotoCoreError, Boto3Error) as error:
            raise StorageError(str(error)) from error


def _in_time(*_: object, **__: object) -> None:
    """Raises SilentStorage after the end of `within`; called before and during transfers."""
    if monotonic() > _until.get():
        raise SilentStorage("the files of this request have taken too long")
