"""Labels of the codes of scoring."""

from flask_babel import lazy_gettext as _l

from portal.core.errors import Message
from portal.grants.evaluation.scoring.queries import WorkState
from portal.grants.evaluation.scoring.rules import Owed

OWED: dict[Owed, Message] = {
    Owed.POINTS: _l("Give points."),
    Owed.COMMENT: _l("Explain points this low."),
}
WORK_STATES: dict[WorkState, Message] = {
    WorkState.DECLARE: _l("declare conflicts"),
    WorkState.SUSPECTED: _l("the chair is looking"),
    WorkState.TO_SCORE: _l("to score"),
    WorkState.DRAFT: _l("draft"),
    WorkState.SUBMITTED: _l("sheet submitted"),
    WorkState.RECUSED: _l("recused"),
    WorkState.OTHERS: _l("others score"),
}
# The kind of each tag (see components/parts.html).
TAGS: dict[WorkState, str] = {
    WorkState.DECLARE: "due",
    WorkState.SUSPECTED: "info",
    WorkState.TO_SCORE: "due",
    WorkState.DRAFT: "info",
    WorkState.SUBMITTED: "done",
    WorkState.RECUSED: "",
    WorkState.OTHERS: "",
}
