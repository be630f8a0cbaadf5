"""The journal's labels for forms and questions."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.core.audit.vocabulary import Vocabulary
from portal.core.questions.models import Question, Section
from portal.core.questions.registry import all_kinds

VOCABULARY = Vocabulary(
    events={
        "section.added": _l("Section added to the form"),
        "section.saved": _l("Section of the form changed"),
        "section.removed": _l("Section removed from the form"),
        "section.moved": _l("Order of the form's sections changed"),
        "question.added": _l("Question added to the form"),
        "question.saved": _l("Question of the form changed"),
        "question.removed": _l("Question removed from the form"),
        "question.moved": _l("Order of the form's questions changed"),
    },
    tables={
        "form_sections": _l("section of the form"),
        "form_questions": _l("question of the form"),
    },
    columns={
        "hint": _l("Hint"),
        "kind": _l("Kind"),
        "label": _l("Label"),
        "level": _l("Level"),
        "measures": _l("What it measures"),
        "required": _l("Required"),
        "settings": _l("Settings"),
        "title": _l("Title"),
    },
    facts={
        "section": _l("Section"),
    },
    keys={
        "columns": _l("columns"),
        "equals": _l("exactly"),
        "in_order": _l("dates that follow one another"),
        "inside": _l("dates within"),
        "max": _l("at most"),
        "max_length": _l("characters, at most"),
        "min": _l("at least"),
        "names_minors": _l("names minors"),
        "options": _l("answers to choose from"),
        "rows_max": _l("rows, at most"),
        "several": _l("several files"),
        "text": _l("statement"),
        "unit": _l("unit"),
    },
    internal=frozenset({"key", "position"}),
    codes={"form_questions.kind": {kind.code: kind.label for kind in all_kinds()}},
    values={"in_order": lambda keys: str(_("yes"))},  # the keys of columns, which are not shown
    titles=(select(Question.id, Question.label), select(Section.id, Section.title)),
)
