"""Whatever a form of any page is answered with can be read in the other language, and nothing of
it is carried out for that.
"""

from urllib.parse import urljoin

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from portal.core import again
from portal.core.audit.models import JournalEntry
from portal.core.db import db
from tests.access.table import Row, rows
from tests.faults.forms import Form, forms
from tests.pages import fields
from tests.world import World

ROWS = [row for row in rows() if row.let_in]


def entries(world: World) -> int:
    with world.app.app_context():
        return db.session.scalar(select(func.count()).select_from(JournalEntry)) or 0


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_every_form_is_answered_in_either_language_and_not_carried_out_twice(
    world: World, row: Row
) -> None:
    for form in forms(world, row):
        with world.undone():
            _read_in_english(world, form)
        with world.undone():
            _carry_nothing_out(world, form)


def _read_in_english(world: World, form: Form) -> None:
    """What is said to an empty form."""
    latvian = world.ask(form.role, form.action, "POST", data={})
    if latvian.mimetype != "text/html" or latvian.location:
        return
    switch = BeautifulSoup(latvian.text, "html.parser").select_one("form[data-language]")
    assert switch is not None, form
    action = urljoin(form.action, str(switch["action"]))
    english = world.ask(form.role, action, "POST", data=fields(switch))
    assert english.status_code == latvian.status_code, form
    assert '<html lang="en"' in english.text, form


def _carry_nothing_out(world: World, form: Form) -> None:
    before = entries(world)
    for button in form.buttons:
        data = {**form.values, **button, again.MARK: "1"}
        answer = world.ask(form.role, form.action, "POST", data=data)
        assert answer.status_code < 500, form
    assert entries(world) == before, form
