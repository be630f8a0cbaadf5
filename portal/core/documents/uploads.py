"""Checks of uploads: name, size and kind."""

import io
import json
import logging
import subprocess
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import IO
from uuid import UUID

from flask_babel import gettext as _

from config import Settings
from portal.core.documents import programs
from portal.core.documents.file_kinds import ATTACHMENTS, FileKind, Flaw
from portal.core.documents.models import Remark
from portal.core.errors import Invalid
from portal.core.formats import MEGABYTE, filesize
from portal.core.normalization import is_unseen, normalized
from portal.core.settings import settings

FORM = 5  # megabytes of a form besides its files

log = logging.getLogger(__name__)


def largest_request(settings: Settings) -> int:
    """The size in bytes of the largest request: all the files of an application, and the form."""
    return (settings.files_mb + FORM) * MEGABYTE


@dataclass(frozen=True, slots=True)
class Limits:
    """Accepted file kinds, and the largest size in bytes of one file and of all together.

    `beside` is the sum of the files already there. Defaults come from the settings.
    """

    allowed: Collection[FileKind] = ATTACHMENTS
    largest: int = field(default_factory=lambda: settings().file_mb * MEGABYTE)
    together: int = field(default_factory=lambda: settings().files_mb * MEGABYTE)
    beside: int = 0

    @property
    def accept(self) -> str:
        """The value of an input's `accept`: ".pdf,.doc"."""
        kinds = (kind for kind in FileKind if kind in self.allowed)
        return ",".join(f".{name}" for kind in kinds for name in kind.extensions)


@dataclass(frozen=True, slots=True)
class Accepted:
    """An accepted file as it will be stored; a picture may have been converted."""

    name: str
    kind: FileKind
    stream: IO[bytes]  # positioned at the content to store
    remark: Remark | None


@contextmanager
def checked(
    name: str,
    stream: IO[bytes],
    limits: Limits,
    field: str | None = None,
    *,
    whose: UUID | None = None,
) -> Iterator[Accepted]:
    """Examine an upload in a separate process; yields the accepted file.

    One file of the person `whose` is examined at a time. Raises Invalid for `field`: file_missing,
    file_empty, file_too_large, files_too_large, file_kind (kind not accepted), file_mismatch
    (content of another kind), file_protected (by a password), file_suspicious (broken, or made to
    harm), file_no_picture; TooMany.
    """
    try:
        if not name:
            raise Invalid("file_missing", _("Choose a file."))
        _check_size(name, _size(stream), limits)
        claimed = _claimed(name, limits.allowed)
        with _examined(stream, claimed, whose) as answer:
            accepted = _judged(name, stream, claimed, answer)
            _check_size(accepted.name, _size(accepted.stream), limits)
            yield accepted
    except Invalid as refusal:
        refusal.field = field
        raise


def check_size(name: str, size: int, limits: Limits, field: str | None = None) -> None:
    """Raise Invalid (files_too_large) if the file exceeds the total size."""
    if limits.beside + size > limits.together:
        raise Invalid(
            "files_too_large",
            _(
                "With “%(name)s” (%(size)s) the files would be %(sum)s together, and they may be at"
                " most %(limit)s. Remove a file or choose a smaller one.",
                name=name,
                size=filesize(size),
                sum=filesize(limits.beside + size),
                limit=filesize(limits.together),
            ),
            field,
        )


def clean_name(name: str) -> str:
    r"""A file's name without folders, control or direction marks, at most 255 characters.

    Direction marks go because "report\u202efdp.exe" reads as "reportexe.pdf".
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(" " if is_unseen(c) else c for c in last)
    tidy = " ".join(normalized("NFC", visible).split())
    if len(tidy) <= 255:
        return tidy
    stem, dot, extension = tidy.rpartition(".")
    if not stem or len(extension) > 10:
        return tidy[:255]
    return stem[: 254 - len(extension)] + dot + extension


def _size(stream: IO[bytes]) -> int:
    """Bytes from the stream's position."""
    here = stream.tell()
    size = stream.seek(0, io.SEEK_END) - here
    stream.seek(here)
    return size


def _check_size(name: str, size: int, limits: Limits) -> None:
    if size == 0:
        raise Invalid("file_empty", _("“%(name)s” is empty. Choose the file again.", name=name))
    if size > limits.largest:
        raise Invalid(
            "file_too_large",
            _(
                "“%(name)s” is %(size)s. One file may be at most %(limit)s.",
                name=name,
                size=filesize(size),
                limit=filesize(limits.largest),
            ),
        )
    check_size(name, size, limits)


def _claimed(name: str, allowed: Collection[FileKind]) -> FileKind:
    """The kind given by the name."""
    kinds = [kind for kind in FileKind if kind in allowed]
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    for kind in kinds:
        if extension in kind.extensions:
            return kind
    raise Invalid(
        "file_kind",
        _(
            "“%(name)s” cannot be attached. Choose a file of one of these kinds: %(kinds)s.",
            name=name,
            kinds=", ".join(name for kind in kinds for name in kind.extensions),
        ),
    )


@contextmanager
def _examined(
    stream: IO[bytes], claimed: FileKind, whose: UUID | None
) -> Iterator[IO[bytes] | None]:
    """The result of the examination; None if it exceeded its limits."""
    with ExitStack() as until_kept:
        try:
            answer = until_kept.enter_context(programs.examined(stream, whose))
        except subprocess.CalledProcessError as error:
            log.warning("a file named .%s could not be examined: %s", claimed, error.returncode)
            answer = None
        yield answer


def _judged(name: str, stream: IO[bytes], claimed: FileKind, answer: IO[bytes] | None) -> Accepted:
    """The file, if its content is of the kind that its name gives. Raises Invalid."""
    if answer is None:
        raise _refusal(name, Flaw.BROKEN)
    said = json.loads(answer.readline())
    flaw = Flaw(said["flaw"]) if said["flaw"] else None
    if flaw and flaw is not Flaw.CUT_OFF:
        raise _refusal(name, flaw)
    if said["kind"] != claimed:
        raise Invalid(
            "file_mismatch",
            _(
                "“%(name)s” is not what its name says. Save it in that format again;"
                " renaming it is not enough.",
                name=name,
            ),
        )
    turned = _size(answer) > 0
    return Accepted(
        name=_renamed(name) if claimed is FileKind.JPG else name,
        kind=claimed,
        stream=answer if turned else stream,
        remark=Remark.CUT_OFF if flaw else None,
    )


def _renamed(name: str) -> str:
    """A JPEG's name with a fitting extension: "IMG_1.HEIC" becomes "IMG_1.jpg"."""
    stem, _dot, extension = name.rpartition(".")
    return name if extension.lower() in ("jpg", "jpeg") else f"{stem}.jpg"


def _refusal(name: str, flaw: Flaw) -> Invalid:
    match flaw:
        case Flaw.LOCKED:
            return Invalid(
                "file_protected",
                _(
                    "“%(name)s” opens with a password only, so nobody could read it here. Save it"
                    " without a password and choose it again.",
                    name=name,
                ),
            )
        case Flaw.NO_PICTURE:
            return Invalid(
                "file_no_picture",
                _(
                    "“%(name)s” cannot be opened as a picture. On the iPhone, choose Settings ›"
                    " Camera › Formats › Most Compatible and take it again, or attach it as JPG.",
                    name=name,
                ),
            )
        case _:
            return Invalid(
                "file_suspicious",
                _("“%(name)s” is damaged or unsafe. Save it anew and choose it again.", name=name),
            )
