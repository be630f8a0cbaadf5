from flask_babel import lazy_gettext as _l

from portal.core.fields import WordsField
from portal.core.forms import VersionedForm


class SectionForm(VersionedForm):
    """A section: one page of the form."""

    title = WordsField(_l("Title of the section"), limit=120)
    hint = WordsField(
        _l("Explanation"),
        _l("Stands under the title."),
        limit=600,
        long=True,
        rows=2,
        required=False,
    )
