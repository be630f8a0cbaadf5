"""All tables of this stage, imported from its parts for later stages."""

from portal.grants.evaluation.committee.models import (
    COMMITTEE,
    Assignment,
    CommitteeRole,
    ConflictKind,
    Declaration,
    RoundSettings,
    Suspicion,
    SuspicionGround,
    Workplace,
)
from portal.grants.evaluation.eligibility.models import (
    CheckState,
    Clarification,
    EligibilityAnswer,
    EligibilityCheck,
    Verdict,
)
from portal.grants.evaluation.meeting.models import (
    Attendance,
    Ballot,
    BallotChoice,
    Meeting,
    Note,
    Vote,
    VoteKind,
)
from portal.grants.evaluation.scoring.models import (
    Score,
    ScoreSheet,
    SheetState,
)

__all__ = [
    "COMMITTEE",
    "Assignment",
    "Attendance",
    "Ballot",
    "BallotChoice",
    "CheckState",
    "Clarification",
    "CommitteeRole",
    "ConflictKind",
    "Declaration",
    "EligibilityAnswer",
    "EligibilityCheck",
    "Meeting",
    "Note",
    "RoundSettings",
    "Score",
    "ScoreSheet",
    "SheetState",
    "Suspicion",
    "SuspicionGround",
    "Verdict",
    "Vote",
    "VoteKind",
    "Workplace",
]
