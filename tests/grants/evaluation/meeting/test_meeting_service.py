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
def meeting(scene, ctx):
    return service.convene(
        here(scene.secretary),
        here(scene.call),
        held_at=clock.now() - timedelta(hours=1),
        place="Liepāja, Rožu iela 6",
    )


def attend(scene, meeting, *people):
    service.attend(
        here(scene.secretary), here(scene.call), here(meeting), [person.id for person in people]
    )


def break_tie(scene, meeting, tied, **votes):
    members = {"chair": scene.chair, "secretary": scene.secretary, "member": scene.member}
    return service.break_tie(
        here(scene.secretary),
        here(scene.call),
        here(meeting),
        numbers=[application.number for application in tied],
        ballots={
            members[who].id: application and application.number
            for who, application in votes.items()
        },
    )


def approve(scene, meeting, *people, choice=FOR):
    return service.approve_ranking(
        here(scene.secretary),
        here(scene.call),
        here(meeting),
        ballots={person.id: choice for person in people},
    )


def close(scene, meeting):
    service.close(here(scene.chair), here(scene.call), here(meeting), version=here(meeting).version)


def withdraw(scene, meeting, vote, actor=None):
    service.withdraw_vote(
        *(here(actor or scene.secretary), here(scene.call), here(meeting), here(vote)),
        reason="Kļūda",
    )


def tied_pair(scene):
    return [scene.scored(*[("7", "7")] * 3) for _ in range(2)]


def there(scene, meeting):
    return {s.person.id for s in queries.seats(here(scene.call), here(meeting)) if s.is_there}


def test_there_is_one_open_meeting(scene, meeting):
    assert not there(scene, meeting)
    with pytest.raises(StateConflict):
        service.convene(here(scene.chair), here(scene.call), held_at=clock.now(), place="x")


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

    def ended(self, scene, person, until):
        session = scene.make.session
        for grant in session.query(RoleGrant).filter_by(person_id=person.id, role="member"):
            scene.make.rewrite(grant, until=until, since=until - DAY)

    def test_a_seat_that_has_ended_does_not_vote_and_a_new_one_does(self, make, scene, meeting):
        scene.scored(*[("7", "7")] * 3)
        self.ended(scene, scene.member, clock.today() - DAY)
        new = make.person(CommitteeRole.MEMBER, scope=scene.call)
        (application,) = ranking_of(here(scene.call)).entries
        make.declared(new, application.application_id)
        attend(scene, meeting, scene.chair, scene.secretary, scene.member, new)
        assert there(scene, meeting) == {scene.chair.id, scene.secretary.id, new.id}
        with pytest.raises(Invalid):
            approve(scene, meeting, *scene.members)
        assert approve(scene, meeting, scene.chair, scene.secretary, new).carried

    def test_votes_do_not_move_to_a_day_on_which_others_sit(self, make, scene, meeting):
        scene.scored(*[("7", "7")] * 3)
        attend(scene, meeting, *scene.members)
        vote = approve(scene, meeting, *scene.members)
        self.ended(scene, scene.member, clock.today())

        def moved(at):
            service.describe(
                *(here(scene.secretary), here(scene.call), here(meeting)),
                **{"held_at": at, "place": "x", "notes": "", "version": here(meeting).version},
            )

        moved(clock.now())
        with pytest.raises(StateConflict) as refusal:
            moved(clock.now() + DAY)
        assert refusal.value.code == "seats" and "1" in str(refusal.value.message)
        withdraw(scene, meeting, vote)
        moved(clock.now() + DAY)
        assert there(scene, meeting) == {scene.chair.id, scene.secretary.id}

    def test_a_seat_that_did_not_live_takes_no_vote_into_the_minutes(self, scene, meeting):
        scene.scored(*[("7", "7")] * 3)
        attend(scene, meeting, *scene.members)
        approve(scene, meeting, *scene.members)
        self.ended(scene, scene.member, clock.today() - DAY)
        with pytest.raises(NotReady):
            close(scene, meeting)


