"""Rows of applications, drafts and submitted."""

from typing import Any
from uuid import UUID

from portal.core import clock
from portal.core.accounts.models import Organisation, Person, Role
from portal.core.periods import whole_second
from portal.core.questions.models import AnswerSet
from portal.grants.applications import queries, rules
from portal.grants.applications.models import Application, Part, Reply, Submission
from portal.grants.applications.models import State as ApplicationState
from portal.grants.competitions.models import Competition
from tests.factories.calls import Calls
from tests.factories.people import DAY, unguarded


class Applications(Calls):
    """Applications, beside the competitions that they answer."""

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
        with unguarded(self.session):
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
        self.row(
            Part(
                application_id=application.id,
                section_key="project",
                answers=answers,
                complete=True,
                saved_at=at,
                saved_by_id=by.id,
            )
        )
        if submitted:
            content = rules.sealed_content(
                number=application.number or "",
                revision=1,
                arrival=rules.Arrival(at, application.channel),
                submitted_by=by.name,
                terms=rules.Terms(
                    competition.terms_version,
                    "0" * 64,
                    competition.title.to_json(),
                    {"lv": "", "en": ""},
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
