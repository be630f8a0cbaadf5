"""Labels of the codes of scoring."""

from flask_babel import lazy_gettext as _l

from portal.core.errors import Message
from portal.grants.evaluation.scoring.queries import Mine
from portal.grants.evaluation.scoring.rules import Owed

OWED: dict[Owed, Message] = {
    Owed.POINTS: _l("Give points."),
    Owed.COMMENT: _l("Explain points this low."),
}
MINE: dict[Mine, Message] = {
    Mine.DECLARE: _l("declare conflicts"),
    Mine.SUSPECTED: _l("the chair is looking"),
    Mine.TO_SCORE: _l("to score"),
    Mine.DRAFT: _l("draft"),
    Mine.SUBMITTED: _l("sheet submitted"),
    Mine.RECUSED: _l("recused"),
    Mine.OTHERS: _l("others score"),
}
# The kind of each tag (see components/parts.html).
TAGS: dict[Mine, str] = {
    Mine.DECLARE: "due",
    Mine.SUSPECTED: "info",
    Mine.TO_SCORE: "due",
    Mine.DRAFT: "info",
    Mine.SUBMITTED: "done",
    Mine.RECUSED: "",
    Mine.OTHERS: "",
}
