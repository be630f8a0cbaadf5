"""Nothing of an application reaches whoever may not see it: every surface, every role, however they
stand to it, at every stage.

Surfaces are all addresses that know a competition, or nothing at all; what an application says is
whatever text its rows hold, each marked. Both are found from the code.
"""

import io
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from docx import Document
from sqlalchemy import Enum, Table, select, update
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal.core import clock
from portal.core.accounts.models import RoleGrant
from portal.core.db import Base, db
from portal.grants.applications.models import Application, ApplicationState, Submission
from portal.grants.awards import service as awards
from portal.grants.awards.models import Decision
from portal.grants.evaluation.meeting import service as meetings
from portal.grants.evaluation.models import (
    BallotChoice,
    Clarification,
    ConflictKind,
    Declaration,
    EligibilityCheck,
    Score,
    ScoreSheet,
    Suspicion,
    Vote,
)
from tests.factories.people import without_triggers
from tests.world import World

CONTENT, POINTS = "Zilās durvis", "Slepens vērtējums"
NUMBERS = re.compile(r"(?<![\d,])(19,00|17,00|9,50|8,75)(?![\d,])")  # what the points come to

ROLES = ("officer", "head", "deputy", "auditor", "member", "chair", "secretary")
STANDINGS = ("declared", "undeclared", "recused", "suspected", "ended")
# These open nothing: what was not there before for a role is not asked for again.
CLOSES = STANDINGS[2:]
# Each begins with a competition of tests/world; of the last the committee and the head have signed.
STAGES = {"sealed": "sent", "scoring": "closed", "discussing": "discussed", "signed": "discussed"}

# Texts of an application's rows that say nothing of it: codes, numbers, and who applies.
SAYS_NOTHING = {
    "applications.number",
    "applications.language",
    "applications.email",
    "answers.question_key",
    "answers.saved_from",
    "answer_files.question_key",
    "answer_sets.opened",
    "answer_sets.codec",
    "submissions.seal",
    "submissions.sort_name",
    "sealed_replies.seal",
    "register_entries.number",
    "register_entries.seal",
    "suspected_conflicts.grounds",
    "decisions.number",
    "decisions.applicant",
    "decisions.registration_number",
    "decisions.signatory",
    "decisions.organiser",
    "decisions.by_criteria",
    "letters.matter",
    "letters.template",
    "letters.language",
    "letters.messages",
}
OF_POINTS = {"scores", "score_sheets"}
# Of JSON the parts that are told to everybody on the board, or are no words.
TOLD = {"number", "applicant", "partner", "channel", "received_at", "submitted_by", "sent_by"}
TOLD |= {"terms", "language", "dated", "recipient", "id", "question", "sha256", "media_type"}
TOLD |= {"issuer", "contact", "signatory"}
# Pages that the demo alone has, and pages about the reader's own account and organisations.
ELSEWHERE = ("demo.", "messages.", "static", "health.")
ELSEWHERE += ("accounts.", "administration.", "organisations.")


# -------------------------------------------------------------- what it says, marked


def rows_of_applications() -> list[Table]:
    """The tables whose rows belong to an application, however far below it."""
    found = {"applications", "answer_sets"}
    tables = Base.metadata.tables.values()
    while more := {t.name for t in tables if _parents(t) & found} - found:
        found |= more
    return [table for table in Base.metadata.sorted_tables if table.name in found]


def _parents(table: Table) -> set[str]:
    return {key.column.table.name for key in table.foreign_keys}


def marked(value: Any, mark: str, name: str = "") -> Any:
    """JSON with every word of it marked."""
    match value:
        case str() if name not in TOLD:
            return mark
        case dict() if name not in TOLD:
            return {key: marked(one, mark, key) for key, one in value.items()}
        case list() if name not in TOLD:
            return [marked(one, mark, name) for one in value]
        case _:
            return value


def mark_everything(session: Session, application: Application) -> None:
    """Put a mark into each text that a row of the application has."""
    sets = select(Clarification.answer_set_id).join(Clarification.check)
    keys: dict[str, set[Any]] = {
        "applications": {application.id},
        "answer_sets": {
            application.answer_set_id,
            *session.scalars(sets.where(EligibilityCheck.application_id == application.id)),
        },
    }
    for table in rows_of_applications():
        mine = keys.setdefault(table.name, set())
        known = [
            key.parent.in_(keys[key.column.table.name])
            for key in table.foreign_keys
            if keys.get(key.column.table.name) and key.column.table.name != table.name
        ]
        first = next(iter(table.primary_key.columns))
        for condition in known:
            mine |= set(session.scalars(select(first).where(condition)))
        if not mine:
            continue
        mark = POINTS if table.name in OF_POINTS else CONTENT
        for row in session.execute(select(table).where(first.in_(mine))).mappings().all():
            words = {
                column.name: marked(row[column.name], mark)
                for column in table.columns
                if says_something(table, column) and row[column.name]
            }
            if words:
                same = [column == row[column.name] for column in table.primary_key.columns]
                session.execute(update(table).where(*same).values(words))
    for owner in ("answer_files",):
        table, files = Base.metadata.tables[owner], Base.metadata.tables["stored_files"]
        mine = select(table.c.file_id).where(table.c.id.in_(keys[owner]))
        session.execute(update(files).where(files.c.id.in_(mine)).values(name=f"{CONTENT}.pdf"))


