"""Scopes: a wing brings its own, with its roles, and the ground floor is not touched."""

from enum import StrEnum
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text

from portal.core.access import Access
from portal.core.accounts import roles
from portal.core.accounts.models import Person, RoleGrant
from portal.core.accounts.rights import holds, scopes
from portal.core.audit.models import JournalEntry
from portal.core.audit.queries import entries_within
from portal.core.db import db
from portal.core.scopes import Scope
from portal.core.work import unit_of_work
from tests.factories import Make


class SchoolRole(StrEnum):
    PRINCIPAL = "principal"


SCHOOLS = """
CREATE TABLE schools (id uuid PRIMARY KEY REFERENCES scopes, founder_id uuid NOT NULL,
    FOREIGN KEY (id, founder_id) REFERENCES scopes (id, parent_id));
CREATE TRIGGER schools_scope BEFORE INSERT ON schools
    FOR EACH ROW EXECUTE FUNCTION make_scope('founder_id');
SET LOCAL asns.migrating = 'yes';
INSERT INTO roles VALUES ('principal', 'schools');
"""


@pytest.fixture
def school(make: Make, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """A school of the municipality, as a wing's migration and models would bring it."""
    for known in ("ROLES", "_by_code", "WITHIN", "_prominence"):
        monkeypatch.setattr(roles, known, dict(getattr(roles, known)))
    roles.register({SchoolRole.PRINCIPAL: "principal"}, within="schools")
    key, city = uuid4(), make.municipality()
    make.session.execute(text(SCHOOLS))
    make.session.execute(
        text("INSERT INTO schools VALUES (:key, :city)"), {"key": key, "city": city.id}
    )
    make.session.commit()
    return key


def test_a_scope_is_made_with_its_row_and_lies_in_its_parent(make: Make) -> None:
    call, organisation = make.competition(), make.organisation()
    found = {one.id: (one.kind, one.parent_id) for one in make.session.scalars(select(Scope))}
    assert found[call.id] == ("competitions", call.municipality_id)
    assert found[call.municipality_id] == ("municipalities", None)
    assert found[organisation.id] == ("organisations", None)


def test_a_role_of_a_wing_holds_in_a_scope_of_the_wing(
    make: Make, app: Flask, school: UUID
) -> None:
    key = make.person().id
    make.row(RoleGrant(person_id=key, role=SchoolRole.PRINCIPAL, scope_id=school))
    with app.test_request_context():
        actor = db.session.get_one(Person, key)
        answer: Access = holds(actor, SchoolRole.PRINCIPAL, school)
        assert answer and not holds(actor, SchoolRole.PRINCIPAL, uuid4())
        assert scopes(actor, SchoolRole.PRINCIPAL) == {school}
        with unit_of_work(actor, "plan.begun", actor) as work:
            work.within(school)
        (entry,) = entries_within(school)
        assert isinstance(entry, JournalEntry) and entry.actor_id == key


def test_the_database_knows_the_roles_that_the_code_registers(make: Make) -> None:
    held = make.session.scalars(select(roles.RoleKind))
    assert {row.code: row.scope_kind for row in held} == {
        role.value: kind for role, kind in roles.WITHIN.items()
    }
