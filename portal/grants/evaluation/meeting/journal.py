"""The journal's labels for meetings and votes."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.core.accounts.models import Person
from portal.core.audit.vocabulary import Vocabulary
from portal.grants.evaluation.meeting.models import Attendance

VOCABULARY = Vocabulary(
    events={
        "meeting.convened": _l("Meeting convened"),
        "meeting.described": _l("Meeting described"),
        "meeting.attended": _l("Attendance noted"),
        "meeting.arrived": _l("Somebody came to the meeting"),
        "meeting.left": _l("Somebody left the meeting"),
        "meeting.keeper_named": _l("Keeper of the minutes named"),
        "meeting.noted": _l("Discussion of an application noted"),
        "meeting.closed": _l("Meeting closed"),
        "tie.voted": _l("Vote on a tie"),
        "ranking.voted": _l("Vote on the ranking"),
        "vote.withdrawn": _l("Vote withdrawn"),
    },
    tables={
        "meetings": _l("meeting"),
        "attendances": _l("attendance"),
    },
    columns={
        "arrived_at": _l("Came at"),
        "held_at": _l("Held at"),
        "left_at": _l("Left at"),
        "place": _l("Place"),
    },
    facts={
        "present": _l("Present"),
    },
    internal=frozenset(  # shown in the minutes, under their rights
        {"record", "notes", "order", "electorate", "approved", "by_vote"}
    ),
    people=(select(Attendance.id, Person.name).join(Person, Person.id == Attendance.person_id),),
)
