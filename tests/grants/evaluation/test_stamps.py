"""The pages of an evaluation are new at once when anything that they say changes."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from portal.core import clock
from portal.core.accounts.models import Person, RoleGrant
from portal.grants.applications.models import Application, State
from portal.grants.competitions.models import Competition, Criterion
from portal.grants.evaluation.committee.models import CommitteeRole
from portal.grants.evaluation.models import (
    Assignment,
    Attendance,
    CheckState,
    ConflictKind,
    Declaration,
    EligibilityCheck,
    Meeting,
    RoundSettings,
    ScoreSheet,
    SheetState,
    Suspicion,
    Vote,
    VoteKind,
)
from portal.grants.evaluation.stamps import stamp
from tests.factories import Make
from tests.grants.evaluation.world import World, here
from tests.pages import PageClient


def _sheet(world: World) -> None:
    (application,) = world.make.session.query(Application).filter_by(competition_id=world.call.id)
    world.make.sheet(application, world.member, {"c1": "1", "c2": "2"})


def _draft(world: World) -> None:
    (application,) = world.make.session.query(Application).filter_by(competition_id=world.call.id)
    world.make.sheet(application, world.member, {"c1": "1", "c2": "2"}, submitted=False)


def _reopening(world: World) -> None:
    sheet = world.make.session.query(ScoreSheet).first()
    assert sheet is not None
    sheet.state, sheet.replaced_at, sheet.reopen_reason = SheetState.REPLACED, clock.now(), "Kļūda."


def _recusal(world: World) -> None:
    world.make.session.query(Declaration).filter_by(person_id=world.secretary.id).update(
        {"kind": ConflictKind.FAMILY}
    )


def _suspicion(world: World) -> None:
    world.make.session.add(
        Suspicion(
            person_id=world.member.id,
            application_id=world.make.session.query(Application.id).scalar(),
            grounds=["school"],
            confirmed=None,
        )
    )


def _eligibility(world: World) -> None:
    for check in world.make.session.query(EligibilityCheck):
        world.make.rewrite(check, state=CheckState.CLARIFYING)


def _withdrawal(world: World) -> None:
    world.make.session.query(Application).update(
        {"state": State.WITHDRAWN, "withdrawn_at": clock.now()}
    )


def _assignment_ends(world: World) -> None:
    world.make.session.query(Assignment).filter_by(person_id=world.member.id).update(
        {"ended_at": clock.now()}
    )


def _meeting(world: World) -> Meeting:
    return world.make.row(
        Meeting(competition_id=world.call.id, number=1, held_at=clock.now(), place="Rīga")
    )


def _attendance(world: World) -> None:
    world.make.row(Attendance(meeting_id=_meeting(world).id, person_id=world.chair.id))


def _vote(world: World) -> None:
    world.make.row(
        Vote(
            meeting_id=_meeting(world).id, number=1, kind=VoteKind.RANKING, order=[], carried=False
        )
    )


def _settings(world: World) -> None:
    world.make.row(RoundSettings(competition_id=world.call.id, due_at=clock.now()))


def _criterion(world: World) -> None:
    criterion = world.make.session.query(Criterion).filter_by(key="c1").one()
    world.make.rewrite(criterion, minimum=Decimal("3"))


def _terms(world: World) -> None:
    call = world.make.session.get_one(Competition, world.call.id)
    world.make.rewrite(call, total_minimum=Decimal("30"))


def _member_leaves(world: World) -> None:
    world.make.session.query(RoleGrant).filter_by(
        person_id=world.member.id, role=CommitteeRole.MEMBER
    ).update({"ended_at": clock.now()})


def _name(world: World) -> None:
    world.make.session.get_one(Person, world.member.id).name = "Cits Vārds"


def _clarified(world: World) -> None:
    application = world.make.session.query(Application).first()
    world.make.reply(application.id, world.chair, title="Precizēts nosaukums")


@pytest.mark.parametrize(
    "change",
    [
        *(_sheet, _draft, _reopening, _recusal, _suspicion, _eligibility, _withdrawal),
        *(_assignment_ends, _meeting, _attendance, _vote, _settings, _criterion, _terms),
        *(_member_leaves, _name, _clarified),
    ],
)
@pytest.mark.usefixtures("ctx")
def test_every_change_gives_another_stamp(
    make: Make, world: World, change: Callable[[World], object]
) -> None:
    world.scored(("8", "8"), ("7", "8"))
    before = stamp(here(world.call))
    assert stamp(here(world.call)) == before
    change(world)
    make.session.commit()
    assert stamp(here(world.call)) != before


@pytest.mark.usefixtures("ctx")
def test_a_new_day_gives_another_stamp_for_grants_end_with_a_day(world: World) -> None:
    before = stamp(here(world.call))
    with clock.at(clock.now() + timedelta(days=1)):
        assert stamp(here(world.call)) != before


@pytest.mark.usefixtures("ctx")
def test_another_competition_does_not_change_it(make: Make, world: World) -> None:
    before = stamp(here(world.call))
    World(make).scored(("8", "8"))
    assert stamp(here(world.call)) == before


@pytest.mark.parametrize("page", ["ranking", "progress"])
def test_the_page_is_kept_for_its_reader_alone_and_until_it_changes(
    make: Make, world: World, client: PageClient, page: str
) -> None:
    application = world.scored(("8", "8"), ("7", "8"))
    path = f"/committee/{world.call.slug}/{page}"
    client.sign_in(world.chair)
    client.get(path)  # gives the session its token
    first = client.get(path)
    assert client.get(path).data == first.data
    assert first.headers["Cache-Control"] == "no-store" and "ETag" not in first.headers
    make.sheet(application, world.member, {"c1": "1", "c2": "1"})
    assert client.get(path).data != first.data
    client.sign_in(world.secretary)
    client.get(path)
    assert world.chair.name not in client.page(path).select_one("header").get_text()


def test_what_a_recused_member_must_not_see_is_not_in_what_is_kept(
    make: Make, world: World, client: PageClient
) -> None:
    application = world.scored(("8", "8"), ("7", "8"), ("6", "6"), title="Slepenais projekts")
    world.call.discussion_opened_at = clock.now()
    make.session.commit()
    path = f"/committee/{world.call.slug}/ranking"
    client.sign_in(world.chair)
    for _ in range(2):
        assert "Slepenais projekts" in client.get(path).text
    with make.session.begin_nested():  # in life, a transaction of its own
        make.session.query(Declaration).filter_by(
            person_id=world.chair.id, application_id=application.id
        ).update({"kind": ConflictKind.FAMILY})
    make.session.commit()
    assert "Slepenais projekts" not in client.get(path).text
