"""The journal's labels for score sheets and their discussion."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.core.audit.vocabulary import Vocabulary
from portal.grants.applications.models import Application
from portal.grants.evaluation.scoring.models import ScoreSheet

VOCABULARY = Vocabulary(
    events={
        "score_sheet.submitted": _l("Score sheet submitted"),
        "score_sheet.reopened": _l("Score sheet reopened"),
        "score_sheet.taken_back": _l("Score sheet taken back by its member"),
        "discussion.opened": _l("Discussion opened"),
        "score_sheet.saved": _l("Draft of a score sheet saved"),
    },
    private=frozenset({"score_sheet.saved"}),
    things={
        "score_sheets": _l("score sheet"),
    },
    facts={
        "missing": _l("Whose score sheets were missing"),
    },
    numbers=(
        select(ScoreSheet.id, Application.number).join(
            Application, Application.id == ScoreSheet.application_id
        ),
    ),
)
