"""The form of a section."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.core.fields import WordsField
from portal.core.forms import VersionedForm
from portal.core.questions.models import Section


class SectionForm(VersionedForm):
    """A section: a page of the form."""

    title = WordsField(_l("Title of the section"), limit=120)
    hint = WordsField(
        _l("Explanation"),
        _l("Stands under the title."),
        limit=600,
        long=True,
        rows=2,
        required=False,
    )

    @classmethod
    def values(cls, row: Section) -> Mapping[str, Any]:
        return {"title": row.title, "hint": row.hint}
