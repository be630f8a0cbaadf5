from flask_babel import lazy_gettext as _l

from portal.core.fields import Form, TextArea
from portal.core.forms import VersionedForm
from portal.grants.competitions.inquiries.service import LONGEST


class AskForm(Form):
    """A question, from the call's page."""

    question = TextArea(
        _l("Your question"),
        _l("The question and its answer will be public, your name will not. Name nobody in it."),
        limit=LONGEST,
        rows=4,
    )


class InquiryAnswerForm(VersionedForm):
    answer = TextArea(
        _l("Answer"), _l("Public at once, and sent to whoever asked."), limit=5000, rows=5
    )
