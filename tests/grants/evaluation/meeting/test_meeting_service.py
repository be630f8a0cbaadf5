"""A meeting from its beginning to its minutes."""

from datetime import timedelta

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from portal.core import clock
from portal.core.access import decide
from portal.core.accounts.models import RoleGrant
from portal.core.db import db
from portal.core.errors import Invalid, NotReady, StateConflict
from portal.core.papers.blocks import Issuer
from portal.grants.evaluation.committee.models import CommitteeRole
from portal.grants.evaluation.committee.service import declare
from portal.grants.evaluation.meeting import minutes, printed, queries, service
from portal.grants.evaluation.meeting.labels import SUBSTITUTE
from portal.grants.evaluation.meeting.models import BallotChoice, Vote
from portal.grants.evaluation.meeting.rights import Right
from portal.grants.evaluation.models import ConflictKind, Suspicion
from portal.grants.evaluation.ranking.queries import ranking_of
from tests.core.papers.samples import texts
from tests.factories import DAY
from tests.world.scene import here

FOR, AGAINST = BallotChoice.FOR, BallotChoice.AGAINST


@pytest.fixture
def meeting(world, ctx):
    return service.convene(
        here(world.secretary),
        here(world.call),
        held_at=clock.now() - timedelta(hours=1),
        place="Liepāja, Rožu iela 6",
    )


def attend(world, meeting, *people):
    service.attend(
        here(world.secretary), here(world.call), here(meeting), [person.id for person in people]
    )


def break_tie(world, meeting, tied, **votes):
    members = {"chair": world.chair, "secretary": world.secretary, "member": world.member}
    return service.break_tie(
        here(world.secretary),
        here(world.call),
        here(meeting),
        numbers=[application.number for application in tied],
        ballots={
            members[who].id: application and application.number
            for who, application in votes.items()
        },
    )


def approve(world, meeting, *people, choice=FOR):
    return service.approve_ranking(
        here(world.secretary),
        here(world.call),
        here(meeting),
        ballots={person.id: choice for person in people},
    )


def close(world, meeting):
    service.close(here(world.chair), here(world.call), here(meeting), version=here(meeting).version)


def withdraw(world, meeting, vote, actor=None):
    service.withdraw_vote(
        *(here(actor or world.secretary), here(world.call), here(meeting), here(vote)),
        reason="Kļūda",
    )


def tied_pair(world):
    return [world.scored(*[("7", "7")] * 3) for _ in range(2)]


def there(world, meeting):
    return {s.person.id for s in queries.seats(here(world.call), here(meeting)) if s.is_there}


def test_there_is_one_open_meeting(world, meeting):
    assert not there(world, meeting)
    with pytest.raises(StateConflict):
        service.convene(here(world.chair), here(world.call), held_at=clock.now(), place="x")


def test_a_secretary_who_is_no_member_has_no_vote(make, ctx):
    call = make.competition("closed")
    secretary, member = (
        make.person(CommitteeRole.SECRETARY, scope=call),
        make.person(CommitteeRole.MEMBER, scope=call),
    )
    held = service.convene(here(secretary), here(call), held_at=clock.now(), place="x")
    seats = queries.seats(here(call), here(held))
    assert [s.person.id for s in seats if s.votes] == [member.id]


