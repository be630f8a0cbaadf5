"""What stops the portal from starting: a right, or a value in a URL, with two answers."""

from enum import StrEnum

import pytest
from flask import Flask

from portal.core import access


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
