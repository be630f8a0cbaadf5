"""Labels of the codes of meetings, on the screen and in the minutes."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core.errors import Message
from portal.grants.evaluation.committee.rules import Quorum
from portal.grants.evaluation.meeting.models import BallotChoice
from portal.grants.evaluation.ranking.rules import Proposal

CHOICES: dict[BallotChoice, Message] = {
    BallotChoice.FOR: _l("for"),
    BallotChoice.AGAINST: _l("against"),
    BallotChoice.ABSTAIN: _l("abstained"),
}
PROPOSALS: dict[Proposal, Message] = {
    Proposal.APPROVE: _l("to be approved"),
    Proposal.RESERVE: _l("to the reserve list"),
    Proposal.REJECT: _l("to be rejected"),
}


def quorum(found: Quorum) -> str:
    """A quorum as text: present, required, and whether it is reached."""
    if not found.possible:
        return _("nobody is left who may vote")
    counted = _("%(present)s of %(entitled)s", present=found.present, entitled=found.entitled)
    if found.reached:
        return _("%(counted)s: quorum", counted=counted)
    return _("%(counted)s: no quorum", counted=counted)


SUBSTITUTE = _l(
    "Nobody is left who may vote on this. The head of the board names a substitute by order; a"
    " substitute whose seat has begun by the day of the meeting votes in it."
)
