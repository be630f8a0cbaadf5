"""Forms of the committee."""

from datetime import date

from flask_babel import lazy_gettext as _l

from portal.core.errors import Invalid
from portal.core.fields import Choice, Choices, Date, Email, Form, Name, Number, Text, TextArea
from portal.grants.evaluation.committee.labels import CONFLICTS
from portal.grants.evaluation.committee.models import CommitteeRole, ConflictKind


class AppointForm(Form):
    email = Email(_l("E-mail address"), _l("Of the account, or where to send the invitation."))
    name = Name(
        _l("Name and surname"),
        _l("Only if this person has no account yet."),
        required=False,
        limit=200,
        autocomplete="off",
    )
    roles = Choices(
        _l("Role"),
        _l("A chair or secretary who also scores is a member too."),
        choices=[
            (CommitteeRole.MEMBER.value, _l("Member"), _l("scores and votes")),
            (
                CommitteeRole.CHAIR.value,
                _l("Chair"),
                _l("leads, assigns, opens the discussion, closes"),
            ),
            (CommitteeRole.SECRETARY.value, _l("Secretary"), _l("keeps the minutes")),
        ],
        coerce=CommitteeRole,
    )
    order_number = Text(_l("Number of the order"), limit=60, width=10)
    order_date = Date(_l("Date of the order"))
    since = Date(_l("First day on the committee"))
    workplace = Text(
        _l("Workplace"),
        _l("A school or an organisation. If an application names it, the chair is told."),
        required=False,
        limit=200,
    )


class EndForm(Form):
    """End an appointment: at once, or at the end of a day, to come or ordered earlier."""

    when = Choice(
        _l("When does it end?"),
        choices=[
            (
                "now",
                _l("Now"),
                _l("from this moment on nothing of the competition is open to them"),
            ),
            ("day", _l("At the end of a day"), _l("until midnight they go on as before")),
        ],
        default="now",
    )
    until = Date(
        _l("Last day on the committee"),
        _l("Only where it ends at the end of a day."),
        required=False,
    )
    reason = TextArea(_l("Why, and by which order"), limit=1000, rows=3)

    @property
    def last_day(self) -> date | None:
        """The last day; None: it ends at once. Raises Invalid if a day is missing."""
        if self.when.data == "now":
            return None
        day: date | None = self.until.data
        if day is None:
            raise Invalid("day_owed", _l("Give the last day."), "until")
        return day


class DeclarationForm(Form):
    """Declare about one application."""

    kind = Choice(
        _l("Do you have a conflict of interest with this applicant?"),
        choices=[(kind.value, label) for kind, label in CONFLICTS.items()],
        coerce=ConflictKind,
    )
    note = TextArea(
        _l("What the conflict is"),
        _l("For the chair. It does not stand in the minutes."),
        required=False,
        limit=1000,
        rows=3,
    )


class DeclareNoneForm(Form):
    """The applications without a conflict, ticked by name."""

    applications = Choices(
        _l("I have no conflict of interest with:"),
        missing=_l("Tick the applications with which you have no conflict."),
    )


class BoardDeclarationForm(Form):
    """A board member's declaration: the applicants with whom there is a conflict, and its kind."""

    listed = Choices(_l("Applications"), missing=_l("There is nothing to declare."))
    conflicts = Choices(_l("I have a conflict of interest with:"), required=False)
    kind = Choice(
        _l("What is the conflict?"),
        _l("Only if you have ticked somebody."),
        choices=[
            *(
                (kind.value, label)
                for kind, label in CONFLICTS.items()
                if kind is not ConflictKind.NONE
            ),
            (ConflictKind.NONE.value, CONFLICTS[ConflictKind.NONE]),
        ],
        coerce=ConflictKind,
        required=False,
    )
    note = TextArea(_l("More about the conflict"), required=False, limit=1000, rows=3)


class ResolveForm(Form):
    verdict = Choice(
        _l("Is it a conflict of interest?"),
        choices=[
            ("confirmed", _l("Yes: the member is recused from this application")),
            ("cleared", _l("No: the member may score this application")),
        ],
    )
    reason = TextArea(_l("Why"), limit=1000, rows=3)


class AssignForm(Form):
    """The assignment of applications to members."""

    mode = Choice(
        _l("Who scores what?"),
        choices=[
            ("all", _l("Every member scores every application")),
            ("each", _l("Some members score each application, evenly shared out")),
        ],
    )
    each = Number(_l("How many members score each application?"), required=False, minimum=1)
    due = Date(_l("Last day for the score sheets"), _l("Until the end of that day."))


class RemindForm(Form):
    """The members to remind."""

    people = Choices(_l("Remind by e-mail"), missing=_l("Choose whom to remind."))
