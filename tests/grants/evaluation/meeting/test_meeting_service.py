"""A meeting from its beginning to its minutes."""

import io
from datetime import timedelta

import pytest
from docx import Document
from flask_babel import force_locale
from sqlalchemy import select

from portal.core import clock
from portal.core.accounts.models import Role
from portal.core.db import db
from portal.core.documents.docx import minutes_docx
from portal.core.documents.pdf import render_pdf
from portal.core.errors import Invalid, NotReady, StateConflict
from portal.grants.evaluation.committee.service import declare
from portal.grants.evaluation.meeting import minutes, paper, queries, service
from portal.grants.evaluation.meeting.models import BallotChoice, Vote
from portal.grants.evaluation.models import ConflictKind
from portal.grants.evaluation.ranking.queries import ranking_of
from tests.grants.evaluation.world import here

FOR = BallotChoice.FOR


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


def tied_pair(world):
    return [world.scored(*[("7", "7")] * 3) for _ in range(2)]


def test_everybody_on_the_committee_is_on_the_list(make, world, meeting):
    assert {a.person_id for a in here(meeting).attendance} == {m.id for m in world.members}
    assert not queries.present(here(meeting))
    with pytest.raises(StateConflict):
        service.convene(here(world.chair), here(world.call), held_at=clock.now(), place="x")


def test_a_secretary_who_is_no_member_has_no_vote(make, ctx):
    call = make.competition("closed")
    secretary, member = (
        make.person(Role.SECRETARY, scope=call),
        make.person(Role.MEMBER, scope=call),
    )
    held = service.convene(here(secretary), here(call), held_at=clock.now(), place="x")
    assert queries.entitled(held) == {member.id}


def test_a_tie_is_broken_by_those_who_are_there_and_not_recused(world, meeting):
    first, second = tied_pair(world)
    attend(world, meeting, *world.members)
    vote = break_tie(world, meeting, [first, second], chair=second, secretary=first, member=second)
    assert vote.carried and vote.order == [second.number, first.number]
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
    assert set(refusal.value.missing) == {first.number, second.number}


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
    with force_locale("lv"):
        tie, ranking = paper.minutes(here(meeting).record).votes
    assert tie.count == f"{first.number}: 0, {second.number}: 2, atturas: 1."
    assert ranking.count == "Par – 3, pret – 0, atturas – 0."
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

    def test_for_the_recused_the_application_is_left_out(self, record):
        shown = minutes.without(record, [self.below.number])
        assert self.below.number not in str(shown["ranking"])
        assert {line["place"] for line in shown["ranking"]} == {None}
        assert shown["competition"]["grants"] is None
        assert minutes.without(record, []) is record

    @pytest.mark.parametrize("language", ["lv", "en"])
    def test_as_a_pdf(self, record, language):
        with force_locale(language):
            content = render_pdf(paper.minutes(record), language=language)
        assert content.startswith(b"%PDF-") and len(content) > 5_000

    def test_as_a_word_document_in_latvian(self, world, record):
        with force_locale("lv"):
            content = minutes_docx(paper.minutes(record))
        document = Document(io.BytesIO(content))
        cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
        said = "\n".join([p.text for p in document.paragraphs] + cells)
        for name in (world.chair.name, self.first.number, "Zem minimuma", "Rožu iela"):
            assert name in said
