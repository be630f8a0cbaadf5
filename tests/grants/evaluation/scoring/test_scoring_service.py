"""Saving, submitting, reopening; what is locked stays locked."""

from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.core import clock
from portal.core.audit.models import JournalEntry
from portal.core.db import db
from portal.core.errors import Invalid, NotReady, StaleForm, StateConflict
from portal.core.messages.models import Message
from portal.grants.evaluation.committee.progress import progress
from portal.grants.evaluation.committee.service import declare
from portal.grants.evaluation.models import ConflictKind, Score, ScoreSheet, SheetState
from portal.grants.evaluation.scoring import queries, service
from portal.grants.evaluation.scoring.queries import WorkState
from portal.grants.evaluation.scoring.rules import Given
from tests.world.scene import here

FULL = {"c1": Given(Decimal(7), "Labi."), "c2": Given(Decimal("6.5"))}


def save(scene, application, given=FULL, version=0, overall=""):
    return service.save(
        here(scene.member), here(application), given, overall=overall, version=version
    )


def test_a_draft_keeps_whatever_there_is(scene, ctx):
    application = scene.assigned()
    sheet = save(scene, application, {"c1": Given(None, "Vēl domāju.")}, overall="=1+1")
    assert sheet.state is SheetState.DRAFT
    assert sheet.overall == "=1+1"
    given = queries.given(sheet, queries.criteria(here(scene.call)))
    assert given["c1"] == Given(None, "Vēl domāju.")


def test_the_version_of_another_window_is_refused(scene, ctx):
    application = scene.assigned()
    sheet = save(scene, application)
    first = sheet.version
    save(scene, application, {"c1": Given(Decimal(3))}, version=first)
    with pytest.raises(StaleForm) as refusal:
        save(scene, application, FULL, version=first)
    assert refusal.value.theirs.id == sheet.id
    with pytest.raises(StaleForm):
        save(scene, application, FULL, version=0)


@pytest.mark.parametrize("points", ["10.5", "-1", "0.25"])
def test_points_off_the_scale_are_refused(scene, ctx, points):
    with pytest.raises(Invalid) as refusal:
        save(scene, scene.assigned(), {"c1": Given(Decimal(points))})
    assert refusal.value.field == "p_c1"


def test_every_criterion_is_owed_to_submit(scene, ctx):
    application = scene.assigned()
    sheet = save(scene, application, {"c1": Given(Decimal(0))})
    with pytest.raises(NotReady) as refusal:
        service.submit(here(scene.member), here(application), version=sheet.version)
    assert len(refusal.value.missing) == 1


def test_submitting_locks(scene, ctx):
    application = scene.assigned()
    sheet = save(scene, application)
    service.submit(here(scene.member), here(application), version=sheet.version)
    sheet = here(sheet)
    assert (sheet.state, sheet.submitted_at) == (SheetState.SUBMITTED, clock.now())
    with pytest.raises(StateConflict):
        save(scene, application, version=sheet.version)
    with pytest.raises(StateConflict):
        service.submit(here(scene.member), here(application), version=sheet.version)


def test_reopening_keeps_the_old_sheet_and_begins_from_it(scene, ctx):
    application = scene.scored(("7", "7"), ("8", "8"), ("2", "9"))
    old = queries.sheet_of(here(scene.member), here(application))
    service.open_discussion(here(scene.chair), here(scene.call))
    copy = service.reopen(here(scene.chair), here(scene.call), old, reason="Pārskaties punktos.")
    assert here(old).state is SheetState.REPLACED
    assert here(copy).state is SheetState.DRAFT
    assert [s.points for s in here(old).scores] == [s.points for s in here(copy).scores]
    letter = db.session.scalars(select(Message)).one()
    assert letter.recipient == scene.member.email and "Pārskaties punktos." in letter.text
    with pytest.raises(StateConflict):
        service.reopen(here(scene.chair), here(scene.call), here(old), reason="Vēlreiz.")
    entry = db.session.scalars(select(JournalEntry).filter_by(event="score_sheet.reopened")).one()
    assert entry.scope_id == scene.call.id
    with pytest.raises(IntegrityError, match="locked"):
        db.session.execute(update(Score).where(Score.sheet_id == old.id).values(points=Decimal(1)))


def test_a_recused_member_can_neither_save_nor_submit(scene, ctx):
    application = scene.assigned()
    sheet = save(scene, application)
    declare(here(scene.member), here(application), kind=ConflictKind.FAMILY, note="")
    with pytest.raises(StateConflict):
        save(scene, application, version=sheet.version)
    with pytest.raises(StateConflict):
        service.submit(here(scene.member), here(application), version=sheet.version)
    with pytest.raises(StateConflict):
        service.reopen(here(scene.chair), here(scene.call), here(sheet), reason="?")


def test_nobody_scores_what_is_not_theirs(make, scene, ctx):
    application = scene.eligible()
    make.assigned(application, scene.chair)
    with pytest.raises(StateConflict):
        save(scene, application)
    undeclared = scene.assigned(declared=False)
    with pytest.raises(StateConflict):
        save(scene, undeclared)
    assert db.session.scalars(select(ScoreSheet)).all() == []


def test_my_work_shows_my_own_state_and_no_title_before_i_declare(make, scene, ctx):
    done = scene.scored(("7", "7"), ("7", "7"), ("7", "7"), title="Darbnīca")
    todo = scene.assigned(title="Kora nometne")
    undeclared = scene.assigned(declared=False, title="Slepens")
    draft = scene.assigned()
    make.sheet(draft, scene.member, {"c1": "3"}, submitted=False)
    lines = {line.number: line for line in queries.my_work(here(scene.member), here(scene.call))}
    assert {n: line.mine for n, line in lines.items()} == {
        done.number: WorkState.SUBMITTED,
        todo.number: WorkState.TO_SCORE,
        undeclared.number: WorkState.DECLARE,
        draft.number: WorkState.DRAFT,
    }
    assert lines[draft.number].scored == 1
    assert lines[done.number].title == "Darbnīca"
    assert lines[undeclared.number].title == ""


def test_progress_counts_without_points(make, scene, ctx):
    scene.scored(("7", "7"))
    scene.assigned(declared=False)
    recused = scene.assigned()
    declare(here(scene.member), here(recused), kind=ConflictKind.OTHER, note="")
    elsewhere = make.competition("closed")
    make.grant(scene.chair, "member", elsewhere)
    other = make.application(elsewhere, submitted=True)
    make.eligible(other)
    make.assigned(other, scene.chair)
    rows = {p.name: p for p in progress(here(scene.call))}
    chair, member = rows[scene.chair.name], rows[scene.member.name]
    assert (chair.assigned, chair.submitted, chair.undeclared, chair.left) == (3, 1, 1, 2)
    assert (member.assigned, member.submitted, member.recused) == (2, 0, 1)
