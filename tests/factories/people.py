"""Rows of people, organisations and their roles."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.accounts.models import (
    MUNICIPAL,
    Municipality,
    Organisation,
    Person,
    Role,
    RoleGrant,
)
from portal.core.db import Base, Words

DAY = timedelta(days=1)


@contextmanager
def without_triggers(session: Session) -> Iterator[None]:
    """As somebody who rules the database could: within, none of its triggers is asked."""
    session.execute(text("SET LOCAL session_replication_role = replica"))
    yield
    session.flush()
    session.execute(text("SET LOCAL session_replication_role = origin"))


class People:
    """Builds and commits rows in the test's session; each has a number of its own."""

    def __init__(self, session: Session, app: Flask | None = None) -> None:
        self.app = app  # for what is computed from the rows, as the application does it
        self.session = session
        self.count = itertools.count(1)
        self.undeclared: set[UUID] = set()  # people of the board who declare by themselves

    def row(self, row: Any) -> Any:
        self.session.add(row)
        self.session.commit()
        return row

    def rewrite(self, row: Any, **values: Any) -> Any:
        """Set what stands fast, or add what comes too late, as no verb could."""
        with without_triggers(self.session):
            self.session.add(row)
            for name, value in values.items():
                setattr(row, name, value)
        self.session.commit()
        return row

    def municipality(self, code: str = "LIE") -> Municipality:
        found = self.session.query(Municipality).filter_by(code=code).one_or_none()
        return found or self.row(
            Municipality(
                code=code,
                name=Words("Piemēra pilsēta", "Sample City"),
                organiser=Words("Piemēra Izglītības pārvalde", "Sample Education Board"),
                email="parvalde@example.lv",
            )
        )

    def person(self, *roles: Role, scope: Base | None = None, **values: Any) -> Person:
        """A person who holds `roles`, each in `scope` or in the default municipality."""
        n = next(self.count)
        person = self.row(
            Person(
                **{
                    "email": f"persona{n}@example.lv",
                    "name": f"Persona {n}",
                    "confirmed_at": clock.now() - DAY,
                    **values,
                }
            )
        )
        for role in roles:
            self.grant(person, role, scope)
        return person

    def grant(self, person: Person, role: Role, scope: Base | None = None) -> RoleGrant:
        if scope is None and role in MUNICIPAL:
            scope = self.municipality()
        key = None if role is Role.ADMINISTRATOR else scope.id
        return self.row(
            RoleGrant(person_id=person.id, role=role, since=date(2020, 1, 1), scope_id=key)
        )

    def organisation(self, **values: Any) -> Organisation:
        n = next(self.count)
        name = values.pop("name", f"Biedrība „Paraugs {n}”")
        return self.row(
            Organisation(
                **{
                    "kind": "association",
                    "name": name,
                    "registration_number": f"400080{n:05d}",
                    **values,
                }
            )
        )