def says_something(table: Table, column: Any) -> bool:
    """Whether a column holds words: new ones are marked unless they are named above."""
    if f"{table.name}.{column.name}" in SAYS_NOTHING or column.computed is not None:
        return False
    return not isinstance(column.type, Enum) and str(column.type) in ("TEXT", "JSONB")


# ---------------------------------------------------------------- how people stand to it


class View:
    """One application at one stage, and whoever looks at it."""

    def __init__(self, world: World, stage: str, written: list[str]) -> None:
        self.world, self.stage, self.written = world, STAGES[stage], written
        self.values = dict(world.near[self.stage])
        self.key, self.number = self.values["application"].id, self.values["application"].number
        with world.app.test_request_context():
            application = db.session.get_one(Application, self.key)
            with without_triggers(db.session()):
                mark_everything(db.session(), application)
                self._give_points()
            db.session.commit()
        if stage == "signed":
            for role in ROLES:
                self.stands(role, "declared")
            with world.app.test_request_context():
                self._decide(application := db.session.get_one(Application, self.key))
                self.values["decision"] = db.session.scalars(
                    select(Decision).where(Decision.application_id == application.id)
                ).one()

    def _give_points(self) -> None:
        sheets = select(ScoreSheet).where(ScoreSheet.application_id == self.key)
        for sheet in db.session.scalars(sheets).all():
            high = sheet.person_id == self.world.people["chair"].id
            points = 9.5 if high else 7.5
            db.session.execute(
                update(Score).where(Score.sheet_id == sheet.id).values(points=points)
            )
            db.session.execute(
                update(Score).where(Score.sheet_id == sheet.id).values(comment=POINTS)
            )

    def person(self, role: str) -> Any:
        return db.session.get_one(type(self.world.people[role]), self.world.people[role].id)

    def _decide(self, application: Application) -> None:
        """The committee meets and approves; decisions are drafted and signed."""
        call, chair, member = application.competition, self.person("chair"), self.person("member")
        with without_triggers(db.session()):
            for other in db.session.scalars(
                select(Application).where(
                    Application.competition_id == call.id,
                    Application.id != application.id,
                    Application.number.is_not(None),
                )
            ).all():
                other.state, other.withdrawn_at = ApplicationState.WITHDRAWN, clock.now()
                db.session.execute(
                    update(Submission)
                    .where(Submission.application_id == other.id)
                    .values(superseded_at=clock.now())
                )
        db.session.commit()
        meeting = db.session.get_one(type(self.values["meeting"]), self.values["meeting"].id)
        vote = db.session.get_one(Vote, self.values["vote"].id)
        meetings.withdraw_vote(chair, call, meeting, vote, reason="Kļūda.")
        meetings.attend(chair, call, meeting, {chair.id, member.id})
        meetings.take_note(chair, call, meeting, application, text=CONTENT, version=0)
        ballots = {one.id: BallotChoice.FOR for one in (chair, member)}
        meetings.approve_ranking(chair, call, meeting, ballots=ballots)
        db.session.refresh(meeting)
        meetings.close(chair, call, meeting, version=meeting.version)
        awards.propose_decisions(self.person("officer"), call)
        awards.sign_off(self.person("head"), call, decided_on=clock.today())

    def stands(self, role: str, standing: str) -> None:
        """What somebody has declared, what is suspected, or that their roles have ended."""
        person, key = self.world.people[role].id, self.key
        with self.world.app.test_request_context(), without_triggers(db.session()):
            for kind in (Declaration, Suspicion):
                db.session.query(kind).filter_by(person_id=person, application_id=key).delete()
            if standing != "undeclared":
                recused = ConflictKind.FAMILY if standing == "recused" else ConflictKind.NONE
                db.session.add(
                    Declaration(
                        person_id=person,
                        application_id=key,
                        kind=recused,
                        declared_at=clock.now(),
                    )
                )
            if standing == "suspected":
                db.session.add(
                    Suspicion(person_id=person, application_id=key, grounds=["email_domain"])
                )
            db.session.query(RoleGrant).filter_by(person_id=person).update(
                {"ended_at": clock.now() if standing == "ended" else None}
            )
            db.session.commit()

    def surfaces(self, method: str) -> Iterator[tuple[str, str]]:
        """Every endpoint with its address, of those that these rows have."""
        for rule in self.world.app.url_map.iter_rules():
            if method in (rule.methods or ()) and self._has(rule):
                others = {name: self.values[name] for name in rule.arguments}
                yield rule.endpoint, self.world.url(rule.endpoint, self.stage, **others)

    def _has(self, rule: Rule) -> bool:
        if rule.endpoint.startswith(ELSEWHERE):
            return False
        about = {"competition", "application"} & rule.arguments or not rule.arguments
        return bool(about) and rule.arguments <= self.values.keys()


