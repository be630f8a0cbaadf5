"""What a form says of other people's things is refused, whatever the address says of one's own."""

import pytest
from sqlalchemy import func, select

from portal.core.accounts.models import Role
from portal.core.messages.models import Message
from portal.grants.applications.models import Application
from portal.grants.evaluation.models import Attendance, Declaration, Meeting
from tests.world.scene import evaluating


@pytest.fixture
def scene(make):
    return evaluating(make)


@pytest.fixture
def elsewhere(make):
    """Another competition with an application and a committee of its own."""
    other = evaluating(make)
    other.assigned()
    return other


def number_of(make, rows):
    make.session.expire_all()
    return make.session.scalar(select(func.count()).select_from(rows))


def test_nobody_applies_for_an_organisation_that_is_not_theirs(client, make):
    call, own, theirs = make.competition("open"), make.organisation(), make.organisation()
    client.sign_in(make.person(Role.OWNER, scope=own))
    for organisation in (theirs.id, call.id, "x" * 300):
        sent = client.post(
            f"/my/applications/start/{call.slug}", data={"organisation": str(organisation)}
        )
        assert sent.status_code == 422
    assert number_of(make, Application) == 0


def test_nobody_declares_for_an_application_of_another_competition(client, make, scene, elsewhere):
    scene.assigned(declared=False)
    foreign = elsewhere.assigned(declared=False)
    before = number_of(make, Declaration)
    client.sign_in(scene.member)
    sent = client.post(
        f"/committee/{scene.call.slug}/declarations", data={"applications": [foreign.number]}
    )
    assert sent.status_code == 422
    assert number_of(make, Declaration) == before


def test_the_list_of_attendance_takes_no_strangers(client, make, scene, elsewhere):
    client.sign_in(scene.secretary)
    client.send(f"/committee/{scene.call.slug}/meetings/new", {"place": "Rožu iela 6"})
    meeting = make.session.scalars(select(Meeting)).one()
    path = f"/committee/{scene.call.slug}/meetings/{meeting.id}/attendance"
    sent = client.post(path, data={"present": [str(scene.chair.id), str(elsewhere.chair.id)]})
    assert sent.status_code == 422
    assert number_of(make, Attendance) == 0


def test_only_members_who_owe_sheets_here_are_reminded(client, make, scene, elsewhere):
    scene.assigned()
    client.sign_in(scene.chair)
    sent = client.post(
        f"/committee/{scene.call.slug}/progress", data={"people": [str(elsewhere.member.id)]}
    )
    assert sent.status_code == 422
    assert number_of(make, Message) == 0


def test_a_role_in_a_form_is_one_of_those_that_are_given_there(client, make, scene):
    own = make.organisation()
    client.sign_in(make.person(Role.OWNER, scope=own))
    sent = client.post(
        f"/my/organisations/{own.id}/invite",
        data={"email": "kads@example.lv", "role": "administrator"},
    )
    assert sent.status_code == 422
    assert number_of(make, Message) == 0
