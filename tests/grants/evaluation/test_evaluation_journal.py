"""Every verb leaves one entry in the journal, and a refused one leaves none."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from portal.core import clock
from portal.core.accounts.models import Role
from portal.core.audit.models import JournalEntry
from portal.core.db import db
from portal.core.errors import DomainError
from portal.core.messages.models import Message
from portal.grants.evaluation.committee import service as committee
from portal.grants.evaluation.committee.models import CommitteeRole
from portal.grants.evaluation.committee.queries import suspicion as suspicion_of
from portal.grants.evaluation.eligibility import service as eligibility
from portal.grants.evaluation.eligibility.models import EligibilityCheck
from portal.grants.evaluation.eligibility.rules import Answered
from portal.grants.evaluation.meeting import service as meeting
from portal.grants.evaluation.models import BallotChoice, ConflictKind, Suspicion, Verdict
from portal.grants.evaluation.scoring import queries as scoring_queries
from portal.grants.evaluation.scoring import service as scoring
from portal.grants.evaluation.scoring.rules import Given
from tests.world.scene import evaluating, here

FULL = {"c1": Given(Decimal(7)), "c2": Given(Decimal(7), "Labi.")}


def entries():
    return db.session.scalars(select(JournalEntry).order_by(JournalEntry.number)).all()


def test_a_sheet_from_its_draft_to_its_reopening(make, scene, ctx):
    application = here(scene.assigned())
    member, chair, call = here(scene.member), here(scene.chair), here(scene.call)
    sheet = scoring.save(member, application, FULL, overall="", version=0)
    scoring.submit(member, application, version=sheet.version)
    copy = scoring.take_back(member, application)
    scoring.submit(member, application, version=here(copy).version)
    scoring.open_discussion(chair, call, reason="Steidzami.")
    scoring.reopen(chair, call, here(copy), reason="Pārrēķinies.")
    made = entries()
    assert [(e.event, e.actor_id) for e in made] == [
        ("score_sheet.saved", member.id),
        ("score_sheet.submitted", member.id),
        ("score_sheet.taken_back", member.id),
        ("score_sheet.submitted", member.id),
        ("discussion.opened", chair.id),
        ("score_sheet.reopened", chair.id),
    ]
    assert {e.scope_id for e in made} == {call.id}
    assert made[1].changes[f"score_sheets:{sheet.id}"]["state"] == ["draft", "submitted"]
    assert made[4].changes[f"competitions:{call.id}"]["discussion_reason"] == ["", "Steidzami."]
    assert made[5].changes[f"score_sheets:{copy.id}"]["reopen_reason"] == ["", "Pārrēķinies."]


def test_a_committee_and_its_conflicts(make, scene, ctx):
    officer, chair, call = here(make.person(Role.OFFICER)), here(scene.chair), here(scene.call)
    application = here(scene.eligible())
    suspected = make.row(
        Suspicion(
            person_id=scene.member.id, application_id=application.id, grounds=["email_domain"]
        )
    )
    order = committee.AppointmentOrder("1", date(2026, 11, 1), date(2026, 11, 1))
    committee.appoint(
        officer, call, email="a@b.lv", name="A", roles=[CommitteeRole.MEMBER], order=order
    )
    committee.assign(chair, call, each=None, due_at=clock.now() + timedelta(days=5))
    committee.declare(here(scene.secretary), application, kind=ConflictKind.NONE)
    committee.resolve(chair, call, suspicion_of(call, suspected.id), confirmed=True, reason="Radi.")
    committee.remind(chair, call, [chair])
    assert [e.event for e in entries()] == [
        "committee.appointed",
        "applications.assigned",
        "conflict.none_declared",
        "conflict.resolved",
        "members.reminded",
    ]
    assert {e.scope_id for e in entries()} == {call.id}


def test_a_meeting(make, ctx):
    scene = evaluating(make, discussion_opened_at=clock.now())
    scene.scored(*[("7", "7")] * 3)
    chair, call = here(scene.chair), here(scene.call)
    held = meeting.convene(chair, call, held_at=clock.now(), place="Rožu iela")
    everybody = [member.id for member in scene.members]
    meeting.attend(chair, call, here(held), everybody)
    call.discussion_opened_at = clock.now()
    db.session.commit()
    meeting.approve_ranking(
        chair, call, here(held), ballots=dict.fromkeys(everybody, BallotChoice.FOR)
    )
    meeting.close(chair, call, here(held), version=here(held).version)
    assert [e.event for e in entries()] == [
        "meeting.convened",
        "meeting.attended",
        "ranking.voted",
        "meeting.closed",
    ]


def test_a_check(make, ctx):
    application = here(make.application(make.competition("closed"), submitted=True))
    officer, other = (here(make.person(Role.OFFICER)) for _ in range(2))
    no = {"e1": Answered(Verdict.NO, "Nav reģistrēta.")}
    eligibility.propose_rejection(officer, application, no, version=0)
    check = db.session.scalars(select(EligibilityCheck)).one()
    eligibility.confirm_rejection(other, application, version=check.version)
    events = [e.event for e in entries() if e.event.startswith("eligibility")]
    assert events == ["eligibility.rejection_proposed", "eligibility.rejected"]


@pytest.mark.parametrize("version", [0, 7])
def test_a_refused_verb_leaves_no_entry_and_no_letter(scene, ctx, version):
    application = here(scene.scored(*[("7", "7")] * 3))
    sheet = scoring_queries.sheet_of(here(scene.member), application)
    for verb in (
        lambda: scoring.save(here(scene.member), application, FULL, overall="", version=version),
        lambda: scoring.submit(here(scene.member), application, version=version),
        lambda: committee.declare_none(here(scene.member), here(scene.call), []),
        lambda: committee.assign(here(scene.chair), here(scene.call), each=9, due_at=clock.now()),
    ):
        with pytest.raises(DomainError):
            verb()
    assert here(sheet).state == "submitted"
    for table in (JournalEntry, Message):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0
