"""Labels of the codes of the ranking, on the screen and in the minutes."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core.errors import Message
from portal.grants.evaluation.ranking.approval import ChangeKind, Difference

CHANGES: Mapping[ChangeKind, Message] = {
    ChangeKind.TERMS: _l("The terms of the call were amended"),
    ChangeKind.ELIGIBLE: _l("Found eligible since"),
    ChangeKind.NOT_ELIGIBLE: _l("The eligibility is judged otherwise"),
    ChangeKind.REASONS: _l("Other reasons why it is not eligible"),
    ChangeKind.CONTENT: _l("The applicant has clarified something"),
    ChangeKind.RECUSALS: _l("Somebody has a conflict of interest"),
    ChangeKind.SHEETS: _l("Other score sheets count"),
    ChangeKind.VOTES: _l("A tie was voted on, or such a vote withdrawn"),
    ChangeKind.ORDER: _l("The order or the totals are others"),
}


def tie_broken(criteria: Sequence[object], by_vote: bool) -> str:
    """What broke an application's tie, as text; "" if nothing did.

    `criteria` are the titles of those that did.
    """
    decided = [_("the criterion “%(title)s”", title=str(title)) for title in criteria]
    decided += [_("a vote")] if by_vote else []
    return _("Equal points; decided by %(what)s", what=", ".join(decided)) if decided else ""


def said(difference: Difference) -> str:
    """A difference as text, with the applications concerned."""
    words = str(CHANGES[difference.change])
    if not difference.numbers:
        return words
    return _("%(change)s: %(numbers)s", change=words, numbers=", ".join(difference.numbers))
