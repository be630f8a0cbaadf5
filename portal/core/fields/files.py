"""Fields for files. What a file is, is for core.documents to find out; here only that one came."""

from typing import Any

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from werkzeug.datastructures import FileStorage

from portal.core.errors import Message
from portal.core.fields.base import Field, macro


class File(Field):
    """One file, as FileStorage or None; with `multiple` several, as a list.

    `accept` is what the browser offers to choose from, such as ".pdf,.docx".
    """

    missing = _l("Choose a file")

    def __init__(
        self,
        label: Message = "",
        hint: Message = "",
        *,
        multiple: bool = False,
        accept: str = "",
        **options: Any,
    ) -> None:
        super().__init__(label, hint, **options)
        self.multiple = multiple
        self.accept = accept

    def collect(self, formdata: Any) -> list[FileStorage]:
        return [
            sent
            for sent in formdata.getlist(self.name)
            if isinstance(sent, FileStorage) and sent.filename
        ]

    def parse(self, typed: list[FileStorage]) -> Any:
        return typed if self.multiple else (typed[0] if typed else None)

    def render(self, **options: Any) -> Markup:
        params = self.common_params(**options)
        attributes = {**(self.render_kw or {}), **options.get("attributes", {})}
        if self.accept:
            attributes["accept"] = self.accept
        if self.required:
            attributes["aria-required"] = "true"
        params["attributes"] = attributes
        params["multiple"] = self.multiple
        return macro("file-upload", "govukFileUpload", params)