class TestSeats:
    """Who sits on the day of the meeting votes, whatever was so when it was convened."""

    def ended(self, world, person, until):
        session = world.make.session
        for grant in session.query(RoleGrant).filter_by(person_id=person.id, role="member"):
            world.make.rewrite(grant, until=until, since=until - DAY)

    def test_a_seat_that_has_ended_does_not_vote_and_a_new_one_does(self, make, world, meeting):
        world.scored(*[("7", "7")] * 3)
        self.ended(world, world.member, clock.today() - DAY)
        new = make.person(CommitteeRole.MEMBER, scope=world.call)
        (application,) = ranking_of(here(world.call)).entries
        make.declared(new, application.application_id)
        attend(world, meeting, world.chair, world.secretary, world.member, new)
        assert there(world, meeting) == {world.chair.id, world.secretary.id, new.id}
        with pytest.raises(Invalid):
            approve(world, meeting, *world.members)
        assert approve(world, meeting, world.chair, world.secretary, new).carried

    def test_votes_do_not_move_to_a_day_on_which_others_sit(self, make, world, meeting):
        world.scored(*[("7", "7")] * 3)
        attend(world, meeting, *world.members)
        vote = approve(world, meeting, *world.members)
        self.ended(world, world.member, clock.today())

        def moved(at):
            service.describe(
                *(here(world.secretary), here(world.call), here(meeting)),
                **{"held_at": at, "place": "x", "notes": "", "version": here(meeting).version},
            )

        moved(clock.now())
        with pytest.raises(StateConflict) as refusal:
            moved(clock.now() + DAY)
        assert refusal.value.code == "seats" and "1" in str(refusal.value.message)
        withdraw(world, meeting, vote)
        moved(clock.now() + DAY)
        assert there(world, meeting) == {world.chair.id, world.secretary.id}

    def test_a_seat_that_did_not_live_takes_no_vote_into_the_minutes(self, world, meeting):
        world.scored(*[("7", "7")] * 3)
        attend(world, meeting, *world.members)
        approve(world, meeting, *world.members)
        self.ended(world, world.member, clock.today() - DAY)
        with pytest.raises(NotReady):
            close(world, meeting)


class TestComingAndLeaving:
    def test_a_late_arrival_takes_no_vote_away(self, world, meeting):
        first, second = tied_pair(world)
        attend(world, meeting, world.chair, world.secretary)
        vote = break_tie(world, meeting, [first, second], chair=first, secretary=first)
        at = clock.now() - timedelta(minutes=10)
        move = (here(world.secretary), here(world.call), here(meeting), here(world.member))
        service.arrive(*move, at=at)
        assert [one.id for one in here(meeting).votes] == [vote.id]
        assert approve(world, meeting, *world.members).carried
        with pytest.raises(StateConflict):
            service.arrive(*move, at=at)
        with pytest.raises(Invalid):
            service.leave(*move, at=at - timedelta(minutes=1))
        service.leave(*move, at=clock.now())
        close(world, meeting)
        record = here(meeting).record
        (late,) = [one for one in record["attendance"] if one["name"] == world.member.name]
        assert late["stays"] == [[at.isoformat(), clock.now().isoformat()]]
        assert [vote["quorum"] for vote in record["votes"]] == [[2, 3], [3, 3]]

    def test_who_has_left_counts_no_more(self, world, meeting):
        world.scored(*[("7", "7")] * 3)
        attend(world, meeting, world.chair, world.member)
        service.leave(
            *(here(world.secretary), here(world.call), here(meeting), here(world.member)),
            at=clock.now(),
        )
        with pytest.raises(NotReady) as refusal:
            approve(world, meeting, world.chair)
        assert refusal.value.code == "no_quorum"


def test_a_tie_is_broken_by_those_who_are_there_and_not_recused(world, meeting):
    first, second = tied_pair(world)
    attend(world, meeting, *world.members)
    vote = break_tie(world, meeting, [first, second], chair=second, secretary=first, member=second)
    assert vote.carried and vote.order == [second.number, first.number]
    assert all(e.placed.by_vote for e in ranking_of(here(world.call)).entries)
    assert [e.number for e in ranking_of(here(world.call)).entries] == vote.order
    with pytest.raises(StateConflict) as refusal:
        break_tie(world, meeting, [first, second], chair=first, secretary=first, member=first)
    assert refusal.value.code == "no_tie"


def test_the_ballots_are_of_just_the_voters(world, meeting):
    first, second = tied_pair(world)
    declare(here(world.member), here(first), kind=ConflictKind.FAMILY, note="")
    attend(world, meeting, *world.members)
    with pytest.raises(Invalid):
        break_tie(world, meeting, [first, second], chair=first, secretary=first, member=first)
    with pytest.raises(Invalid):
        break_tie(world, meeting, [first, second], chair=first)
    assert break_tie(world, meeting, [first, second], chair=first, secretary=None).carried


