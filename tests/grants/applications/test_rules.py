"""Numbers, what is in time, and seals."""

import copy
import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.clock import riga
from portal.grants.applications import rules
from portal.grants.applications.models import Channel
from portal.grants.applications.rules import Breach, breaches, in_time
from portal.grants.competitions.models import Competition

SECOND = timedelta(seconds=1)

# The deadline of the real call, a day before and after which Riga changed nothing; and one on
# either side of the change of clocks in March and in October.
DEADLINES = [
    riga(date(2020, 4, 14), 23, 59, 59),
    riga(date(2026, 3, 28), 23, 59, 59),
    riga(date(2026, 3, 29), 23, 59, 59),
    riga(date(2026, 10, 24), 23, 59, 59),
    riga(date(2026, 10, 25), 23, 59, 59),
]


@pytest.mark.parametrize(
    ("ordinal", "number"), [(7, "LIE-2020-1-007"), (1, "LIE-2020-1-001"), (1000, "LIE-2020-1-1000")]
)
def test_a_number_says_municipality_year_competition_and_place(ordinal: int, number: str) -> None:
    assert rules.number_of("LIE-2020-1", ordinal) == number


@pytest.mark.parametrize("deadline", DEADLINES)
@pytest.mark.parametrize("channel", Channel)
def test_at_the_deadline_is_in_and_a_second_after_is_out(
    deadline: datetime, channel: Channel
) -> None:
    assert in_time(deadline, deadline - SECOND, channel)
    assert in_time(deadline, deadline, channel)
    assert in_time(deadline, deadline + SECOND - timedelta(microseconds=1), channel)
    assert not in_time(deadline, deadline + SECOND, channel)


def test_a_deadline_of_the_day_ends_at_midnight_in_riga_and_not_in_london() -> None:
    summer, winter = riga(date(2026, 7, 1), 23, 59, 59), riga(date(2026, 12, 1), 23, 59, 59)
    assert summer == datetime(2026, 7, 1, 20, 59, 59, tzinfo=UTC)
    assert winter == datetime(2026, 12, 1, 21, 59, 59, tzinfo=UTC)
    assert not in_time(summer, datetime(2026, 7, 1, 21, 30, tzinfo=UTC), Channel.PORTAL)


def test_by_post_the_postmark_counts_and_nothing_else() -> None:
    deadline = riga(date(2026, 12, 1), 23, 59, 59)
    late = deadline + timedelta(days=5)
    assert in_time(deadline, late, Channel.POST, date(2026, 12, 1))
    assert not in_time(deadline, late, Channel.POST, date(2026, 12, 2))
    assert not in_time(deadline, late, Channel.POST)
    assert not in_time(deadline, late, Channel.EMAIL, date(2026, 12, 1))


# ---------------------------------------------------------------------- number


@pytest.mark.parametrize(
    "typed",
    [
        "LIE-2020-1-007",
        "LIE 2020 1 007",
        " lie–2020–1–7 ",
        "LIE-2020-1-007\u200b",
        "LIE\u00a02020/1.007",
        "LIE-20\u00ad20-\u20601-007",
    ],
)
def test_a_number_is_read_however_it_is_parted(typed: str) -> None:
    assert rules.number_in("LIE-2020-1", typed) == "LIE-2020-1-007"


@pytest.mark.parametrize(
    "typed", ["", "-", "LIE-2020-1", "LIE-2020-10-007", "LIE-2020-1-x", "x" * 9999, "LIE-2020-1-²"]
)
def test_what_is_no_number_of_the_competition(typed: str) -> None:
    assert rules.number_in("LIE-2020-1", typed) == ""


# ------------------------------------------------------------------------ seal

FILE = rules.SealedFile(
    "a1", "partner", "Apliecinājums.pdf", 12, "application/pdf", "0" * 64, False
)


