"""Whether an upload may come in: its name, size and kind, with a refusal that says what to do."""

import io
from collections.abc import Collection
from dataclasses import dataclass
from typing import IO

from flask_babel import gettext as _

from portal.core.documents.kinds import ATTACHMENTS, Kind, Protected, Suspicious, sniff
from portal.core.errors import Invalid
from portal.core.formats import MEGABYTE, filesize
from portal.core.normal import is_unseen, normalized


@dataclass(frozen=True, slots=True)
class Limits:
    """What may come in. Sizes are bytes; `beside` is what stands already where files count so."""

    allowed: Collection[Kind] = ATTACHMENTS
    largest: int = 25 * MEGABYTE
    together: int = 100 * MEGABYTE
    beside: int = 0


USUAL = Limits()


def check(name: str, stream: IO[bytes], limits: Limits, field: str | None = None) -> Kind:
    """The kind of an upload that may come in; its stream stands at the beginning afterwards.

    Raises Invalid for `field`: file_missing, file_empty, file_too_large, files_too_large, file_kind
    (such files are not taken), file_mismatch (its content is another kind), file_protected (by a
    password), file_suspicious (broken, or made to harm).
    """
    try:
        if not name:
            raise Invalid("file_missing", _("Choose a file."))
        _check_size(name, stream, limits)
        claimed = _claimed(name, limits.allowed)
        if _sniffed(name, stream) is not claimed:
            raise Invalid(
                "file_mismatch",
                _(
                    "“%(name)s” is not what its name says. Save it in that format again;"
                    " renaming it is not enough.",
                    name=name,
                ),
            )
    except Invalid as refusal:
        refusal.field = field
        raise
    return claimed


def check_room(name: str, size: int, limits: Limits, field: str | None = None) -> None:
    """Raise Invalid (files_too_large) for a file that has no room beside what stands there."""
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
    """A file's name as a person reads it: no folders, no control or direction marks, 255 letters.

    Direction marks go because "report\\u202efdp.exe" reads as "reportexe.pdf".
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


def _check_size(name: str, stream: IO[bytes], limits: Limits) -> None:
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
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
    check_room(name, size, limits)


def _claimed(name: str, allowed: Collection[Kind]) -> Kind:
    """The kind that the name claims."""
    kinds = [kind for kind in Kind if kind in allowed]
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


def _sniffed(name: str, stream: IO[bytes]) -> Kind | None:
    try:
        return sniff(stream)
    except Protected as error:
        raise Invalid(
            "file_protected",
            _("“%(name)s” opens with a password only. Attach it without one.", name=name),
        ) from error
    except Suspicious as error:
        raise Invalid(
            "file_suspicious",
            _("“%(name)s” is damaged or unsafe. Save it anew and choose it again.", name=name),
        ) from error
