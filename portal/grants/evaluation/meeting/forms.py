"""Forms of a meeting."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from flask_babel import lazy_gettext as _l

from portal.core.accounts.models import Person
from portal.core.fields import Choice, Choices, DateTime, Form, Text, TextArea
from portal.core.forms import VersionedForm
from portal.grants.evaluation.meeting.labels import CHOICES
from portal.grants.evaluation.meeting.models import BallotChoice

NOBODY = "-"  # an abstention between tied applications


class ConveneForm(Form):
    """Begin the minutes of a meeting."""

    held_at = DateTime(_l("When the meeting begins"))
    place = Text(_l("Where"), _l("An address, or how it is held remotely."), limit=200)


class DescribeForm(VersionedForm):
    """When and where, and the general discussion."""

    held_at = DateTime(_l("When the meeting began"))
    place = Text(_l("Where"), limit=200)
    notes = TextArea(
        _l("What was discussed in general"),
        _l(
            "Stands in the minutes as it is, for everybody. What was said of one application is"
            " noted beside it. Ranking, recusals and votes come in by themselves."
        ),
        required=False,
        limit=20_000,
        rows=8,
    )


class AttendanceForm(Form):
    """Who is present at the beginning."""

    present = Choices(_l("Who is there?"), required=False)


class MoveForm(Form):
    """A late arrival or a departure."""

    who = Choice(_l("Who"))
    what = Choice(_l("What"), choices=[("came", _l("came")), ("left", _l("left"))], inline=True)
    at = DateTime(_l("When"))


class KeeperForm(Form):
    """The keeper of the minutes if the secretary is recused."""

    keeper = Choice(_l("Who keeps the minutes where the secretary is recused?"))


class NoteForm(VersionedForm):
    """The discussion of one application."""

    text = TextArea(
        _l("What was discussed"),
        _l("Whoever is recused from this application does not read it."),
        required=False,
        limit=20_000,
        rows=8,
    )


class CloseForm(VersionedForm):
    """Close the meeting."""


class WithdrawForm(Form):
    reason = TextArea(_l("Why it is withdrawn"), limit=1000, rows=3)


class BallotForm(Form):
    """The vote of each member; `voters` are set by the functions below."""

    voters: Sequence[Person] = ()

    @property
    def choices(self) -> dict[UUID, Any]:
        """The members' choices by person's key."""
        return {person.id: self[f"b_{person.id.hex}"].data for person in self.voters}

    @property
    def firsts(self) -> dict[UUID, str | None]:
        """The application that each member puts first; None for an abstention."""
        return {who: None if code == NOBODY else code for who, code in self.choices.items()}


def tie_form(voters: Sequence[Person], tied: Mapping[str, str]) -> BallotForm:
    """A vote between tied applications; `tied` is {number: title}."""
    choices = [(number, f"{number} {title}") for number, title in tied.items()]
    return _form(voters, [*choices, (NOBODY, _l("abstained"))], str)


def approval_form(voters: Sequence[Person]) -> BallotForm:
    """A vote on approving the ranking."""
    return _form(voters, [(c.value, label) for c, label in CHOICES.items()], BallotChoice)


def _form(voters: Sequence[Person], choices: list[tuple[str, Any]], coerce: Any) -> BallotForm:
    fields: dict[str, Any] = {
        f"b_{person.id.hex}": Choice(person.name, choices=choices, coerce=coerce, inline=True)
        for person in voters
    }
    fields["remark"] = Text(_l("Remark for the minutes"), required=False, limit=500)
    kind = type("VotersForm", (BallotForm,), {"voters": tuple(voters), **fields})
    return cast(BallotForm, kind())
