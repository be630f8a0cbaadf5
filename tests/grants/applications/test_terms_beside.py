"""What the terms of a call ask stands beside the questions, and is judged by the same figures."""

from datetime import date

import pytest
from bs4 import BeautifulSoup

from portal.core import formats
from portal.core.db import Words
from portal.core.questions.models import Question
from portal.grants.applications.rules import project_time
from tests.pages import PageClient
from tests.world.scene import Scene


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        ("2026-09-01", 3, date(2026, 11, 30)),
        ("2026-11-15", 3, date(2027, 2, 14)),
        ("2026-01-31", 1, date(2026, 2, 28)),
        ("2026-12-31", 2, date(2027, 2, 28)),
    ],
)
def test_a_project_lasts_whole_months(start: str, months: int, last: date) -> None:
    assert project_time({"start": start, "months": months}) == (date.fromisoformat(start), last)


@pytest.mark.parametrize(
    ("start", "months"),
    [(None, 3), ("drīz", 3), ("2026-09-01", None), ("2026-09-01", 0), ("9999-12-01", 5)],
)
def test_a_time_that_is_not_known_is_none(start: object, months: object) -> None:
    assert project_time({"start": start, "months": months}) is None


def words_in(page: BeautifulSoup, place: str) -> str:
    (found,) = page.select(place)
    return found.get_text(" ")


def test_the_fixed_sum_stands_in_its_field_and_minimums_beside_theirs(
    client: PageClient, scene: Scene
) -> None:
    scene.make.rewrite(scene.call, participants_min=12)
    section = scene.call.sections[0]
    scene.make.rewrite(
        Question(
            form_id=section.form_id,
            section_id=section.id,
            key="grant",
            kind="money",
            label=Words("Finansējums"),
            settings={"equals": "grant"},
            position=9,
        )
    )
    client.sign_in(scene.owner)
    page = client.page(scene.path("/sections/project"))
    (field,) = page.select("[name=q_grant]")
    assert field["value"] == str(scene.call.fixed_sum // 100)
    grant = formats.money(scene.call.fixed_sum).replace("\xa0", " ")
    assert grant in words_in(page, "#question-grant")
    assert "vismaz 12 " in words_in(page, "#question-participants")
    client.send(scene.path("/sections/project"), {"q_grant": "1", "q_participants": "11"})
    page = client.page(scene.path("/sections/project"))
    assert grant in words_in(page, "#q_grant-error")
    assert "vismaz 12 " in words_in(page, "#q_participants-error")
