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


def at(scene, application, *rest):
    return "/".join(["/committee", scene.call.slug, "applications", application.number, *rest])


class TestTakingBack:
    def test_a_member_takes_back_their_own(self, client, scene, session):
        application = scene.scored(*[("7", "6.5")] * 3)
        client.sign_in(scene.member)
        link = client.page(at(scene, application)).select_one('a[href$="/take-back"]')
        client.send(link["href"])
        page = client.page(at(scene, application))
        assert page.select_one("input[name=p_c2][value='6.5']").has_attr("checked")
        client.send(at(scene, application), {"p_c1": "9", "check": "1"})
        client.send(at(scene, application, "check"))
        states = session.execute(
            select(ScoreSheet.state, ScoreSheet.reopen_reason)
            .where(ScoreSheet.person_id == scene.member.id)
            .order_by(ScoreSheet.created_at)
        ).all()
        assert states == [(SheetState.REPLACED, ""), (SheetState.SUBMITTED, "")]
        assert not session.scalars(select(Message)).all(), "nobody else has to do with it"

    def test_nobody_but_the_auditor_ever_sees_what_was_taken_back(self, make, scene, ctx):
        application = scene.scored(*[("7", "7")] * 3)
        service.take_back(here(scene.member), here(application))
        own = sheet(application, scene.member)
        service.submit(here(scene.member), here(application), version=own.version)
        service.open_discussion(here(scene.chair), here(scene.call))
        for reader, count in ((scene.chair, 0), (make.person(Role.AUDITOR), 1)):
            assert len(discussion(here(reader), here(application)).replaced) == count

    def test_not_once_others_can_see_it(self, client, scene, ctx):
        application = scene.scored(*[("7", "7")] * 3)
        service.open_discussion(here(scene.chair), here(scene.call))
        with pytest.raises(StateConflict):
            service.take_back(here(scene.member), here(application))
        page = client.sign_in(scene.member).page(at(scene, application))
        assert not page.select('a[href$="/take-back"]')

    def test_against_the_opening_of_the_discussion(self, busy: tuple[Flask, Make]):
        """Either it is back and missing, or it is seen and stays."""
        app, make = busy
        scene = evaluating(make)
        application = scene.scored(*[("7", "7")] * 3)
        results = at_once(
            app,
            lambda: service.take_back(here(scene.member), here(application)),
            lambda: service.open_discussion(here(scene.chair), here(scene.call)),
        )
        assert len(refusals(results)) == 1, results
        make.session.expire_all()
        drafts = make.session.query(ScoreSheet).filter_by(state=SheetState.DRAFT).count()
        assert bool(drafts) is (scene.call.discussion_opened_at is None)


class TestOpening:
    def test_a_reason_is_owed_where_sheets_are_missing_and_the_minutes_repeat_it(
        self, client, make, scene, ctx
    ):
        scene.scored(*[("7", "7")] * 2)
        client.sign_in(scene.chair)
        refused = client.send(f"/committee/{scene.call.slug}/discussion")
        assert refused.status_code == 422 and scene.member.name in refused.text
        reason = "Loceklis saslimis, termiņš beidzas."
        client.send(f"/committee/{scene.call.slug}/discussion", {"reason": reason})
        call = here(scene.call)
        assert (call.discussion_missing, call.discussion_reason) == (1, reason)
        held = Meeting(competition_id=call.id, number=1, held_at=clock.now(), place="Rožu iela")
        make.row(held)
        said = list(texts(printed.minutes(record_of(call, here(held)), Issuer(""))))
        assert any(reason in one for one in said)

    def test_none_where_all_are_in(self, scene, ctx):
        scene.scored(*[("7", "7")] * 3)
        service.open_discussion(here(scene.chair), here(scene.call), reason="Vārdi.")
        call = here(scene.call)
        assert (call.discussion_missing, call.discussion_reason) == (0, "")
        with pytest.raises(StateConflict):
            service.open_discussion(here(scene.chair), here(scene.call))

    def test_not_before_the_first_sheet(self, scene, ctx):
        scene.assigned()
        with pytest.raises(NotReady):
            service.open_discussion(here(scene.chair), here(scene.call), reason="Vārdi.")

    def test_what_is_missing_says_what_stands_before_it(self, make, scene, ctx):
        scene.scored(*[("7", "7")] * 3)
        undeclared = scene.assigned(declared=False)
        suspected = scene.scored(*[("7", "7")] * 2)
        for person in (scene.chair, scene.secretary):
            make.sheet(undeclared, person, {"c1": "7", "c2": "7"})
        grounds = {"person_id": scene.member.id, "grounds": ["school"]}
        make.row(Suspicion(application_id=suspected.id, **grounds))
        assert [
            (one.name, one.before, one.numbers) for one in sheets_missing(here(scene.call))
        ] == [
            (scene.member.name, Sight.SUSPECTED, (suspected.number,)),
            (scene.member.name, Sight.UNDECLARED, (undeclared.number,)),
        ]
        with pytest.raises(Invalid):
            service.open_discussion(here(scene.chair), here(scene.call))

    def test_who_owed_a_sheet_submits_it_and_sees_those_of_others_then(self, client, make, scene):
        application = scene.scored(*[("7", "7")] * 2)
        scene.call.discussion_opened_at = clock.now()
        make.session.commit()
        client.sign_in(scene.member)
        assert client.get(at(scene, application, "sheets")).status_code == 403
        client.send(at(scene, application), {"p_c1": "5", "p_c2": "5", "check": "1"})
        client.send(at(scene, application, "check"))
        assert "12,67" in text(client.get(at(scene, application, "sheets")))


