"""The verbs of public questions. The board knows the asker, the public does not."""

from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.core.accounts.models import Person
from portal.core.arrival import arrived_at
from portal.core.errors import Invalid, StateConflict, TooMany
from portal.core.messages.links import page_url
from portal.core.work import unit_of_work
from portal.grants.competitions.inquiries import queries
from portal.grants.competitions.inquiries.models import Inquiry
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import Phase, phase

ASKING = (Phase.ANNOUNCED, Phase.OPEN)
LONGEST = 2000  # characters
PATIENCE = 3600  # seconds
UNANSWERED = 10  # unanswered questions of one person about one call


def ask(actor: Person, competition: Competition, question: str) -> Inquiry:
    """Ask a public question, until the deadline.

    Raises StateConflict after it, Invalid for an empty or too long text, TooMany at the limit of
    unanswered questions.
    """
    with unit_of_work(actor, "inquiry.asked", competition) as work:
        if phase(competition, arrived_at()) not in ASKING:
            raise StateConflict(
                "inquiry.late", _l("Questions could be asked until the deadline."), "question"
            )
        if not question.strip() or len(question) > LONGEST:
            raise Invalid("question", _l("Write your question."), "question")
        if len(queries.own_waiting(actor, competition)) >= UNANSWERED:
            raise TooMany(_l("Wait for the answers to your earlier questions first."), PATIENCE)
        return work.add(
            Inquiry(
                competition=competition,
                asked_at=clock.now(),
                asked_by_id=actor.id,
                question=question,
            )
        )


def answer(
    actor: Person, competition: Competition, inquiry: Inquiry, text: str, version: int
) -> None:
    """Answer a question, or correct the answer; it is published and sent to the asker at once.

    Raises Invalid for an empty text, StateConflict for a question that was taken back, StaleForm.
    """
    with unit_of_work(actor, "inquiry.answered", competition) as work:
        work.expect(inquiry, version)
        if inquiry.withdrawn_at:
            raise StateConflict("inquiry.withdrawn", _l("This question has been withdrawn."))
        if not text.strip():
            raise Invalid("answer", _l("Write the answer."), "answer")
        inquiry.answer, inquiry.answered_at = text, clock.now()
        inquiry.answered_by_id = actor.id
        if inquiry.asked_by:
            work.send(
                "competitions/answered",
                to=inquiry.asked_by,
                key=f"inquiry-answered:{inquiry.id}:{inquiry.version}",
                competition=competition,
                inquiry=inquiry,
                url=f"{page_url('competitions.show', competition=competition)}#{inquiry.anchor}",
            )


def withdraw(actor: Person, competition: Competition, inquiry: Inquiry) -> None:
    """Hide a question from the public: off topic, or with personal data. It is kept."""
    with unit_of_work(actor, "inquiry.withdrawn", competition) as work:
        work.lock(inquiry)
        inquiry.withdrawn_at = inquiry.withdrawn_at or clock.now()


def take_back(actor: Person, competition: Competition, inquiry: Inquiry) -> None:
    """Take back one's own question. Raises StateConflict once it is answered."""
    with unit_of_work(actor, "inquiry.withdrawn", competition) as work:
        work.lock(inquiry)
        if inquiry.answer is not None:
            raise StateConflict(
                "inquiry.answered",
                _l("The question is answered already, and stays public with its answer."),
            )
        inquiry.withdrawn_at = inquiry.withdrawn_at or clock.now()
