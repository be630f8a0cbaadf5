"""The form and the criteria of an open call are read once, and those of a coming one every time."""

from datetime import timedelta

import pytest
from flask import Flask

from portal.core import clock
from portal.core.db import Words, db
from portal.core.questions.models import Section
from portal.grants.competitions.cached_terms import quality_criteria_of, sections_of
from portal.grants.competitions.models import CallForm, Competition, Criterion
from tests.factories import Make
from tests.pages import counted_queries

pytestmark = pytest.mark.usefixtures("ctx")


def _retitle(make: Make, competition: Competition) -> None:
    form = make.session.query(CallForm.form_id).filter_by(competition_id=competition.id)
    make.session.query(Section).filter_by(form_id=form.scalar()).update({"title": Words("Jauns")})
    make.session.query(Criterion).filter_by(competition_id=competition.id).update(
        {"title": Words("Jauns")}
    )
    make.session.commit()


def _titles(competition: Competition) -> set[str]:
    rows = [*sections_of(competition), *quality_criteria_of(competition)]
    return {row.title.lv for row in rows}


def test_what_may_still_change_is_read_anew(make: Make) -> None:
    competition = db.session.get_one(Competition, make.competition("announced").id)
    assert _titles(competition) and "Jauns" not in _titles(competition)
    _retitle(make, competition)
    db.session.expire_all()
    assert _titles(competition) == {"Jauns"}


def test_it_settles_a_minute_after_the_opening(make: Make) -> None:
    competition = db.session.get_one(Competition, make.competition("announced").id)
    with clock.at(competition.opens_at + timedelta(seconds=59)):
        assert "Jauns" not in _titles(competition)
        _retitle(make, competition)
        db.session.expire_all()
        assert _titles(competition) == {"Jauns"}, "a change begun before may end a moment after"


def test_what_stands_fast_is_read_once_and_anew_with_new_terms(make: Make, app: Flask) -> None:
    competition = db.session.get_one(Competition, make.competition("open").id)
    with counted_queries(app) as statements:
        first = _titles(competition)
        read = len(statements)
        assert _titles(competition) == first and len(statements) == read
    _retitle(make, competition)
    competition.terms_version += 1
    assert _titles(competition) == {"Jauns"}
    assert all(one.questions is not None for one in sections_of(competition))