def test_a_vote_without_a_quorum_is_refused(world, meeting):
    first, second = tied_pair(world)
    attend(world, meeting, world.chair)
    with pytest.raises(NotReady) as refusal:
        break_tie(world, meeting, [first, second], chair=first)
    assert refusal.value.code == "no_quorum"
    (said,) = refusal.value.missing
    assert first.number in said and second.number in said


def test_the_ranking_is_not_approved_while_something_is_missing(world, meeting):
    world.scored(("7", "7"), ("7", "7"))
    attend(world, meeting, *world.members)
    with pytest.raises(NotReady) as refusal:
        approve(world, meeting, *world.members)
    assert len(refusal.value.missing) == 1


def test_the_whole_way(world, meeting):
    first, second = tied_pair(world)
    attend(world, meeting, *world.members)
    break_tie(world, meeting, [first, second], chair=second, secretary=second, member=None)
    vote = approve(world, meeting, *world.members)
    assert vote.carried and vote.order == [second.number, first.number]
    close(world, meeting)
    assert ranking_of(here(world.call)).blockers == ()
    said = on_paper(here(meeting).record)
    assert f"{first.number}: 0, {second.number}: 2, atturas: 1." in said
    assert "Par – 3, pret – 0, atturas – 0." in said
    with pytest.raises(StateConflict):
        attend(world, meeting, world.chair)
    with pytest.raises(StateConflict):
        close(world, meeting)


def test_attendance_does_not_change_under_a_vote(world, meeting):
    world.scored(*[("7", "7")] * 3)
    attend(world, meeting, *world.members)
    vote = approve(world, meeting, *world.members)
    with pytest.raises(StateConflict):
        attend(world, meeting, world.chair)
    service.withdraw_vote(
        here(world.secretary), here(world.call), here(meeting), vote, reason="Kļūda"
    )
    attend(world, meeting, world.chair)
    assert there(world, meeting) == {world.chair.id}
    kept = db.session.scalars(select(Vote)).one()
    assert (kept.withdrawn_reason, kept.withdrawn_at) == ("Kļūda", clock.now())
    assert here(meeting).votes == []
    with pytest.raises(StateConflict):
        service.withdraw_vote(
            here(world.chair), here(world.call), here(meeting), here(vote), reason="Vēlreiz"
        )
    db.session.expire_all()
    assert db.session.scalars(select(Vote)).one().withdrawn_reason == "Kļūda"


def test_nothing_is_closed_before_it_was_held(world, ctx):
    held = service.convene(
        here(world.secretary),
        here(world.call),
        held_at=clock.now() + timedelta(hours=1),
        place="x",
    )
    with pytest.raises(NotReady) as refusal:
        close(world, held)
    assert len(refusal.value.missing) == 2


def test_a_ranking_is_approved_only_if_it_is_for_each_application(world, meeting):
    recused = world.scored(*[("7", "7")] * 3)
    world.scored(*[("8", "8")] * 3)
    declare(here(world.chair), here(recused), kind=ConflictKind.FAMILY)
    declare(here(world.member), here(recused), kind=ConflictKind.FAMILY)
    attend(world, meeting, *world.members)
    ballots = {world.chair.id: FOR, world.member.id: FOR, world.secretary.id: AGAINST}
    vote = service.approve_ranking(
        here(world.secretary), here(world.call), here(meeting), ballots=ballots
    )
    assert not vote.carried and vote.digest is None
    said = on_paper(minutes.record_of(here(world.call), here(meeting)))
    assert "Sarindojums nav apstiprināts." in said
    (apart,) = [line for line in said.splitlines() if "Nav pieņemts" in line]
    assert recused.number in apart


def test_where_nobody_is_left_who_may_vote_the_refusal_says_who_helps(make, world, meeting):
    application = world.scored(*[("7", "7")] * 3)
    attend(world, meeting, *world.members)
    for member in (world.chair, world.member):
        declare(here(member), here(application), kind=ConflictKind.FAMILY)
    suspected = Suspicion(
        person_id=world.secretary.id, application_id=application.id, grounds=["school"]
    )
    make.row(suspected)
    asked = queries.voting(here(world.call), here(meeting), [application.number], tie=True)
    assert not asked.together.possible and not asked.voters
    settled = {"resolved_by_id": world.chair.id, "resolved_at": clock.now()}
    make.rewrite(suspected, confirmed=True, reason="Radi.", **settled)
    keeper = world.another_secretary()
    make.declared(keeper, application.id)
    with pytest.raises(NotReady) as refusal:
        service.approve_ranking(here(keeper), here(world.call), here(meeting), ballots={})
    assert refusal.value.code == "no_quorum" and str(SUBSTITUTE) in refusal.value.missing[0]


