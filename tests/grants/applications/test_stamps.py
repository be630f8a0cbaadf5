"""The task list is new at once when anything that it says changes, and kept while nothing does."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.core import caching, clock
from portal.core.accounts.models import Organisation, Person, Role, RoleGrant
from portal.core.questions.models import Answer, AnswerFile
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Competition
from tests.grants.applications.conftest import World, pdf
from tests.pages import PageClient

Change = Callable[[World, PageClient], object]


def _answer(world: World, client: PageClient) -> None:
    world.make.session.query(Answer).filter_by(
        set_id=world.draft.answer_set_id, question_key="title"
    ).update({"value": "Cits nosaukums"})


def _file(world: World, client: PageClient) -> None:
    client.post(world.path("/sections/papers"), data={"version": "0;", "q_partner": pdf()})


def _file_removed(world: World, client: PageClient) -> None:
    world.make.session.query(AnswerFile).update({"removed_at": clock.now()})


def _title(world: World, client: PageClient) -> None:
    world.make.session.get_one(Application, world.draft.id).draft_title = "Cits"


def _deadline(world: World, client: PageClient) -> None:
    call = world.make.session.get_one(Competition, world.call.id)
    world.make.rewrite(call, deadline=call.deadline + timedelta(days=1))


def _colleague(world: World, client: PageClient) -> None:
    world.make.session.add(
        RoleGrant(
            person_id=world.stranger.id,
            role=Role.EDITOR,
            scope_id=world.organisation.id,
            since=clock.today(),
        )
    )


def _colleague_leaves(world: World, client: PageClient) -> None:
    world.make.session.query(RoleGrant).filter_by(person_id=world.reader.id).update(
        {"ended_at": clock.now()}
    )


def _name(world: World, client: PageClient) -> None:
    world.make.session.get_one(Person, world.editor.id).name = "Cits Vārds"


def _organisation(world: World, client: PageClient) -> None:
    world.make.session.get_one(Organisation, world.organisation.id).name = "Jauna biedrība"


@pytest.mark.parametrize(
    "change",
    [
        *(_answer, _file, _file_removed, _title, _deadline),
        *(_colleague, _colleague_leaves, _name, _organisation),
    ],
)
def test_every_change_is_seen_at_once(world: World, client: PageClient, change: Change) -> None:
    client.sign_in(world.owner)
    _file(world, client)
    client.get(world.path())  # says once that this is saved
    with clock.at(clock.now()):
        before = client.get(world.path())
        assert client.get(world.path()).data == before.data
        with world.make.session.begin_nested():  # in life, a transaction of its own
            change(world, client)
        world.make.session.commit()
        client.get(world.path())  # says once what was done
        after = client.get(world.path())
        caching.PAGES.clear()
        assert after.data == client.get(world.path()).data, "none of before"


def test_what_is_left_until_the_deadline_is_true_each_minute(
    world: World, client: PageClient
) -> None:
    client.sign_in(world.owner)
    now = clock.now()
    with clock.at(now):
        before = client.get(world.path()).data
    with clock.at(now + timedelta(minutes=1)):
        assert client.get(world.path()).data != before


def test_two_people_never_get_each_others_page(world: World, client: PageClient) -> None:
    client.sign_in(world.owner)
    mine = client.get(world.path())
    client.sign_in(world.reader)
    theirs = client.get(world.path())
    assert world.reader.name in theirs.text or mine.text != theirs.text
