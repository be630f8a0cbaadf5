"""Decisions follow what the committee approved last, or they are refused with what differs."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.access import decide
from portal.core.accounts.models import Person, Role, RoleGrant
from portal.core.db import db
from portal.core.errors import Invalid, NotReady, StateConflict
from portal.grants.awards import service
from portal.grants.awards.models import Decision, DecisionState, Outcome
from portal.grants.awards.rights import Right
from portal.grants.competitions.models import CompetitionState
from portal.grants.evaluation.committee.models import CommitteeRole
from portal.grants.evaluation.committee.service import declare
from portal.grants.evaluation.eligibility import queries as checks
from portal.grants.evaluation.eligibility import service as eligibility
from portal.grants.evaluation.eligibility.models import Verdict
from portal.grants.evaluation.eligibility.rules import Answered
from portal.grants.evaluation.meeting import queries as meetings
from portal.grants.evaluation.meeting import service as meeting
from portal.grants.evaluation.models import (
    BallotChoice,
    ConflictKind,
    Declaration,
    Meeting,
    ScoreSheet,
)
from portal.grants.evaluation.ranking.queries import ranking_of
from portal.grants.evaluation.scoring import service as scoring
from portal.grants.evaluation.scoring.rules import Given
from tests.factories import Make
from tests.pages import PageClient
from tests.world.scene import Scene, here

NO = {"e1": Answered(Verdict.NO, "Nav tiesīgs.")}


def members(case: Scene) -> list[Person]:
    grants = select(RoleGrant.person_id).where(
        RoleGrant.scope_id == case.call.id, RoleGrant.role == CommitteeRole.MEMBER
    )
    return list(case.session.scalars(select(Person).where(Person.id.in_(grants))))


def chair(case: Scene) -> Person:
    return case.session.scalars(
        select(Person)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(RoleGrant.scope_id == case.call.id, RoleGrant.role == CommitteeRole.CHAIR)
    ).one()


def score_anew(case: Scene, rank: int, points: str) -> None:
    """The chair reopens a member's sheet, and the member gives other points."""
    sheet = case.session.scalars(
        select(ScoreSheet).where(
            ScoreSheet.application_id == case.applications[rank].id,
            ScoreSheet.person_id != chair(case).id,
        )
    ).first()
    assert sheet
    member, application = case.session.get_one(Person, sheet.person_id), case.applications[rank]
    with case.app.test_request_context():
        leader, competition = here(chair(case)), here(case.call)
        copy = scoring.reopen(leader, competition, here(sheet), reason="Kļūda.")
        given = {key: Given(Decimal(points)) for key in ("c1", "c2")}
        what = here(application)
        saved = scoring.save(here(member), what, given, overall="", version=copy.version)
        scoring.submit(here(member), what, version=saved.version)
        db.session.remove()


def approve_anew(case: Scene, *, carried: bool = True) -> Meeting:
    """A whole meeting of all who are on the committee."""
    with case.app.test_request_context():
        leader, competition = here(chair(case)), here(case.call)
        held = meeting.convene(leader, competition, held_at=clock.now(), place="Liepāja")
        held = here(held)
        meeting.attend(leader, competition, held, {one.id for one in members(case)})
        choice = BallotChoice.FOR if carried else BallotChoice.AGAINST
        about = list(meetings.numbers(competition).values())
        voting = meetings.voting(competition, held, about, tie=False)
        ballots = {voter.id: choice for voter in voting.voters}
        keeper, *_ = [*voting.recorders.now, *voting.recorders.free]
        meeting.approve_ranking(keeper, competition, held, ballots=ballots)
        meeting.close(leader, competition, held, version=held.version)
        db.session.remove()
    return held


def find_ineligible(case: Scene, rank: int, make: Make) -> None:
    other = make.person(Role.OFFICER)
    with case.app.test_request_context():
        officer, what = here(case.officer), here(case.applications[rank])

        def version() -> int:
            found = checks.check_of(what)
            assert found
            return found.version

        eligibility.reopen(officer, what, note="Jauns fakts.", version=version())
        eligibility.propose_rejection(officer, what, NO, version=version())
        eligibility.confirm_rejection(here(other), what, version=version())
        db.session.remove()


def refused(case: Scene, verb: Any, **values: Any) -> list[str]:
    """What a verb of the head's refuses for: the lines that say what differs."""
    with pytest.raises(NotReady) as refusal:
        case.run(verb, case.head, case.call, **values)
    assert refusal.value.code == "ranking_moved"
    return [" ".join(str(line).split()) for line in refusal.value.missing]  # some hold together


