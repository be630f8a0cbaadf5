"""Forms of a draft: its organisation and partner."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

from portal.core.accounts.labels import ORGANISATION_KINDS
from portal.core.accounts.models import Organisation, OrganisationKind
from portal.core.fields import Choice, Form, Name, RegistrationNumber
from portal.grants.applications.drafts.service import Partner


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
        choices=[(kind, label) for kind, label in ORGANISATION_KINDS.items() if kind.is_registered],
        coerce=OrganisationKind,
        marked=False,
    )

    @property
    def partner(self) -> Partner | None:
        """The partner; None if not completely given."""
        number, name = self.partner_number.data, self.partner_name.data
        if not number or not name:
            return None
        return Partner(number, name, self.partner_kind.data or OrganisationKind.ASSOCIATION)

    @classmethod
    def of(cls, partner: Organisation | None) -> "PartnerForm":
        """The form with the present partner."""
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
        """Set the choices; a single one is preselected. A youth group must name a partner."""
        self._offered = {str(one.id): one for one in organisations}
        self.organisation.choices = [(key, one.name) for key, one in self._offered.items()]
        if len(self._offered) == 1 and not self.organisation.data:
            self.organisation.data = next(iter(self._offered))
        chosen = self._offered.get(self.organisation.data or "")
        owed = chosen is not None and not OrganisationKind(chosen.kind).is_registered
        for field in (self.partner_number, self.partner_name, self.partner_kind):
            field.required = owed

    @property
    def chosen(self) -> Organisation:
        """The chosen organisation; of a valid form."""
        return self._offered[self.organisation.data]
