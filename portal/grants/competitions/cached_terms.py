"""Caches form and criteria of open calls in the process, by version of the terms.

They freeze at the opening (`rules.frozen`), so each process reads them once. The rows are detached,
for reading only.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from portal.core import clock
from portal.core.db import db
from portal.core.questions.models import Section
from portal.grants.competitions.models import (
    CallForm,
    Competition,
    Criterion,
    CriterionKind,
    FormPurpose,
    TermsVersion,
)
from portal.grants.competitions.rules import frozen

COMPETITIONS = 64  # the number of calls cached
# A change begun before the opening may be committed a moment after it.
A_MOMENT = timedelta(minutes=1)

Row = TypeVar("Row", Section, Criterion)


def sections_of(competition: Competition) -> Sequence[Section]:
    """The sections of a competition's form with their questions, in order."""
    return _read(competition, _form, _kept_form)


def quality_criteria_of(competition: Competition) -> Sequence[Criterion]:
    """The quality criteria, in the order of the score sheet."""
    return _read(competition, _quality, _kept_quality)


def terms_digest_of(competition: Competition) -> str:
    """The digest of the present terms, which a seal covers; a version never changes."""
    return _kept_digest(competition.id, competition.terms_version)


def _read(
    competition: Competition,
    rows: Callable[[UUID], Select[Row]],
    kept: Callable[[UUID, int], Sequence[Row]],
) -> Sequence[Row]:
    if frozen(competition, clock.now() - A_MOMENT):
        return kept(competition.id, competition.terms_version)
    return db.session.scalars(rows(competition.id)).all()


def _form(competition_id: UUID) -> Select[Section]:
    return (
        select(Section)
        .join(CallForm, CallForm.form_id == Section.form_id)
        .where(
            CallForm.competition_id == competition_id, CallForm.purpose == FormPurpose.APPLICATION
        )
        .order_by(Section.position, Section.id)
        .options(selectinload(Section.questions))
    )


def _quality(competition_id: UUID) -> Select[Criterion]:
    return (
        select(Criterion)
        .where(Criterion.competition_id == competition_id, Criterion.kind == CriterionKind.QUALITY)
        .order_by(Criterion.position)
    )


@lru_cache(COMPETITIONS)
def _kept_form(competition_id: UUID, _terms_version: int) -> Sequence[Section]:
    with db.session.session_factory() as apart:
        return apart.scalars(_form(competition_id)).all()


@lru_cache(COMPETITIONS)
def _kept_quality(competition_id: UUID, _terms_version: int) -> Sequence[Criterion]:
    with db.session.session_factory() as apart:
        return apart.scalars(_quality(competition_id)).all()


@lru_cache(COMPETITIONS)
def _kept_digest(competition_id: UUID, terms_version: int) -> str:
    return db.session.scalars(
        select(TermsVersion.digest).where(
            TermsVersion.competition_id == competition_id, TermsVersion.number == terms_version
        )
    ).one()


def forget() -> None:
    """Clear the cache."""
    _kept_form.cache_clear()
    _kept_quality.cache_clear()
    _kept_digest.cache_clear()
