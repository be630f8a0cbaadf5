"""The verbs of scoring: save a draft, submit, take back or reopen it, open the discussion."""

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import ARRAY, Numeric, Text, Uuid, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm.attributes import flag_modified

from portal.core import clock
from portal.core.accounts.models import Person
from portal.core.db import Base, db
from portal.core.errors import Invalid, NotReady, StaleForm, StateConflict, constraint, trigger
from portal.core.messages.links import page_url
from portal.core.versions import is_seen
from portal.core.work import Work, unit_of_work
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Competition, Criterion
from portal.grants.evaluation.committee.models import CommitteeRole
from portal.grants.evaluation.committee.progress import progress
from portal.grants.evaluation.committee.queries import assignment
from portal.grants.evaluation.membership import on_committee
from portal.grants.evaluation.preconditions import require_under_evaluation
from portal.grants.evaluation.scoring import queries
from portal.grants.evaluation.scoring.labels import OWED
from portal.grants.evaluation.scoring.models import Score, ScoreSheet, SheetState
from portal.grants.evaluation.scoring.rules import WORKFLOW, Given, SheetEvent

trigger(_l("The score sheet is submitted and locked."), "score_sheets_locked", "scores_locked")
DISCUSSED = _l("The discussion is open, and others see the sheet. It can only be reopened now.")
trigger(DISCUSSED, "score_sheets_discussed")
trigger(_l("The score sheet is not complete."), "score_sheets_complete")
constraint(
    "uq_score_sheets_current", _l("Your score sheet is open in another window. Reload the page.")
)


def save(
    actor: Person,
    application: Application,
    given: Mapping[str, Given],
    *,
    overall: str,
    version: int,
) -> ScoreSheet:
    """Save the actor's draft, complete or not. `version` is 0 for a new one.

    Raises StaleForm if another window saved first, StateConflict for a sheet that is locked or that
    the actor may not write, Invalid for points that are not on the scale.
    """
    with unit_of_work(actor, "score_sheet.saved", application) as work:
        require_under_evaluation(work, application.competition)
        criteria = queries.criteria(application.competition)
        sheet = _draft(work, actor, application, version)
        sheet.overall, sheet.saved_at = overall, clock.now()
        flag_modified(sheet, "saved_at")  # a new version, whatever has changed
        db.session.flush()
        _keep_scores(sheet, [(one, given.get(one.key, Given())) for one in criteria])
    return sheet


_ROWS = (
    func.unnest(
        bindparam("criteria", type_=ARRAY(Uuid)),
        bindparam("points", type_=ARRAY(Numeric)),
        bindparam("comments", type_=ARRAY(Text)),
    )
    .table_valued("criterion_id", "points", "comment", name="given")
    .render_derived()
)
_SCORES = insert(Base.metadata.tables[Score.__tablename__]).from_select(
    ["sheet_id", "criterion_id", "points", "comment"],
    select(bindparam("sheet", type_=Uuid), _ROWS.c.criterion_id, _ROWS.c.points, _ROWS.c.comment),
)
# One statement for all points of a sheet; unchanged rows are not written.
_KEEP_SCORES = _SCORES.on_conflict_do_update(
    index_elements=["sheet_id", "criterion_id"],
    set_={"points": _SCORES.excluded.points, "comment": _SCORES.excluded.comment},
    where=or_(
        Score.points.is_distinct_from(_SCORES.excluded.points),
        Score.comment != _SCORES.excluded.comment,
    ),
)


def _keep_scores(sheet: ScoreSheet, given: Sequence[tuple[Criterion, Given]]) -> None:
    """Write points and comments of an existing sheet. Raises Invalid for points that are not on the
    scale."""
    for criterion, one in given:
        if one.points is not None and not queries.scale(criterion).takes(one.points):
            raise Invalid("points", _l("Choose from the list."), f"p_{criterion.key}")
    for score in sheet.scores:
        db.session.expire(score)  # written past the session
    db.session.execute(
        _KEEP_SCORES,
        {
            "sheet": sheet.id,
            "criteria": [criterion.id for criterion, _one in given],
            "points": [one.points for _criterion, one in given],
            "comments": [one.comment for _criterion, one in given],
        },
    )
    db.session.expire(sheet, ["scores"])


def _draft(work: Work, actor: Person, application: Application, version: int) -> ScoreSheet:
    """The actor's draft in the version that was seen; a new one if there is none.

    Writers of a sheet hold the lock of its assignment, so the sheet needs none of its own.
    """
    _may_score(actor, application)
    sheet = queries.sheet_of(actor, application)
    if sheet is None and version:
        raise StateConflict("gone", _l("This score sheet no longer stands. Reload the page."))
    if sheet is None:
        return work.add(
            ScoreSheet(
                person_id=actor.id,
                application_id=application.id,
                saved_at=clock.now(),
                scores=[],
            )
        )
    if sheet.state is not SheetState.DRAFT:
        raise StateConflict("locked", _l("The score sheet is submitted and locked."))
    if not is_seen(sheet, version):
        raise StaleForm(
            _l("You have saved this sheet in another window since you opened this one."),
            theirs=sheet,
        )
    return sheet


