"""One verb, one transaction, one journal entry; and nothing of a verb that fails."""

import threading
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Table, func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from portal.core import clock, errors, migrate
from portal.core.accounts.models import Organisation, Person, Throttle
from portal.core.audit.changes import plain
from portal.core.audit.models import JournalEntry
from portal.core.db import Base, Words, db
from portal.core.errors import Invalid, StaleForm, StateConflict
from portal.core.messages.models import Message
from portal.core.work import unit_of_work
from tests.factories import Make

pytestmark = pytest.mark.usefixtures("_clean")


@pytest.fixture
def _clean(request: pytest.FixtureRequest) -> Iterator[None]:
    """A request context on the rolled-back transaction, unless the test has a database alone."""
    if "alone" not in request.fixturenames:
        request.getfixturevalue("ctx")
    yield


def entry() -> JournalEntry:
    """The newest journal entry."""
    return db.session.scalars(
        select(JournalEntry).order_by(JournalEntry.number.desc()).limit(1)
    ).one()


def mine(person: Person) -> Person:
    return db.session.get_one(Person, person.id)


# ------------------------------------------------------------------------ before and after


def test_of_a_new_row_stands_what_is_listed_with_its_defaults() -> None:
    with unit_of_work(None, "person.registered") as work:
        person = work.add(Person(email="a@example.lv", name="Anna", password_hash="$argon2id$…"))
        work.subject = person
        work.note(through="invitation", day=clock.today())
    kept = entry()
    assert (kept.event, kept.subject_type, kept.subject_id) == (
        "person.registered",
        "persons",
        person.id,
    )
    assert kept.facts == {"through": "invitation", "day": "2026-11-20"}
    (columns,) = kept.changes.values()
    assert columns["name"] == [None, "Anna"]
    assert columns["language"] == [None, "lv"]
    assert "argon2" not in str(kept.changes) and "a@example.lv" not in str(kept.changes)


def test_a_change_keeps_what_stood_before_it(make: Make) -> None:
    person = mine(make.person(name="Anna"))
    with unit_of_work(person, "person.renamed", person):
        person.name = "Anita"
        db.session.flush()
        person.name = "Anete"
    assert entry().changes == {f"persons:{person.id}": {"name": ["Anna", "Anete"]}}
    assert entry().actor_id == person.id


def test_a_column_that_was_not_loaded_is_asked_for(make: Make) -> None:
    person = mine(make.person(name="Anna"))
    db.session.expire(person)
    with unit_of_work(None, "person.renamed", person):
        person.name = "Anita"
    assert entry().changes[f"persons:{person.id}"]["name"] == ["Anna", "Anita"]


def test_a_row_that_ends_as_it_began_is_left_out(make: Make) -> None:
    person = mine(make.person(name="Anna"))
    with unit_of_work(None, "person.renamed", person):
        person.name = "Anita"
        db.session.flush()
        person.name = "Anna"
    assert entry().changes == {}


def test_of_a_deleted_row_stands_what_it_held(make: Make) -> None:
    person = mine(make.person(name="Anna"))
    with unit_of_work(None, "person.deleted") as work:
        work.delete(person)
    (columns,) = entry().changes.values()
    assert columns["name"] == ["Anna", None] and columns["language"] == ["lv", None]


def test_json_shows_what_stood_before_however_it_is_changed(make: Make) -> None:
    from portal.grants.competitions.models import Competition

    competition = db.session.get_one(Competition, make.competition("draft").id)
    kinds = list(competition.eligible_kinds)
    with unit_of_work(None, "competition.changed", competition):
        competition.eligible_kinds = [*kinds, "trust"]
        competition.title = Words("Cits", "Other")
    changed = entry().changes[f"competitions:{competition.id}"]
    assert changed["eligible_kinds"] == [kinds, [*kinds, "trust"]]
    assert changed["title"][1] == {"lv": "Cits", "en": "Other"}
    with unit_of_work(None, "competition.changed", competition):
        competition.eligible_kinds.append("school")
        flag_modified(competition, "eligible_kinds")
    changed = entry().changes[f"competitions:{competition.id}"]
    assert changed["eligible_kinds"] == [[*kinds, "trust"], [*kinds, "trust", "school"]]


def test_of_what_is_not_listed_stands_only_that_the_row_changed(make: Make) -> None:
    organisation = db.session.get_one(Organisation, make.organisation().id)
    with unit_of_work(None, "organisation.changed", organisation) as work:
        organisation.iban = "LV97HABA0012345678910"
        work.add(Throttle(key="one", count=1, since=clock.now()))
    assert entry().changes == {f"organisations:{organisation.id}": {}}
    assert entry().scope_id == organisation.id


def test_rows_without_an_id_are_told_apart_by_their_keys(make: Make) -> None:
    from portal.grants.evaluation.models import Workplace

    competition, people = make.competition(), [make.person().id, make.person().id]
    with unit_of_work(None, "committee.appointed") as work:
        for person in people:
            work.add(Workplace(competition_id=competition.id, person_id=person, name="1. vsk."))
    assert entry().changes == {
        f"committee_workplaces:{competition.id}/{person}": {} for person in people
    }


def test_every_table_says_what_the_journal_keeps_of_it() -> None:
    migrate.metadata()
    for mapper in Base.registry.mappers:
        if not isinstance(mapper.local_table, Table):
            continue  # a view, in which nothing is written
        assert "__journal__" in vars(mapper.class_), mapper.class_
        listed = set(mapper.class_.__journal__ or ())
        assert listed <= set(mapper.column_attrs.keys()), mapper.class_


