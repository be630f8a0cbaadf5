"""One's own sheet comes first: taken back before the discussion, reopened after it, by whom."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core import clock
from portal.core.accounts.models import Role
from portal.core.db import db
from portal.core.errors import Invalid, NotReady, StateConflict
from portal.core.messages.models import Message
from portal.core.papers.blocks import Issuer
from portal.grants.evaluation.committee import service as committee
from portal.grants.evaluation.committee.models import CommitteeRole
from portal.grants.evaluation.committee.queries import sheets_missing
from portal.grants.evaluation.meeting import printed
from portal.grants.evaluation.meeting.minutes import record_of
from portal.grants.evaluation.models import (
    Assignment,
    Meeting,
    ScoreSheet,
    SheetState,
    Suspicion,
)
from portal.grants.evaluation.scoring import queries, service
from portal.grants.evaluation.scoring.discussion import discussion
from portal.grants.evaluation.visibility import Sight
from tests.core.papers.samples import texts
from tests.factories import Make
from tests.pages import text
from tests.together import at_once, refusals
from tests.world.scene import evaluating, here

DUE = clock.riga(date(2026, 12, 1), 17)


def sheet(application, member):
    return queries.sheet_of(here(member), here(application))


def at(world, application, *rest):
    return "/".join(["/committee", world.call.slug, "applications", application.number, *rest])


class TestTakingBack:
    def test_a_member_takes_back_their_own(self, client, world, session):
        application = world.scored(*[("7", "6.5")] * 3)
        client.sign_in(world.member)
        link = client.page(at(world, application)).select_one('a[href$="/take-back"]')
        client.send(link["href"])
        page = client.page(at(world, application))
        assert page.select_one("input[name=p_c2][value='6.5']").has_attr("checked")
        client.send(at(world, application), {"p_c1": "9", "check": "1"})
        client.send(at(world, application, "check"))
        states = session.execute(
            select(ScoreSheet.state, ScoreSheet.reopen_reason)
            .where(ScoreSheet.person_id == world.member.id)
            .order_by(ScoreSheet.created_at)
        ).all()
        assert states == [(SheetState.REPLACED, ""), (SheetState.SUBMITTED, "")]
        assert not session.scalars(select(Message)).all(), "nobody else has to do with it"

    def test_nobody_but_the_auditor_ever_sees_what_was_taken_back(self, make, world, ctx):
        application = world.scored(*[("7", "7")] * 3)
        service.take_back(here(world.member), here(application))
        own = sheet(application, world.member)
        service.submit(here(world.member), here(application), version=own.version)
        service.open_discussion(here(world.chair), here(world.call))
        for reader, count in ((world.chair, 0), (make.person(Role.AUDITOR), 1)):
            assert len(discussion(here(reader), here(application)).replaced) == count

    def test_not_once_others_can_see_it(self, client, world, ctx):
        application = world.scored(*[("7", "7")] * 3)
        service.open_discussion(here(world.chair), here(world.call))
        with pytest.raises(StateConflict):
            service.take_back(here(world.member), here(application))
        page = client.sign_in(world.member).page(at(world, application))
        assert not page.select('a[href$="/take-back"]')

    def test_against_the_opening_of_the_discussion(self, busy: tuple[Flask, Make]):
        """Either it is back and missing, or it is seen and stays."""
        app, make = busy
        world = evaluating(make)
        application = world.scored(*[("7", "7")] * 3)
        results = at_once(
            app,
            lambda: service.take_back(here(world.member), here(application)),
            lambda: service.open_discussion(here(world.chair), here(world.call)),
        )
        assert len(refusals(results)) == 1, results
        make.session.expire_all()
        drafts = make.session.query(ScoreSheet).filter_by(state=SheetState.DRAFT).count()
        assert bool(drafts) is (world.call.discussion_opened_at is None)


class TestOpening:
    def test_a_reason_is_owed_where_sheets_are_missing_and_the_minutes_repeat_it(
        self, client, make, world, ctx
    ):
        world.scored(*[("7", "7")] * 2)
        client.sign_in(world.chair)
        refused = client.send(f"/committee/{world.call.slug}/discussion")
        assert refused.status_code == 422 and world.member.name in refused.text
        reason = "Loceklis saslimis, termiņš beidzas."
        client.send(f"/committee/{world.call.slug}/discussion", {"reason": reason})
        call = here(world.call)
        assert (call.discussion_missing, call.discussion_reason) == (1, reason)
        held = Meeting(competition_id=call.id, number=1, held_at=clock.now(), place="Rožu iela")
        make.row(held)
        said = list(texts(printed.minutes(record_of(call, here(held)), Issuer(""))))
        assert any(reason in one for one in said)

    def test_none_where_all_are_in(self, world, ctx):
        world.scored(*[("7", "7")] * 3)
        service.open_discussion(here(world.chair), here(world.call), reason="Vārdi.")
        call = here(world.call)
        assert (call.discussion_missing, call.discussion_reason) == (0, "")
        with pytest.raises(StateConflict):
            service.open_discussion(here(world.chair), here(world.call))

    def test_not_before_the_first_sheet(self, world, ctx):
        world.assigned()
        with pytest.raises(NotReady):
            service.open_discussion(here(world.chair), here(world.call), reason="Vārdi.")

    def test_what_is_missing_says_what_stands_before_it(self, make, world, ctx):
        world.scored(*[("7", "7")] * 3)
        undeclared = world.assigned(declared=False)
        suspected = world.scored(*[("7", "7")] * 2)
        for person in (world.chair, world.secretary):
            make.sheet(undeclared, person, {"c1": "7", "c2": "7"})
        grounds = {"person_id": world.member.id, "grounds": ["school"]}
        make.row(Suspicion(application_id=suspected.id, **grounds))
        assert [
            (one.name, one.before, one.numbers) for one in sheets_missing(here(world.call))
        ] == [
            (world.member.name, Sight.SUSPECTED, (suspected.number,)),
            (world.member.name, Sight.UNDECLARED, (undeclared.number,)),
        ]
        with pytest.raises(Invalid):
            service.open_discussion(here(world.chair), here(world.call))

    def test_who_owed_a_sheet_submits_it_and_sees_those_of_others_then(self, client, make, world):
        application = world.scored(*[("7", "7")] * 2)
        world.call.discussion_opened_at = clock.now()
        make.session.commit()
        client.sign_in(world.member)
        assert client.get(at(world, application, "sheets")).status_code == 403
        client.send(at(world, application), {"p_c1": "5", "p_c2": "5", "check": "1"})
        client.send(at(world, application, "check"))
        assert "12,67" in text(client.get(at(world, application, "sheets")))


class TestReopening:
    def test_the_chair_s_own_by_the_head_and_by_nobody_else(self, client, make, world, session):
        application = world.scored(*[("7", "7")] * 3)
        world.call.discussion_opened_at = clock.now()
        session.commit()
        own, other = (
            session.query(ScoreSheet).filter_by(person_id=person.id).one()
            for person in (world.chair, world.member)
        )
        head, officer = make.person(Role.HEAD), make.person(Role.OFFICER)
        page = client.sign_in(head).page(at(world, application, "sheets"))
        links = [link["href"] for link in page.select('a[href$="/reopen"]')]
        assert links == [at(world, application, "sheets", str(own.id), "reopen")]
        for who, what in ((world.chair, own), (head, other), (officer, own), (officer, other)):
            url = at(world, application, "sheets", str(what.id), "reopen")
            assert client.sign_in(who).get(url).status_code == 403
        client.sign_in(head).send(links[0], {"reason": "Pārrēķinies."})
        session.expire_all()
        assert own.state is SheetState.REPLACED
        (letter,) = session.scalars(select(Message)).all()
        assert letter.recipient == world.chair.email

    def test_not_before_the_discussion(self, world, ctx):
        application = world.scored(*[("7", "7")] * 3)
        own = sheet(application, world.member)
        with pytest.raises(StateConflict):
            service.reopen(here(world.chair), here(world.call), own, reason="?")


class TestAssigningOnceItIsOpen:
    def assign(self, world):
        return committee.assign(here(world.chair), here(world.call), each=None, due_at=DUE)

    def test_whoever_is_new_is_refused_for_they_can_have_seen_the_points(self, make, world, ctx):
        seen = world.scored(*[("7", "7")] * 3)
        service.open_discussion(here(world.chair), here(world.call))
        new = make.person()
        make.grant(new, CommitteeRole.MEMBER, world.call)
        with pytest.raises(NotReady) as refusal:
            self.assign(world)
        assert refusal.value.missing == (seen.number,)

    def test_nor_is_who_had_left(self, world, ctx):
        application = world.scored(*[("7", "7")] * 2)
        row = db.session.scalars(
            select(Assignment).where(
                Assignment.person_id == world.member.id,
                Assignment.application_id == application.id,
            )
        ).one()
        row.ended_at = clock.now()
        db.session.commit()
        service.open_discussion(here(world.chair), here(world.call))
        with pytest.raises(NotReady):
            self.assign(world)

    def test_what_nobody_has_scored_can_still_be_given(self, make, world, ctx):
        world.scored(*[("7", "7")] * 3)
        service.open_discussion(here(world.chair), here(world.call))
        late = world.eligible()
        new = make.person()
        make.grant(new, CommitteeRole.MEMBER, world.call)
        assert self.assign(world) == 4
        given = db.session.scalars(
            select(Assignment.application_id).where(Assignment.person_id == new.id)
        ).all()
        assert given == [late.id]