class TestComingAndLeaving:
    def test_a_late_arrival_takes_no_vote_away(self, scene, meeting):
        first, second = tied_pair(scene)
        attend(scene, meeting, scene.chair, scene.secretary)
        vote = break_tie(scene, meeting, [first, second], chair=first, secretary=first)
        at = clock.now() - timedelta(minutes=10)
        move = (here(scene.secretary), here(scene.call), here(meeting), here(scene.member))
        service.arrive(*move, at=at)
        assert [one.id for one in here(meeting).votes] == [vote.id]
        assert approve(scene, meeting, *scene.members).carried
        with pytest.raises(StateConflict):
            service.arrive(*move, at=at)
        with pytest.raises(Invalid):
            service.leave(*move, at=at - timedelta(minutes=1))
        service.leave(*move, at=clock.now())
        close(scene, meeting)
        record = here(meeting).record
        (late,) = [one for one in record["attendance"] if one["name"] == scene.member.name]
        assert late["stays"] == [[at.isoformat(), clock.now().isoformat()]]
        assert [vote["quorum"] for vote in record["votes"]] == [[2, 3], [3, 3]]

    def test_who_has_left_counts_no_more(self, scene, meeting):
        scene.scored(*[("7", "7")] * 3)
        attend(scene, meeting, scene.chair, scene.member)
        service.leave(
            *(here(scene.secretary), here(scene.call), here(meeting), here(scene.member)),
            at=clock.now(),
        )
        with pytest.raises(NotReady) as refusal:
            approve(scene, meeting, scene.chair)
        assert refusal.value.code == "no_quorum"


def test_a_tie_is_broken_by_those_who_are_there_and_not_recused(scene, meeting):
    first, second = tied_pair(scene)
    attend(scene, meeting, *scene.members)
    vote = break_tie(scene, meeting, [first, second], chair=second, secretary=first, member=second)
    assert vote.carried and vote.order == [second.number, first.number]
    assert all(e.placed.by_vote for e in ranking_of(here(scene.call)).entries)
    assert [e.number for e in ranking_of(here(scene.call)).entries] == vote.order
    with pytest.raises(StateConflict) as refusal:
        break_tie(scene, meeting, [first, second], chair=first, secretary=first, member=first)
    assert refusal.value.code == "no_tie"


def test_the_ballots_are_of_just_the_voters(scene, meeting):
    first, second = tied_pair(scene)
    declare(here(scene.member), here(first), kind=ConflictKind.FAMILY, note="")
    attend(scene, meeting, *scene.members)
    with pytest.raises(Invalid):
        break_tie(scene, meeting, [first, second], chair=first, secretary=first, member=first)
    with pytest.raises(Invalid):
        break_tie(scene, meeting, [first, second], chair=first)
    assert break_tie(scene, meeting, [first, second], chair=first, secretary=None).carried


def test_a_vote_without_a_quorum_is_refused(scene, meeting):
    first, second = tied_pair(scene)
    attend(scene, meeting, scene.chair)
    with pytest.raises(NotReady) as refusal:
        break_tie(scene, meeting, [first, second], chair=first)
    assert refusal.value.code == "no_quorum"
    (said,) = refusal.value.missing
    assert first.number in said and second.number in said


def test_the_ranking_is_not_approved_while_something_is_missing(scene, meeting):
    scene.scored(("7", "7"), ("7", "7"))
    attend(scene, meeting, *scene.members)
    with pytest.raises(NotReady) as refusal:
        approve(scene, meeting, *scene.members)
    assert len(refusal.value.missing) == 1


