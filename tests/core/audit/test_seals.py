"""The journal cannot be changed, and the chain of seals tells if it was."""

import threading
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from portal.core.audit import queries, service
from portal.core.audit.hooks import checks_of_file
from portal.core.audit.models import JournalEntry, JournalSeal
from portal.core.audit.service import BrokenLink
from portal.core.db import db
from portal.core.work import unit_of_work
from tests.factories import Make
from tests.pages import counted_queries


def record(entries: int) -> list[int]:
    """Entries of the journal, by their numbers."""
    for n in range(entries):
        with unit_of_work(None, "thing.done") as work:
            work.note(n=n, words="ķirši")
    return list(db.session.scalars(select(JournalEntry.number).order_by(JournalEntry.number)))


def tamper(connection: Connection, statement: str) -> None:
    """As somebody who rules the database could."""
    for switch in ("DISABLE", "ENABLE"):
        for table in ("journal_entries", "journal_seals"):
            connection.execute(text(f"ALTER TABLE {table} {switch} TRIGGER {table}_append_only"))
        if switch == "DISABLE":
            connection.execute(text(statement))


@pytest.mark.parametrize("table", ["journal_entries", "journal_seals"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_refuses_changes(ctx: None, table: str, change: str) -> None:
    record(1)
    service.seal()
    column = "event = 'x'" if table == "journal_entries" else "digest = 'x'"
    with pytest.raises(DBAPIError, match="refuses this"):
        db.session.execute(text(change.format(table, column)))


def test_entries_are_sealed_in_batches_once(ctx: None) -> None:
    numbers = record(5)
    assert service.seal(batch=2) == 5
    seals = db.session.scalars(select(JournalSeal).order_by(JournalSeal.last)).all()
    assert [(seal.first, seal.last) for seal in seals] == [
        (numbers[0], numbers[1]),
        (numbers[2], numbers[3]),
        (numbers[4], numbers[4]),
    ]
    assert len({seal.digest for seal in seals}) == 3
    assert service.verify() is None
    assert service.seal(batch=2) == 0
    record(1)
    assert service.seal(batch=2) == 1
    assert service.verify() is None


def test_nothing_is_intact(ctx: None) -> None:
    assert service.seal() == 0 and service.verify() is None and service.head() is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entries SET facts = '{\"n\": 9}' WHERE number = {third}",
        "UPDATE journal_entries SET at = at + interval '1 second' WHERE number = {third}",
        "UPDATE journal_entries SET event = 'thing.undone' WHERE number = {third}",
        "UPDATE journal_entries SET actor_id = (SELECT id FROM persons) WHERE number = {third}",
        "DELETE FROM journal_entries WHERE number = {third}",
        "DELETE FROM journal_entries WHERE number = {fourth}",
        "UPDATE journal_seals SET digest = repeat('0', 64) WHERE last = {fourth}",
        "DELETE FROM journal_seals WHERE last = {fourth}",
    ],
)
def test_the_first_broken_link_is_found(
    ctx: None, make: Make, connection: Connection, statement: str
) -> None:
    make.person()
    numbers = record(6)
    service.seal(batch=2)
    named = statement.replace("{third}", str(numbers[2])).replace("{fourth}", str(numbers[3]))
    tamper(connection, named)
    broken = service.verify()
    assert broken is not None
    assert broken.first in (numbers[2], numbers[4])


def test_an_entry_slipped_in_between_is_found(ctx: None, connection: Connection) -> None:
    numbers = record(1)
    connection.execute(text("SELECT nextval('journal_entries_number_seq')"))
    numbers = record(1)
    service.seal(batch=1)
    connection.execute(
        text(
            "INSERT INTO journal_entries (number, at, event, facts, changes)"
            " OVERRIDING SYSTEM VALUE VALUES (:number, now(), 'thing.done', '{}', '{}')"
        ),
        {"number": numbers[-1] - 1},
    )
    assert service.verify() == BrokenLink(numbers[-1], numbers[-1])


def test_a_seal_waits_for_the_verbs_under_way(alone: Flask) -> None:
    """An entry's number is drawn before its verb commits; a seal above it must not come first."""
    sealed: list[int] = []

    def seal() -> None:
        with alone.app_context():
            sealed.append(service.seal())

    sealer = threading.Thread(target=seal)
    with alone.test_request_context(), unit_of_work(None, "slow.verb"):
        db.session.add(JournalEntry(event="early"))
        db.session.flush()
        with alone.app_context():
            record(1)
        sealer.start()
        sealer.join(0.5)
        assert sealed == []
    sealer.join()
    with alone.app_context():
        assert sealed == [3]
        assert service.verify() is None


# ------------------------------------------------------------------------ reading and commands


def test_the_entries_of_a_competition(make: Make, app: Flask) -> None:
    people, competition = [make.person(), make.person()], make.competition()
    with app.test_request_context():
        for person in people:
            with unit_of_work(person, "competition.read", competition):
                pass
            with unit_of_work(person, "person.read", person) as work:
                work.within(competition.id)
    with app.test_request_context(), counted_queries(app) as asked:
        first = queries.entries_within(competition.id, limit=3)
        assert [(e.event, e.actor and e.actor.name) for e in first] == [
            ("person.read", people[1].name),
            ("competition.read", people[1].name),
            ("person.read", people[0].name),
        ]
    assert len(asked) == 1
    with app.test_request_context():
        rest = queries.entries_within(competition.id, before=first[-1].number)
        assert len(rest) == 1


def test_the_command_checks_the_journal(app: Flask, connection: Connection) -> None:
    run = app.test_cli_runner()
    assert "Nothing has been sealed" in run.invoke(args=["verify", "--journal"]).output
    with app.test_request_context():
        numbers = record(3)
        service.seal()
    intact = run.invoke(args=["verify", "--journal"])
    assert intact.exit_code == 0 and f"Intact up to entry {numbers[-1]}" in intact.output
    tamper(connection, f"DELETE FROM journal_entries WHERE number = {numbers[1]}")
    broken = run.invoke(args=["verify", "--journal"])
    assert broken.exit_code == 1 and f"entries {numbers[0]} to {numbers[-1]}" in broken.output


def test_the_command_asks_the_stage_about_a_file(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = tmp_path / "receipt.json"
    receipt.write_text("{}")
    changed = [lambda file: [(False, f"{file.name} is changed")]]
    monkeypatch.setattr(checks_of_file, "_functions", changed)
    run = app.test_cli_runner()
    answer = run.invoke(args=["verify", str(receipt)])
    assert answer.exit_code == 1 and "receipt.json is changed" in answer.output
    assert run.invoke(args=["verify"]).exit_code == 2
    assert run.invoke(args=["verify", "--journal", str(receipt)]).exit_code == 2
