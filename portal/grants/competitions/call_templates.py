"""Templates for a new call: from portal/data/calls, or an earlier call."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from portal.core.db import Words
from portal.core.questions.models import Form, Question, Section
from portal.core.work import Work
from portal.grants.competitions.models import (
    CallDocument,
    CallForm,
    Competition,
    Criterion,
    CriterionKind,
    FormPurpose,
)
from portal.grants.competitions.rules import plain, terms_snapshot

FOLDER = Path(__file__).parents[2] / "data" / "calls"

# A snapshot of terms, form and criteria, and the documents' titles.
Content = Mapping[str, Any]


@cache
def templates() -> Mapping[str, Content]:
    """The templates by their code."""
    files = (yaml.safe_load(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.yaml")))
    return {content["code"]: content for content in files}


def template_names() -> list[tuple[str, Words]]:
    """Codes and names of the templates, for a choice."""
    return [(code, Words.of(content["name"])) for code, content in templates().items()]


def of_competition(competition: Competition) -> Content:
    """An earlier call as template. Its documents are copied as titles, since files are of that
    year."""
    documents = [
        {"kind": one.kind, "returned": one.returned, "title": plain(one.title)}
        for one in competition.documents
        if one.removed_at is None
    ]
    return {**terms_snapshot(competition), "documents": documents}


def fill(work: Work, competition: Competition, content: Content) -> None:
    """Copy form, criteria and documents of `content` to a new competition."""
    _add_form(work, competition, content["form"])
    _add_criteria(work, competition, content["criteria"])
    _add_documents(work, competition, content["documents"])
    competition.total_minimum = Decimal(content["total_minimum"])


def _add_form(work: Work, competition: Competition, sections: list[dict[str, Any]]) -> None:
    form = work.add(Form())
    work.add(CallForm(competition=competition, purpose=FormPurpose.APPLICATION, form=form))
    for place, content in enumerate(sections, start=1):
        section = work.add(
            Section(
                form=form,
                key=content["key"],
                title=Words.of(content["title"]),
                hint=Words.of(content["hint"]),
                position=place,
            )
        )
        for position, question in enumerate(content["questions"], start=1):
            work.add(
                Question(
                    form_id=form.id,
                    section=section,
                    key=question["key"],
                    kind=question["kind"],
                    label=Words.of(question["label"]),
                    hint=Words.of(question.get("hint")),
                    required=question.get("required", True),
                    settings=question.get("settings") or {},
                    measures=question.get("measures"),
                    level=question.get("level", 1),
                    position=position,
                )
            )


def _add_criteria(work: Work, competition: Competition, criteria: list[dict[str, Any]]) -> None:
    for position, content in enumerate(criteria, start=1):
        points = {
            name: Decimal(content[name])
            for name in ("maximum", "step", "weight", "minimum", "comment_below")
            if content.get(name) is not None
        }
        work.add(
            Criterion(
                competition=competition,
                key=content["key"],
                kind=CriterionKind(content["kind"]),
                title=Words.of(content["title"]),
                guidance=Words.of(content.get("guidance")),
                levels=content.get("levels") or [],
                tie_break=content.get("tie_break"),
                section_key=content.get("section_key"),
                position=position,
                **points,
            )
        )


def _add_documents(work: Work, competition: Competition, documents: list[dict[str, Any]]) -> None:
    for position, content in enumerate(documents, start=1):
        work.add(
            CallDocument(
                competition=competition,
                kind=content["kind"],
                title=Words.of(content["title"]),
                returned=content["returned"],
                position=position,
            )
        )
