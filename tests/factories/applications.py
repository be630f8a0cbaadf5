"""Rows of applications, drafts and submitted."""

from datetime import datetime
from typing import Any
from uuid import UUID

from portal.core import clock
from portal.core.accounts.models import Organisation, Person, Role
from portal.core.periods import whole_second
from portal.core.questions.models import Answer, AnswerFile, AnswerSet
from portal.grants.applications import queries, rules
from portal.grants.applications.models import Application, ApplicationState, Reply, Submission
from portal.grants.competitions.models import Competition
from tests.factories.calls import Calls
from tests.factories.people import DAY, without_triggers


class Applications(Calls):
    """Applications, beside the competitions that they answer."""

    def answers(
        self, set_id: UUID, values: dict[str, Any], by: Person, at: datetime | None = None
    ) -> None:
        """Answers as `by` has saved them, by question."""
        for key, value in values.items():
            self.row(
                Answer(
                    set_id=set_id,
                    question_key=key,
                    value=value,
                    saved_at=at or clock.now(),
                    saved_by_id=by.id,
                )
            )

    def attached(
        self, set_id: UUID, key: str, file_id: UUID, by: Person, *, minors: bool = False
    ) -> AnswerFile:
        """A file that answers the question `key`."""
        return self.row(
            AnswerFile(
                set_id=set_id,
                question_key=key,
                file_id=file_id,
                names_minors=minors,
                added_by_id=by.id,
            )
        )

    def answered(self, set_id: UUID) -> dict[str, Any]:
        """What stands in the database, by question, without what is blank."""
        self.session.expire_all()
        rows = self.session.query(Answer).filter_by(set_id=set_id)
        return {one.question_key: one.value for one in rows if one.value is not None}

    def reply(self, application_id: UUID, by: Person, **content: Any) -> Reply:
        """A sealed reply to what the board asked about an application; `content` as sealed."""
        sealed = {"sent_by": by.name, "title": None, "answers": {}, "attachments": [], **content}
        standing = (
            self.session.query(Submission)
            .filter_by(application_id=application_id, superseded_at=None)
            .one()
        )
        return self.row(
            Reply(
                submission_id=standing.id,
                received_at=whole_second(clock.now()),
                sent_by_id=by.id,
                content=sealed,
                seal=rules.seal({**sealed, "number": str(next(self.count))}),
            )
        )

    def reseal(self, application: Application, *, title: str, name: str) -> None:
        """As if it had been submitted under another title, by somebody of another name."""
        submission = self.session.query(Submission).filter_by(application_id=application.id).one()
        applicant = {**submission.content["applicant"], "name": name}
        with without_triggers(self.session):
            submission.content = {**submission.content, "title": title, "applicant": applicant}
        self.session.commit()

    def application(
        self,
        competition: Competition,
        *,
        by: Person | None = None,
        organisation: Organisation | None = None,
        submitted: bool = False,
        **values: Any,
    ) -> Application:
        """An application, a draft or submitted, with its answers; its people are its owner `by`."""
        n = next(self.count)
        organisation = organisation or self.organisation()
        if by is None:
            by = self.person(Role.OWNER, scope=organisation)
        answers = {
            "title": values.pop("title", f"Projekts {n}"),
            "need": "Jauniešiem vajag vietu.",
            "participants": 20,
            "at_risk": 5,
        }
        number = f"{competition.code}-{n:03d}" if submitted else None
        application = self.row(
            Application(
                **{
                    "competition_id": competition.id,
                    "answer_set": AnswerSet(form_id=competition.form.id),
                    "organisation_id": organisation.id,
                    "state": ApplicationState.SUBMITTED if submitted else ApplicationState.DRAFT,
                    "draft_title": answers["title"],
                    "ordinal": n if submitted else None,
                    "number": number,
                    "started_by_id": by.id,
                    **values,
                }
            )
        )
        at = min(clock.now(), competition.deadline) - DAY
        self.answers(application.answer_set_id, answers, by, at)
        if submitted:
            content = rules.sealed_content(
                number=application.number or "",
                revision=1,
                arrival=rules.Arrival(at, application.channel),
                submitted_by=by.name,
                terms=rules.TermsReference(
                    competition.terms_version,
                    "0" * 64,
                    competition.title.to_json(),
                    competition.organiser.to_json(),
                ),
                title=answers["title"],
                applicant=queries.applicant(organisation),
                partner=None,
                answers={"project": answers},
                files=[],
            )
            self.row(
                Submission(
                    application_id=application.id,
                    revision=1,
                    submitted_at=at,
                    submitted_by_id=by.id,
                    partner_id=application.partner_id,
                    sort_name=organisation.sort_name,
                    terms_version=competition.terms_version,
                    content=content,
                    seal=rules.seal(content),
                )
            )
        return application
