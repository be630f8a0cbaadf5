"""Forms of organisations and of their members."""

from flask_babel import lazy_gettext as _l

from portal.core.accounts.labels import ORGANISATION_KINDS
from portal.core.accounts.models import OrganisationKind, Role
from portal.core.accounts.organisations.service import Details
from portal.core.fields import (
    Choice,
    Email,
    Form,
    Iban,
    Name,
    Phone,
    RegistrationNumber,
    Text,
)
from portal.core.forms import VersionedForm

ROLE_CHOICES = [
    (Role.OWNER, _l("owner"), _l("does everything, and decides who belongs")),
    (Role.EDITOR, _l("editor"), _l("writes and submits applications and reports")),
    (Role.READER, _l("reader"), _l("sees them, and changes nothing")),
]


class OrganisationForm(VersionedForm):
    kind = Choice(_l("Kind"), choices=list(ORGANISATION_KINDS.items()), coerce=OrganisationKind)
    name = Name(
        _l("Name of the organisation"),
        _l("As in the register, in full."),
        limit=200,
        autocomplete="organization",
    )
    registration_number = RegistrationNumber(
        _l("Registration number"),
        _l("Eleven digits. A youth initiative group has none and leaves this empty."),
        required=False,
        marked=False,
    )
    address = Text(_l("Address"), limit=300, required=False, autocomplete="street-address")
    email = Email(_l("E-mail address"), required=False)
    phone = Phone(_l("Telephone"), required=False)
    iban = Iban(
        _l("Account number (IBAN)"),
        _l("Where a grant would be paid. You can add it later."),
        required=False,
    )

    @property
    def details(self) -> Details:
        """The values as Details, for the verb."""
        return Details(**self.given)


class InvitationForm(Form):
    email = Email(_l("E-mail address"), _l("With or without an account."), autocomplete="off")
    role = Choice(_l("Role"), choices=ROLE_CHOICES, coerce=Role)


class RoleForm(Form):
    role = Choice(_l("Role"), choices=ROLE_CHOICES, coerce=Role)