def content(**values: Any) -> dict[str, Any]:
    return rules.sealed_content(
        **{
            "number": "LIE-2020-1-007",
            "revision": 1,
            "arrival": rules.Arrival(datetime(2020, 4, 14, 13, 59, 41, 123, tzinfo=UTC)),
            "submitted_by": "Ilze Kalniņa",
            "terms": rules.TermsReference(2, "f" * 64, {"lv": "Konkurss"}, {"lv": "Pārvalde"}),
            "title": "Ķēde",
            "applicant": rules.Applicant("Biedrība „Vējš”", "association", "40008000018"),
            "partner": None,
            "answers": {"project": {"title": "Ķēde", "participants": 20}},
            "files": [FILE],
            **values,
        }
    )


def test_the_seal_is_sha256_over_the_canonical_json() -> None:
    # For content of ASCII keys and no floats, canonical JSON is sorted JSON without spaces.
    plain = json.dumps(content(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert rules.seal(content()) == hashlib.sha256(plain.encode()).hexdigest()
    assert rules.is_seal(rules.seal(content()))


def test_the_moment_is_sealed_to_the_second_and_in_utc() -> None:
    assert content()["received_at"] == "2020-04-14T13:59:41+00:00"


def test_the_order_in_which_things_come_makes_no_difference() -> None:
    other = rules.SealedFile("a2", "plan", "Plāns.ods", 5, "x", "1" * 64, False)
    one = content(files=[FILE, other], answers={"a": {"x": 1, "y": 2}, "b": {}})
    two = content(files=[other, FILE], answers={"b": {}, "a": {"y": 2, "x": 1}})
    assert rules.seal(one) == rules.seal(two)


def paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every leaf of a JSON value."""
    if isinstance(value, dict):
        return [p for key, item in value.items() for p in paths(item, (*here, key))]
    if isinstance(value, list):
        return [p for key, item in enumerate(value) for p in paths(item, (*here, key))]
    return [here]


@given(st.data())
def test_a_change_anywhere_breaks_the_seal(data: st.DataObject) -> None:
    changed: Any = copy.deepcopy(content())
    *way, last = data.draw(st.sampled_from(paths(changed)))
    holder = changed
    for step in way:
        holder = holder[step]
    holder[last] = data.draw(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=5).filter(
            lambda new: new != holder[last]
        )
    )
    assert rules.seal(changed) != rules.seal(content())


def test_submitting_the_same_again_is_told_from_a_change() -> None:
    later = content(revision=2, arrival=rules.Arrival(datetime(2020, 4, 14, 20, tzinfo=UTC)))
    assert rules.substance(content()) == rules.substance(later)
    assert rules.substance(content()) != rules.substance(content(files=[]))
    other = content(answers={"project": {"title": "Cits"}})
    assert rules.substance(content()) != rules.substance(other)


# ---------------------------------------------------------------- measured answers

CALL = Competition(
    participants_min=10,
    at_risk_min=3,
    start_from=date(2026, 6, 1),
    start_to=date(2026, 12, 31),
    months_min=3,
    months_max=18,
)


@pytest.mark.parametrize(
    ("measured", "found"),
    [
        ({"participants": 10, "at_risk": 3, "start": "2026-06-01", "months": 18}, {}),
        ({}, {}),
        ({"participants": "daudz", "start": "rīt"}, {}),
        ({"participants": 9}, {"participants": Breach.TOO_FEW_PARTICIPANTS}),
        ({"at_risk": 2}, {"at_risk": Breach.TOO_FEW_AT_RISK}),
        ({"participants": 10, "at_risk": 11}, {"at_risk": Breach.MORE_AT_RISK_THAN_ALL}),
        ({"start": "2026-05-31"}, {"start": Breach.START_OUTSIDE_WINDOW}),
        ({"start": "2027-01-01"}, {"start": Breach.START_OUTSIDE_WINDOW}),
        ({"months": 2}, {"months": Breach.DURATION}),
        ({"months": 19}, {"months": Breach.DURATION}),
    ],
)
def test_measured_answers_keep_to_the_terms(
    measured: dict[str, Any], found: dict[str, Breach]
) -> None:
    assert breaches(CALL, measured) == found
