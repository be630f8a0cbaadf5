"""A new kind of question is its class, its template where no other fits, and the CHECK."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, render_template_string
from sqlalchemy import text

from portal.core.accounts.models import Role
from portal.core.fields import Text
from portal.core.papers.blocks import Passage
from portal.core.questions import registry
from portal.core.questions.kinds.base import QuestionKind
from portal.core.questions.kinds.settings import QuestionForm
from portal.core.questions.models import Question
from portal.core.questions.rules import Asked, show, validate
from tests.factories import Make
from tests.pages import PageClient

SHOWN = """{% from "core/questions/shown.html" import shown_value %}{{ shown_value(shown) }}"""


class Colour(QuestionKind):
    """What colour something is."""

    code = "colour"
    label = about = "Colour"
    Settings = QuestionForm

    def keep(self, question: Asked, raw: Any) -> Any:
        return str(raw or "").lower() or None

    def input(self, question: Asked, options: dict[str, Any]) -> Any:
        return Text(**options)


@pytest.fixture
def colour() -> Iterator[QuestionKind]:
    kind = Colour()
    registry.register(kind)
    yield kind
    registry.forget(kind.code)


def test_it_is_built_asked_judged_shown_and_printed(
    app: Flask, client: PageClient, make: Make, colour: QuestionKind
) -> None:
    make.session.execute(text("ALTER TABLE form_questions DROP CONSTRAINT ck_form_questions_kind"))
    call = make.competition("draft")
    client.sign_in(make.person(Role.OFFICER))
    form = f"/board/competitions/{call.slug}/form"
    new = f"{form}/sections/{call.sections[0].id}/questions/new"
    assert "Colour" in client.page(new).get_text()
    assert client.send(f"{new}?kind=colour", {"label-lv": "Krāsa"}).status_code == 302
    question = make.session.query(Question).filter_by(kind="colour").one()
    assert client.page(f"{form}/preview").select(f"[name=q_{question.key}]")
    assert [one.wrong for one in validate([question], {}, for_submit=True)] == ["missing"]
    shown = show(question, colour.keep(question, "Zila"), "lv")
    assert colour.printed(shown.value) == Passage("zila")
    with app.test_request_context():
        assert "<p>zila</p>" in render_template_string(SHOWN, shown=shown)
