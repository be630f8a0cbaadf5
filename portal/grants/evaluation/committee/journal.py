"""The journal's labels for the committee, conflicts of interest and assignments."""

from flask_babel import lazy_gettext as _l

from portal.core.audit.vocabulary import Vocabulary

VOCABULARY = Vocabulary(
    events={
        "committee.appointed": _l("Appointed to the committee"),
        "committee.ended": _l("Seat on the committee ended"),
        "conflict.none_declared": _l("Declared that there is no conflict of interest"),
        "conflict.declared_for_board": _l("Conflicts of interest declared at the board"),
        "conflict.declared": _l("Declared a conflict of interest"),
        "conflict.resolved": _l("Suspected conflict of interest resolved"),
        "applications.assigned": _l("Applications assigned to members"),
        "members.reminded": _l("Members reminded"),
    },
    tables={
        "evaluation_rounds": _l("evaluation"),
    },
    things={
        "suspected_conflicts": _l("suspected conflict of interest"),
    },
    columns={
        "due_at": _l("Due"),
        "sheets_per_application": _l("Sheets for each application"),
        "started_at": _l("Begun at"),
    },
    facts={
        "order": _l("Number of the order"),
        "assignments": _l("Assignments"),
        "conflicts": _l("With whom there is a conflict"),
        "due_at": _l("Due"),
        "each": _l("Sheets for each application"),
        "people": _l("People"),
    },
    absent=dict.fromkeys(("each", "sheets_per_application"), _l("all members")),
)
