"""The check, the clarification round, the second person."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal.core import clock
from portal.core.accounts.models import Role
from portal.core.db import db
from portal.core.errors import Invalid, NotReady, StaleForm, StateConflict
from portal.core.messages.models import Message
from portal.core.questions.answers import service as answering
from portal.core.questions.answers.rules import SeenAnswers
from portal.core.questions.answers.service import Typed
from portal.grants.evaluation.eligibility import queries, replies, service
from portal.grants.evaluation.eligibility.models import CheckState, Verdict
from portal.grants.evaluation.eligibility.rules import Answered
from tests.world.scene import here

YES = {"e1": Answered(Verdict.YES)}
NO = {"e1": Answered(Verdict.NO, "Nav reģistrēta.")}


@pytest.fixture
def officer(make):
    return make.person(Role.OFFICER)


@pytest.fixture
def other(make):
    return make.person(Role.OFFICER)


@pytest.fixture
def applied(make):
    return make.application(make.competition("closed"), submitted=True)


def answered(clarification):
    rows = here(clarification).answer_set.answers
    return {row.question_key: row.value for row in rows if row.value is not None}


def state(applied):
    return queries.check_of(here(applied)).state


def letters():
    return db.session.scalars(select(Message).order_by(Message.created_at)).all()


def test_all_criteria_met_makes_it_eligible(applied, officer, ctx):
    service.accept(here(officer), here(applied), YES, version=0)
    assert state(applied) is CheckState.ELIGIBLE
    version = queries.check_of(here(applied)).version
    with pytest.raises(StateConflict):
        service.answer(here(officer), here(applied), NO, version=version)


def test_a_criterion_not_met_does_not(applied, officer, ctx):
    with pytest.raises(NotReady):
        service.accept(here(officer), here(applied), NO, version=0)
    assert queries.check_of(here(applied)) is None, "nothing of a refused verb is kept"
    with pytest.raises(Invalid) as refusal:
        service.answer(here(officer), here(applied), {"e1": Answered(Verdict.NO)}, version=0)
    assert refusal.value.field == "reason_e1"


def test_answers_are_kept_with_a_version(applied, officer, other, ctx):
    check = service.answer(here(officer), here(applied), NO, version=0)
    version = check.version
    service.answer(here(other), here(applied), YES, version=version)
    with pytest.raises(StaleForm):
        service.answer(here(officer), here(applied), NO, version=version)


class TestSecondPerson:
    @pytest.fixture
    def proposed(self, applied, officer, ctx):
        service.propose_rejection(here(officer), here(applied), NO, version=0)
        return applied

    def version(self, applied):
        return queries.check_of(here(applied)).version

    def test_who_proposed_does_not_confirm(self, proposed, officer, other):
        with pytest.raises(StateConflict) as refusal:
            service.confirm_rejection(here(officer), here(proposed), version=self.version(proposed))
        assert refusal.value.code == "second_person"
        service.confirm_rejection(here(other), here(proposed), version=self.version(proposed))
        assert state(proposed) is CheckState.INELIGIBLE
        (rejected,) = queries.rejected(here(proposed).competition)
        assert rejected.reasons == ["Nav reģistrēta."]

    @pytest.mark.parametrize("confirmed_by", ["proposed_by_id", "NULL"])
    def test_the_database_wants_a_second_person_too(self, proposed, confirmed_by):
        with pytest.raises(IntegrityError, match="second_person"):
            db.session.execute(
                text(
                    "UPDATE eligibility_checks SET state = 'ineligible',"
                    f" confirmed_by_id = {confirmed_by}"
                )
            )

    def test_it_can_be_given_back(self, proposed, other):
        service.return_rejection(
            here(other), here(proposed), note="Ir reģistrēta.", version=self.version(proposed)
        )
        check = queries.check_of(here(proposed))
        assert (check.state, check.proposed_by_id) == (CheckState.OPEN, None)
        assert check.returned_note == "Ir reģistrēta."

    def test_a_rejection_needs_a_no(self, make, officer, ctx):
        another = make.application(make.competition("closed"), submitted=True)
        with pytest.raises(NotReady):
            service.propose_rejection(here(officer), here(another), YES, version=0)


class TestClarification:
    UNTIL = timedelta(days=5)

    @pytest.fixture
    def asked(self, applied, officer, ctx):
        return service.ask(
            here(officer),
            here(applied),
            question_keys=["need"],
            message="Kam tas vajadzīgs?",
            until=clock.now() + self.UNTIL,
        )

    @pytest.fixture
    def applicant(self, applied):
        return here(applied).started_by_id

    def person(self, applied):
        from portal.core.accounts.models import Person

        return db.session.get(Person, here(applied).started_by_id)

    def send(self, applied, asked, answers, **values):
        row = here(asked)
        replies.send(
            self.person(applied),
            here(applied),
            row,
            Typed(answers, values.pop("seen", SeenAnswers())),
            **{"received_at": clock.now(), **values},
        )

    def test_the_applicant_is_written_to(self, applied, asked):
        assert state(applied) is CheckState.CLARIFYING
        (letter,) = letters()
        assert letter.recipient == self.person(applied).email
        assert "Kam tas vajadzīgs?" in letter.text

    def test_a_reply_is_sealed_and_the_check_goes_on(self, applied, asked, officer):
        self.send(applied, asked, {"need": "Visiem.", "title": "Cits"})
        row = here(asked)
        assert answered(row) == {"need": "Visiem."}, "only what was opened"
        assert row.reply.content["answers"] == {"need": "Visiem."}
        assert len(row.reply.seal) == 64
        assert state(applied) is CheckState.OPEN
        (told,) = (m for m in letters() if m.template == "evaluation/clarification_received")
        assert told.recipient == officer.email
        with pytest.raises(StateConflict) as refusal:
            self.send(applied, asked, {"need": "Vēlreiz."})
        assert refusal.value.code == "replied"

    def test_a_draft_is_kept(self, applied, asked):
        owner = replies.answers_owner(here(applied), here(asked))
        answering.save(
            *(self.person(applied), owner, owner.current().questions, Typed({"need": "Sāku."})),
            received_at=clock.now(),
        )
        assert answered(here(asked)) == {"need": "Sāku."}
        assert here(asked).reply is None

    @pytest.mark.parametrize(("seconds", "late"), [(-1, False), (0, False), (1, True)])
    def test_late_is_refused_with_the_time(self, applied, asked, seconds, late):
        at = here(asked).until + timedelta(seconds=seconds)
        if not late:
            self.send(applied, asked, {"need": "Laikā."}, received_at=at)
            assert here(asked).reply.received_at == at
            return
        with pytest.raises(StateConflict) as refusal:
            self.send(applied, asked, {"need": "Par vēlu."}, received_at=at)
        assert refusal.value.code == "late"
        assert "25.11.2026." in str(refusal.value.message)
        assert here(asked).reply is None

    def test_what_was_asked_is_owed(self, applied, asked):
        with pytest.raises(NotReady):
            self.send(applied, asked, {})

    def test_after_the_date_the_officer_goes_on(self, applied, asked, officer):
        with clock.at(clock.now() + self.UNTIL + timedelta(minutes=3)):
            check = queries.check_of(here(applied))
            service.accept(here(officer), here(applied), YES, version=check.version)
        assert state(applied) is CheckState.ELIGIBLE
        assert here(asked).closed_at is not None

    def test_before_the_date_it_waits(self, applied, asked, officer):
        check = queries.check_of(here(applied))
        with pytest.raises(StateConflict):
            service.accept(here(officer), here(applied), YES, version=check.version)

    def test_a_question_can_be_taken_back(self, applied, asked, officer):
        service.take_back(here(officer), here(applied))
        assert state(applied) is CheckState.OPEN
        with pytest.raises(StateConflict) as refusal:
            self.send(applied, asked, {"need": "Ir."})
        assert refusal.value.code == "closed"

    def test_only_questions_of_the_form_and_a_day_to_come(self, applied, officer, ctx):
        args = {"message": "?", "until": clock.now() + self.UNTIL}
        for keys in ([], ["nothing"]):
            with pytest.raises(Invalid):
                service.ask(here(officer), here(applied), question_keys=keys, **args)
        with pytest.raises(Invalid):
            service.ask(
                here(officer),
                here(applied),
                question_keys=["need"],
                message="?",
                until=clock.now(),
            )


def test_the_list_says_since_when_each_waits(make, officer, ctx):
    call = make.competition("closed")
    waiting, done = (make.application(call, submitted=True) for _ in range(2))
    make.application(call)
    service.accept(here(officer), here(done), YES, version=0)
    lines = {line.number: line for line in queries.checks(here(officer), here(call))}
    assert set(lines) == {waiting.number, done.number}
    assert lines[waiting.number].since == call.deadline
    assert queries.counts(here(call))[CheckState.ELIGIBLE] == 1
    assert [line.number for line in queries.checks(here(officer), here(call), CheckState.OPEN)] == [
        waiting.number
    ]


def test_not_before_the_deadline_and_not_after_the_decision(make, officer, ctx):
    for phase in ("open", "decided"):
        applied = make.application(make.competition(phase), submitted=True)
        with pytest.raises(StateConflict):
            service.accept(here(officer), here(applied), YES, version=0)


def test_a_decided_check_is_opened_again_with_its_answers(applied, officer, other, ctx):
    """The second person is owed anew, and the reason stands where the check goes on."""
    service.propose_rejection(here(officer), here(applied), NO, version=0)
    version = queries.check_of(here(applied)).version
    service.confirm_rejection(here(other), here(applied), version=version)
    version = queries.check_of(here(applied)).version
    service.reopen(here(officer), here(applied), note="Reģistrēta citā reģistrā.", version=version)
    check = queries.check_of(here(applied))
    assert (check.state, check.returned_note) == (CheckState.OPEN, "Reģistrēta citā reģistrā.")
    assert check.proposed_by_id is check.confirmed_by_id is None
    assert [one.reason for one in check.answers] == ["Nav reģistrēta."]
    service.accept(here(officer), here(applied), YES, version=check.version)
    assert state(applied) is CheckState.ELIGIBLE


def test_only_what_is_decided_is_opened_again(applied, officer, ctx):
    service.answer(here(officer), here(applied), YES, version=0)
    version = queries.check_of(here(applied)).version
    with pytest.raises(StateConflict):
        service.reopen(here(officer), here(applied), note="x", version=version)
