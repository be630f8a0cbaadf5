"""Labels of the codes of meetings, on the screen and in the minutes."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

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


def proposed(outcome: Proposal, count: int) -> str:
    """How many applications have this proposal, in agreement with the number."""
    match outcome:
        case Proposal.APPROVE:
            said = ngettext("%(num)d to be approved", "%(num)d to be approved", count)
        case Proposal.RESERVE:
            said = ngettext("%(num)d to the reserve list", "%(num)d to the reserve list", count)
        case Proposal.REJECT:
            said = ngettext("%(num)d to be rejected", "%(num)d to be rejected", count)
    return str(said)


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
