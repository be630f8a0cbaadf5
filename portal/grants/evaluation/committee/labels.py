"""Labels of the committee's codes."""

from flask_babel import lazy_gettext as _l

from portal.core.errors import Message
from portal.grants.evaluation.committee.models import CommitteeRole, ConflictKind, SuspicionGround

ROLES: dict[CommitteeRole, Message] = {
    CommitteeRole.CHAIR: _l("chair"),
    CommitteeRole.SECRETARY: _l("secretary"),
    CommitteeRole.MEMBER: _l("member"),
}
CONFLICTS: dict[ConflictKind, Message] = {
    ConflictKind.NONE: _l("No conflict of interest"),
    ConflictKind.FAMILY: _l("A relative works or decides there"),
    ConflictKind.EMPLOYMENT: _l("I work there, or did within the last two years"),
    ConflictKind.MEMBERSHIP: _l("I am a member or on the board"),
    ConflictKind.FINANCIAL: _l("I have a financial interest"),
    ConflictKind.OTHER: _l("Another reason"),
}
GROUNDS: dict[SuspicionGround, Message] = {
    SuspicionGround.SAME_ORGANISATION: _l("belongs to the applicant or its partner"),
    SuspicionGround.EMAIL_DOMAIN: _l("has an e-mail address of the same domain"),
    SuspicionGround.SCHOOL: _l("the workplace is named in the application"),
}
