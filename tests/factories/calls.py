"""Rows of competitions, with their form and criteria."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from portal.core import clock
from portal.core.db import Words
from portal.core.questions.models import Form, Question, Section
from portal.grants.competitions.models import (
    CallForm,
    Competition,
    CompetitionState,
    Criterion,
    CriterionKind,
    FormPurpose,
    TermsVersion,
)
from portal.grants.competitions.rules import plain
from portal.grants.competitions.terms.rules import NAMES
from tests.factories.people import DAY, People


class Calls(People):
    """Competitions, beside people."""

    def competition(
        self,
        phase: str = "open",
        *,
        criteria: Sequence[dict[str, Any]] | None = None,
        **values: Any,
    ) -> Competition:
        """A competition in a phase: draft, announced, open, closed, decided, published, cancelled.

        One section with the questions title (short text), need (long text), participants and
        at_risk (numbers); one eligibility criterion; quality criteria c1 (0–10) and c2 (0–10,
        minimum 3).
        """
        n = next(self.count)
        now = clock.now()
        opens, deadline = {
            "announced": (now + 2 * DAY, now + 20 * DAY),
            "draft": (now + 2 * DAY, now + 20 * DAY),
            "open": (now - 5 * DAY, now + 5 * DAY),
        }.get(phase, (now - 30 * DAY, now - 10 * DAY))
        municipality = values.pop("municipality", None) or self.municipality()
        state = (
            CompetitionState.ANNOUNCED if phase in ("open", "closed") else CompetitionState(phase)
        )
        competition = self.row(
            Competition(
                **{
                    "municipality_id": municipality.id,
                    "year": 2026,
                    "ordinal": n,
                    "code": f"{municipality.code}-2026-{n}",
                    "slug": f"konkurss-{n}",
                    "state": state,
                    "title": Words(f"Jauniešu iniciatīvas {n}", f"Youth initiatives {n}"),
                    "eligible_kinds": ["association", "foundation", "youth_group"],
                    "fixed_sum": 460_000,
                    "grants": 2,
                    "announced_at": None if phase == "draft" else opens - 10 * DAY,
                    "opens_at": opens,
                    "deadline": deadline,
                    "results_by": (deadline + 30 * DAY).date(),
                    "start_from": (deadline + 40 * DAY).date(),
                    "start_to": (deadline + 200 * DAY).date(),
                    "months_min": 3,
                    "months_max": 18,
                    "total_minimum": Decimal(8),
                    "terms_version": 0 if phase == "draft" else 1,
                    "announced_municipality": None if phase == "draft" else municipality.name,
                    "announced_organiser": None if phase == "draft" else municipality.organiser,
                    "published_at": now - DAY if phase == "published" else None,
                    "decided_at": now - DAY if phase in ("decided", "published") else None,
                    "cancelled_at": now - DAY if phase == "cancelled" else None,
                    "cancel_reason": Words("Nav naudas.", "No money.")
                    if phase == "cancelled"
                    else None,
                    **values,
                }
            )
        )
        if competition.terms_version:
            self.row(
                TermsVersion(
                    competition_id=competition.id,
                    number=competition.terms_version,
                    content={"terms": {name: plain(getattr(competition, name)) for name in NAMES}},
                    digest="0" * 64,
                )
            )
        self._form(competition)
        self._criteria(competition, criteria)
        return competition

    def _form(self, competition: Competition) -> None:
        form = self.row(Form())
        self.row(CallForm(competition=competition, purpose=FormPurpose.APPLICATION, form=form))
        section = self.row(
            Section(
                form=form,
                key="project",
                title=Words("Projekts", "Project"),
                position=1,
            )
        )
        for position, (key, kind, settings, measures) in enumerate(
            [
                ("title", "short_text", {"max_length": 100}, "title"),
                ("need", "long_text", {"max_length": 2000}, None),
                ("participants", "number", {"min": 1}, "participants"),
                ("at_risk", "number", {"min": 0}, "at_risk"),
            ],
            start=1,
        ):
            self.question(
                section, key, kind, settings=settings, measures=measures, position=position
            )

    def question(self, section: Section, key: str, kind: str, **values: Any) -> Question:
        """A question of the section, after those of `competition`."""
        return self.row(
            Question(
                **{
                    "form_id": section.form_id,
                    "section_id": section.id,
                    "key": key,
                    "kind": kind,
                    "label": Words(f"Jautājums {key}", f"Question {key}"),
                    "position": 9,
                    **values,
                }
            )
        )

    def _criteria(
        self, competition: Competition, criteria: Sequence[dict[str, Any]] | None
    ) -> None:
        quality = criteria or [
            {"key": "c1", "tie_break": 1},
            {"key": "c2", "minimum": Decimal(3)},
        ]
        self.row(
            Criterion(
                competition_id=competition.id,
                key="e1",
                kind=CriterionKind.ELIGIBILITY,
                title=Words("Iesniedzējs ir tiesīgs", "The applicant is eligible"),
                position=1,
            )
        )
        for position, values in enumerate(quality, start=2):
            self.row(
                Criterion(
                    **{
                        "competition_id": competition.id,
                        "kind": CriterionKind.QUALITY,
                        "title": Words(f"Kritērijs {values['key']}", f"Criterion {values['key']}"),
                        "position": position,
                        "maximum": Decimal(10),
                        "step": Decimal("0.5"),
                        **values,
                    }
                )
            )
