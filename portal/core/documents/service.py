"""Taking files in. The object is stored first, its row in the verb's transaction.

A rollback removes the object. These are parts of verbs, not verbs: they run inside the caller's
unit of work.
"""

import hashlib
import io
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import IO, cast

from flask import current_app
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from portal.core import clock
from portal.core.db import db
from portal.core.documents.intake import USUAL, Limits, check, clean_name
from portal.core.documents.models import StoredFile
from portal.core.documents.storage import MissingObject, Storage, new_key
from portal.core.work import Work

ABANDONED = timedelta(days=1)  # an object that is older and has no row belongs to no running verb


def storage() -> Storage:
    """The storage of this application."""
    return cast(Storage, current_app.extensions["storage"])


def receive(
    work: Work,
    upload: FileStorage,
    *,
    purpose: str,
    limits: Limits = USUAL,
    field: str | None = None,
) -> StoredFile:
    """Take in what a person has uploaded.

    Raises Invalid for `field`; the codes are those of intake.check.
    """
    name = clean_name(upload.filename or "")
    kind = check(name, upload.stream, limits, field)
    return _store(work, upload.stream, name=name, media_type=kind.media_type, purpose=purpose)


def keep(work: Work, content: bytes, *, name: str, media_type: str, purpose: str) -> StoredFile:
    """Store a document that we have generated."""
    return _store(
        work, io.BytesIO(content), name=clean_name(name), media_type=media_type, purpose=purpose
    )


def damaged() -> Iterator[StoredFile]:
    """The files whose object is lost, or has other bytes than the row says. Reads everything."""
    rows = db.session.scalars(select(StoredFile).execution_options(yield_per=500))
    return (stored for stored in rows if not is_intact(stored))


def sweep() -> int:
    """Remove the objects that no row has come for within a day; the number of them."""
    objects, removed = storage(), 0
    for keys in _batches(objects.keys(clock.now() - ABANDONED), 500):
        known = select(StoredFile.object_key).where(StoredFile.object_key.in_(keys))
        for key in set(keys) - set(db.session.scalars(known)):
            objects.delete(key)
            removed += 1
    return removed


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


def _store(
    work: Work, stream: IO[bytes], *, name: str, media_type: str, purpose: str
) -> StoredFile:
    objects, key = storage(), new_key()
    work.after_rollback(lambda: objects.delete(key))
    reading = _Reading(stream)
    objects.put(key, cast(IO[bytes], reading))
    return work.add(
        StoredFile(
            object_key=key,
            name=name,
            size=reading.size,
            sha256=reading.digest.hexdigest(),
            media_type=media_type,
            purpose=purpose,
            uploaded_by_id=work.actor.id if work.actor else None,
        )
    )


def _batches(keys: Iterable[str], size: int) -> Iterator[list[str]]:
    rest = iter(keys)
    while batch := list(islice(rest, size)):
        yield batch