def submit(actor: Person, application: Application, *, version: int) -> ScoreSheet:
    """Submit the sheet and lock it. Every criterion is required, and comments for low points.

    Raises NotReady with what is missing, StaleForm, StateConflict.
    """
    with unit_of_work(actor, "score_sheet.submitted", application) as work:
        require_under_evaluation(work, application.competition)
        sheet = _draft(work, actor, application, version)
        criteria = queries.criteria(application.competition)
        missing = queries.owed(criteria, queries.given(sheet, criteria))
        if missing:
            raise NotReady(
                "incomplete",
                _l("The score sheet is not complete."),
                [
                    f"{criterion.title}: {OWED[missing[criterion.key]]}"
                    for criterion in criteria
                    if criterion.key in missing
                ],
            )
        sheet.state = WORKFLOW.next(sheet, sheet.state, SheetEvent.SUBMIT)
        sheet.submitted_at = sheet.saved_at = clock.now()
    return sheet


def take_back(actor: Person, application: Application) -> ScoreSheet:
    """Return the actor's submitted sheet as a draft, before others can have seen it.

    The submitted sheet is kept. Raises StateConflict once the discussion is open, and for a sheet
    that is not submitted or that the actor may not write.
    """
    competition = application.competition
    with unit_of_work(actor, "score_sheet.taken_back", application) as work:
        work.lock(competition)  # the discussion is opened before this, or after it
        require_under_evaluation(work, competition)
        if competition.discussion_opened_at is not None:
            raise StateConflict("discussed", DISCUSSED)
        _may_score(actor, application)
        sheet = queries.sheet_of(actor, application)
        if sheet is None:
            raise StateConflict("not_begun", _l("The score sheet is not submitted."))
        return _begun_anew(work, sheet, SheetEvent.TAKE_BACK)


def reopen(
    actor: Person, competition: Competition, sheet: ScoreSheet, *, reason: str
) -> ScoreSheet:
    """Reopen a submitted sheet: it is kept, its member continues in a copy and is notified.

    Raises StateConflict before the discussion, for one's own, for a draft, a replaced one, or a
    member who no longer scores it.
    """
    with unit_of_work(actor, "score_sheet.reopened", sheet) as work:
        work.within(competition.id)
        work.lock(competition)
        require_under_evaluation(work, competition)
        if competition.discussion_opened_at is None:
            raise StateConflict(
                "not_discussed", _l("Before the discussion members take back their own sheets.")
            )
        if sheet.person_id == actor.id:
            raise StateConflict("own", _l("Somebody else reopens your own score sheet."))
        assigned = assignment(sheet.person, sheet.application)
        if assigned is not None:
            work.lock(assigned)
        work.lock(sheet)
        sits = on_committee(sheet.person, competition.id, CommitteeRole.MEMBER)
        if not sits or assigned is None or assigned.ended_at is not None:
            raise StateConflict("ended", _l("This member no longer scores the application."))
        copy = _begun_anew(work, sheet, SheetEvent.REOPEN, reason)
        work.send(
            "evaluation/sheet_reopened",
            to=sheet.person,
            key=f"sheet_reopened:{sheet.id}",
            competition=competition,
            application=sheet.application,
            reason=reason,
            url=page_url("scoring.sheet", competition=competition, application=sheet.application),
        )
    return copy


def _begun_anew(work: Work, sheet: ScoreSheet, event: SheetEvent, reason: str = "") -> ScoreSheet:
    """Replace a submitted sheet, which is kept, by a draft with the same content."""
    sheet.state = WORKFLOW.next(sheet, sheet.state, event)
    sheet.replaced_at = clock.now()
    sheet.reopened_by_id, sheet.reopen_reason = work.actor_id, reason
    db.session.flush()  # makes room for the one current sheet
    return work.add(copy_of(sheet))


def copy_of(sheet: ScoreSheet) -> ScoreSheet:
    """A draft with a sheet's content, for its member to continue."""
    return ScoreSheet(
        person_id=sheet.person_id,
        application_id=sheet.application_id,
        overall=sheet.overall,
        saved_at=clock.now(),
        scores=[
            Score(criterion_id=score.criterion_id, points=score.points, comment=score.comment)
            for score in sheet.scores
        ],
    )


def open_discussion(actor: Person, competition: Competition, *, reason: str = "") -> None:
    """Show the points to those who evaluate. It cannot be undone.

    `reason` says why it is opened while sheets are missing, and is printed in the minutes; only
    required then. Raises StateConflict if it is open, NotReady before the first sheet, Invalid for
    `reason`.
    """
    with unit_of_work(actor, "discussion.opened", competition) as work:
        work.lock(competition)
        require_under_evaluation(work, competition)
        if competition.discussion_opened_at is not None:
            raise StateConflict("opened", _l("The discussion is open already."))
        if not queries.are_submitted(competition):
            raise NotReady("no_sheets", _l("No score sheet is submitted yet."))
        owed = [one for one in progress(competition) if one.left]
        if owed and not reason:
            raise Invalid(
                "reason_owed", _l("Say why you do not wait for the missing sheets."), "reason"
            )
        competition.discussion_opened_at = clock.now()
        competition.discussion_missing = sum(one.left for one in owed)
        competition.discussion_reason = reason if owed else ""
        work.note(missing=[one.name for one in owed])


def _may_score(actor: Person, application: Application) -> None:
    """Checked again inside the transaction, after a possible recusal."""
    found = queries.hold_assignment(actor, application)
    if not found:
        raise StateConflict("hidden", found.reason)