@contextmanager
def at_stage(world: World, stage: str) -> Iterator[View]:
    with world.undone() as written:
        yield View(world, stage, written)


def may_see(role: str, standing: str, stage: str) -> tuple[bool, bool]:
    """Whether the content may be seen, and whether points that others gave."""
    open_ = standing == "declared" or (role == "auditor" and standing == "undeclared")
    if not open_ or stage == "sealed":
        return False, False
    # The auditor sees all; the chair's own is the only sheet that is in while it is scored.
    return True, stage != "scoring" or role in ("auditor", "chair")


def words(response: TestResponse) -> str:
    """All words of a page, a document or a file."""
    if response.mimetype == "application/pdf":
        command = ["pdftotext", "-layout", "-", "-"]
        read = subprocess.run(command, input=response.data, capture_output=True, check=False)
        return read.stdout.decode()
    if response.mimetype.endswith("wordprocessingml.document"):
        return " ".join(Document(io.BytesIO(response.data)).element.body.itertext())
    return f"{response.text} {response.headers}"


def asked(stage: str) -> Iterator[tuple[str, str]]:
    """Who is asked at a stage, in which standing: an auditor has nothing to declare."""
    yield from ((role, standing) for role in ROLES for standing in STANDINGS)


# ------------------------------------------------------------------------------- tests


@pytest.mark.parametrize("stage", STAGES)
def test_nothing_is_told_that_may_not_be(world: World, stage: str) -> None:
    told: list[tuple[str, ...]] = []
    absent: set[tuple[str, str]] = set()
    seen: Mapping[tuple[str, str], set[str]] = {one: set() for one in asked(stage)}
    with at_stage(world, stage) as looked_at:
        surfaces = list(looked_at.surfaces("GET"))
        assert len(surfaces) > 60, surfaces
        for role, standing in asked(stage):
            looked_at.stands(role, standing)
            content, points = may_see(role, standing, stage)
            for endpoint, url in surfaces:
                if content and endpoint.endswith("pdf"):
                    continue  # set from what its page says
                if standing in CLOSES and (role, url) in absent:
                    continue
                answer = world.ask(role, url)
                if answer.status_code == 404:
                    absent.add((role, url))
                found = words(answer)
                shown = {CONTENT} if CONTENT in found else set()
                shown |= {POINTS} if POINTS in found or NUMBERS.search(found) else set()
                seen[role, standing].update(shown)
                allowed = ({CONTENT} if content else set()) | ({POINTS} if points else set())
                told += [(role, standing, endpoint, one) for one in shown - allowed]
            looked_at.stands(role, "declared")
    assert told == []
    for (role, standing), shown in seen.items():
        content, points = may_see(role, standing, stage)
        assert (CONTENT in shown, POINTS in shown) == (content, points), (role, standing)


# Whoever has not declared does so; a conflict may come up for whoever is suspected of another.
DECLARING = ("committee.declare", "appointments.declare_one")


@pytest.mark.parametrize("stage", ["scoring", "signed"])
def test_whom_it_is_closed_to_decides_nothing_about_it(world: World, stage: str) -> None:
    done = []
    with at_stage(world, stage) as looked_at:
        surfaces = [
            (endpoint, url)
            for endpoint, url in looked_at.surfaces("POST")
            if f"/{looked_at.number}" in url or "/decisions/" in url
            if endpoint not in DECLARING and re.search(r"[-/][0-9a-f-]{36}|/[A-Z]{3}-", url)
        ]
        assert len(surfaces) > 8, surfaces
        for role, standing in asked(stage):
            looked_at.stands(role, standing)
            if may_see(role, standing, stage)[0]:
                continue
            for endpoint, url in surfaces:
                looked_at.written.clear()
                answer = world.ask(role, url, "POST")
                if answer.status_code not in (403, 404) or looked_at.written:
                    done.append((role, standing, endpoint, answer.status_code))
            looked_at.stands(role, "declared")
    assert done == []
