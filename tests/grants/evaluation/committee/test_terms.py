"""From when until when somebody sits on a committee, and who does not sit on it at all."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.accounts.administration import service as administration
from portal.core.accounts.models import Role, RoleGrant
from portal.core.db import db
from portal.core.errors import Invalid, StateConflict
from portal.grants.evaluation.committee import queries, service
from portal.grants.evaluation.committee.models import CommitteeRole
from portal.grants.evaluation.committee.service import AppointmentOrder
from tests.factories import Make
from tests.pages import PageClient, text
from tests.together import at_once, refusals
from tests.world.scene import Scene, here

DAY = timedelta(days=1)


@pytest.fixture
def officer(make):
    return make.person(Role.OFFICER)


def appoint(officer, call, person, *roles, since=0):
    day = clock.today()
    return service.appoint(
        *(here(officer), here(call)),
        email=person.email,
        name="",
        roles=roles,
        order=AppointmentOrder("5", day, day + since * DAY),
    )


def seat(person, role):
    found = select(RoleGrant).filter_by(person_id=person.id, role=role)
    return db.session.scalars(found).one()


def end(officer, scene, person, role, until=None):
    service.end(
        *(here(officer), here(scene.call), seat(person, role)), until=until, reason="Rīkojums 6."
    )


@pytest.mark.parametrize("role", [CommitteeRole.CHAIR, CommitteeRole.SECRETARY])
def test_a_successor_is_entered_before_the_term_begins_and_their_days_never_meet(
    make, scene, officer, ctx, role
):
    now = scene.chair if role is CommitteeRole.CHAIR else scene.secretary
    last = clock.today() + 10 * DAY
    end(officer, scene, now, role, last)
    for since in (0, 10):
        with pytest.raises(Invalid) as refusal:
            appoint(officer, scene.call, make.person(), role, since=since)
        assert refusal.value.field == "roles"
    after = make.person()
    appoint(officer, scene.call, after, role, since=11)
    assert [one.id for one in queries.sitting(here(scene.call), role)] == [now.id]
    with pytest.raises(Invalid):
        end(officer, scene, now, role, last + DAY)
    with clock.at(clock.now() + 11 * DAY):
        assert [one.id for one in queries.sitting(here(scene.call), role)] == [after.id]


def test_a_chair_who_ends_now_is_followed_the_same_day(make, scene, officer, ctx):
    end(officer, scene, scene.chair, CommitteeRole.CHAIR)
    after = make.person()
    with pytest.raises(Invalid):
        appoint(officer, scene.call, after, CommitteeRole.CHAIR, since=-1)
    appoint(officer, scene.call, after, CommitteeRole.CHAIR)
    assert [one.id for one in queries.sitting(here(scene.call), CommitteeRole.CHAIR)] == [after.id]


def test_a_seat_that_ends_now_opens_nothing_from_then_on(
    make: Make, scene: Scene, officer, client: PageClient
):
    application = scene.assigned()
    theirs = client.application.test_client()
    assert isinstance(theirs, PageClient)
    theirs.sign_in(scene.member)
    sheet = f"/committee/{scene.call.slug}/applications/{application.number}"
    assert theirs.get(sheet).status_code == HTTPStatus.OK
    grant = make.session.scalars(
        select(RoleGrant).filter_by(person_id=scene.member.id, role=CommitteeRole.MEMBER)
    ).one()
    client.sign_in(officer)
    path = f"/board/competitions/{scene.call.slug}/committee"
    form = f"{path}/{grant.id}/end"
    no_day = client.send(form, {"when": "day", "reason": "Rīkojums 6."})
    assert "Norādiet pēdējo dienu" in text(no_day)
    assert client.send(form, {"reason": "Rīkojums 6."}).location == path
    for page in (sheet, f"/committee/{scene.call.slug}", "/committee"):
        assert theirs.get(page).status_code == HTTPStatus.NOT_FOUND
    late = theirs.post(f"{sheet}/autosave", headers={"Accept": "application/json"})
    assert late.status_code == HTTPStatus.NOT_FOUND
    assert "vairs nav pieejams" in late.json["message"]
    assert not client.page(path).select(f'a[href="{form}"]')


def test_a_last_day_that_is_to_come_can_be_moved_and_brought_to_now(scene, officer, ctx):
    for day in (9, 3):
        end(officer, scene, scene.member, CommitteeRole.MEMBER, clock.today() + day * DAY)
    assert queries.sitting(here(scene.call), CommitteeRole.MEMBER)[2].id == scene.member.id
    end(officer, scene, scene.member, CommitteeRole.MEMBER)
    assert scene.member.id not in {one.id for one in queries.sitting(here(scene.call))}
    with pytest.raises(StateConflict):
        end(officer, scene, scene.member, CommitteeRole.MEMBER)


def test_a_seat_is_ended_after_the_decisions_too(make, officer, ctx):
    """Else whoever once sat on a committee could never become the head."""
    call = make.competition("decided")
    member, *_ = make.committee(call)
    admin = here(make.person(Role.ADMINISTRATOR))

    def promote():
        administration.give_role(
            *(admin, here(member)),
            role=Role.HEAD,
            municipality=here(call).municipality,
            since=clock.today(),
            until=None,
        )

    with pytest.raises(Invalid) as refusal:
        promote()
    assert refusal.value.code == "role_grants_apart"
    for role in (CommitteeRole.MEMBER, CommitteeRole.CHAIR):
        service.end(*(here(officer), here(call), seat(member, role)), until=None, reason="Beigas.")
    promote()


@pytest.mark.parametrize("role", [Role.HEAD, Role.AUDITOR])
def test_the_head_and_the_auditor_sit_on_no_committee_of_their_municipality(
    make, officer, ctx, role
):
    call, here_too, elsewhere = make.competition("closed"), make.person(role), make.person()
    make.grant(elsewhere, role, make.municipality("VEN"))
    with pytest.raises(Invalid) as refusal:
        appoint(officer, call, here_too, CommitteeRole.MEMBER, since=40)
    assert refusal.value.code == "role_grants_apart"
    appoint(officer, call, elsewhere, CommitteeRole.MEMBER)
    appoint(officer, call, make.person(Role.OFFICER), CommitteeRole.SECRETARY)


def test_of_two_who_give_one_person_two_roles_at_once_one_is_refused(busy):
    """The administrator holds the person, the officer the competition: the database decides."""
    app, make = busy
    call, admin = make.competition("closed"), make.person(Role.ADMINISTRATOR)
    officer, person = make.person(Role.OFFICER), make.person()

    def give():
        administration.give_role(
            *(here(admin), here(person)),
            role=Role.AUDITOR,
            municipality=here(call).municipality,
            since=clock.today(),
            until=None,
        )

    results = at_once(app, give, lambda: appoint(officer, call, person, CommitteeRole.MEMBER))
    assert [refusal.code for refusal in refusals(results)] == ["role_grants_apart"]
