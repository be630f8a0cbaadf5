"""One name for one set of row versions: never the same for two, always the same for one."""

import ast
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.accounts.models import Throttle
from portal.core.stamps import row_versions, together

PORTAL = Path(__file__).parents[2] / "portal"
KEYS = ("a", "b", "c")
VERBS = ("add", "rewrite", "remove", "show", "lock", "give up")
STEPS = st.lists(st.tuples(st.sampled_from(VERBS), st.sampled_from(KEYS)), max_size=25)


def test_no_two_sets_share_a_name_and_none_has_two(session: Session) -> None:
    """Rows come, change and go, and enter and leave the set as they are: by another's condition."""

    @settings(max_examples=60)
    @given(steps=STEPS)
    def holds(steps: list[tuple[str, str]]) -> None:
        session.execute(delete(Throttle).where(Throttle.key.in_(KEYS)))
        known, number = dict[str, int](), count(1)  # each writing has a number of its own
        shown = set(KEYS)
        names, sets = dict[Any, Any](), dict[Any, Any]()
        for verb, key in [("lock", "a"), *steps]:
            carry_out(session, verb, key, known, next(number))
            shown ^= {key} if verb == "show" else set()
            stands = frozenset((k, v) for k, v in known.items() if k in shown)
            name = together(row_versions(Throttle).where(Throttle.key.in_(shown)))
            named = tuple(session.execute(name).one())
            assert sets.setdefault(named, stands) == stands, "one name for two sets"
            assert names.setdefault(stands, named) == named, "two names for one set"

    holds()


def carry_out(session: Session, verb: str, key: str, known: dict[str, int], number: int) -> None:
    """A verb on the row of this key; `known` is what stands, by the number of its writing."""
    with session.begin_nested() as step:
        match verb:
            case "add" if key not in known:
                session.execute(
                    Throttle.__table__.insert().values(key=key, count=number, since=clock.now())
                )
                known[key] = number
            case "rewrite" if key in known:
                session.execute(update(Throttle).where(Throttle.key == key).values(count=number))
                known[key] = number
            case "remove" if key in known:
                session.execute(delete(Throttle).where(Throttle.key == key))
                del known[key]
            case "lock":
                session.execute(select(Throttle.key).with_for_update())
            case "give up":
                session.execute(update(Throttle).values(count=number))
                step.rollback()


def test_a_restored_database_has_other_names(session: Session) -> None:
    """Its server has started anew: transactions may be counted over again."""
    started = session.execute(text("SELECT pg_postmaster_start_time()")).scalar_one()
    assert tuple(session.execute(together(row_versions(Throttle))).one()) == (started, None)


def test_nothing_sums_versions() -> None:
    """Neither a sum nor a maximum tells which rows there are."""
    found = [
        f"{path}:{node.lineno}"
        for path in sorted(PORTAL.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("func.sum", "func.max", "func.min")
        and any(ast.unparse(argument).endswith(".version") for argument in node.args)
    ]
    assert found == []
    raw = [path.name for path in PORTAL.rglob("*.py") if "xmin" in path.read_text()]
    assert raw == ["stamps.py"], "versions of rows are named in one place"
