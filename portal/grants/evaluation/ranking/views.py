"""The ranking: its page with the cut line and what-if, and its export."""

from collections.abc import Callable

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.core import parsing
from portal.core.access import requires, signed_in
from portal.core.documents.exports import send_csv
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee import queries as committee
from portal.grants.evaluation.committee.rights import Right as Committee
from portal.grants.evaluation.preconditions import is_under_evaluation
from portal.grants.evaluation.ranking import export, queries
from portal.grants.evaluation.ranking.rights import Right
from portal.grants.evaluation.ranking.table import Whatif, table_of
from portal.grants.evaluation.scoring.rights import Right as Scoring
from portal.grants.evaluation.visibility import REASONS, Sight

views = Blueprint("ranking", __name__, url_prefix="/committee")

MOST = 10_000  # limit of grants to try out


@views.get("/<slug:competition>/ranking")
@requires(Right.SEE)
def show(competition: Competition) -> ResponseReturnValue:
    ranking = queries.ranking_for(signed_in(), competition)
    if any(sight is Sight.BEFORE_DISCUSSION for _number, sight in ranking.hidden):
        # Blockers and who causes them. None of this reveals points.
        missing = committee.sheets_missing(competition)
        return render_template(
            "grants/evaluation/ranking/waiting.html",
            competition=competition,
            blockers=ranking.blockers,
            applications=len(committee.eligible(competition)),
            missing=missing,
            count=sum(len(one.numbers) for one in missing),
            settings=committee.round_of(competition),
            Committee=Committee,
            is_under_evaluation=is_under_evaluation,
        )
    return render_template(
        "grants/evaluation/ranking/show.html",
        competition=competition,
        ranking=ranking,
        table=table_of(ranking, _whatif(competition), cut=not ranking.hidden),
        reasons=REASONS,
        Committee=Committee,
        Scoring=Scoring,
    )


def _whatif(competition: Competition) -> Whatif:
    """Another number of grants or budget to try out; not saved."""
    grants, budget = _read(parsing.integer, "grants"), _read(parsing.cents, "budget")
    if grants is not None:
        return Whatif(min(grants, MOST), tried=True)
    if budget is not None:
        return Whatif(min(budget // competition.fixed_sum, MOST), tried=True)
    return Whatif(competition.number_of_grants)


def _read(reader: Callable[[str], int | None], name: str) -> int | None:
    """A number from the query string; None if malformed or negative."""
    try:
        value = reader(request.args.get(name, ""))
    except parsing.Unreadable:
        return None
    return value if value is not None and value >= 0 else None


@views.get("/<slug:competition>/ranking.csv")
@requires(Right.EXPORT)
def csv(competition: Competition) -> ResponseReturnValue:
    ranking = queries.ranking_for(signed_in(), competition)
    return send_csv(
        f"{competition.code}-sarindojums.csv", export.header(ranking), export.rows(ranking)
    )
