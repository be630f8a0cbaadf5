"""Forms of claims."""

from typing import Any, Self

from flask_babel import lazy_gettext as _l

from portal.core.accounts.claims.queries import ClaimDetails
from portal.core.documents.uploads import Limits
from portal.core.fields import (
    Choice,
    File,
    Form,
    Hidden,
    Name,
    RegistrationNumber,
    Text,
    TextArea,
)
from portal.core.forms import VersionedForm

KEEP, END = "keep", "end"


class ClaimForm(Form):
    """The form for claiming an organisation, with a proof."""

    registration_number = RegistrationNumber(
        _l("Registration number"), _l("Eleven digits, as in the register.")
    )
    name = Name(
        _l("Name of the organisation"),
        _l("As in the register, in full."),
        limit=200,
        autocomplete="organization",
    )
    position = Text(
        _l("Your position in the organisation"),
        _l(
            "For example: member of the board, or project manager with a power of attorney. What"
            " the public register says of you is checked there."
        ),
        limit=200,
        autocomplete="organization-title",
    )
    proof = File(
        _l("Document that proves it"),
        _l(
            "A statement or power of attorney with an electronic signature, or an extract from the"
            " register. If the register names you, none is needed."
        ),
        required=False,
        limits=Limits,
    )
    words = TextArea(
        _l("What else has to be known"),
        _l("For example: whom to call, or how the organisation came to be here."),
        limit=2000,
        required=False,
    )


class ClaimAnswerForm(VersionedForm):
    """The organisation's answer to a claim."""

    answer = TextArea(_l("Your answer"), _l("Whoever decides reads it."), limit=2000)


class RefusalForm(VersionedForm):
    """The form for refusing a claim, with the reason sent to the claimant."""

    reason = TextArea(
        _l("Reason"), _l("The claimant reads it: what is missing, what to do."), limit=2000, rows=4
    )


class ApprovalForm(Form):
    """The form for approving a claim: the grounds, and whether present members stay.

    Its version is the digest `queries.seen` of the claim and members shown.
    """

    seen = Hidden()
    others = Choice(
        _l("Those who belong to the organisation now"),
        choices=[
            (KEEP, _l("stay, and the claimant becomes an owner beside them")),
            (END, _l("lose their roles, and the claimant becomes the only owner")),
        ],
    )
    reason = TextArea(
        _l("Grounds"), _l("What was checked, and where. It stays on record."), limit=2000, rows=4
    )

    @classmethod
    def to_approve(cls, facts: ClaimDetails) -> Self:
        """The approval form; without other members, without the choice about them."""
        form = cls(data={"seen": facts.seen})
        if not facts.other_members:
            del form.others
        return form

    @property
    def decision(self) -> dict[str, Any]:
        """The values as keyword arguments of the verb."""
        return {
            "reason": self.reason.data,
            "alone": "others" in self and self.others.data == END,
            "seen": str(self.seen.data),
        }

    def show(self, facts: ClaimDetails) -> None:
        """Take over the digest of what the page shows now."""
        self.seen.typed = facts.seen
