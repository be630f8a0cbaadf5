"""Every endpoint, asked by everybody: the table says who is let in."""

from collections.abc import Iterator
from http import HTTPStatus
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal.core import access
from portal.core.access import Access, Ground
from portal.core.accounts.models import RoleGrant
from portal.core.db import db
from tests.access.table import Row, rows
from tests.world import ROLES, VISITOR, World

ROWS = rows()
# So that neither the table nor the address map can become empty unnoticed.
ENDPOINTS_AT_LEAST = 185
# What a POST has to say to be understood at all.
SENT = {"demo.enter": {"persona": "ngo-owner"}}
OWN = {"Origin": "http://localhost"}  # one of our own pages has sent it
SIGN_IN_FIRST = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FOUND}
LET_IN = {200, 302, 303, 304, 409, 422}


def answer(response: TestResponse) -> str:
    """What a response says to whoever asked."""
    status = response.status_code
    if status == HTTPStatus.NOT_FOUND:
        return "not found"
    if status == HTTPStatus.FORBIDDEN:
        return "told why"
    if status == HTTPStatus.UNAUTHORIZED or "/sign-in?" in response.headers.get("Location", ""):
        return "asked to sign in"
    return "let in" if status in LET_IN else response.status


def methods(world: World, row: Row) -> list[str]:
    """The methods of a row that its endpoint knows."""
    return sorted(world.methods(row.endpoint) & set(row.methods))


def test_the_table_names_every_endpoint_and_no_other(world: World) -> None:
    known = {rule.endpoint for rule in world.app.url_map.iter_rules()}
    named = {row.endpoint for row in ROWS}
    assert named - known == set(), "these are no longer there"
    assert known - named == set(), "say in tests/access/table.py who is let in here"
    assert len(known) >= ENDPOINTS_AT_LEAST


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Access]:
    """What the rules have answered to the requests since it was cleared."""
    found: list[Access] = []
    decide = access.decide

    def noted(*asked: Any) -> Access:
        found.append(decide(*asked))
        return found[-1]

    monkeypatch.setattr(access, "decide", noted)
    return found


@pytest.fixture(scope="module")
def held(world: World) -> dict[str, set[tuple[str, UUID | None]]]:
    """The roles that everybody holds, each with its scope."""
    with world.app.app_context():
        grants = db.session.query(RoleGrant).all()
    people = {role: person.id for role, person in world.people.items()}
    return {
        role: {
            (one.role.value, one.scope_id) for one in grants if one.person_id == people.get(role)
        }
        for role in ROLES
    }


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_everybody_gets_the_answer_of_the_table(
    world: World, row: Row, answers: list[Access], held: dict[str, set[tuple[str, UUID | None]]]
) -> None:
    """Whoever is not let in changes nothing, and nobody changes anything by looking. Whoever is
    let in is so for a reason, and for no role but their own.
    """
    url = world.url(row.endpoint, row.stage)
    visitors = getattr(world.app.view_functions[row.endpoint], "visitors", True)
    wrong: list[str] = []
    grounds: set[Ground] = set()
    for method in methods(world, row):
        for role in ROLES:
            answers.clear()
            with world.undone() as written:
                response = world.ask(role, url, method, data=SENT.get(row.endpoint, {}))
            expected = row.expected(role, visitors=visitors)
            grounds |= {ground for yes in answers for ground in yes.grounds}
            wrong += [
                f"{method} {url} as {role} is let in as {one}"
                for yes in answers
                for one in yes.grounds
                if one.scope_id and (one.code, one.scope_id) not in held[role]
            ]
            if answer(response) != expected:
                wrong.append(f"{method} {url} as {role}: {answer(response)}, not {expected}")
            if written and (method == "GET" or expected != "let in"):
                wrong.append(f"{method} {url} as {role} wrote: {written[0][:80]}")
    with world.app.test_request_context():
        wrong += [f"{one} has no words" for one in grounds if not (one.code and str(one.words))]
    assert not wrong, "\n".join(wrong)


# Whose a post is, is asked before what it is about: once an endpoint, as somebody whom it lets in.
ENDPOINTS = list({row.endpoint: row for row in ROWS if row.let_in}.values())


@pytest.mark.parametrize("row", ENDPOINTS, ids=str)
def test_a_post_without_its_token_changes_nothing(world: World, row: Row) -> None:
    if "POST" not in methods(world, row) or row.endpoint == "demo.enter":
        return  # a demo is entered by script as well
    url = world.url(row.endpoint, row.stage)
    for role in {min(row.let_in), VISITOR}:
        with world.undone() as written:
            response = world.ask(role, url, "POST", token=False)
        assert response.status_code == HTTPStatus.BAD_REQUEST, f"{role}: {response.status}"
        assert not written, f"{role} wrote: {written[0]}"


@pytest.mark.parametrize("row", ENDPOINTS, ids=str)
def test_a_post_that_was_made_for_another_changes_nothing(world: World, row: Row) -> None:
    """Another has signed in since in the same browser, or nobody has: it is told, and no more."""
    if "POST" not in methods(world, row) or row.endpoint in ("demo.enter", "accounts.sign_in"):
        return  # who signs in comes from nobody's page
    url = world.url(row.endpoint, row.stage)
    for role in {min(row.let_in), VISITOR}:
        owner = "stranger" if role != "stranger" else "owner"
        sent = {"csrf_token": world.cookies[owner][1], "title": "Cita vārdi"}
        for headers in (OWN, {**OWN, "Accept": "application/json"}):
            with world.undone() as written:
                response = world.ask(role, url, "POST", data=sent, headers=headers)
            assert not written, f"{role} wrote: {written[0]}"
            if role == VISITOR:
                assert response.status_code in SIGN_IN_FIRST, response.status
            else:
                assert response.status_code == HTTPStatus.CONFLICT, f"{role}: {response.status}"
                said = response.get_json(silent=True) or {"message": response.text}
                assert world.people[role].name in said["message"]
                assert "Cita vārdi" not in response.text


def nested(world: World) -> Iterator[tuple[Rule, str]]:
    """Every address with something inside something else, and the name of what is inside."""
    for rule in world.app.url_map.iter_rules():
        loaded = [name for name in _in_order(rule) if name in access._loaders]
        yield from ((rule, child) for _parent, child in pairwise(loaded))


def _in_order(rule: Rule) -> list[str]:
    return [data for is_argument, data in rule._trace if is_argument]


def test_a_child_of_another_parent_is_not_there(world: World) -> None:
    """The parent is one's own, the child exists, and yet they do not belong together."""
    stages = {row.endpoint: row for row in ROWS if row.let_in}
    asked, wrong = 0, []
    for rule, child in nested(world):
        row = stages[rule.endpoint]
        foreign = world.far[row.stage if row.stage != "-" else "draft"][child]
        other = (
            99 if isinstance(foreign, int) else "elsewhere" if isinstance(foreign, str) else foreign
        )
        url = world.url(rule.endpoint, row.stage, **{child: other})
        for method in methods(world, row):
            for role in sorted(row.let_in):
                with world.undone() as written:
                    response = world.ask(role, url, method)
                asked += 1
                if response.status_code != HTTPStatus.NOT_FOUND or written:
                    wrong.append(f"{method} {url} as {role}: {response.status}")
    assert not wrong, "\n".join(wrong)
    assert asked