def test_the_whole_way(scene, meeting):
    first, second = tied_pair(scene)
    attend(scene, meeting, *scene.members)
    break_tie(scene, meeting, [first, second], chair=second, secretary=second, member=None)
    vote = approve(scene, meeting, *scene.members)
    assert vote.carried and vote.order == [second.number, first.number]
    close(scene, meeting)
    assert ranking_of(here(scene.call)).blockers == ()
    said = on_paper(here(meeting).record)
    assert f"{first.number}: 0, {second.number}: 2, atturas: 1." in said
    assert "Par – 3, pret – 0, atturas – 0." in said
    with pytest.raises(StateConflict):
        attend(scene, meeting, scene.chair)
    with pytest.raises(StateConflict):
        close(scene, meeting)


def test_attendance_does_not_change_under_a_vote(scene, meeting):
    scene.scored(*[("7", "7")] * 3)
    attend(scene, meeting, *scene.members)
    vote = approve(scene, meeting, *scene.members)
    with pytest.raises(StateConflict):
        attend(scene, meeting, scene.chair)
    service.withdraw_vote(
        here(scene.secretary), here(scene.call), here(meeting), vote, reason="Kļūda"
    )
    attend(scene, meeting, scene.chair)
    assert there(scene, meeting) == {scene.chair.id}
    kept = db.session.scalars(select(Vote)).one()
    assert (kept.withdrawn_reason, kept.withdrawn_at) == ("Kļūda", clock.now())
    assert here(meeting).votes == []
    with pytest.raises(StateConflict):
        service.withdraw_vote(
            here(scene.chair), here(scene.call), here(meeting), here(vote), reason="Vēlreiz"
        )
    db.session.expire_all()
    assert db.session.scalars(select(Vote)).one().withdrawn_reason == "Kļūda"


def test_nothing_is_closed_before_it_was_held(scene, ctx):
    held = service.convene(
        here(scene.secretary),
        here(scene.call),
        held_at=clock.now() + timedelta(hours=1),
        place="x",
    )
    with pytest.raises(NotReady) as refusal:
        close(scene, held)
    assert len(refusal.value.missing) == 2


def test_a_ranking_is_approved_only_if_it_is_for_each_application(scene, meeting):
    recused = scene.scored(*[("7", "7")] * 3)
    scene.scored(*[("8", "8")] * 3)
    declare(here(scene.chair), here(recused), kind=ConflictKind.FAMILY)
    declare(here(scene.member), here(recused), kind=ConflictKind.FAMILY)
    attend(scene, meeting, *scene.members)
    ballots = {scene.chair.id: FOR, scene.member.id: FOR, scene.secretary.id: AGAINST}
    vote = service.approve_ranking(
        here(scene.secretary), here(scene.call), here(meeting), ballots=ballots
    )
    assert not vote.carried and vote.digest is None
    said = on_paper(minutes.record_of(here(scene.call), here(meeting)))
    assert "Sarindojums nav apstiprināts." in said
    (apart,) = [line for line in said.splitlines() if "Nav pieņemts" in line]
    assert recused.number in apart


def test_where_nobody_is_left_who_may_vote_the_refusal_says_who_helps(make, scene, meeting):
    application = scene.scored(*[("7", "7")] * 3)
    attend(scene, meeting, *scene.members)
    for member in (scene.chair, scene.member):
        declare(here(member), here(application), kind=ConflictKind.FAMILY)
    suspected = Suspicion(
        person_id=scene.secretary.id, application_id=application.id, grounds=["school"]
    )
    make.row(suspected)
    asked = queries.voting(here(scene.call), here(meeting), [application.number], tie=True)
    assert not asked.together.possible and not asked.voters
    settled = {"resolved_by_id": scene.chair.id, "resolved_at": clock.now()}
    make.rewrite(suspected, confirmed=True, reason="Radi.", **settled)
    keeper = scene.another_secretary()
    make.declared(keeper, application.id)
    with pytest.raises(NotReady) as refusal:
        service.approve_ranking(here(keeper), here(scene.call), here(meeting), ballots={})
    assert refusal.value.code == "no_quorum" and str(SUBSTITUTE) in refusal.value.missing[0]


