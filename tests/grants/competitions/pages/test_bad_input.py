"""Whatever is typed into the pages of a call."""

import pytest

from portal.grants.competitions.models import CompetitionState
from tests.grants.competitions.rows import board, part
from tests.naughty import COMBINED
from tests.pages import text


def test_what_is_taken_is_shown_as_it_was_typed(officer, draft):
    edit, section = board(draft, "terms", "edit"), part(draft, "section")
    rename = board(draft, "form", "sections", section)
    lead = {"lead-lv": COMBINED, "contact-lv": COMBINED}
    assert officer.send(edit, lead).status_code == 302
    assert officer.send(rename, {"title-lv": COMBINED}).status_code == 302
    assert COMBINED in text(officer.get(board(draft, "form")))
    assert COMBINED in text(officer.get(f"/competitions/{draft.slug}"))


@pytest.mark.parametrize(
    "bad",
    [
        {"deadline-day": "31", "deadline-month": "2"},
        {"deadline-time": "25.99"},
        {"fixed_sum": "99999999999999999999"},
        {"fixed_sum": "-1"},
        {"months_min": "x" * 100_001},
        {"participants_min": "2147483648"},
        {"instalments": "50;;x"},
        {"eligible_kinds": "school"},
        {"title-lv": "a\x00b"},
        {"title-lv": "x" * 1_000_000},
        {"version": "one"},
        {"grades_from": "9", "grades_to": "5"},
        {"money_as": "barter"},
    ],
)
def test_bad_input_has_a_message_and_never_a_500(officer, draft, bad):
    answer = officer.send(board(draft, "terms", "edit"), bad)
    assert answer.status_code in (400, 409, 422)


def test_directions_and_ids_that_are_none(officer, draft):
    section = part(draft, "section")
    move = board(draft, "form", "sections", section, "move")
    assert officer.post(move, data={"direction": "sideways"}).status_code == 302
    assert officer.get(board(draft, "form", "sections", "not-a-key")).status_code == 404
    assert officer.get("/competitions/Nav-Tads").status_code == 404
    assert draft.state == CompetitionState.DRAFT
