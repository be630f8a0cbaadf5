"""Fields for files. They only check that a file came; core.documents determines its kind."""

from collections.abc import Callable
from typing import Any, Protocol

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from werkzeug.datastructures import FileStorage

from portal.core.errors import Message
from portal.core.fields.base import Field, component, label_options
from portal.core.formats import filesize

TEXTS = {
    "data-words-waiting": _l("Waiting…"),
    "data-words-sending": _l("Sending: {percent}"),
    "data-words-checking": _l("Sent. Checking the file…"),
    "data-words-cancel": _l("Cancel"),
    "data-words-again": _l("Try again"),
    "data-words-leave": _l("Leave it out"),
    "data-words-replace": _l("Replace"),
    "data-words-keep": _l("Keep the file that is there"),
    "data-words-lost": _l("Not attached: the connection was lost."),
    "data-words-failed": _l("The file could not be attached."),
    "data-words-session": _l("Not attached: you have been signed out. Sign in, then try again."),
}


class AcceptedFiles(Protocol):
    """The accepted files."""

    @property
    def accept(self) -> str:
        """The value of the input's `accept`: ".pdf,.doc"."""

    @property
    def largest(self) -> int:
        """Bytes of one file."""


class File(Field):
    """One file, as FileStorage or None; with `multiple` several, as a list.

    `accept` is the input's attribute, such as ".pdf,.docx"; or `limits()` gives it when the field
    is rendered, with the largest size of a file, which a script checks before sending. Rendered
    with `sends_to`, a URL, a script sends a chosen file there at once, as the answer to `question`:
    see static/src/js/attach.js.
    """

    missing = _l("Choose a file")

    def __init__(
        self,
        label: Message = "",
        hint: Message = "",
        *,
        multiple: bool = False,
        accept: str = "",
        limits: Callable[[], AcceptedFiles] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(label, hint, **options)
        self.multiple = multiple
        self.accept = accept
        self.limits = limits

    def collect(self, formdata: Any) -> list[FileStorage]:
        return [
            sent
            for sent in formdata.getlist(self.name)
            if isinstance(sent, FileStorage) and sent.filename
        ]

    def parse(self, typed: list[FileStorage]) -> Any:
        return typed if self.multiple else (typed[0] if typed else None)

    def render(self, **options: Any) -> Markup:
        attributes = {
            **self.attributes("govuk-file-upload", **options),
            "type": "file",
            "accept": self.accept or None,
            "multiple": "multiple" if self.multiple else None,
        }
        if self.limits is not None:
            attributes |= self._limit(self.limits())
        if options.get("sends_to"):
            attributes |= self._sending(options["sends_to"], options.get("question", ""))
        return component("input", self, attributes, **label_options(options))

    def _sending(self, address: str, question: str) -> dict[str, str]:
        """The attributes for the script: the URL for a chosen file, and its messages."""
        said = {key: str(text) for key, text in TEXTS.items()}
        if question:
            said["data-question-key"] = question
        return {"data-files": address, **said}

    def _limit(self, limits: AcceptedFiles) -> dict[str, str]:
        said = _(
            "The file is too large: %(size)s. A file may have up to %(limit)s.",
            size="{size}",
            limit=filesize(limits.largest),
        )
        return {
            "accept": limits.accept,
            "data-limit": str(limits.largest),
            "data-words-large": said,
        }
