"""Who asks the small world, and what for."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from portal.core.accounts.models import Person, TokenPurpose
from portal.core.db import db

VISITOR = "visitor"
# Who asks. Those of the second line belong to another municipality, organisation or competition;
# the recused member sits on the committee, but not for the application asked about.
ROLES = (
    *(VISITOR, "stranger", "reader", "editor", "owner", "officer", "head", "deputy"),
    "auditor",
    "other-owner",
    "far-officer",
    "far-head",
    "far-auditor",
    "far-member",
    "far-chair",
    "member",
    "chair",
    "secretary",
    "recused",
    "administrator",
)

# What the links in letters are for, and their secrets here.
SECRETS = {
    "accounts.confirm": TokenPurpose.CONFIRM,
    "accounts.new_address": TokenPurpose.EMAIL,
    "accounts.new_password": TokenPurpose.RESET,
    "organisations.join": TokenPurpose.INVITE,
}


@dataclass(eq=False)  # there is one
class World:
    """Who is there, and what each URL value stands for at each stage of a competition."""

    app: Flask
    people: dict[str, Person] = field(default_factory=dict)
    cookies: dict[str, tuple[str, str]] = field(default_factory=dict)  # session cookie, CSRF token
    near: dict[str, dict[str, Any]] = field(default_factory=dict)  # by stage, by name in the URL
    far: dict[str, dict[str, Any]] = field(default_factory=dict)  # the other municipality's

    def ask(
        self, role: str, path: str, method: str = "GET", *, token: bool = True, **kwargs: Any
    ) -> TestResponse:
        """One request as this role; a POST carries a CSRF token unless it is told not to."""
        client = FlaskClient(self.app, self.app.response_class)
        cookie, csrf = self.cookies[role]
        client.set_cookie("asns", cookie)
        if method == "POST" and token:
            kwargs["data"] = {"csrf_token": csrf, **kwargs.get("data", {})}
        return client.open(path, method=method, buffered=True, **kwargs)

    def url(self, endpoint: str, stage: str, **others: Any) -> str:
        """The address of an endpoint at a stage; `others` replace what stands there."""
        known = self.near["draft" if stage == "-" else stage]
        names = {name for rule in self.app.url_map.iter_rules(endpoint) for name in rule.arguments}
        values = {"secret": SECRETS.get(endpoint, ""), **known, **others}
        with self.app.test_request_context():
            return url_for(endpoint, **{name: values[name] for name in names})

    def methods(self, endpoint: str) -> set[str]:
        """The methods that an endpoint knows."""
        rules = self.app.url_map.iter_rules(endpoint)
        return {method for rule in rules for method in rule.methods or ()}

    @contextmanager
    def undone(self) -> Iterator[list[str]]:
        """Undo what the requests inside do; gives the statements that wrote something.

        That a visitor has sent a form is counted, whatever comes of it: that is none of them.
        """
        written: list[str] = []
        with self.app.app_context():
            engine = db.engines[None]
        with engine.connect() as connection:
            event.listen(
                connection,
                "before_cursor_execute",
                lambda _c, _cur, statement, *_: writes(statement) and written.append(statement),
            )
            outer = connection.begin()
            try:
                with self.app.app_context():
                    db.engines[None] = connection
                yield written
            finally:
                with self.app.app_context():
                    db.engines[None] = engine
                if outer.is_active:
                    outer.rollback()


def writes(statement: str) -> bool:
    """Whether a statement changes the database; to defer a job is one of those."""
    if " throttles " in statement:
        return False
    begins = statement.lstrip().split(None, 1)[0].upper()
    return (
        begins in ("INSERT", "UPDATE", "DELETE", "TRUNCATE") or "procrastinate_defer" in statement
    )
