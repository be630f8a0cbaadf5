"""Texts of decisions: usual reasons for a draft, and the applicant's letter.

A letter is composed once, as plain JSON in the applicant's language: previewed, stored on
publication (correspondence.models.Letter), and rendered as page and PDF.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import clock, formats
from portal.core.errors import Message
from portal.grants.applications.correspondence import printed
from portal.grants.awards.models import Decision, Outcome
from portal.grants.awards.rules import GRANTED
from portal.grants.evaluation.models import EligibilityCheck, Verdict
from portal.grants.evaluation.ranking.queries import Entry, Ranking

LABELS: dict[Outcome, Message] = {
    Outcome.APPROVE: _l("Approved"),
    Outcome.CONDITIONS: _l("Approved with conditions"),
    Outcome.RESERVE: _l("In reserve"),
    Outcome.REJECT: _l("Rejected"),
}


def usual_reasons(ranking: Ranking, entry: Entry, outcome: Outcome) -> str:
    """The default reasons of a draft, in the language of decisions, Latvian."""
    with force_locale("lv"):
        if outcome is not Outcome.REJECT:
            return ""
        return "\n".join(_below(ranking, entry))


def _below(ranking: Ranking, entry: Entry) -> Iterator[str]:
    for criterion, index in ranking.criteria:
        if criterion.key in entry.tally.below and criterion.minimum is not None:
            yield _(
                "The mean in “%(title)s” is %(mean)s points; at least %(minimum)s are needed.",
                title=criterion.title.lv,
                mean=formats.points(entry.tally.mean(index)),
                minimum=formats.points(criterion.minimum),
            )
    if entry.tally.below_total:
        yield _(
            "The application has %(total)s points in all; at least %(minimum)s are needed.",
            total=formats.points(entry.total),
            minimum=formats.points(ranking.rubric.total_minimum),
        )


def ineligible_reasons(check: EligibilityCheck) -> str:
    """The reasons of ineligibility from the answers of a check, in its language."""
    language = check.application.language
    with force_locale(language):
        return "\n".join(
            _(
                "The criterion “%(criterion)s” is not met: %(reason)s",
                criterion=answer.criterion.title.in_language(language),
                reason=answer.reason,
            )
            for answer in check.answers
            if answer.verdict is Verdict.NO
        )


def compose(decision: Decision, *, decided_on: date | None = None) -> dict[str, Any]:
    """The letter of a decision as plain JSON, in the language of its application.

    A draft has no number yet; `decided_on` is then its assumed date.
    """
    application = decision.application
    language = application.language
    with force_locale(language):
        return {
            **printed.head(
                application,
                applicant=decision.applicant,
                dated=decision.decided_on or decided_on or clock.today(),
                organiser=decision.organiser,
            ),
            "title": _("Decision on your application"),
            "number": decision.number or "",
            "outcome": _sentence(decision),
            "favourable": decision.outcome in GRANTED,
            "facts": _facts(decision, language),
            "passages": _passages(decision, language),
            "signatory": decision.signatory or "",
            "role": _role(decision, language),
            "by_hand": False,
        }


def _role(decision: Decision, language: str) -> str:
    """The signatory's position; of a signed decision, as it was then."""
    if decision.as_deputy:
        return _("Deputy head of the education board")
    municipality = decision.competition.municipality
    role = decision.signatory_role if decision.signed_at else municipality.signatory_role
    return (role.in_language(language) if role else "") or _("Head of the education board")


def _sentence(decision: Decision) -> str:
    money = formats.money(decision.competition.fixed_sum)
    match decision.outcome:
        case Outcome.APPROVE:
            return _("Your project gets a grant of %(money)s.", money=money)
        case Outcome.CONDITIONS:
            return _("Your project gets a grant of %(money)s, on conditions.", money=money)
        case Outcome.RESERVE:
            return _("Your project is on the reserve list.")
        case Outcome.REJECT:
            return _("Your project does not get a grant.")


def _facts(decision: Decision, language: str) -> list[list[str]]:
    application = decision.application
    facts = [
        [_("Competition"), decision.competition.title.in_language(language)],
        [_("Application"), f"{application.number} · {decision.title}"],
    ]
    if decision.total is not None:
        facts.append([_("Points"), formats.points(decision.total)])
    if decision.place is not None:
        facts.append([_("Place in the ranking"), f"{decision.place}."])
    return facts


def _passages(decision: Decision, language: str) -> list[dict[str, str]]:
    """The letter's paragraphs below its facts: conditions, reasons, next steps, how to contest."""
    passages = [
        (_("Conditions"), decision.conditions),
        (_("Reasons"), decision.reasons),
        (_("What next"), _next(decision)),
        (_("How to contest this decision"), decision.competition.appeal.in_language(language)),
    ]
    return [{"heading": heading, "text": text} for heading, text in passages if text]


def _next(decision: Decision) -> str:
    if decision.outcome in GRANTED:
        return _(
            "The board will write to you to agree on the dates and to sign the agreement. "
            "If you cannot carry out the project, say so, in the portal or by e-mail: "
            "the grant then goes to the next in reserve."
        )
    if decision.outcome is Outcome.RESERVE:
        return _(
            "If somebody declines their grant, it goes to the next on the reserve list. "
            "You need not do anything: the board will write to you."
        )
    if decision.total is None:
        return _("You can apply in the next call. If something is unclear, write to the board.")
    return _("You can read the points and the reasons in the portal, and apply in the next call.")


def without_place(content: dict[str, Any]) -> dict[str, Any]:
    """The preview for readers to whom another decision is closed: a gap in the places would reveal
    it."""
    with force_locale(content["language"]):
        place = _("Place in the ranking")
    return {**content, "facts": [one for one in content["facts"] if one[0] != place]}
