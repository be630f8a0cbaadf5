"""Whoever belongs to an applicant is not appointed, or recused where it comes out later."""

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.accounts.models import Role, Token, TokenPurpose
from portal.core.accounts.organisations import service as organisations
from portal.core.accounts.rules import digest
from portal.core.db import db
from portal.core.errors import Invalid
from portal.grants.applications.register.service import close
from portal.grants.evaluation.committee import queries, service
from portal.grants.evaluation.committee.models import CommitteeRole, ConflictKind, Suspicion
from portal.grants.evaluation.committee.service import AppointmentOrder
from tests.factories import DAY
from tests.pages import PageClient, text
from tests.world.scene import here


@pytest.fixture
def officer(make):
    return make.person(Role.OFFICER)


def appoint(officer, call, person):
    order = AppointmentOrder("5", clock.today(), clock.today())
    service.appoint(
        *(here(officer), here(call)),
        email=person.email,
        name="",
        roles=[CommitteeRole.MEMBER],
        order=order,
    )


def join(make, organisation, person):
    make.row(
        Token(
            purpose=TokenPurpose.INVITE,
            digest=digest("saite"),
            email=person.email,
            expires_at=clock.now() + DAY,
            organisation_id=organisation.id,
            role=Role.READER,
            invited_by_id=person.id,
        )
    )
    organisations.join(here(person), "saite")


def recused(call):
    """Whom the portal itself has recused, by the application's key."""
    rows = db.session.scalars(select(Suspicion).where(Suspicion.confirmed)).all()
    assert {row.resolved_by_id for row in rows} <= {None}
    found = {row.application_id: {row.person_id} for row in rows}
    assert queries.recusals(here(call)) == found
    return found


@pytest.mark.parametrize("phase", ["open", "closed"])
def test_who_belongs_to_an_applicant_is_not_appointed(make, officer, ctx, phase):
    call, organisation = make.competition(phase), make.organisation()
    application = make.application(call, organisation=organisation, submitted=True)
    with pytest.raises(Invalid) as refusal:
        appoint(officer, call, make.person(Role.READER, scope=organisation))
    assert refusal.value.field == "email"
    assert str(application.number) in str(refusal.value.message)


def test_an_appointment_betrays_no_draft_and_no_partner_before_the_deadline(make, officer, ctx):
    call = make.competition("open")
    drafting, partner = make.organisation(), make.organisation()
    make.application(call, organisation=drafting)
    application = make.application(call, submitted=True, partner_id=partner.id)
    of_draft, of_partner = (
        make.person(Role.OWNER, scope=organisation) for organisation in (drafting, partner)
    )
    for person in (of_draft, of_partner):
        appoint(officer, call, person)
    assert db.session.scalars(select(Suspicion)).all() == []
    with clock.at(call.deadline + DAY):
        close(None, here(call))
        assert recused(call) == {application.id: {of_partner.id}}
        with pytest.raises(Invalid):
            appoint(officer, call, make.person(Role.OWNER, scope=partner))


def test_the_partner_is_the_one_that_was_submitted_and_not_the_draft_s(make, officer, ctx):
    call = make.competition("closed")
    sealed, later = make.organisation(), make.organisation()
    application = make.application(call, submitted=True, partner_id=sealed.id)
    application.partner_id = later.id  # changed before the deadline, and not submitted anew
    make.session.commit()
    appoint(officer, call, make.person(Role.READER, scope=later))
    with pytest.raises(Invalid):
        appoint(officer, call, make.person(Role.READER, scope=sealed))


def test_a_member_who_joins_an_applicant_is_recused_and_stays_so(make, scene, ctx):
    application = scene.assigned()
    join(make, application.organisation, scene.member)
    assert recused(scene.call) == {application.id: {scene.member.id}}
    assert queries.assignment(here(scene.member), here(application)).ended_at is not None
    service.assign(here(scene.chair), here(scene.call), each=None, due_at=clock.now() + DAY)
    assert recused(scene.call) == {application.id: {scene.member.id}}


def test_who_is_recused_by_the_portal_and_why_is_told(make, scene, client: PageClient):
    application = scene.assigned()
    make.row(
        Suspicion(
            person_id=scene.member.id,
            application_id=application.id,
            grounds=["same_organisation"],
            confirmed=True,
            resolved_at=clock.now(),
        )
    )
    client.sign_in(scene.member)
    refused = client.get(f"/committee/{scene.call.slug}/applications/{application.number}")
    assert refused.status_code == 403 and "interešu konflikts" in text(refused)
    client.sign_in(scene.chair)
    page = client.page(f"/committee/{scene.call.slug}/conflicts")
    assert "atstatīts automātiski" in page.get_text()
    assert not page.select("main td a")


def test_a_cleared_suspicion_is_a_recusal_once_the_member_joins(make, scene, ctx):
    application = scene.assigned()
    row = make.row(
        Suspicion(
            person_id=scene.member.id, application_id=application.id, grounds=["email_domain"]
        )
    )
    service.resolve(
        here(scene.chair), here(scene.call), here(row), confirmed=False, reason="Kopīgs pasts."
    )
    join(make, application.organisation, scene.member)
    assert recused(scene.call) == {application.id: {scene.member.id}}


def test_to_join_says_nothing_before_the_deadline(make, ctx):
    call = make.competition("open")
    member, *_ = make.committee(call)
    application = make.application(call, submitted=True)
    join(make, application.organisation, member)
    assert db.session.scalars(select(Suspicion)).all() == []
    with clock.at(call.deadline + DAY):
        service.declare(here(member), here(application), kind=ConflictKind.OTHER, note="Joined.")
        assert list(recused(call)) == [application.id]