def test_who_has_not_declared_decides_nothing(make, world, meeting):
    world.scored(*[("7", "7")] * 3)
    new = make.person(CommitteeRole.MEMBER, scope=world.call)
    attend(world, meeting, *world.members, new)
    with pytest.raises(NotReady) as refusal:
        approve(world, meeting, *world.members, new)
    assert refusal.value.code == "undeclared" and new.name in refusal.value.missing[0]


def test_nobody_votes_before_the_discussion(world, meeting):
    first, second = tied_pair(world)
    world.make.session.refresh(world.call)
    world.make.rewrite(world.call, discussion_opened_at=None)
    attend(world, meeting, *world.members)
    with pytest.raises(StateConflict) as refusal:
        break_tie(world, meeting, [first, second], chair=first, secretary=first, member=first)
    assert refusal.value.code == "not_opened"
    assert minutes.record_of(here(world.call), here(meeting))["ranking"] == []


def test_a_withdrawn_vote_stands_in_the_minutes(world, meeting):
    world.scored(*[("7", "7")] * 3)
    attend(world, meeting, *world.members)
    withdraw(world, meeting, approve(world, meeting, *world.members))
    approve(world, meeting, *world.members, choice=AGAINST)
    close(world, meeting)
    said = on_paper(here(meeting).record)
    (first,) = [line for line in said.splitlines() if "Kļūda" in line]
    assert first.startswith("Sarindojums apstiprināts.") and world.secretary.name in first
    assert "\nSarindojums nav apstiprināts.\n" in said and "Nolemts" not in said


class TestWhoMinutes:
    """What concerns an application is minuted by nobody whom a conflict keeps from it."""

    @pytest.fixture
    def recused(self, world, meeting):
        application = world.scored(*[("7", "7")] * 3)
        declare(here(world.secretary), here(application), kind=ConflictKind.FAMILY)
        attend(world, meeting, *world.members)
        return application

    def vote(self, world, meeting, actor):
        ballots = dict.fromkeys([world.chair.id, world.member.id], FOR)
        return service.approve_ranking(
            here(actor), here(world.call), here(meeting), ballots=ballots
        )

    def test_not_the_recused_secretary(self, world, meeting, recused):
        for verb in (
            lambda: self.vote(world, meeting, world.secretary),
            lambda: service.take_note(
                *(here(world.secretary), here(world.call), here(meeting), here(recused)),
                text="x",
                version=0,
            ),
        ):
            with pytest.raises(StateConflict) as refusal:
                verb()
            assert refusal.value.code == "recused"
        vote = self.vote(world, meeting, world.chair)
        with pytest.raises(StateConflict):
            withdraw(world, meeting, vote)
        assert here(vote).withdrawn_at is None

    def test_the_chair_or_whom_the_chair_names(self, make, world, meeting, recused):
        def who():
            about = list(queries.numbers(here(world.call)).values())
            found = queries.voting(here(world.call), here(meeting), about, tie=False).recorders
            return [p.id for p in found.now], [p.id for p in found.free]

        assert who() == ([world.chair.id], [world.member.id])
        assert not decide(Right.KEEP, here(world.member), here(world.call), here(meeting))
        stranger = make.person()
        name = (here(world.chair), here(world.call), here(meeting))
        with pytest.raises(Invalid):
            service.name_keeper(*name, here(stranger))
        service.name_keeper(*name, here(world.member))
        assert who() == ([world.chair.id, world.member.id], [])
        for right in (Right.KEEP, Right.NOTE):
            about = (here(recused),) if right is Right.NOTE else ()
            assert decide(right, here(world.member), here(world.call), here(meeting), *about)
        answer = decide(
            Right.NOTE, here(world.secretary), here(world.call), here(meeting), here(recused)
        )
        assert not answer and answer.visible
        assert self.vote(world, meeting, world.member).carried


