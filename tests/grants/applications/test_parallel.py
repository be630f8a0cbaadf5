"""Two at the same moment, on a real second database whose commits are commits."""

from functools import partial

from flask import Flask

from portal.core import clock
from portal.core.accounts.models import Person, Role
from portal.core.audit.models import JournalEntry
from portal.core.db import db
from portal.core.messages.models import Message
from portal.core.questions.answers import service as answering
from portal.core.questions.answers.rules import SeenAnswers
from portal.core.questions.answers.service import Typed
from portal.core.versions import print_of
from portal.grants.applications import queries
from portal.grants.applications.drafts import service as drafts
from portal.grants.applications.models import Application, Submission
from portal.grants.applications.submission import service
from tests.factories import Make
from tests.together import at_once, refusals


def submit(owner: Person, application: Application) -> str:
    actor = db.session.get_one(Person, owner.id)
    mine = queries.by_key(application.id)
    assert mine is not None
    seen = service.print_of(queries.draft(mine))
    return service.submit(actor, mine, seen=seen, received_at=clock.now()).seal


def test_submitted_by_four_hands_at_once_it_is_in_once(busy: tuple[Flask, Make]) -> None:
    app, make = busy
    session = make.session
    draft = make.application(make.competition("open"))
    owner = session.get_one(Person, draft.started_by_id)
    seals = at_once(app, *[lambda: submit(owner, draft)] * 4)
    assert len(set(map(str, seals))) == 1, seals
    session.expire_all()
    assert session.query(Submission).filter_by(application_id=draft.id).count() == 1
    entries = session.query(JournalEntry).filter_by(subject_id=draft.id)
    assert entries.filter_by(event="application.submitted").count() == 1
    assert session.query(Message).filter_by(about_id=draft.id).count() == 1


def test_numbers_of_six_at_once_have_no_gaps_and_no_doubles(busy: tuple[Flask, Make]) -> None:
    app, make = busy
    session = make.session
    call = make.competition("open")
    all_drafts = [make.application(call) for _ in range(6)]
    owners = [session.get_one(Person, one.started_by_id) for one in all_drafts]
    pairs = zip(owners, all_drafts, strict=True)
    at_once(app, *[partial(submit, owner, draft) for owner, draft in pairs])
    session.expire_all()
    numbers = [session.get_one(Application, one.id).ordinal for one in all_drafts]
    assert sorted(numbers, key=str) == [1, 2, 3, 4, 5, 6]


def test_an_organisation_cannot_slip_a_second_one_in(busy: tuple[Flask, Make]) -> None:
    app, make = busy
    call = make.competition("open", applications_per_organisation=1)
    organisation = make.organisation()
    owner = make.person(Role.OWNER, scope=organisation)
    pair = [make.application(call, by=owner, organisation=organisation) for _ in range(2)]
    results = at_once(app, *[partial(submit, owner, draft) for draft in pair])
    assert len(refusals(results)) == 1, results


def test_of_two_editors_who_save_at_once_one_is_told(busy: tuple[Flask, Make]) -> None:
    app, make = busy
    session = make.session
    draft = make.application(make.competition("open"))
    people = [session.get_one(Person, draft.started_by_id)]
    people.append(make.person(Role.EDITOR, scope=draft.organisation))

    def save(place: int) -> object:
        mine = queries.by_key(draft.id)
        assert mine is not None
        section = queries.section(mine.competition, "project")
        assert section is not None
        actor = db.session.get_one(Person, people[place].id)
        seen = SeenAnswers(f"page{place}", {"title": print_of(draft.draft_title)})
        typed = Typed({"title": f"No {place}"}, seen)
        saved = answering.save(
            *(actor, drafts.answers_owner(mine), section.questions[:1], typed),
            received_at=clock.now(),
        )
        return typed.answers["title"], len(saved.conflicts)

    results = at_once(app, *[partial(save, place) for place in range(2)])
    assert sorted(told for _title, told in results) == [0, 1]
    (kept,) = (title for title, told in results if not told)
    assert make.answered(draft.answer_set_id)["title"] == kept
