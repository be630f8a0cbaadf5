"""What stops the portal from starting: a right, or a value in a URL, with two answers."""

from enum import StrEnum

import pytest
from flask import Flask
from flask_babel import force_locale

from portal.core import access
from portal.core.access import HIDDEN, Access, no, yes
from portal.core.accounts.models import Person, Role
from portal.core.accounts.rights import holds
from portal.core.db import db, uuid7
from tests.pages import counted_queries

KEY = uuid7()


class Right(StrEnum):
    TRY = "try"


@pytest.mark.parametrize(
    "register", [lambda: access.loader("thing"), lambda: access.rule(Right.TRY)]
)
def test_nothing_has_two_answers(register, monkeypatch):
    monkeypatch.setattr(access, "_loaders", {})
    monkeypatch.setattr(access, "_rules", {})
    register()(lambda *_: None)
    with pytest.raises(RuntimeError, match="two"):
        register()(lambda *_: None)


def test_a_view_without_a_mark_stops_the_start():
    app = Flask("bare")
    app.add_url_rule("/", "bare", lambda: "")
    with pytest.raises(RuntimeError, match="bare"):
        access.check_every_view(app)


def test_a_yes_has_its_grounds_and_keeps_them():
    with pytest.raises(ValueError, match="grounds"):
        Access(True)
    officer, public, never = (
        yes("officer", "an officer", KEY),
        yes("public", "public"),
        no("closed"),
    )
    assert [ground.code for ground in (officer & public).grounds] == ["officer", "public"]
    assert (officer & officer) == officer == officer | public
    assert (never | public) == public and (never | HIDDEN) == HIDDEN
    assert (officer & never) == never == (never & officer)


def test_a_role_is_said_with_where_it_holds(app, make):
    key, city = make.person(Role.OFFICER).id, make.municipality().id
    with app.test_request_context(), counted_queries(app) as asked:
        actor = db.session.get_one(Person, key)
        _ = actor.grants
        before = len(asked)
        (ground,) = holds(actor, Role.OFFICER, city).grounds
        assert (ground.code, ground.scope_id) == ("officer", city)
        assert len(asked) == before, "a right asks the database nothing"
        with force_locale("lv"):
            assert str(ground.words) == "pārvaldes speciālists (Piemēra pilsēta)"
