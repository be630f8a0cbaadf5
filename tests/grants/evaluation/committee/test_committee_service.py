"""Appointing, declaring, resolving, assigning, reminding."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.accounts.models import Person, Role, RoleGrant
from portal.core.audit.models import JournalEntry
from portal.core.db import db
from portal.core.errors import Invalid, NotReady, StateConflict
from portal.core.messages.models import Message
from portal.grants.evaluation.committee import queries, service
from portal.grants.evaluation.committee.models import (
    CommitteeRole,
    ConflictKind,
    Declaration,
    Suspicion,
)
from portal.grants.evaluation.committee.progress import progress
from portal.grants.evaluation.committee.service import AppointmentOrder
from tests.world.scene import here

ORDER = AppointmentOrder("2.1/17", date(2026, 11, 1), date(2026, 11, 2))
DUE = clock.riga(date(2026, 12, 1), 17)


def letters(template=None):
    found = db.session.scalars(select(Message).order_by(Message.created_at)).all()
    return [m for m in found if template is None or m.template == template]


def events():
    return list(db.session.scalars(select(JournalEntry.event).order_by(JournalEntry.number)))


@pytest.fixture
def officer(make):
    return make.person(Role.OFFICER)


def test_appointing_gives_the_roles_by_the_order_and_tells(make, officer, ctx):
    call = make.competition("closed")
    known = make.person(email="ilze@skola.lv")
    service.appoint(
        here(officer),
        here(call),
        email=known.email,
        name="",
        roles=[CommitteeRole.CHAIR, CommitteeRole.MEMBER],
        order=ORDER,
    )
    grants = queries.grants_of(here(call))
    assert {(g.role, g.order_number, g.since) for g in grants} == {
        (CommitteeRole.CHAIR, "2.1/17", date(2026, 11, 2)),
        (CommitteeRole.MEMBER, "2.1/17", date(2026, 11, 2)),
    }
    (letter,) = letters("evaluation/appointed")
    assert letter.recipient == known.email and "2.1/17" in letter.text
    assert events() == ["committee.appointed"]


def test_somebody_without_an_account_gets_one_to_claim(make, officer, ctx):
    call = make.competition("closed")
    args = {"email": "jauna@skola.lv", "roles": [CommitteeRole.MEMBER], "order": ORDER}
    with pytest.raises(Invalid) as refusal:
        service.appoint(here(officer), here(call), name="", **args)
    assert refusal.value.field == "name"
    service.appoint(here(officer), here(call), name="Jauna Kalniņa", **args)
    person = db.session.scalars(select(Person).filter_by(email="jauna@skola.lv")).one()
    assert not person.is_active
    assert {m.template for m in letters()} == {"accounts/reset", "evaluation/appointed"}


def test_ending_an_appointment_takes_away_what_is_owed(make, scene, officer, ctx):
    scene.assigned()
    grant = db.session.scalars(
        select(RoleGrant).filter_by(person_id=scene.member.id, role=CommitteeRole.MEMBER)
    ).one()
    yesterday = clock.today() - timedelta(days=1)
    service.end(here(officer), here(scene.call), grant, until=yesterday, reason="Lūgums")
    assert {one.name for one in progress(here(scene.call)) if one.left} == {
        scene.chair.name,
        scene.secretary.name,
    }
    with pytest.raises(StateConflict):
        service.end(here(officer), here(scene.call), grant, until=yesterday, reason="")


def test_nothing_changes_once_it_is_decided(make, officer, ctx):
    call = make.competition("decided")
    with pytest.raises(StateConflict):
        service.appoint(
            here(officer),
            here(call),
            email="x@y.lv",
            name="X",
            roles=[CommitteeRole.MEMBER],
            order=ORDER,
        )


class TestDeclaring:
    def test_a_conflict_recuses_and_ends_the_assignment(self, scene, ctx):
        application = here(scene.assigned(declared=False))
        service.declare(
            here(scene.member), application, kind=ConflictKind.FAMILY, note="Brālis vada."
        )
        assert queries.assignment(here(scene.member), application).ended_at is not None
        assert queries.recusals(here(scene.call)) == {application.id: {scene.member.id}}

    def test_a_conflict_found_out_later_replaces_none_and_stays(self, scene, ctx):
        application = here(scene.assigned())
        service.declare(here(scene.member), application, kind=ConflictKind.OTHER, note="Radi.")
        with pytest.raises(StateConflict):
            service.declare(here(scene.member), application, kind=ConflictKind.NONE)
        with pytest.raises(StateConflict):
            service.declare(here(scene.member), application, kind=ConflictKind.FAMILY)
        assert queries.declaration(here(scene.member), application).kind is ConflictKind.OTHER

    def test_none_is_declared_for_just_the_ticked_ones(self, scene, ctx):
        first, second = (here(scene.assigned(declared=False)) for _ in range(2))
        service.declare_none(here(scene.member), here(scene.call), [first])
        kinds = db.session.scalars(
            select(Declaration).where(Declaration.person_id == scene.member.id)
        ).all()
        assert [(d.application_id, d.kind) for d in kinds] == [(first.id, ConflictKind.NONE)]
        assert [a.id for a in queries.undeclared(here(scene.member), here(scene.call))] == [
            second.id
        ]
        with pytest.raises(Invalid):
            service.declare_none(here(scene.member), here(scene.call), [])

    def test_not_before_the_deadline(self, make, ctx):
        call = make.competition("open")
        member, *_ = make.committee(call)
        application = make.application(call, submitted=True)
        make.eligible(application)
        with pytest.raises(StateConflict):
            service.declare(here(member), here(application), kind=ConflictKind.NONE)


class TestSuspicions:
    @pytest.fixture
    def suspicion(self, make, scene):
        application = scene.assigned()
        return make.row(
            Suspicion(
                person_id=scene.member.id,
                application_id=application.id,
                grounds=["same_organisation"],
            )
        )

    def test_confirming_recuses(self, scene, suspicion, ctx):
        row = here(suspicion)
        service.resolve(
            here(scene.chair), here(scene.call), row, confirmed=True, reason="Valdes loceklis."
        )
        assert queries.recusals(here(scene.call)) == {row.application_id: {scene.member.id}}
        assert queries.assignment(row.person, row.application).ended_at is not None
        with pytest.raises(StateConflict):
            service.resolve(here(scene.chair), here(scene.call), row, confirmed=False, reason="Nē.")

    def test_nobody_clears_a_suspicion_about_themselves(self, scene, suspicion, ctx):
        with pytest.raises(StateConflict) as refusal:
            service.resolve(
                here(scene.member), here(scene.call), here(suspicion), confirmed=False, reason="Nē"
            )
        assert refusal.value.code == "oneself"

    def test_they_are_found_when_somebody_is_appointed(self, make, officer, ctx):
        call = make.competition("closed")
        applicant = make.organisation(email="birojs@mols.lv")
        application = make.application(call, organisation=applicant, submitted=True)
        service.appoint(
            here(officer),
            here(call),
            email="anna@mols.lv",
            name="Anna",
            roles=[CommitteeRole.MEMBER],
            order=ORDER,
        )
        (found,) = queries.suspicions(here(call))
        assert found.number == application.number
        assert found.suspicion.grounds == ["email_domain"] and found.suspicion.confirmed is None

    def test_a_workplace_that_the_application_names(self, make, officer, ctx):
        call = make.competition("closed")
        make.application(call, submitted=True, title="Kopā ar Liepājas 5. vidusskolu")
        make.application(call, submitted=True, title="Liepājas 5. vidusskola un mēs")
        service.appoint(
            here(officer),
            here(call),
            email="anna@mols.lv",
            name="Anna",
            roles=[CommitteeRole.MEMBER],
            order=ORDER,
            workplace="Liepājas 5. vidusskola",
        )
        (found,) = queries.suspicions(here(call))
        assert found.suspicion.grounds == ["school"]


class TestAssigning:
    def test_all_to_all(self, scene, ctx):
        scene.eligible()
        scene.eligible()
        given = service.assign(here(scene.chair), here(scene.call), each=None, due_at=DUE)
        assert given == 6
        settings = queries.round_of(here(scene.call))
        assert settings.due_at == DUE and settings.started_at == clock.now()
        assert len(letters("evaluation/sheets_due")) == 3

    def test_again_only_adds_what_is_missing(self, scene, ctx):
        first = scene.eligible()
        chair, call = here(scene.chair), here(scene.call)
        assert service.assign(chair, call, each=2, due_at=DUE) == 2
        scorers = {a.person_id for a in queries.assignments(call)}
        out = next(p for p in (here(m) for m in scene.members) if p.id in scorers)
        service.declare(out, here(first), kind=ConflictKind.OTHER, note="")
        assert service.assign(chair, call, each=2, due_at=DUE) == 1
        living = {a.person_id for a in queries.assignments(call) if a.ended_at is None}
        assert len(living) == 2 and out.id not in living

    def test_nothing_to_assign(self, make, scene, ctx):
        with pytest.raises(NotReady) as refusal:
            service.assign(here(scene.chair), here(scene.call), each=None, due_at=DUE)
        assert len(refusal.value.missing) == 1
        scene.eligible()
        for each in (0, 4):
            with pytest.raises(Invalid) as refusal:
                service.assign(here(scene.chair), here(scene.call), each=each, due_at=DUE)
            assert refusal.value.field == "each"

    def test_a_reminder_goes_once_a_day_and_only_to_who_owes(self, scene, ctx):
        scene.scored(("7", "7"))
        chair, call = here(scene.chair), here(scene.call)
        with pytest.raises(StateConflict):
            service.remind(chair, call, [chair])
        service.assign(chair, call, each=None, due_at=DUE)
        before = len(letters("evaluation/sheets_due"))
        people = [here(member) for member in scene.members]
        assert service.remind(chair, call, people) == 2
        assert service.remind(chair, call, people) == 2
        told = letters("evaluation/sheets_due")[before:]
        assert {m.recipient for m in told} == {scene.secretary.email, scene.member.email}
        assert len(told) == 2
        with clock.at(clock.now() + timedelta(days=1)):
            service.remind(chair, call, people)
        assert len(letters("evaluation/sheets_due")) == before + 4
