"""Taking files in. A file is sent before the transaction, and gets its row in it.

    with sending() as send:
        incoming = send(upload, field="file")
        with unit_of_work(actor, "document.added", competition) as work:
            ...
            stored = incoming.place(work, purpose="regulations")

The storage may be slow, or silent: nothing is locked while it is asked. So what is asked before a
file travels is asked again in the verb, and a file that finds no place there is removed.
"""

import hashlib
import io
import logging
from collections.abc import Iterable, Iterator
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
from portal.core.documents.uploads import Limits, check_size, checked, clean_name
from portal.core.errors import StateConflict
from portal.core.work import Work

ABANDONED = timedelta(days=1)  # an object that is older and has no row belongs to no running verb

log = logging.getLogger(__name__)


def storage() -> Storage:
    """The storage of this application."""
    return cast(Storage, current_app.extensions["storage"])


@dataclass(slots=True)
class Incoming:
    """A file that stands in the storage, and waits for its row."""

    object_key: str
    name: str
    size: int  # bytes
    sha256: str
    media_type: str
    remark: Remark | None
    field: str | None
    placed: bool = False

    def place(self, work: Work, *, purpose: str, limits: Limits | None = None) -> StoredFile:
        """Give it its row, in the verb that has locked what the file belongs to.

        Raises Invalid where it has no room beside what stands there by now.
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
    """What one request sends to the storage, all of it within one time."""

    def __init__(self) -> None:
        self.sent: list[Incoming] = []
        self.until = monotonic() + ON_THE_WAY
        person = access.person() if has_request_context() else None
        self.whose = person.id if person else None

    def __call__(
        self, upload: FileStorage, *, limits: Limits | None = None, field: str | None = None
    ) -> Incoming:
        """Look at an upload and send it. What has been read from the database is read anew then.

        Raises Invalid for `field`, with the codes of intake.checked; TooMany, Unavailable.
        """
        name = clean_name(upload.filename or "")
        with checked(name, upload.stream, limits or Limits(), field, whose=self.whose) as file:
            key, reading = new_key(), _Reading(file.stream)
            with within(self.until):
                storage().put(key, cast(IO[bytes], reading))
        if db.session.registry.has():
            db.session.expire_all()  # the way may have been long
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
    """Send files ahead of the verb that places them. What has no place in the end is removed.

    So is what a verb has rolled back; where it is not known whether a verb was committed, its files
    stay, and `sweep` looks after them.
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
    except Exception:  # the request has its answer; sweep comes for what is left
        log.exception("could not remove a file that has no place")


def damaged() -> Iterator[StoredFile]:
    """The files whose object is lost, or has other bytes than the row says. Reads everything."""
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
    """Remove what has no row within a day: how many objects, and how many that were half made.

    Raises StateConflict where there are objects and the database knows no file at all: it is
    another's.
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
    """Whether the object still has the bytes that the row says; reads all of it."""
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
    """Reads a stream once, and knows afterwards how much it was and its SHA-256."""

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
