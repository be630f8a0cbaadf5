"""The ranking as the database gives it: who counts, who is hidden, and what it costs."""

from decimal import Decimal
from fractions import Fraction

import pytest

from portal.core import clock
from portal.core.accounts.models import Person, Role
from portal.core.db import db
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.models import (
    CheckState,
    ConflictKind,
    Declaration,
    EligibilityCheck,
    Meeting,
    ScoreSheet,
    SheetState,
    Suspicion,
    Vote,
    VoteKind,
)
from portal.grants.evaluation.ranking.blockers import Blocks
from portal.grants.evaluation.ranking.queries import hidden_from, ranking_for, ranking_of
from portal.grants.evaluation.visibility import Sight, access_to, result_sight
from tests.pages import counted_queries
from tests.world.scene import evaluating, here


def test_means_are_of_submitted_sheets_only_and_carry_their_number(make, scene, ctx):
    application = scene.scored(("7.5", "8"), ("8", "8.5"))
    make.sheet(application, scene.member, {"c1": "0", "c2": "0"}, submitted=False)
    (entry,) = ranking_of(here(scene.call)).entries
    assert entry.number == application.number
    assert entry.tally.n == 2
    assert entry.total == 16
    ranking = ranking_of(here(scene.call))
    assert [(c.key, entry.tally.mean(i)) for c, i in ranking.criteria] == [
        ("c1", Fraction(31, 4)),
        ("c2", Fraction(33, 4)),
    ]


def test_the_sheet_of_a_recused_member_is_not_counted(make, scene, ctx):
    declared = scene.scored(("8", "8"), ("2", "4"))
    confirmed = scene.scored(("8", "8"), ("2", "4"))
    make.session.query(Declaration).filter_by(
        application_id=declared.id, person_id=scene.secretary.id
    ).update({"kind": ConflictKind.FAMILY})
    make.row(
        Suspicion(
            person_id=scene.secretary.id,
            application_id=confirmed.id,
            grounds=["same_organisation"],
            confirmed=True,
            reason="Valdē.",
            resolved_by_id=scene.chair.id,
            resolved_at=clock.now(),
        )
    )
    entries = {entry.number: entry for entry in ranking_of(here(scene.call)).entries}
    for application in (declared, confirmed):
        entry = entries[application.number]
        assert (entry.tally.n, entry.total, entry.recused) == (1, 16, 1)


def test_a_replaced_sheet_is_not_counted(make, scene, ctx):
    application = scene.scored(("8", "8"), ("2", "4"))
    make.session.query(ScoreSheet).filter_by(
        application_id=application.id, person_id=scene.secretary.id
    ).update({"state": SheetState.REPLACED, "replaced_at": clock.now(), "reopen_reason": "Kļūda."})
    make.session.commit()
    assert ranking_of(here(scene.call)).entries[0].tally.n == 1


def test_only_eligible_applications_are_ranked(make, scene, ctx):
    make.application(scene.call, submitted=True)
    make.application(scene.call)
    ranking = ranking_of(here(scene.call))
    assert ranking.entries == ()
    assert [(b.kind, b.count) for b in ranking.blockers] == [
        (Blocks.ELIGIBILITY, 1),
        (Blocks.MEETING, 1),
    ]


def test_below_a_minimum_has_no_place_whatever_the_total(make, scene, ctx):
    scene.scored(("10", "2.5"))
    scene.scored(("6", "3"))
    first, second = ranking_of(here(scene.call)).entries
    assert (first.place, first.total, second.place, second.total) == (1, 9, None, Fraction(25, 2))
    assert second.tally.below == ("c2",)


def test_blockers_say_who_owes_what(make, scene, ctx):
    scene.scored(("7", "7"), ("7", "7"))
    bare = make.application(scene.call, submitted=True)
    make.eligible(bare)
    undeclared = make.application(scene.call, submitted=True)
    make.eligible(undeclared)
    make.assigned(undeclared, scene.member, declared=False)
    blockers = {b.kind: b for b in ranking_of(here(scene.call)).blockers}
    assert blockers[Blocks.SHEET].count == 2
    assert blockers[Blocks.SHEET].concerns == (scene.member.name,)
    assert blockers[Blocks.DECLARATION].count == 1
    assert blockers[Blocks.ASSIGNMENT].concerns == (bare.number,)
    assert all(str(b.message) for b in blockers.values())