def sign(case: Scene) -> list[str]:
    return refused(case, service.sign_off, decided_on=clock.today())


def test_old_drafts_are_not_signed_after_a_newer_approval(drafted: Scene) -> None:
    """Draft; a sheet is reopened; points change the order in reserve; another meeting approves."""
    score_anew(drafted, 3, "10")
    assert any(drafted.applications[3].number in line for line in sign(drafted))
    approve_anew(drafted)
    assert sign(drafted) == ["Pēc tam sarindojums apstiprināts 2. sēdē."]
    drafted.propose().sign().publish()
    assert drafted.decision(3).place == 3


def test_drafts_are_void_once_an_application_is_found_ineligible(
    drafted: Scene, make: Make
) -> None:
    find_ineligible(drafted, 2, make)
    number = drafted.applications[2].number
    assert any(f"Mainījies atbilstības vērtējums: {number}" in line for line in sign(drafted))
    approve_anew(drafted)
    drafted.propose().sign().publish()
    assert drafted.decision(2).outcome == "reject"
    assert "Nav tiesīgs." in drafted.decision(2).reasons


def test_what_was_registered_late_is_judged_first(drafted: Scene, make: Make) -> None:
    """An application on paper, sent by post in time, is entered when decisions are drafted."""
    late = make.application(drafted.call, submitted=True)
    assert any(late.number in line or "atbilst" in line for line in sign(drafted))
    with pytest.raises(NotReady):
        drafted.propose()


def test_an_open_meeting_is_waited_for(drafted: Scene) -> None:
    with drafted.app.test_request_context():
        competition = here(drafted.call)
        meeting.convene(here(chair(drafted)), competition, held_at=clock.now(), place="Liepāja")
        db.session.remove()
    assert sign(drafted) == ["Sēdes protokols vēl nav slēgts."]


def test_the_desk_asks_for_new_drafts_once_the_committee_has_approved(
    drafted: Scene, client: PageClient
) -> None:
    """Before that there is nothing that the officer could do."""
    task = f"Sagatavot {drafted.call.code} lēmumus no jauna"
    client.sign_in(drafted.officer)
    score_anew(drafted, 3, "10")
    assert task not in client.page("/board/").get_text()
    approve_anew(drafted)
    assert task in client.page("/board/").get_text()


def test_drafted_anew_the_words_stay_where_they_fit(drafted: Scene) -> None:
    first = drafted.decision(0)
    before = first.id, first.vote_id
    drafted.run(
        service.edit_draft,
        drafted.officer,
        first,
        outcome=Outcome.CONDITIONS,
        conditions="Precizēt tāmi.",
        reasons="Labākais.",
        version=first.version,
    )
    score_anew(drafted, 3, "10")
    approve_anew(drafted)
    drafted.propose()
    again = drafted.decision(0)
    assert (again.outcome, again.conditions, again.reasons) == (
        Outcome.CONDITIONS,
        "Precizēt tāmi.",
        "Labākais.",
    )
    assert again.id == before[0] and again.vote_id != before[1]


def test_who_is_recused_is_not_told_of_what_concerns_their_application(
    case: Scene, client: PageClient, make: Make
) -> None:
    """The chair has a conflict with the application whose check and sheets change."""
    number = case.applications[0].number
    with case.app.test_request_context():
        declare(here(chair(case)), here(case.applications[0]), kind=ConflictKind.FAMILY)
        db.session.remove()
    approve_anew(case)
    find_ineligible(case, 0, make)
    client.sign_in(chair(case))
    page = client.page(f"/committee/{case.call.slug}/meetings").get_text()
    ranking = client.page(f"/committee/{case.call.slug}/ranking").get_text()
    assert number not in page + ranking
    secretary = case.session.scalars(
        select(Person)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            RoleGrant.scope_id == case.call.id,
            RoleGrant.role == CommitteeRole.SECRETARY,
        )
    ).one()
    client.sign_in(secretary)
    told = client.page(f"/committee/{case.call.slug}/meetings").get_text()
    told += client.page(f"/committee/{case.call.slug}/ranking").get_text()
    assert number in told