def test_who_has_not_declared_decides_nothing(make, scene, meeting):
    scene.scored(*[("7", "7")] * 3)
    new = make.person(CommitteeRole.MEMBER, scope=scene.call)
    attend(scene, meeting, *scene.members, new)
    with pytest.raises(NotReady) as refusal:
        approve(scene, meeting, *scene.members, new)
    assert refusal.value.code == "undeclared" and new.name in refusal.value.missing[0]


def test_nobody_votes_before_the_discussion(scene, meeting):
    first, second = tied_pair(scene)
    scene.make.session.refresh(scene.call)
    scene.make.rewrite(scene.call, discussion_opened_at=None)
    attend(scene, meeting, *scene.members)
    with pytest.raises(StateConflict) as refusal:
        break_tie(scene, meeting, [first, second], chair=first, secretary=first, member=first)
    assert refusal.value.code == "not_opened"
    assert minutes.record_of(here(scene.call), here(meeting))["ranking"] == []


def test_a_withdrawn_vote_stands_in_the_minutes(scene, meeting):
    scene.scored(*[("7", "7")] * 3)
    attend(scene, meeting, *scene.members)
    withdraw(scene, meeting, approve(scene, meeting, *scene.members))
    approve(scene, meeting, *scene.members, choice=AGAINST)
    close(scene, meeting)
    said = on_paper(here(meeting).record)
    (first,) = [line for line in said.splitlines() if "Kļūda" in line]
    assert first.startswith("Sarindojums apstiprināts.") and scene.secretary.name in first
    assert "\nSarindojums nav apstiprināts.\n" in said and "Kopā nolemts" not in said


class TestWhoMinutes:
    """What concerns an application is minuted by nobody whom a conflict keeps from it."""

    @pytest.fixture
    def recused(self, scene, meeting):
        application = scene.scored(*[("7", "7")] * 3)
        declare(here(scene.secretary), here(application), kind=ConflictKind.FAMILY)
        attend(scene, meeting, *scene.members)
        return application

    def vote(self, scene, meeting, actor):
        ballots = dict.fromkeys([scene.chair.id, scene.member.id], FOR)
        return service.approve_ranking(
            here(actor), here(scene.call), here(meeting), ballots=ballots
        )

    def test_not_the_recused_secretary(self, scene, meeting, recused):
        for verb in (
            lambda: self.vote(scene, meeting, scene.secretary),
            lambda: service.take_note(
                *(here(scene.secretary), here(scene.call), here(meeting), here(recused)),
                text="x",
                version=0,
            ),
        ):
            with pytest.raises(StateConflict) as refusal:
                verb()
            assert refusal.value.code == "recused"
        vote = self.vote(scene, meeting, scene.chair)
        with pytest.raises(StateConflict):
            withdraw(scene, meeting, vote)
        assert here(vote).withdrawn_at is None

    def test_the_chair_or_whom_the_chair_names(self, make, scene, meeting, recused):
        def who():
            about = list(queries.numbers(here(scene.call)).values())
            found = queries.voting(here(scene.call), here(meeting), about, tie=False).recorders
            return [p.id for p in found.now], [p.id for p in found.free]

        assert who() == ([scene.chair.id], [scene.member.id])
        assert not decide(Right.KEEP, here(scene.member), here(scene.call), here(meeting))
        stranger = make.person()
        name = (here(scene.chair), here(scene.call), here(meeting))
        with pytest.raises(Invalid):
            service.name_keeper(*name, here(stranger))
        service.name_keeper(*name, here(scene.member))
        assert who() == ([scene.chair.id, scene.member.id], [])
        for right in (Right.KEEP, Right.NOTE):
            about = (here(recused),) if right is Right.NOTE else ()
            assert decide(right, here(scene.member), here(scene.call), here(meeting), *about)
        answer = decide(
            Right.NOTE, here(scene.secretary), here(scene.call), here(meeting), here(recused)
        )
        assert not answer and answer.visible
        assert self.vote(scene, meeting, scene.member).carried


