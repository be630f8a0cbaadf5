"""Files and pictures as answers. Settings: {several, names_minors}.

They have no value besides the files. Pictures are shown.
"""

from collections.abc import Callable, Iterator, Mapping, Sized
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core.documents.file_kinds import ATTACHMENTS, FileKind
from portal.core.documents.labels import file_limits
from portal.core.documents.uploads import Limits
from portal.core.fields import Field, Statement
from portal.core.fields import File as FileField
from portal.core.questions.kinds.base import Facts, QuestionKind
from portal.core.questions.kinds.settings import Offer, QuestionForm
from portal.core.questions.rules import AnswerProblem, Asked, Context, Shown

ONE_FILE = "one_file"


class File(QuestionKind):
    code = "file"
    label = _l("File")
    about = _l("a document to attach")
    missing = _l("Attach a file.")
    allowed = ATTACHMENTS
    papers = True
    template = "core/questions/kinds/file.html"

    class Settings(QuestionForm):
        several = Statement(_l("Several files can be attached"), required=False)
        names_minors = Statement(_l("The file names minors"), required=False)

        def offer(self, offer: Offer) -> None:
            super().offer(offer)
            self.names_minors.hint = offer.minors
            if not offer.minors:
                del self.names_minors

        def settings(self, before: Mapping[str, Any]) -> dict[str, Any]:
            names = [name for name in ("several", "names_minors") if name in self]
            return {name: bool(self[name].data) for name in names}

    def limits(self) -> Limits:
        """The accepted files."""
        return Limits(allowed=self.allowed)

    def keep(self, question: Asked, raw: Any) -> None:
        return None

    def sent(self, field: Field) -> None:
        return None

    def typed(self, question: Asked, value: Any) -> Mapping[str, str]:
        return {}

    def judge(self, question: Asked, value: Any, context: Context) -> Iterator[AnswerProblem]:
        if isinstance(value, Sized) and len(value) > 1 and not question.settings.get("several"):
            yield AnswerProblem(question.key, ONE_FILE)

    @property
    def sayings(self) -> Mapping[str, Callable[[Facts], str]]:
        return {ONE_FILE: lambda facts: _("Only one file can be attached here. Remove the others.")}

    def asks(self, question: Asked, context: Context) -> list[str]:
        return [file_limits(self.limits(), alone=True)]

    def input(self, question: Asked, options: dict[str, Any]) -> Any:
        several = bool(question.settings.get("several"))
        return FileField(**options, multiple=several, limits=self.limits)

    def names_minors(self, question: Asked) -> bool:
        return bool(question.settings.get("names_minors"))

    def details(self, question: Asked) -> list[str]:
        return [_("names minors")] if self.names_minors(question) else []

    def show(self, question: Asked, value: Any, language: str) -> Shown:
        return Shown(self)


class Picture(File):
    code = "picture"
    label = _l("Picture")
    about = _l("a photograph or a drawing, shown on the page")
    missing = _l("Attach a picture.")
    allowed = frozenset(one for one in FileKind if one.media_type.startswith("image/"))
    template = "core/questions/kinds/picture.html"


FILE = File()
PICTURE = Picture()