class TestReopening:
    def test_the_chair_s_own_by_the_head_and_by_nobody_else(self, client, make, scene, session):
        application = scene.scored(*[("7", "7")] * 3)
        scene.call.discussion_opened_at = clock.now()
        session.commit()
        own, other = (
            session.query(ScoreSheet).filter_by(person_id=person.id).one()
            for person in (scene.chair, scene.member)
        )
        head, officer = make.person(Role.HEAD), make.person(Role.OFFICER)
        page = client.sign_in(head).page(at(scene, application, "sheets"))
        links = [link["href"] for link in page.select('a[href$="/reopen"]')]
        assert links == [at(scene, application, "sheets", str(own.id), "reopen")]
        for who, what in ((scene.chair, own), (head, other), (officer, own), (officer, other)):
            url = at(scene, application, "sheets", str(what.id), "reopen")
            assert client.sign_in(who).get(url).status_code == 403
        client.sign_in(head).send(links[0], {"reason": "Pārrēķinies."})
        session.expire_all()
        assert own.state is SheetState.REPLACED
        (letter,) = session.scalars(select(Message)).all()
        assert letter.recipient == scene.chair.email

    def test_not_before_the_discussion(self, scene, ctx):
        application = scene.scored(*[("7", "7")] * 3)
        own = sheet(application, scene.member)
        with pytest.raises(StateConflict):
            service.reopen(here(scene.chair), here(scene.call), own, reason="?")


class TestAssigningOnceItIsOpen:
    def assign(self, scene):
        return committee.assign(here(scene.chair), here(scene.call), each=None, due_at=DUE)

    def test_whoever_is_new_is_refused_for_they_can_have_seen_the_points(self, make, scene, ctx):
        seen = scene.scored(*[("7", "7")] * 3)
        service.open_discussion(here(scene.chair), here(scene.call))
        new = make.person()
        make.grant(new, CommitteeRole.MEMBER, scene.call)
        with pytest.raises(NotReady) as refusal:
            self.assign(scene)
        assert refusal.value.missing == (seen.number,)

    def test_nor_is_who_had_left(self, scene, ctx):
        application = scene.scored(*[("7", "7")] * 2)
        row = db.session.scalars(
            select(Assignment).where(
                Assignment.person_id == scene.member.id,
                Assignment.application_id == application.id,
            )
        ).one()
        row.ended_at = clock.now()
        db.session.commit()
        service.open_discussion(here(scene.chair), here(scene.call))
        with pytest.raises(NotReady):
            self.assign(scene)

    def test_what_nobody_has_scored_can_still_be_given(self, make, scene, ctx):
        scene.scored(*[("7", "7")] * 3)
        service.open_discussion(here(scene.chair), here(scene.call))
        late = scene.eligible()
        new = make.person()
        make.grant(new, CommitteeRole.MEMBER, scene.call)
        assert self.assign(scene) == 4
        given = db.session.scalars(
            select(Assignment.application_id).where(Assignment.person_id == new.id)
        ).all()
        assert given == [late.id]
