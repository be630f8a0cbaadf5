"""The administrator's forms."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.core.accounts.administration import queries
from portal.core.accounts.administration.rules import GIVEN_BY_ADMINISTRATOR
from portal.core.accounts.models import Organisation, Role, RoleGrant
from portal.core.accounts.roles import ROLES
from portal.core.documents.labels import file_limits
from portal.core.errors import Message
from portal.core.fields import Choice, Date, Email, File, Form, Select, Text, TextArea, WordsField
from portal.core.forms import VersionedForm
from portal.core.papers.logo import LIMITS

# Its stubs say that it is a str.
TAKEN: Message = LazyString(file_limits, LIMITS, alone=True)  # type: ignore[call-overload]
LeftAlone = Iterable[tuple[Organisation, Sequence[RoleGrant]]]  # with the roles that may succeed it


def _municipalities() -> list[tuple[str, str]]:
    return [(str(each.id), str(each.name)) for each in queries.municipalities()]


class GrantForm(Form):
    """The form for giving a role: which, where, and its first and last day."""

    role = Choice(
        _l("Role"),
        choices=[(role, ROLES[role]) for role in GIVEN_BY_ADMINISTRATOR],
        coerce=Role,
    )
    municipality = Select(
        _l("Municipality"),
        _l("Where it holds. An administrator's holds everywhere."),
        choices=_municipalities,
        coerce=UUID,
        required=False,
    )
    since = Date(_l("From"), default=clock.today)
    until = Date(_l("Last day"), _l("Leave it empty where no end is known."), required=False)
    order_number = Text(_l("Number of the order"), required=False, limit=60, width=10)
    order_date = Date(_l("Date of the order"), required=False)

    @property
    def given(self) -> dict[str, Any]:
        """The values as keyword arguments of the verb."""
        chosen = self.municipality.data
        municipality = queries.municipality(chosen) if chosen else None
        return {**super().given, "municipality": municipality}


class EndForm(Form):
    reason = TextArea(_l("Why, and by which order"), required=False, limit=1000, rows=3)


def closing_form(left_alone: LeftAlone) -> Form:
    """The form for closing an account, with a choice of the new owner of each organisation."""
    fields = {
        _heir(organisation): Choice(
            _("Who owns “%(name)s” from now on?", name=organisation.name),
            choices=[(str(one.id), one.person.name) for one in others],
            coerce=UUID,
        )
        for organisation, others in left_alone
        if others
    }
    form: Form = type("ClosingForm", (Form,), fields)()
    return form


def heirs(form: Form, left_alone: LeftAlone) -> dict[UUID, UUID]:
    """The chosen memberships by organisation key."""
    return {
        organisation.id: form[_heir(organisation)].data
        for organisation, others in left_alone
        if others
    }


def _heir(organisation: Organisation) -> str:
    return f"heir_{organisation.id.hex}"


class MunicipalityForm(VersionedForm):
    code = Text(
        _l("Code"),
        _l("Three capital letters that begin every number, such as LIE."),
        limit=3,
        width=4,
    )
    name = WordsField(_l("Name of the municipality"), limit=100)
    organiser = WordsField(_l("Education board, as it signs"), limit=200)
    email = Email(_l("E-mail address"), _l("Where applicants can ask."), required=False)
    signatory = Text(
        _l("Who signs"),
        _l("First name and last name, as they stand below letters that go by post."),
        required=False,
        limit=100,
    )
    signatory_role = WordsField(
        _l("Position of who signs"),
        _l("It stands in decisions and letters, such as “Head of the Education Board”."),
        required=False,
        limit=100,
    )

    @property
    def given(self) -> dict[str, Any]:
        """The values as keyword arguments of the verb."""
        return {**super().given, "code": self.code.data.upper()}


class LogoForm(Form):
    """The form for the logo printed on the board's documents."""

    file = File(_l("Logo"), TAKEN, limits=lambda: LIMITS)
