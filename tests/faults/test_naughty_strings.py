"""Whatever is typed into any form of any page: taken as it is, or refused with a message."""

import pytest
from werkzeug.test import TestResponse

from tests.access.table import Row, rows
from tests.faults.forms import Form, forms, kept
from tests.naughty import COMBINED, REFUSED, sent, stored
from tests.world import World

# Numbers and dates that their kinds may read, and their forms must judge.
BOUNDARIES = ("-0", "99999999999999999999", "31.12.9999")
WITH_TEXTS = (
    "accounts.register",
    "applications.section",
    "inquiries.answer",
    "competitions.show",
    "committee.declare",
    "decisions.edit",
    "scoring.sheet",
)
ROWS = [row for row in rows() if row.let_in]
ANSWERS = {200, 302, 303, 400, 401, 404, 409, 410, 413, 422, 429}


def send(world: World, form: Form, values: dict[str, object]) -> TestResponse:
    return world.ask(form.role, form.action, "POST", data=values)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_every_text_field_takes_what_can_be_typed(world: World, row: Row) -> None:
    """It is saved and comes back, or the page says what is wrong and still shows what was typed."""
    for form in forms(world, row):
        if not form.texts:
            continue
        for text in (COMBINED, *REFUSED):
            with world.undone():
                answer = send(world, form, {**form.values, **dict.fromkeys(form.texts, sent(text))})
            where = f"{text[:60]!r} to {form.action} as {form.role}: {answer.status}"
            assert answer.status_code in ANSWERS, where
            wanted = stored(text)
            if answer.status_code == 422 and wanted is not None:
                lost = kept(answer.text, form.texts, wanted)
                assert not lost, f"{where}: {lost}"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_no_field_of_any_form_falls_over(world: World, row: Row) -> None:
    """Numbers, dates, choices, versions and words at once; twice; and none of them."""
    for form in forms(world, row):
        # Where there is nothing to type, the version is all that can be wrong.
        more = BOUNDARIES if set(form.named) - {"version"} else ()
        strings = (COMBINED, *REFUSED[:2], *more)
        bodies = [dict.fromkeys(form.named, sent(text)) for text in strings]
        bodies += [{name: [value, "x"] for name, value in form.values.items()}, {}]
        for body in bodies:
            with world.undone():
                answer = send(world, form, body)
            assert answer.status_code in ANSWERS, (
                f"{form.action}: {answer.status} for {body!r:.300}"
            )


def test_there_are_forms_to_fill(world: World) -> None:
    """So that the tests above cannot pass for want of anything to fill in."""
    for row in ROWS:
        if row.endpoint in WITH_TEXTS and row.stage not in ("draft", "minors"):
            assert any(form.texts for form in forms(world, row)), row
