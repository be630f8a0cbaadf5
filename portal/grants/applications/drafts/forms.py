"""Forms of a draft: how to start one, and one section of it."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from flask import request
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import CombinedMultiDict

from portal.core.accounts.labels import KINDS
from portal.core.accounts.models import Organisation
from portal.core.accounts.organisations.rules import Kind
from portal.core.fields import Choice, Form, Hidden, Name, RegistrationNumber
from portal.core.questions.forms import AnswersForm, encode, form_of
from portal.core.questions.models import Section
from portal.core.questions.registry import kind_of
from portal.grants.applications.drafts.rules import packed, prints, unpacked
from portal.grants.applications.drafts.service import Partner
from portal.grants.applications.models import Part


class PartnerForm(Form):
    """The registered organisation behind a youth group."""

    partner_number = RegistrationNumber(
        _l("Registration number of the partner"),
        _l("Eleven digits: the registered organisation that stands behind your group."),
        marked=False,
    )
    partner_name = Name(_l("Name of the partner"), limit=200, marked=False)
    partner_kind = Choice(
        _l("What is the partner?"),
        choices=[(kind, label) for kind, label in KINDS.items() if Kind(kind).is_registered],
        coerce=Kind,
        marked=False,
    )

    @property
    def partner(self) -> Partner | None:
        """The partner as it was named; None where it was not, or not fully."""
        number, name = self.partner_number.data, self.partner_name.data
        if not number or not name:
            return None
        return Partner(number, name, self.partner_kind.data or Kind.ASSOCIATION)

    @classmethod
    def of(cls, partner: Organisation | None) -> "PartnerForm":
        """The form with the partner as it stands."""
        if partner is None:
            return cls()
        return cls(
            data={
                "partner_number": partner.registration_number,
                "partner_name": partner.name,
                "partner_kind": partner.kind,
            }
        )


class StartForm(PartnerForm):
    """For which organisation to apply; a youth group also names its partner."""

    organisation = Choice(_l("Which organisation applies?"))

    def offer(self, organisations: Iterable[Organisation]) -> None:
        """Offer these organisations; one alone is chosen already. A youth group owes a partner."""
        offered = {str(one.id): one for one in organisations}
        self.organisation.choices = [(key, one.name) for key, one in offered.items()]
        if len(offered) == 1 and not self.organisation.data:
            self.organisation.data = next(iter(offered))
        chosen = offered.get(self.organisation.data or "")
        owed = chosen is not None and not Kind(chosen.kind).is_registered
        for field in (self.partner_number, self.partner_name, self.partner_kind):
            field.required = owed


class SectionForm(AnswersForm):
    """The answers to one section; `version` carries from which answers it was filled."""

    version = Hidden()

    @property
    def filled_from(self) -> tuple[int, dict[str, str]]:
        """The version of the part, 0 for none, and the prints of its answers."""
        number, _sep, base = str(self.version.data or "").partition(";")
        known = number.isascii() and number.isdigit() and len(number) < 10
        return (int(number) if known else 0), unpacked(base)


def version_of(section: Section, part: Part | None) -> str:
    """What the hidden version says of the answers that a form is filled from."""
    answers: Mapping[str, Any] = part.answers if part else {}
    keys = [one.key for one in section.questions if not kind_of(one.kind).limits]
    return f"{part.version if part else 0};{packed(prints(answers, keys))}"


def filled_form(
    section: Section, part: Part | None, answers: Mapping[str, Any] | None = None
) -> SectionForm:
    """The form of a section, filled from the saved part, or from `answers` on top of it."""
    given = answers if answers is not None else (part.answers if part else {})
    data = encode(section.questions, given)
    data["version"] = version_of(section, part)
    return cast(SectionForm, form_of(section.questions, formdata=data, base=SectionForm))


def sent_form(section: Section) -> SectionForm:
    """The form of a section as this request sends it."""
    sent: CombinedMultiDict[str, Any] = CombinedMultiDict([request.files, request.form])
    return cast(SectionForm, form_of(section.questions, formdata=sent, base=SectionForm))
