"""Every page that goes by a stamp: the stamp names all that it reads, and no kept one is old."""

import dis
import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from types import FunctionType
from typing import Any

import pytest
from sqlalchemy import event, select

from portal.core import caching, clock
from portal.core.db import Base, Words, db
from portal.grants.awards.models import Decision, DecisionState
from portal.grants.awards.rules import Outcome
from portal.grants.competitions.inquiries.models import Inquiry
from portal.grants.competitions.models import CallDocument, Competition
from tests.factories.people import unguarded
from tests.world import World

# At which stage of a competition a visitor asks.
PAGES = {
    "site.home": "-",
    "site.dataset": "-",
    "site.competitions_atom": "-",
    "site.competitions_ics": "-",
    "competitions.index": "-",
    "competitions.show": "open",
    "competitions.amendments": "open",
    "results.public_results": "published",
}
# What a page may read without its stamp's naming it.
NAMED_ELSEWHERE = {
    "stored_files": "never change",
    "municipalities": "named by each call, as it was announced",
    "criteria": "stand fast then too",
}
# Of an application these say its number alone, which stands; all else stands in its decision.
NUMBERS_ONLY = {
    *("site.home", "site.dataset", "site.competitions_atom", "site.competitions_ics"),
    "results.public_results",
}


def is_conditional(view: Callable[..., Any], *above: object) -> bool:
    """Whether a view calls `conditional`, itself or by a function of its own module."""
    view = inspect.unwrap(view)
    if not isinstance(view, FunctionType) or view in above:
        return False
    called = [
        view.__globals__.get(step.argval)
        for step in dis.get_instructions(view)
        if step.opname == "LOAD_GLOBAL"
    ]
    return caching.conditional in called or any(
        is_conditional(one, view, *above)
        for one in called
        if isinstance(one, FunctionType) and one.__module__ == view.__module__
    )


def test_all_of_them_are_asked_here(world: World) -> None:
    views = world.app.view_functions
    assert {name for name in views if is_conditional(views[name])} == set(PAGES)


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """What is asked of the database inside."""
    heard: list[str] = []

    def listen(_c: object, _cur: object, statement: str, *_: object) -> None:
        heard.append(statement)

    with world.undone():
        with world.app.app_context():
            connection = db.engines[None]
        event.listen(connection, "before_cursor_execute", listen)
        yield heard


def tables(*heard: str) -> set[str]:
    """The tables that statements read."""
    named = {found for one in heard for found in re.findall(r"(?:FROM|JOIN) (\w+)", one)}
    return named & set(Base.metadata.tables)


@pytest.mark.parametrize("endpoint", PAGES)
def test_a_stamp_names_every_table_that_its_page_reads(world: World, endpoint: str) -> None:
    with statements(world) as heard:
        assert (
            world.ask("visitor", world.url(endpoint, PAGES[endpoint])).status_code == HTTPStatus.OK
        )
    (place,) = [n for n, one in enumerate(heard) if "pg_postmaster_start_time" in one]
    read = tables(*heard[place + 1 :])
    assert read, "the page was made"
    elsewhere = {*NAMED_ELSEWHERE, *(["applications"] if endpoint in NUMBERS_ONLY else [])}
    assert read - tables(heard[place]) - elsewhere == set()


def each(kind: type[Base], /, **values: Any) -> None:
    """Rewrite all rows of a table, one by one."""
    for row in db.session.scalars(select(kind)):
        for name, value in values.items():
            setattr(row, name, value)


def decline() -> None:
    grants = select(Decision).where(
        Decision.state == DecisionState.PUBLISHED, Decision.outcome == Outcome.APPROVE
    )
    for decision in db.session.scalars(grants):
        decision.state, decision.declined_at = DecisionState.DECLINED, clock.now()


CHANGES: dict[str, Callable[[], None]] = {
    "nothing": lambda: None,
    "terms": lambda: each(Competition, title=Words("Cits", "Other")),
    "documents": lambda: each(CallDocument, title=Words("Cits dokuments", "Another")),
    "documents go": lambda: each(CallDocument, removed_at=clock.now()),
    "answers": lambda: each(Inquiry, answer="Jā.", answered_at=clock.now()),
    "grants are declined": decline,
}


def kept(world: World) -> dict[str, str]:
    """Each page by its address, as it was kept or is made now."""
    return {
        path: world.ask("visitor", path).text
        for endpoint, stage in PAGES.items()
        for path in [world.url(endpoint, stage)]
    }


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_kept_is_what_would_be_made_anew(world: World, change: str) -> None:
    with world.undone():
        before = kept(world)
        with world.app.app_context():
            with unguarded(db.session()):
                CHANGES[change]()
            db.session.commit()
        after = kept(world)
        caching.PAGES.clear()
        anew = kept(world)
    assert [path for path in anew if after[path] != anew[path]] == []
    assert (before != anew) == (change != "nothing"), "the change is to be seen somewhere"