def test_values_stay_exact() -> None:
    assert plain({"a": (2**53 - 1, 2**53, 1.5, None, True)}) == {
        "a": [2**53 - 1, str(2**53), "1.5", None, True]
    }


def test_the_journal_knows_the_scope(make: Make) -> None:
    from portal.grants.applications.models import Application
    from portal.grants.competitions.models import Competition

    competition = db.session.get_one(Competition, make.competition().id)
    application = db.session.get_one(Application, make.application(competition).id)
    for subject in (competition, application):
        with unit_of_work(None, "thing.seen", subject):
            pass
        assert entry().scope_id == competition.id
    with unit_of_work(None, "thing.seen") as work:
        work.within(competition.id)
    assert entry().scope_id == competition.id
    with unit_of_work(None, "thing.seen", mine(make.person())):
        pass
    assert entry().scope_id is None


def test_a_lock_reads_the_row_afresh(make: Make) -> None:
    person = mine(make.person(name="Anna"))
    db.session.execute(text("UPDATE persons SET name = 'Anita', version = version + 1"))
    with unit_of_work(None, "person.seen", person) as work:
        work.lock(person)
        assert person.name == "Anita"


# ------------------------------------------------------------------------ refusals and failures


def test_verbs_do_not_nest(make: Make) -> None:
    person = mine(make.person(name="Anna"))
    with pytest.raises(RuntimeError, match="do not nest"), unit_of_work(None, "outer", person):
        person.name = "Anita"
        with unit_of_work(None, "inner", person):
            pass
    assert person.name == "Anna"
    assert db.session.scalar(select(func.count(JournalEntry.number))) == 0
    with unit_of_work(None, "after", person):
        person.name = "Anita"
    assert entry().event == "after"


def test_a_constraint_that_has_words_becomes_a_domain_error(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        errors._constraints, "uq_persons_email", (Invalid, "Already there.", "email")
    )
    person = make.person()
    with pytest.raises(Invalid) as refusal, unit_of_work(None, "person.registered") as work:
        work.add(Person(email=person.email, name="Cita"))
    assert (refusal.value.code, refusal.value.field) == ("uq_persons_email", "email")
    assert db.session.scalar(select(func.count(JournalEntry.number))) == 0


def test_a_trigger_that_has_words_becomes_a_conflict(make: Make) -> None:
    from portal.grants.competitions.models import Competition

    competition = db.session.get_one(Competition, make.competition().id)
    with (
        pytest.raises(StateConflict) as caught,
        unit_of_work(None, "competition.changed", competition),
    ):
        competition.fixed_sum = 1
    assert caught.value.code == "competitions_terms"


def test_a_constraint_without_words_is_a_fault() -> None:
    with pytest.raises(IntegrityError), unit_of_work(None, "person.registered") as work:
        work.add(Person(email="Upper@example.lv", name="Anna"))


def test_somebody_who_saved_first_makes_a_stale_form(make: Make) -> None:
    person = mine(make.person(name="Anna"))
    db.session.execute(text("UPDATE persons SET version = version + 1"))
    with pytest.raises(StaleForm), unit_of_work(None, "person.renamed", person):
        person.name = "Anita"
    assert db.session.scalar(select(func.count(JournalEntry.number))) == 0


def test_a_row_that_is_gone_makes_a_stale_form(make: Make) -> None:
    person = mine(make.person())
    db.session.execute(text("DELETE FROM persons"))
    with pytest.raises(StaleForm), unit_of_work(None, "person.seen", person) as work:
        work.lock(person)


def test_of_two_verbs_that_wait_for_each_other_one_gives_way(alone: Flask) -> None:
    with alone.app_context():
        people = [Person(email=f"{n}@example.lv", name="Anna") for n in range(2)]
        db.session.add_all(people)
        db.session.commit()
        keys = [person.id for person in people]
    both = threading.Barrier(2)
    ends: list[str] = []

    def lock(order: list[UUID]) -> None:
        with alone.test_request_context():
            first, second = (db.session.get_one(Person, key) for key in order)
            try:
                with unit_of_work(None, "both.locked") as work:
                    work.lock(first)
                    both.wait()
                    work.lock(second)
                ends.append("done")
            except StaleForm:
                ends.append("stale")

    threads = [threading.Thread(target=lock, args=[order]) for order in (keys, keys[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["done", "stale"]


def test_what_was_done_outside_is_undone_latest_first() -> None:
    undone: list[str] = []

    def fails() -> None:
        raise OSError

    with pytest.raises(LookupError), unit_of_work(None, "file.stored") as work:
        work.after_rollback(lambda: undone.append("first"))
        work.after_rollback(fails)
        work.after_rollback(lambda: undone.append("second"))
        raise LookupError
    assert undone == ["second", "first"]
    with unit_of_work(None, "file.stored") as work:
        work.after_rollback(lambda: undone.append("never"))
    assert undone == ["second", "first"]


def test_a_commit_that_fails_leaves_no_row_no_letter_no_job_and_no_entry(alone: Flask) -> None:
    with alone.test_request_context():
        db.session.execute(
            text(
                "CREATE CONSTRAINT TRIGGER fail_at_commit AFTER INSERT ON persons DEFERRABLE"
                " INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
        )
        db.session.commit()
        with pytest.raises(DBAPIError), unit_of_work(None, "person.registered") as work:
            person = work.add(Person(email="a@example.lv", name="Anna"))
            work.send("accounts/confirm", to=person, key="1", url="http://localhost/", hours=1)
        for table in (Person, Message, JournalEntry):
            assert db.session.scalar(select(func.count()).select_from(table)) == 0
        assert db.session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0
