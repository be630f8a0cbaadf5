"""The form builder's pages of a call."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager

from flask import url_for
from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.core.accounts.models import Person
from portal.core.questions.builder.owner import FormOwner
from portal.core.questions.builder.views import blueprint
from portal.core.questions.models import Form, Question, Section
from portal.core.questions.rules import Context
from portal.core.work import Work
from portal.grants.competitions import hooks
from portal.grants.competitions.form.rules import MEASURED_BY, context_of
from portal.grants.competitions.form.service import FROZEN, changing
from portal.grants.competitions.labels import MEASURES, SUMS, WINDOWS, competition_caption
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rights import Right
from portal.grants.competitions.rules import frozen


class CallFormOwner(FormOwner):
    """The owner of a call's application form, for the builder."""

    title = _l("Application form")

    def __init__(self, competition: Competition) -> None:
        self.competition = competition
        self.address = {"competition": competition}
        self.caption = competition_caption(competition)
        self.back = (url_for("board.show", competition=competition), _l("The competition"))
        self.measures = {code: (kind, MEASURES[code]) for code, kind in MEASURED_BY.items()}
        self.sums, self.windows = SUMS, WINDOWS
        self.levels = {}
        self.minors = _l(
            "Then only the officer who checks eligibility sees it; the committee does not."
        )
        self.frozen_because = FROZEN if frozen(competition, clock.now()) else ""

    @property
    def form(self) -> Form:
        return self.competition.form

    def verb(self, actor: Person, event: str) -> AbstractContextManager[Work]:
        return changing(actor, self.competition, event)

    def let_go(self, section: Section) -> None:
        """Remove criteria's references to the section."""
        for criterion in self.competition.criteria:
            if criterion.section_key == section.key:
                criterion.section_key = None

    def context(self, questions: Iterable[Question]) -> Context:
        return context_of(self.competition, questions)

    def said(self, questions: Iterable[Question]) -> Mapping[str, Sequence[str]]:
        return hooks.said_beside(self.competition, questions)


views = blueprint(
    "call_form",
    "/board/competitions/<slug:competition>/form",
    CallFormOwner,
    see=Right.SEE,
    change=Right.PREPARE,
)
