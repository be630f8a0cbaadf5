"""Two people do the same thing at the same moment: one does it, the other is told."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import Select, func, select, table

from portal.core import clock
from portal.core.accounts.claims import service as claims
from portal.core.accounts.claims.models import OrganisationClaim
from portal.core.accounts.claims.queries import seen as seen_now
from portal.core.accounts.models import Person, Role
from portal.core.audit.models import JournalEntry
from portal.core.db import Base, Words, db
from portal.core.messages.models import Message
from portal.grants.applications.submission import service as submission
from portal.grants.awards import service as awards
from portal.grants.competitions import service as calls
from portal.grants.competitions.amendments import service as amendments
from portal.grants.competitions.inquiries import service as inquiries
from portal.grants.competitions.inquiries.models import Inquiry
from portal.grants.competitions.terms.rules import Terms
from portal.grants.evaluation.committee import service as committee
from portal.grants.evaluation.committee.models import CommitteeRole
from portal.grants.evaluation.eligibility import service as eligibility
from portal.grants.evaluation.eligibility.queries import check_of
from portal.grants.evaluation.eligibility.rules import Answered
from portal.grants.evaluation.meeting import service as meetings
from portal.grants.evaluation.models import Attendance, Meeting, Verdict
from portal.grants.evaluation.scoring import service as scoring
from tests.factories import Make
from tests.grants.competitions.rows import completed, drafted
from tests.together import at_once, refusals
from tests.world.scene import evaluating, here

DAY = timedelta(days=1)
JOBS = table("procrastinate_jobs")


@dataclass
class Race:
    """What two people do at once."""

    event: str  # in the journal, once
    about: Base
    pair: list[Person]
    verb: Callable[[Person], object]
    letters: int = 0  # and not twice as many


def two(make: Make, role: Role, scope: Base | None = None) -> list[Person]:
    return [make.person(role, scope=scope) for _ in range(2)]


def announcing(make: Make) -> Race:
    pair = two(make, Role.OFFICER)
    call = completed(here(pair[0]), drafted(here(pair[0]), here(make.municipality())))
    return Race("competition.announced", call, pair, lambda who: calls.announce(who, here(call)))


def cancelling(make: Make) -> Race:
    call, reason = make.competition("open"), Words("Nav naudas.", "No money.")
    make.application(call)
    make.application(call, submitted=True)

    def verb(who: Person) -> object:
        return calls.cancel(who, here(call), reason)

    return Race("competition.cancelled", call, two(make, Role.OFFICER), verb, letters=2)


def amending(make: Make) -> Race:
    """Both have looked at the same terms, and both move the deadline."""
    call, seen = make.competition("open"), 1
    make.application(call)
    order = amendments.AmendmentOrder("7", date(2026, 11, 16), Words("Vētra.", "A storm."))

    def verb(who: Person) -> object:
        later = replace(Terms.of(here(call)), deadline=call.deadline + DAY)
        return amendments.amend(who, here(call), order, later, seen)

    return Race("competition.amended", call, two(make, Role.OFFICER), verb, letters=1)


def answering(make: Make) -> Race:
    call, asker = make.competition("open"), make.person()
    asked = Inquiry(competition_id=call.id, asked_at=clock.now(), asked_by_id=asker.id)
    asked.question = "Vai drīkst?"
    make.row(asked)

    def verb(who: Person) -> object:
        return inquiries.answer(who, here(call), here(asked), f"Drīkst, saka {who.name}.", 1)

    return Race("inquiry.answered", call, two(make, Role.OFFICER), verb, letters=1)


def withdrawing(make: Make) -> Race:
    organisation = make.organisation()
    pair = two(make, Role.OWNER, organisation)
    mine = make.application(
        make.competition("open"), by=pair[0], organisation=organisation, submitted=True
    )

    def verb(who: Person) -> object:
        return submission.withdraw(who, here(mine), received_at=clock.now())

    return Race("application.withdrawn", mine, pair, verb, letters=2)


def claiming(make: Make) -> Race:
    """Both have looked at the same claim: one makes its claimant an owner, or the other does."""
    organisation, claimant = make.organisation(), make.person()
    claim = OrganisationClaim(claimant_id=claimant.id, organisation_id=organisation.id)
    claim.name, claim.position = "Biedrība", "Valdes loceklis"
    claim.registration_number = organisation.registration_number or ""
    make.row(claim)
    seen = seen_now(claim, ())

    def verb(who: Person) -> object:
        return claims.approve(who, here(claim), reason="Reģistrā.", alone=False, seen=seen)

    return Race("organisation.claim_approved", claim, two(make, Role.OFFICER), verb, letters=1)


def checking(make: Make) -> Race:
    """Both have looked at an application that nobody has checked."""
    mine = make.application(make.competition("closed"), submitted=True)

    def verb(who: Person) -> object:
        return eligibility.accept(who, here(mine), {"e1": Answered(Verdict.YES, "")}, version=0)

    return Race("eligibility.accepted", mine, two(make, Role.OFFICER), verb)


def rejecting(make: Make) -> Race:
    mine = make.application(make.competition("closed"), submitted=True)
    eligibility.propose_rejection(
        here(make.person(Role.OFFICER)),
        here(mine),
        {"e1": Answered(Verdict.NO, "Nav reģistrēta.")},
        version=0,
    )
    seen = check_of(here(mine)).version

    def verb(who: Person) -> object:
        return eligibility.confirm_rejection(who, here(mine), version=seen)

    return Race("eligibility.rejected", mine, two(make, Role.HEAD), verb)


def appointing(make: Make) -> Race:
    """Two chairs, each by an order of its own."""
    call, pair = make.competition("closed"), two(make, Role.OFFICER)
    chairs = {officer.id: make.person().email for officer in pair}

    def verb(who: Person) -> object:
        order = committee.AppointmentOrder("5", clock.today(), clock.today())
        return committee.appoint(
            *(who, here(call)),
            email=chairs[who.id],
            name="",
            roles=[CommitteeRole.CHAIR],
            order=order,
        )

    return Race("committee.appointed", call, pair, verb, letters=1)


def scored(make: Make) -> Race:
    """One member, in two windows."""
    scene = evaluating(make)
    mine = scene.assigned()
    sheet = make.sheet(mine, scene.member, {"c1": "7", "c2": "7"}, submitted=False)

    def verb(who: Person) -> object:
        return scoring.submit(who, here(mine), version=sheet.version)

    return Race("score_sheet.submitted", mine, [scene.member] * 2, verb)


def discussing(make: Make) -> Race:
    scene = evaluating(make)
    scene.scored(*[("7", "7")] * 3)

    def verb(who: Person) -> object:
        return scoring.open_discussion(who, here(scene.call))

    return Race("discussion.opened", scene.call, [scene.chair] * 2, verb)


def closing(make: Make) -> Race:
    """The minutes of one meeting."""
    scene = evaluating(make)
    held = make.row(
        Meeting(competition_id=scene.call.id, number=1, held_at=clock.now(), place="Liepāja")
    )
    for member in scene.members:
        make.row(Attendance(meeting_id=held.id, person_id=member.id))

    def verb(who: Person) -> object:
        return meetings.close(who, here(scene.call), here(held), version=held.version)

    return Race("meeting.closed", held, [scene.chair] * 2, verb)


def signing(make: Make) -> Race:
    call, _applications = make.evaluated([("9", "9"), ("8", "8")])
    awards.propose_decisions(here(make.person(Role.OFFICER)), here(call))

    def verb(who: Person) -> object:
        return awards.sign_off(who, here(call), decided_on=clock.today())

    return Race("decisions.signed", call, two(make, Role.HEAD), verb)


def publishing(make: Make) -> Race:
    race = signing(make)
    race.verb(here(race.pair[0]))

    def verb(who: Person) -> object:
        return awards.publish(who, here(race.about))

    return Race("results.published", race.about, race.pair, verb)


RACES = [
    *(announcing, cancelling, amending, answering, withdrawing, claiming, checking, rejecting),
    *(appointing, scored, discussing, closing, signing, publishing),
]


@pytest.mark.parametrize("begin", RACES, ids=lambda begin: begin.__name__)
def test_of_two_at_once_one_does_it_and_the_other_is_told(
    busy: tuple[Flask, Make], begin: Callable[[Make], Race]
) -> None:
    app, make = busy
    make.session.rollback()
    with app.test_request_context():
        race = begin(make)
        db.session.remove()
    jobs = number(make, select(func.count()).select_from(JOBS))
    results = at_once(app, *[lambda who=who: race.verb(here(who)) for who in race.pair])
    assert len(refusals(results)) == 1, results
    make.session.rollback()
    entries = select(func.count(JournalEntry.number)).where(
        JournalEntry.event == race.event, JournalEntry.subject_id == race.about.id
    )
    letters = select(func.count(Message.id)).where(Message.about_id == race.about.id)
    assert number(make, entries) == 1
    if race.letters:
        assert number(make, letters) == race.letters
        assert number(make, select(func.count()).select_from(JOBS)) == jobs + race.letters


def number(make: Make, statement: Select[tuple[int]]) -> int:
    return make.session.scalars(statement).one()
