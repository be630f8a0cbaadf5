"""Every page that goes by a stamp: the stamp names all that it reads, and no kept one is old."""

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
from portal.core.accounts.models import Organisation, Person, RoleGrant
from portal.core.db import Base, Words, db
from portal.core.questions.models import Answer, AnswerFile
from portal.grants.applications.models import Reply, Submission
from portal.grants.awards.models import Decision, DecisionState
from portal.grants.awards.rules import Outcome
from portal.grants.competitions.inquiries.models import Inquiry
from portal.grants.competitions.models import CallDocument, Competition, Criterion
from portal.grants.evaluation.committee.models import CommitteeRole
from portal.grants.evaluation.models import ConflictKind, Declaration, ScoreSheet
from tests.factories.people import unguarded
from tests.world import World

# Who asks, and at which stage of a competition.
PAGES = {
    "site.home": ("visitor", "-"),
    "site.dataset": ("visitor", "-"),
    "site.competitions_atom": ("visitor", "-"),
    "site.competitions_ics": ("visitor", "-"),
    "competitions.index": ("visitor", "-"),
    "competitions.show": ("owner", "open"),
    "competitions.amendments": ("owner", "open"),
    "applications.task_list": ("owner", "open"),
    "scoring.progress": ("chair", "discussed"),
    "ranking.show": ("chair", "discussed"),
    "results.public_results": ("owner", "published"),
}
# What a page may read without its stamp's naming it.
NAMED_ELSEWHERE = {
    "persons": "the reader, whom every name names",
    "role_grants": "the reader's",
    "municipalities": "named by each call, as it was announced",
    "stored_files": "never change",
    "scores": "change with their sheet",
    "eligibility_answers": "change with their check",
    "forms": "stand fast when applications are written",
    "call_forms": "never change",
    "answer_sets": "change with their clarification, and with their answers",
    "form_sections": "stand fast when applications are written",
    "form_questions": "stand fast when applications are written",
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
    called = [view.__globals__.get(name) for name in view.__code__.co_names]
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
    role, stage = PAGES[endpoint]
    with statements(world) as heard:
        assert world.ask(role, world.url(endpoint, stage)).status_code == HTTPStatus.OK
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


def joins() -> None:
    for competition in db.session.scalars(select(Competition.id)):
        person = Person(email=f"{competition}@example.lv", name="Jauns Loceklis")
        grant = RoleGrant(person=person, role=CommitteeRole.MEMBER, scope_id=competition)
        db.session.add_all([person, grant])


def clarified() -> None:
    for number, submission in enumerate(db.session.scalars(select(Submission))):
        content = {"title": "Precizēts nosaukums", "sent_by": "", "answers": {}}
        db.session.add(
            Reply(
                submission_id=submission.id,
                received_at=submission.submitted_at,
                sent_by_id=submission.submitted_by_id,
                content=content,
                seal=f"{number:064x}",
            )
        )


CHANGES: dict[str, Callable[[], None]] = {
    "nothing": lambda: None,
    "an organisation is renamed": lambda: each(Organisation, name="Jauna biedrība"),
    "people are renamed": lambda: each(Person, name="Jauns Vārds"),
    "somebody joins the committee": joins,
    "terms": lambda: each(Competition, title=Words("Cits", "Other")),
    "criteria": lambda: each(Criterion, title=Words("Cits kritērijs", "Another")),
    "documents": lambda: each(CallDocument, title=Words("Cits dokuments", "Another")),
    "documents go": lambda: each(CallDocument, removed_at=clock.now()),
    "answers": lambda: each(Inquiry, answer="Jā.", answered_at=clock.now()),
    "a draft is saved": lambda: each(Answer, saved_at=clock.now() - clock.now().resolution),
    "files go": lambda: each(AnswerFile, removed_at=clock.now()),
    "the title is clarified": clarified,
    "conflicts": lambda: each(Declaration, kind=ConflictKind.FAMILY),
    "sheets": lambda: each(ScoreSheet, saved_at=clock.now().replace(year=2027)),
    "grants are declined": decline,
}


def kept(world: World) -> dict[str, str]:
    """Each page by its address, as it was kept or is made now."""
    return {
        path: world.ask(role, path).text
        for endpoint, (role, stage) in PAGES.items()
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