def on_paper(record, language="lv"):
    """All that the minutes say on paper, a text a line."""
    with force_locale(language):
        return "\n".join(texts(printed.minutes(record, Issuer("Pārvalde"))))


class TestMinutes:
    @pytest.fixture
    def record(self, make, scene, meeting):
        self.first, self.second = tied_pair(scene)
        self.below = scene.scored(*[("10", "2.5")] * 3, title="Zem minimuma")
        declare(here(scene.member), here(self.below), kind=ConflictKind.EMPLOYMENT, note="Slepeni")
        attend(scene, meeting, *scene.members)
        break_tie(
            scene,
            meeting,
            [self.first, self.second],
            chair=self.second,
            secretary=self.second,
            member=None,
        )
        service.take_note(
            *(here(scene.secretary), here(scene.call), here(meeting), here(self.below)),
            text="Par tāmi.",
            version=0,
        )
        approve(scene, meeting, *scene.members)
        close(scene, meeting)
        return here(meeting).record

    def test_they_say_everything(self, scene, record):
        assert [one["present"] for one in record["attendance"]] == [True] * 3
        assert record["recusals"] == [
            {
                "name": scene.member.name,
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

    def test_they_do_not_change_afterwards(self, scene, record, meeting):
        now = clock.now()

        def now_it_says():
            closed = {"closed_at": now, "closed_by": here(scene.chair)}
            return minutes.record_of(here(scene.call), here(meeting), **closed)

        assert now_it_says() == record
        scene.make.reseal(self.first, title="Cits nosaukums", name="Cita biedrība")
        assert now_it_says() != record
        assert here(meeting).record == record

    def test_the_recused_have_an_extract_that_tells_votes_truly(self, scene, record):
        shown = minutes.without(record, [self.below.number])
        for part in ("ranking", "votes", "recusals", "on_applications"):
            assert self.below.number not in str(shown[part]), part
        assert {line["place"] for line in shown["ranking"]} == {None}
        assert shown["competition"]["grants"] is None
        assert [recusal["name"] for recusal in shown["recusals"]] == [scene.member.name]
        assert [vote["number"] for vote in shown["votes"]] == [1, 2]
        said = on_paper(shown)
        assert said.startswith("Izraksts no protokola") and "apstiprinājusi sarindojumu" in said
        assert "Paraksti" not in said and "Finansējuma robeža" not in said
        assert minutes.without(record, []) is record

    def test_a_tie_with_a_hidden_application_is_not_told_of_and_leaves_no_gap(self, record):
        shown = minutes.without(record, [self.first.number])
        assert [(vote["number"], vote["kind"]) for vote in shown["votes"]] == [(1, "ranking")]
        assert self.first.number not in str(shown)

    def test_on_paper_they_are_an_official_paper(self, scene, record):
        """Impersonal, with the line where the money ends, and in either language."""
        said = on_paper(record)
        for name in (scene.chair.name, self.first.number, "Zem minimuma", "Rožu iela"):
            assert name in said
        for part in (
            "1. Klātbūtne un kvorums",
            "8. Paraksti",
            "Pielikums. Kritēriju vidējie",
        ):
            assert part in said
        assert "strādā tur vai strādājis" in said and "Strādāju" not in said
        assert "Finansējuma robeža: 1 ×" in said
        assert f"Sēdi vada\n{scene.chair.name}" in said
        decided = "Kopā nolemts: apstiprināms – 1, rezerves sarakstā – 1, noraidāms – 1."
        assert said.index("7. Nolemts") < said.index(decided) < said.index("8. Paraksti")
        assert "Conflicts of interest" in on_paper(record, "en")