def test_a_tie_at_the_cut_waits_for_a_vote(make, scene, ctx):
    tied = [scene.scored(*[("7", "7")] * 3) for _ in range(2)]
    ranking = ranking_of(here(scene.call))
    assert [entry.place for entry in ranking.entries] == [1, 1]
    tie = next(b for b in ranking.blockers if b.kind is Blocks.TIE)
    assert tie.concerns == (", ".join(a.number for a in tied),)
    meeting = make.row(
        Meeting(competition_id=scene.call.id, number=1, held_at=clock.now(), place="Liepāja")
    )
    order = [tied[1].number, tied[0].number]
    make.row(
        Vote(
            meeting_id=meeting.id,
            number=1,
            kind=VoteKind.TIE,
            question="?",
            order=order,
            carried=True,
        )
    )
    db.session.commit()
    ranking = ranking_of(here(scene.call))
    assert [(entry.place, entry.number) for entry in ranking.entries] == [
        (1, order[0]),
        (2, order[1]),
    ]
    assert Blocks.TIE not in {b.kind for b in ranking.blockers}


class TestWhoSeesALine:
    """Three people: one who is recused, one who may see, and a stranger."""

    @pytest.fixture
    def field(self, make, scene):
        own = scene.scored(*[("9", "9")] * 3)
        other = scene.scored(*[("7", "7")] * 3)
        make.session.query(Declaration).filter_by(
            application_id=own.id, person_id=scene.chair.id
        ).update({"kind": ConflictKind.EMPLOYMENT})
        make.session.commit()
        return own, other

    def numbers(self, actor, call):
        return [e.number for e in ranking_for(here(actor), here(call)).entries]

    def test_recused_even_the_chair(self, field, scene, ctx):
        own, other = field
        assert self.numbers(scene.chair, scene.call) == [other.number]
        (entry,) = ranking_for(here(scene.chair), here(scene.call)).entries
        assert entry.place == 1, "a gap would tell that somebody stands before"
        assert list(hidden_from(here(scene.chair), here(scene.call))) == [
            (own.number, Sight.RECUSED)
        ]
        assert self.numbers(scene.secretary, scene.call) == [own.number, other.number]

    def test_own_sheet_first(self, make, field, scene, ctx):
        late = scene.scored(*[("8", "8")] * 2)
        assert late.number not in self.numbers(scene.member, scene.call)
        assert late.number in self.numbers(scene.secretary, scene.call)

    def test_own_sheet_first_while_the_check_is_open_again(self, make, field, scene, ctx):
        """The application may come back, and then the sheet is owed again."""
        late = scene.scored(*[("8", "8")] * 2)
        check = make.session.query(EligibilityCheck).filter_by(application_id=late.id).one()
        make.rewrite(check, state=CheckState.OPEN)
        assert not access_to(result_sight, here(scene.member), here(late))
        assert access_to(result_sight, here(scene.secretary), here(late))

    def test_nobody_who_has_not_declared(self, make, field, scene, ctx):
        make.session.query(Declaration).filter_by(person_id=scene.secretary.id).delete()
        make.session.commit()
        assert self.numbers(scene.secretary, scene.call) == []

    @pytest.mark.parametrize("role", [Role.OFFICER, Role.HEAD, Role.AUDITOR])
    def test_the_board(self, role, make, field, scene, ctx):
        assert len(self.numbers(make.person(role), scene.call)) == 2

    def test_strangers(self, make, field, scene, ctx):
        elsewhere = make.competition("closed")
        for stranger in (
            make.person(),
            make.person(Role.ADMINISTRATOR),
            make.committee(elsewhere)[0],
            make.person(Role.OFFICER, scope=make.municipality("RIX")),
        ):
            assert self.numbers(stranger, scene.call) == []


def test_the_number_of_queries_does_not_depend_on_rows(make, scene, app):
    counts = []
    for more in (1, 6):
        for _ in range(more):
            scene.scored(*[("7", "7")] * 3)
        with app.test_request_context():
            competition = db.session.get(Competition, scene.call.id)
            actor = db.session.get(Person, scene.chair.id)
            list(actor.grants)
            with counted_queries(app) as queries:
                ranking_for(actor, competition)
            counts.append(len(queries))
            db.session.remove()
    assert counts[0] == counts[1] <= 10


def test_a_minimum_in_a_weighted_total_is_exact(make, ctx):
    scene = evaluating(
        make,
        criteria=[{"key": "c1", "weight": Decimal("0.3")}, {"key": "c2", "weight": Decimal("0.7")}],
        total_minimum=Decimal("5.0"),
    )
    scene.scored(("5", "5"), ("5", "5"), ("5", "5"))
    (entry,) = ranking_of(here(scene.call)).entries
    assert entry.total == 5 and entry.place == 1
