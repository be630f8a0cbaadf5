"""One function says whether it is in time: of values, of columns, and nowhere else in the code."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, DateTime, column, select, values

from portal.core import periods
from portal.core.periods import has_come, in_time, whole_second

PORTAL = Path(periods.__file__).parents[1]
UNTIL = datetime(2026, 11, 25, 21, 59, 59, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DECADES = timedelta(days=10_000)
AROUND = [
    (-SECOND, True),
    (timedelta(0), True),
    (timedelta(milliseconds=900), True),
    (timedelta(microseconds=999_999), True),
    (SECOND, False),
]


@pytest.mark.parametrize(("after", "counts"), AROUND)
def test_the_last_second_counts_whole(after: timedelta, counts: bool) -> None:
    assert in_time(UNTIL, UNTIL + after) is counts


def test_a_period_has_begun_when_its_first_instant_has_come() -> None:
    assert not has_come(UNTIL, UNTIL - timedelta(microseconds=1))
    assert has_come(UNTIL, UNTIL)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    bound=st.timedeltas(-DECADES, DECADES).map(UNTIL.__add__),
    apart=st.timedeltas(-3 * SECOND, 3 * SECOND),
)
@example(bound=UNTIL, apart=timedelta(milliseconds=900))
@example(bound=UNTIL, apart=SECOND)
def test_postgresql_says_of_a_column_what_is_said_of_a_value(
    connection: Connection, bound: datetime, apart: timedelta
) -> None:
    bounds = values(column("bound", DateTime(timezone=True)), name="bounds").data([(bound,)])
    instant = bound + apart
    said = connection.execute(
        select(has_come(bounds.c.bound, instant), in_time(bounds.c.bound, instant))
    ).one()
    assert tuple(said) == (has_come(bound, instant), in_time(bound, instant))


# What a period is bounded by. Two of them may be compared with one another, and days with days.
BOUNDS = {"deadline", "until", "opens_at", "expires_at", "held_at"}
BESIDE_BOUNDS = BOUNDS | {"since", "results_by", "postmark", "today"}


def elsewhere(source: str) -> Iterator[int]:
    """The lines that hold an instant against a bound, or round one, by themselves."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare) and isinstance(
            node.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE
        ):
            sides = [names(side) for side in (node.left, *node.comparators)]
            if any(side & BOUNDS for side in sides) and any(
                not side & BESIDE_BOUNDS for side in sides
            ):
                yield node.lineno
        elif isinstance(node, ast.Call):
            given = {keyword.arg for keyword in node.keywords}
            if "microsecond" in given and "second" not in given:
                yield node.lineno


def names(tree: ast.AST) -> set[str]:
    return {
        node.id if isinstance(node, ast.Name) else node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute)
    }


def test_nobody_else_decides_it() -> None:
    others = [path for path in PORTAL.rglob("*.py") if path != Path(periods.__file__)]
    found = {
        f"{path.relative_to(PORTAL)}:{line}"
        for path in others
        for line in elsewhere(path.read_text())
    }
    assert found == set()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("competition.deadline < clock.now()", True),
        ("whole <= until", True),
        ("opens_at <= now <= deadline", True),
        ("now.replace(microsecond=0)", True),
        ("now.replace(second=0, microsecond=0)", False),
        ("terms.deadline <= terms.opens_at", False),
        ("until < grant.since", False),
        ("grant.until >= clock.today()", False),
        ("in_time(deadline, now) and left < DAY", False),
    ],
)
def test_what_is_found(source: str, found: bool) -> None:
    assert bool(list(elsewhere(source))) is found


def test_a_whole_second_is_told_in_utc() -> None:
    local = datetime.fromisoformat("2026-11-25T23:59:59.900+02:00")
    assert whole_second(local) == UNTIL and whole_second(local).tzinfo is UTC
