"""The form for registering an application that did not come through the portal."""

from collections.abc import Sequence
from typing import Any, cast

from flask import request
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import CombinedMultiDict

from portal.core.accounts.labels import ORGANISATION_KINDS
from portal.core.accounts.models import OrganisationKind
from portal.core.documents.labels import file_limits
from portal.core.documents.uploads import Limits
from portal.core.errors import Message
from portal.core.fields import Choice, Date, DateTime, Email, File, RegistrationNumber, Text
from portal.core.questions.forms import AnswersForm, form_of
from portal.core.questions.models import Section
from portal.core.questions.rules import names_minors, takes_files, validate
from portal.grants.applications.drafts.service import Partner
from portal.grants.applications.intake.service import PaperApplicant, PaperApplication
from portal.grants.applications.labels import CHANNELS
from portal.grants.applications.models import Channel

MINORS = _l(
    "It names minors: attach it here and not with the scan, so that only the eligibility officer"
    " opens it."
)


def _scans_hint() -> str:
    said = _("The scan, the e-mail saved as PDF, or the signed document.")
    return f"{said} {file_limits()}"


SCANS_HINT: Message = LazyString(_scans_hint)


class PaperApplicationForm(AnswersForm):
    """How it came, who sent it, and the scans; paper_form adds the measured answers."""

    channel = Choice(
        _l("How did it come?"),
        choices=[(code, label) for code, label in CHANNELS.items() if code is not Channel.PORTAL],
        coerce=Channel,
    )
    received = DateTime(
        _l("When did the board receive it?"), _l("The day and time of the stamp or the e-mail.")
    )
    postmark = Date(
        _l("Date of the postmark"),
        _l("By post only: the postmark counts, not the day on which it arrived."),
        required=False,
    )
    kind = Choice(
        _l("What is the applicant?"),
        choices=list(ORGANISATION_KINDS.items()),
        coerce=OrganisationKind,
    )
    registration_number = RegistrationNumber(
        _l("Registration number"),
        _l("A youth initiative group has none: then give that of its partner below."),
        required=False,
    )
    name = Text(_l("Name of the applicant"), limit=200)
    email = Email(
        _l("E-mail address of the applicant"),
        _l("The receipt and all further letters go there, unless the applicant uses the portal."),
        required=False,
        autocomplete="off",
    )
    address = Text(
        _l("Postal address of the applicant"),
        _l("Letters go there where there is no e-mail address."),
        limit=300,
        required=False,
        autocomplete="off",
    )
    partner_number = RegistrationNumber(
        _l("Registration number of the partner"), _l("For a youth group only."), required=False
    )
    partner_name = Text(_l("Name of the partner"), limit=200, required=False)
    scans = File(
        _l("The application itself"),
        SCANS_HINT,
        multiple=True,
        limits=Limits,
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Checks what was typed; missing answers are accepted."""
        if not super().validate(extra_validators):
            return False
        self.show(validate(self.questions, self.typed, for_submit=False))
        return not self.problems

    @property
    def paper(self) -> PaperApplication:
        """The values, for the verb."""
        number, name = self.partner_number.data, self.partner_name.data
        return PaperApplication(
            channel=self.channel.data,
            received_at=self.received.data,
            postmark=self.postmark.data,
            applicant=PaperApplicant(
                kind=self.kind.data,
                name=self.name.data,
                registration_number=self.registration_number.data or None,
                email=self.email.data,
                address=self.address.data,
                partner=Partner(number, name, OrganisationKind.ASSOCIATION)
                if number and name
                else None,
            ),
            answers=self.typed,
            scans=self.scans.data or [],
            files=self.uploads,
        )


def paper_form(sections: Sequence[Section]) -> PaperApplicationForm:
    """The form with the questions that an officer answers for a paper application: the measured
    ones, of which only the title is required, and files."""
    questions = [
        question
        for section in sections
        for question in section.questions
        if question.measures or takes_files(question)
    ]
    said = {one.key: [str(MINORS)] for one in questions if names_minors(one)}
    sent: CombinedMultiDict[str, Any] = CombinedMultiDict([request.files, request.form])
    form = cast(
        PaperApplicationForm,
        form_of(questions, formdata=sent, base=PaperApplicationForm, said=said),
    )
    for question in form.questions:
        form.field_of(question.key).required = question.measures == "title"
    if not form.is_submitted():  # all typed values were readable
        for field in form:
            field.process_errors = []
    return form