def test_a_conflict_after_the_meeting_voids_its_approval_and_the_next_minutes_say_why(
    case: Scene, client: PageClient
) -> None:
    with case.app.test_request_context():
        late, number = members(case)[-1], case.applications[0].number
        declare(here(late), here(case.applications[0]), kind=ConflictKind.FAMILY)
        assert not ranking_of(here(case.call)).approval.holds
        db.session.remove()
    with pytest.raises(NotReady):
        case.propose()
    held = approve_anew(case)
    record = case.session.get_one(Meeting, held.id).record
    assert record and record["void"]["meeting"] == 1
    assert {"change": "recusals", "numbers": [number]} in record["void"]["changes"]
    case.propose().sign()


def test_what_the_committee_voted_down_last_is_not_approved(case: Scene) -> None:
    approve_anew(case, carried=False)
    with pytest.raises(NotReady):
        case.propose()


def test_what_was_signed_is_asked_again_when_it_is_published(
    signed: Scene, make: Make, client: PageClient
) -> None:
    """A conflict that was being declared while the head signed."""
    late = members(signed)[-1]
    with signed.app.test_request_context():
        db.session.query(Declaration).filter_by(
            person_id=late.id, application_id=signed.applications[0].id
        ).update({"kind": ConflictKind.FAMILY})
        db.session.commit()
    assert any("interešu konflikts" in line for line in refused(signed, service.publish))
    client.sign_in(make.person(Role.HEAD))
    shown = client.page(signed.url).select_one(".asns-consequence")
    assert signed.head.name in shown.get_text(), "who can take the signature back"
    signed.run(service.take_back_signature, signed.head, signed.call, reason="Konflikts.")
    approve_anew(signed)
    signed.propose().sign().publish()


def test_a_signature_taken_back_leaves_drafts_with_the_same_words(signed: Scene) -> None:
    before = signed.decision(0)
    number = before.number
    signed.run(service.take_back_signature, signed.head, signed.call, reason="Pārrakstīt.")
    drafted = signed.decision(0)
    assert drafted.id != before.id and drafted.state is DecisionState.DRAFTED
    assert (drafted.number, drafted.signatory, drafted.decided_on) == (None, None, None)
    assert (drafted.title, drafted.reasons, drafted.place) == (
        before.title,
        before.reasons,
        before.place,
    )
    kept = signed.session.get_one(Decision, before.id)
    assert (kept.state, kept.number, kept.taken_back_reason) == (
        DecisionState.TAKEN_BACK,
        number,
        "Pārrakstīt.",
    )
    signed.sign().publish()
    assert signed.decision(0).number not in (None, number), "a number is given once"


def test_what_is_published_is_not_taken_back(published: Scene) -> None:
    with pytest.raises(StateConflict):
        published.run(service.take_back_signature, published.head, published.call, reason="x")


def test_who_signed_takes_it_back_and_after_their_time_whoever_is_head(
    signed: Scene, make: Make
) -> None:
    def may(actor: Person) -> bool:
        with signed.app.test_request_context():
            return bool(decide(Right.TAKE_BACK_SIGNATURE, here(actor), here(signed.call)))

    other = make.person(Role.HEAD)
    assert may(signed.head) and not may(other) and not may(signed.officer)
    grant = signed.session.scalars(
        select(RoleGrant).where(RoleGrant.person_id == signed.head.id)
    ).one()
    grant.ended_at = clock.now()
    signed.session.commit()
    assert may(other) and not may(signed.head)


def test_the_head_is_led_through_it_in_the_browser(signed: Scene, client: PageClient) -> None:
    """The refusal stands on the page of publication; taking back leads to drafts, and on."""
    client.sign_in(signed.head)
    client.send(f"{signed.url}/take-back", {"reason": ""}, status=200)
    answer = client.send(f"{signed.url}/take-back", {"reason": "Kļūda punktos."})
    assert answer.status_code == 302
    page = client.page(signed.url)
    assert "Paraksts ir atsaukts" in page.get_text()
    score_anew(signed, 3, "10")
    page = client.page(signed.url)
    assert "neatbilst komisijas apstiprinātajam" in page.get_text()
    assert signed.applications[3].number in page.select_one(".asns-consequence").get_text()
    assert page.select_one("form#sign") is None
    signed.session.expire_all()
    assert signed.session.get_one(type(signed.call), signed.call.id).state is (
        CompetitionState.ANNOUNCED
    )


def test_a_successor_is_not_dated_before_the_grant_was_declined(published: Scene) -> None:
    owner = published.owner_of(0)
    with clock.at(clock.now() + timedelta(days=3)):
        published.run(service.decline, owner, published.decision(0), reason="")
        with pytest.raises(Invalid):
            published.run(
                service.promote,
                published.head,
                published.decision(0),
                decided_on=clock.today() - timedelta(days=1),
            )
