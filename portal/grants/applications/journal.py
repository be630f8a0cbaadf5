"""The journal's labels for applications, registers and letters."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.core.audit.vocabulary import Vocabulary
from portal.grants.applications.correspondence.models import Letter
from portal.grants.applications.models import Application

VOCABULARY = Vocabulary(
    events={
        "application.submitted": _l("Application submitted"),
        "application.withdrawn": _l("Application withdrawn"),
        "application.registered": _l("Application registered by the board"),
        "letter.posted": _l("Letter posted"),
        "register.closed": _l("Register closed"),
        "application.started": _l("Application begun"),
        "application.part_saved": _l("Part of an application saved"),
        "application.discarded": _l("Draft of an application discarded"),
        "application.partner_changed": _l("Partner of an application changed"),
        "application.file_attached": _l("File attached to an application"),
        "application.file_removed": _l("File of an application removed"),
    },
    private=frozenset(
        {
            "application.discarded",
            "application.file_attached",
            "application.file_removed",
            "application.part_saved",
            "application.partner_changed",
            "application.started",
        }
    ),
    sealed=frozenset({"application.submitted", "application.withdrawn"}),
    tables={
        "registers": _l("register"),
    },
    things={
        "applications": _l("application"),
        "letters": _l("letter"),
    },
    columns={
        "closed_at": _l("Closed at"),
        "root": _l("Merkle root"),
        "voided_at": _l("Void since"),
    },
    facts={
        "applications": _l("Applications"),
        "number": _l("Number"),
        "revision": _l("Revision"),
        "seal": _l("Seal"),
        "root": _l("Merkle root"),
        "supplement": _l("Supplement"),
        "voided_root": _l("Root that no longer holds"),
        "posted_on": _l("Posted on"),
    },
    numbers=(
        select(Application.id, Application.number),
        select(Letter.id, Application.number).join(Letter.application),
    ),
)
