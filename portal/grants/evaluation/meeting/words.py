"""What the codes of meetings are called on the screen and in the minutes."""

from flask_babel import lazy_gettext as _l

from portal.core.errors import Message
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
