"""A competition with 1,000 applications, 10 members, and 5 sheets of 8 criteria for each."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select

from portal.core import clock
from portal.core.accounts.models import Municipality, Organisation, Person, Role, RoleGrant
from portal.core.db import Base, Words, db, uuid7
from portal.core.documents.models import StoredFile
from portal.core.periods import whole_second
from portal.core.questions.models import Answer, AnswerFile, AnswerSet
from portal.core.work import unit_of_work
from portal.grants.applications.models import Application, ApplicationState, Submission
from portal.grants.applications.register import service as register
from portal.grants.applications.rules import (
    Applicant,
    Arrival,
    TermsReference,
    seal,
    sealed_content,
)
from portal.grants.awards import service as awards
from portal.grants.competitions import service as competitions
from portal.grants.competitions.cached_terms import terms_digest_of
from portal.grants.competitions.models import Competition, CompetitionState, CriterionKind
from portal.grants.evaluation.committee.models import (
    Assignment,
    CommitteeRole,
    ConflictKind,
    Declaration,
)
from portal.grants.evaluation.eligibility.models import CheckState, EligibilityCheck
from portal.grants.evaluation.meeting import service as meetings
from portal.grants.evaluation.meeting.models import BallotChoice
from portal.grants.evaluation.scoring.models import Score, ScoreSheet, SheetState

APPLICATIONS = 1000
MEMBERS = 10
SHEETS = 5
DRAFTS = 400  # of the open call, each ready but for its files
DAY = timedelta(days=1)
# What the lines write. The ceilings write into copies, with the same columns, checks and indexes,
# without triggers and foreign keys.
WRITTEN = (
    *("score_sheets", "scores", "journal_entries", "stored_files", "answer_files"),
    *("submissions", "messages", "letters"),
)


@dataclass(frozen=True, slots=True)
class Seeded:
    """What the load needs to know."""

    evaluated: str  # slugs
    open: str
    officer: UUID
    chair: UUID
    members: list[UUID]
    own: tuple[UUID, UUID]  # a person and their submitted application in the open call
    to_score: dict[UUID, list[str]]  # by member, numbers of applications without a sheet of theirs
    drafts: list[tuple[UUID, UUID]]  # persons with their drafts


def seed(city: Municipality | None = None) -> Seeded:
    """Fill a migrated database that is empty, or add to what there is of this municipality."""
    now = clock.now()
    city = city or Municipality(
        code="LIE", name=Words("Liepāja"), organiser=Words("Pārvalde"), email="b@example.lv"
    )
    db.session.add(city)
    db.session.commit()
    people = list(_people(APPLICATIONS + DRAFTS + MEMBERS + 2))
    _rows(Person, people)
    keys = iter([row["id"] for row in people])
    officer, chair, *members = itertools.islice(keys, MEMBERS + 2)
    evaluated = _call(city, "bench-evaluated", now - 60 * DAY, now - 20 * DAY)
    opened = _call(city, "bench-open", now - 5 * DAY, now + 20 * DAY)
    _rows(
        RoleGrant,
        [
            _grant(officer, Role.OFFICER, scope_id=city.id),
            _grant(chair, CommitteeRole.CHAIR, scope_id=evaluated.id),
            *(_grant(member, CommitteeRole.MEMBER, scope_id=evaluated.id) for member in members),
        ],
    )
    owners = list(keys)
    organisations = list(_organisations(len(owners)))
    _rows(Organisation, organisations)
    pairs = [(o, row["id"]) for o, row in zip(owners, organisations, strict=True)]
    _rows(RoleGrant, [_grant(o, Role.OWNER, scope_id=key) for o, key in pairs])
    submitted = _applications(evaluated, pairs[:APPLICATIONS], submitted=True)
    drafts = _applications(opened, pairs[APPLICATIONS:], submitted=False)
    _attached(drafts)
    to_score = _scored(evaluated, submitted, chair, members)
    db.session.commit()
    return Seeded(
        evaluated=evaluated.slug,
        open=opened.slug,
        officer=officer,
        chair=chair,
        members=members,
        own=(pairs[0][0], submitted[0]["id"]),
        to_score=to_score,
        drafts=[
            (pair[0], row["id"]) for pair, row in zip(pairs[APPLICATIONS:], drafts, strict=True)
        ],
    )


def _rows(model: type[Base], rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(model), rows)


def _people(count: int) -> Iterator[dict[str, Any]]:
    for n in range(count):
        yield {
            "id": uuid7(),
            "email": f"p{n}@bench.example",
            "name": f"Persona {n}",
            "sort_name": f"persona {n:05d}",
            "folded_name": f"persona {n}",
            "confirmed_at": clock.now(),
        }


def _organisations(count: int) -> Iterator[dict[str, Any]]:
    for n in range(count):
        yield {
            "id": uuid7(),
            "kind": "association",
            "name": f"Biedrība {n}",
            "sort_name": f"biedriba {n:05d}",
            "registration_number": f"89{n:09d}",
        }


def _grant(person: UUID, role: Role, **scope: UUID) -> dict[str, Any]:
    keys = {"municipality_id": None, "competition_id": None, "organisation_id": None, **scope}
    return {"id": uuid7(), "person_id": person, "role": role, "since": date(2020, 1, 1), **keys}


def _call(city: Municipality, slug: str, opens: Any, deadline: Any) -> Competition:
    with clock.at(opens - 10 * DAY):
        call = competitions.create_from_template(
            None, city, "pumpurs-2020", slug=slug, opens_at=opens, deadline=deadline
        )
        with unit_of_work(None, "bench.announced", call) as work:
            call.state, call.announced_at = CompetitionState.ANNOUNCED, clock.now()
            call.grants = 100
            competitions.record_terms(work, call)
    return call


def _applications(
    call: Competition, pairs: list[tuple[UUID, UUID]], *, submitted: bool
) -> list[dict[str, Any]]:
    rows = [
        {
            "id": uuid7(),
            "competition_id": call.id,
            "answer_set_id": uuid7(),
            "organisation_id": organisation,
            "started_by_id": owner,
            "title": f"Projekts {n}",
            "state": ApplicationState.SUBMITTED if submitted else ApplicationState.DRAFT,
            "ordinal": n if submitted else None,
            "number": f"{call.code}-{n:03d}" if submitted else None,
        }
        for n, (owner, organisation) in enumerate(pairs, start=1)
    ]
    form = call.form.id
    _rows(AnswerSet, [{"id": row["answer_set_id"], "form_id": form} for row in rows])
    _rows(Application, rows)
    from portal.site.demo.stories import stories

    story = stories()[0]
    answers = story.answers(0, call.start_from + 30 * DAY)
    for section in call.sections:
        statements = {q.key: True for q in section.questions if q.kind == "statement"}
        if given := {**answers.get(section.key, {}), **statements}:
            answers[section.key] = given
    at = whole_second(min(clock.now(), call.deadline) - DAY)
    _rows(
        Answer,
        [
            {
                "id": uuid7(),
                "set_id": row["answer_set_id"],
                "question_key": key,
                "value": value,
                "saved_at": at,
                "saved_by_id": row["started_by_id"],
            }
            for row in rows
            for given in answers.values()
            for key, value in given.items()
        ],
    )
    if submitted:
        _rows(Submission, [_submission(call, row, answers, at) for row in rows])
    return rows


def _attached(rows: list[dict[str, Any]]) -> None:
    """The smaller of the two files that an application owes; nobody reads its bytes here."""
    files = [
        {
            "id": uuid7(),
            "object_key": str(row["id"]),
            "name": "partneris.pdf",
            "size": 1,
            "sha256": "0" * 64,
            "media_type": "application/pdf",
            "purpose": "attachment",
            "uploaded_by_id": row["started_by_id"],
        }
        for row in rows
    ]
    _rows(StoredFile, files)
    _rows(
        AnswerFile,
        [
            {
                "id": uuid7(),
                "set_id": row["answer_set_id"],
                "question_key": "partner_statement",
                "file_id": file["id"],
                "names_minors": False,
                "added_by_id": row["started_by_id"],
            }
            for row, file in zip(rows, files, strict=True)
        ],
    )


def _submission(call: Competition, row: dict[str, Any], answers: Any, at: Any) -> dict[str, Any]:
    content = sealed_content(
        number=row["number"],
        revision=1,
        arrival=Arrival(at),
        submitted_by="Anna Bērziņa",
        terms=TermsReference(
            call.terms_version,
            terms_digest_of(call),
            call.title.to_json(),
            call.organiser.to_json(),
        ),
        title=row["title"],
        applicant=Applicant(f"Biedrība {row['ordinal']}", "association", None),
        partner=None,
        answers=answers,
        files=(),
    )
    return {
        "id": uuid7(),
        "application_id": row["id"],
        "revision": 1,
        "submitted_at": at,
        "submitted_by_id": row["started_by_id"],
        "terms_version": call.terms_version,
        "sort_name": f"biedriba {row['ordinal']:05d}",
        "content": content,
        "seal": seal(content),
    }


def _scored(
    call: Competition, applications: list[dict[str, Any]], chair: UUID, members: list[UUID]
) -> dict[UUID, list[str]]:
    """Five sheets for each application; every member has all of them to do. It is discussed."""
    criteria = [c for c in call.criteria if c.kind is CriterionKind.QUALITY]
    now = clock.now()
    checks, assignments, declarations, sheets, scores = [], [], [], [], []
    left: dict[UUID, list[str]] = {member: [] for member in members}
    for n, row in enumerate(applications):
        checks.append(
            {
                "id": uuid7(),
                "application_id": row["id"],
                "state": CheckState.ELIGIBLE,
                "proposed_by_id": row["started_by_id"],
                "proposed_at": now,
            }
        )
        scorers = {members[(n + k) % len(members)] for k in range(SHEETS)}
        declarations += [
            {
                "id": uuid7(),
                "person_id": person,
                "application_id": row["id"],
                "kind": ConflictKind.NONE,
                "declared_at": now,
            }
            for person in (chair, *members)
        ]
        for member in members:
            assignments.append({"id": uuid7(), "person_id": member, "application_id": row["id"]})
            if member not in scorers:
                left[member].append(row["number"])
                continue
            sheet = {
                "id": uuid7(),
                "person_id": member,
                "application_id": row["id"],
                "state": SheetState.SUBMITTED,
                "saved_at": now,
                "submitted_at": now,
            }
            sheets.append(sheet)
            scores += [
                {
                    "sheet_id": sheet["id"],
                    "criterion_id": criterion.id,
                    "points": Decimal((n * 7 + k * 3 + len(sheets)) % 9 + 1) / 2,
                }
                for k, criterion in enumerate(criteria)
            ]
    for model, rows in (
        (EligibilityCheck, checks),
        (Assignment, assignments),
        (Declaration, declarations),
        (ScoreSheet, sheets),
        (Score, scores),
    ):
        _rows(model, rows)
    call.discussion_opened_at = now
    return left


def decide(seeded: Seeded) -> None:
    """Take the evaluated call to drafted decisions: a meeting, its minutes, the letters."""
    call = db.session.scalars(select(Competition).filter_by(slug=seeded.evaluated)).one()
    chair = db.session.get_one(Person, seeded.chair)
    officer = db.session.get_one(Person, seeded.officer)
    register.close(officer, call)
    scored = select(ScoreSheet.id).where(
        ScoreSheet.person_id == Assignment.person_id,
        ScoreSheet.application_id == Assignment.application_id,
    )
    of_call = select(Application.id).filter_by(competition_id=call.id)
    db.session.execute(
        delete(Assignment).where(Assignment.application_id.in_(of_call), ~scored.exists())
    )
    db.session.commit()
    held_at = clock.now() - timedelta(hours=2)
    meeting = meetings.convene(chair, call, held_at=held_at, place="Zāle")
    meetings.attend(chair, call, meeting, {seeded.chair, *seeded.members})
    ballots = dict.fromkeys(seeded.members, BallotChoice.FOR)
    meetings.approve_ranking(chair, call, meeting, ballots=ballots)
    meetings.close(chair, call, meeting, version=meeting.version)
    awards.propose_decisions(officer, call)