def on_paper(record, language="lv"):
    """All that the minutes say on paper, a text a line."""
    with force_locale(language):
        return "\n".join(texts(printed.minutes(record, Issuer("Pārvalde"))))


class TestMinutes:
    @pytest.fixture
    def record(self, make, world, meeting):
        self.first, self.second = tied_pair(world)
        self.below = world.scored(*[("10", "2.5")] * 3, title="Zem minimuma")
        declare(here(world.member), here(self.below), kind=ConflictKind.EMPLOYMENT, note="Slepeni")
        attend(world, meeting, *world.members)
        break_tie(
            world,
            meeting,
            [self.first, self.second],
            chair=self.second,
            secretary=self.second,
            member=None,
        )
        service.take_note(
            *(here(world.secretary), here(world.call), here(meeting), here(self.below)),
            text="Par tāmi.",
            version=0,
        )
        approve(world, meeting, *world.members)
        close(world, meeting)
        return here(meeting).record

    def test_they_say_everything(self, world, record):
        assert [one["present"] for one in record["attendance"]] == [True] * 3
        assert record["recusals"] == [
            {
                "name": world.member.name,
                "number": self.below.number,
                "applicant": here(self.below).organisation.name,
                "kind": "employment",
            }
        ]
        ranking = {line["number"]: line for line in record["ranking"]}
        assert ranking[self.second.number]["place"] == 1
        assert ranking[self.second.number]["proposal"] == "approve"
        assert ranking[self.first.number]["proposal"] == "reserve"
        below = ranking[self.below.number]
        assert (below["place"], below["n"], below["quorum"]) == (None, 2, [2, 2])
        (count,) = record["votes"][-1]["counts"]
        assert (count["number"], count["for"], count["quorum"]) == (self.below.number, 2, [2, 2])
        assert record["on_applications"] == [{"number": self.below.number, "text": "Par tāmi."}]
        assert below["proposal"] == "reject"
        assert "Slepeni" not in str(record), "notes on conflicts are private"

    def test_they_do_not_change_afterwards(self, world, record, meeting):
        now = clock.now()

        def now_it_says():
            closed = {"closed_at": now, "closed_by": here(world.chair)}
            return minutes.record_of(here(world.call), here(meeting), **closed)

        assert now_it_says() == record
        world.make.reseal(self.first, title="Cits nosaukums", name="Cita biedrība")
        assert now_it_says() != record
        assert here(meeting).record == record

    def test_the_recused_have_an_extract_that_tells_votes_truly(self, world, record):
        shown = minutes.without(record, [self.below.number])
        for part in ("ranking", "votes", "recusals", "on_applications"):
            assert self.below.number not in str(shown[part]), part
        assert {line["place"] for line in shown["ranking"]} == {None}
        assert shown["competition"]["grants"] is None
        assert [recusal["name"] for recusal in shown["recusals"]] == [world.member.name]
        assert [vote["number"] for vote in shown["votes"]] == [1, 2]
        said = on_paper(shown)
        assert said.startswith("Izraksts no protokola") and "apstiprinājusi sarindojumu" in said
        assert "Paraksti" not in said and "Finansējuma robeža" not in said
        assert minutes.without(record, []) is record

    def test_a_tie_with_a_hidden_application_is_not_told_of_and_leaves_no_gap(self, record):
        shown = minutes.without(record, [self.first.number])
        assert [(vote["number"], vote["kind"]) for vote in shown["votes"]] == [(1, "ranking")]
        assert self.first.number not in str(shown)

    def test_on_paper_they_are_an_official_paper(self, world, record):
        """Impersonal, with the line where the money ends, and in either language."""
        said = on_paper(record)
        for name in (world.chair.name, self.first.number, "Zem minimuma", "Rožu iela"):
            assert name in said
        for part in (
            "1. Klātbūtne un kvorums",
            "8. Paraksti",
            "Pielikums. Kritēriju vidējie",
        ):
            assert part in said
        assert "strādā tur vai strādājis" in said and "Strādāju" not in said
        assert "Finansējuma robeža: 1 ×" in said
        assert "Conflicts of interest" in on_paper(record, "en")
