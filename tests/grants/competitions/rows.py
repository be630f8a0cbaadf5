"""Rows and addresses that the tests of calls share."""

import io
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from portal.core import clock
from portal.core.accounts.models import Municipality, Person, Role
from portal.core.db import Words, db
from portal.core.documents.models import StoredFile
from portal.grants.competitions import service
from portal.grants.competitions.documents import service as documents
from portal.grants.competitions.inquiries.models import Inquiry
from portal.grants.competitions.models import (
    Amendment,
    CallDocument,
    CallDocumentVersion,
    Competition,
)
from tests.core.documents.samples import PDF

DAY = timedelta(days=1)


def board(competition: Competition, *rest: str) -> str:
    """The address of a room of the call at the board."""
    return "/".join(("/board/competitions", competition.slug, *rest))


def part(competition: Competition, what: str) -> str:
    """The key of the first section or question, or of the last criterion."""
    return {
        "section": str(competition.sections[0].id),
        "question": str(competition.sections[0].questions[0].id),
        "criterion": str(competition.criteria[-1].id),
    }[what]


def amended(session: Session, competition: Competition, count: int = 1) -> None:
    for number in range(1, count + 1):
        old = competition.deadline - number * DAY
        session.add(
            Amendment(
                competition_id=competition.id,
                number=number,
                order_number="1-12/45",
                order_date=date(2026, 11, 16),
                reason=Words("Vētra.", "A storm."),
                announced_at=clock.now() - DAY,
                changes=[
                    {
                        "field": "deadline",
                        "old": old.isoformat(),
                        "new": competition.deadline.isoformat(),
                    }
                ],
            )
        )
    session.commit()


def inquiry(session: Session, competition: Competition, **values: Any) -> Inquiry:
    found = Inquiry(
        competition_id=competition.id,
        asked_at=clock.now() - DAY,
        question=values.pop("question", "Vai drīkst?"),
        **values,
    )
    session.add(found)
    session.commit()
    return found


def document(session: Session, competition: Competition, versions: int = 1) -> CallDocument:
    made = CallDocument(competition_id=competition.id, kind="regulations", title=Words("Nolikums"))
    session.add(made)
    for number in range(1, versions + 1):
        file = StoredFile(
            object_key=f"{made.id}-{number}",
            name="nolikums.pdf",
            size=412_000,
            sha256="0" * 64,
            media_type="application/pdf",
            purpose="regulations",
        )
        session.add(file)
        session.flush()
        session.add(
            CallDocumentVersion(
                document_id=made.id,
                number=number,
                file_id=file.id,
                issued_on=date(2026, 11, 1),
                note=Words("Jauns.") if number > 1 else Words(),
            )
        )
    session.commit()
    return made


def drafted(officer: Person, municipality: Municipality) -> Competition:
    """The draft of a call made from the template, which opens in ten days."""
    opens = clock.now() + 10 * DAY
    return service.create_from_template(officer, municipality, "pumpurs-2020", opens_at=opens)


def completed(officer: Person, draft: Competition) -> Competition:
    """The draft with the regulations, and so ready to be announced."""
    for document in list(draft.documents):
        if document.kind != "regulations":
            documents.remove(officer, draft, document)
        else:
            documents.replace(officer, draft, document, documents.Upload(pdf(), date(2026, 11, 1)))
    return draft


def pdf(name: str = "nolikums.pdf") -> FileStorage:
    return FileStorage(io.BytesIO(PDF), filename=name)


def mine(row):
    """The row in the application's own session, which then stands outside any transaction."""
    found = db.session.get_one(type(row), row.id)
    db.session.commit()
    return found


def applying(make, competition: Competition) -> list[Person]:
    """Two people with a draft in the call, who read different languages."""
    organisation = make.organisation()
    people = [
        make.person(Role.OWNER, scope=organisation, name="Anna"),
        make.person(Role.EDITOR, scope=organisation, name="Beth", language="en"),
    ]
    make.application(competition, organisation=organisation, by=people[0])
    return people
