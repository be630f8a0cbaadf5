"""Storing files. A file is sent to the storage before the transaction, and gets its row in it.

    with sending() as send:
        incoming = send(upload, field="file")
        with unit_of_work(actor, "document.added", competition) as work:
            ...
            stored = incoming.place(work, purpose="regulations")

No lock is held while the storage is slow or hangs. Conditions are therefore checked before sending
and again in the verb; a file that is then refused is removed.
"""

import hashlib
import io
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from time import monotonic
from typing import IO, cast
from uuid import UUID

from flask import current_app, has_request_context
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from portal.core import access, clock
from portal.core.db import db
from portal.core.documents.asking import BATCH
from portal.core.documents.models import Remark, StoredFile
from portal.core.documents.storage import ON_THE_WAY, MissingObject, Storage, new_key, within
from portal.core.documents.uploads import Accepted, Limits, check_size, checked, clean_name
from portal.core.errors import StateConflict
from portal.core.work import Work

ABANDONED = timedelta(days=1)  # older objects without a row belong to no running verb

log = logging.getLogger(__name__)


def storage() -> Storage:
    """The storage of this application."""
    return cast(Storage, current_app.extensions["storage"])


@dataclass(slots=True)
class Incoming:
    """An object in the storage that has no row yet."""

    object_key: str
    name: str
    size: int  # bytes
    sha256: str
    media_type: str
    remark: Remark | None
    field: str | None
    placed: bool = False

    def place(self, work: Work, *, purpose: str, limits: Limits | None = None) -> StoredFile:
        """Insert its row, in the verb that has locked the file's owner.

        Raises Invalid if it exceeds the total size by now.
        """
        check_size(self.name, self.size, limits or Limits(), self.field)
        self.placed = True
        work.after_rollback(self._lose_place)
        return work.add(
            StoredFile(
                object_key=self.object_key,
                name=self.name,
                size=self.size,
                sha256=self.sha256,
                media_type=self.media_type,
                remark=self.remark,
                purpose=purpose,
                uploaded_by_id=work.actor_id,
            )
        )

    def _lose_place(self) -> None:
        self.placed = False


class Sending:
    """The files that one request sends to the storage, under one time limit."""

    def __init__(self) -> None:
        self.sent: list[Incoming] = []
        self.until = monotonic() + ON_THE_WAY
        person = access.person() if has_request_context() else None
        self.whose = person.id if person else None

    def __call__(
        self,
        upload: FileStorage,
        *,
        limits: Limits | None = None,
        field: str | None = None,
        converted: Callable[[Accepted], Accepted] | None = None,
    ) -> Incoming:
        """Check an upload and send it, `converted` if given. Rows loaded before are expired.

        Raises Invalid for `field`, with the codes of uploads.checked; TooMany, Unavailable.
        """
        name = clean_name(upload.filename or "")
        with checked(name, upload.stream, limits or Limits(), field, whose=self.whose) as sent:
            file = converted(sent) if converted else sent
            key, reading = new_key(), _Reading(file.stream)
            with within(self.until):
                storage().put(key, cast(IO[bytes], reading))
        if db.session.registry.has():
            db.session.expire_all()  # sending may have taken long
        incoming = Incoming(
            object_key=key,
            name=file.name,
            size=reading.size,
            sha256=reading.digest.hexdigest(),
            media_type=file.kind.media_type,
            remark=file.remark,
            field=field,
        )
        self.sent.append(incoming)
        return incoming


@contextmanager
def sending() -> Iterator[Sending]:
    """Send files before the verb that places them. Those without a row in the end are removed.

    That includes rolled-back verbs; if the commit's result is unknown, the files stay until
    `sweep`.
    """
    files = Sending()
    try:
        yield files
    finally:
        with within(files.until):
            for one in files.sent:
                if not one.placed:
                    _remove(one)


def _remove(orphan: Incoming) -> None:
    try:
        storage().delete(orphan.object_key)
    except Exception:  # the request is answered already; sweep removes the rest
        log.exception("could not remove a file that has no place")


def damaged() -> Iterator[StoredFile]:
    """The files whose object is missing or differs from the row. Reads all objects."""
    last: UUID | None = None
    while True:
        query = select(StoredFile).order_by(StoredFile.id).limit(BATCH)
        rows = db.session.scalars(
            query if last is None else query.where(StoredFile.id > last)
        ).all()
        if not rows:
            return
        last = rows[-1].id
        yield from (stored for stored in rows if not is_intact(stored))


def sweep() -> tuple[int, int]:
    """Delete objects without a row after a day: the number of objects, and of partial ones.

    Raises StateConflict if there are objects but no rows at all: the database is another's.
    """
    objects, removed = storage(), 0
    before = clock.now() - ABANDONED
    for keys in _batches(objects.keys(before), BATCH):
        known = select(StoredFile.object_key).where(StoredFile.object_key.in_(keys))
        abandoned = set(keys) - set(db.session.scalars(known))
        if abandoned and db.session.scalar(select(StoredFile.id).limit(1)) is None:
            raise StateConflict("no_files", "The database knows no file. Is it the right one?")
        for key in abandoned:
            objects.delete(key)
            removed += 1
    return removed, objects.clear(before)


def is_intact(stored: StoredFile) -> bool:
    """Whether the object's SHA-256 equals the row's; reads the whole object."""
    digest = hashlib.sha256()
    try:
        chunks = storage().open(stored.object_key)
    except MissingObject:
        return False
    try:
        for chunk in chunks:
            digest.update(chunk)
    finally:
        chunks.close()
    return digest.hexdigest() == stored.sha256


class _Reading(io.RawIOBase):
    """Wraps a stream that is read once, and gives its size and SHA-256 afterwards."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.size = 0
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        chunk = self.stream.read(size)
        self.size += len(chunk)
        self.digest.update(chunk)
        return chunk


def _batches(keys: Iterable[str], size: int) -> Iterator[list[str]]:
    rest = iter(keys)
    while batch := list(islice(rest, size)):
        yield batch
