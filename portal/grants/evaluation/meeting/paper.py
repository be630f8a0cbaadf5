"""The record of a meeting as the document that is signed; see core.documents.shapes.Minutes."""

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.core.accounts.models import Role
from portal.core.clock import RIGA
from portal.core.db import Words
from portal.core.documents.shapes import (
    Amount,
    Attendee,
    Ballots,
    Criterion,
    Fact,
    Minutes,
    Passage,
    Ranked,
    Recusal,
    Resolution,
    Signatory,
    Text,
)
from portal.core.formats import clocktime, short_date
from portal.grants.evaluation.committee.models import ConflictKind
from portal.grants.evaluation.committee.words import CONFLICTS, ROLES
from portal.grants.evaluation.meeting.models import BallotChoice, VoteKind
from portal.grants.evaluation.meeting.words import CHOICES, PROPOSALS
from portal.grants.evaluation.ranking.approval import Difference
from portal.grants.evaluation.ranking.rules import Proposal
from portal.grants.evaluation.ranking.words import said

Record = dict[str, Any]


def minutes(record: Record) -> Minutes:
    """The document of a record. Call it in the language of the document (force_locale)."""
    competition, attendance = record["competition"], record["attendance"]
    members = [one for one in attendance if one["entitled"]]
    present = sum(one["present"] for one in members)
    codes = {one["key"]: _("C%(number)s", number=n) for n, one in enumerate(record["criteria"], 1)}
    return Minutes(
        title=_("Minutes of the evaluation committee"),
        number=f"{competition['code']}/{record['number']}",
        issuer=Words.of(competition["organiser"]),
        contact=competition["contact"],
        at=datetime.fromisoformat(record["held_at"]),
        ended_at=_ended(record),
        competition=Words.of(competition["title"]),
        place=record["place"],
        order=_orders(record["orders"]),
        attendees=tuple(_attendee(one) for one in members),
        others=tuple(_attendee(one) for one in attendance if not one["entitled"]),
        present=present,
        entitled=len(members),
        quorate=present * 2 > len(members),
        agenda=_agenda(record),
        recusals=tuple(_recusal(one) for one in record["recusals"]),
        undeclared=tuple(record["undeclared"]),
        criteria=tuple(_criterion(one, codes) for one in record["criteria"]),
        total_minimum=_exact(competition["total_minimum"]),
        total_greatest=_exact(record["maximum"]),
        ranking=tuple(_ranked(one, codes) for one in record["ranking"] if one["n"]),
        grants=competition["grants"],
        amount=Amount(competition["fixed_sum"]),
        discussion=_discussion(record),
        votes=tuple(_ballots(one) for one in record["votes"]),
        resolutions=_resolutions(record),
        draft=not record["closed_at"],
        closing=_closing(record),
        signatories=_signatories(attendance),
    )


def filename(record: Record, extension: str) -> str:
    """What the document is called as a file."""
    name = _("minutes")
    return f"{name}-{record['competition']['code']}-{record['number']}.{extension}"


def _exact(text: str) -> int | Decimal:
    value = Fraction(text)
    if value.denominator == 1:
        return value.numerator
    return Decimal(value.numerator) / Decimal(value.denominator)


def _ended(record: Record) -> datetime | None:
    """When the meeting was closed, if that was on its day: then it ended so."""
    if not record["closed_at"]:
        return None
    began, closed = (datetime.fromisoformat(record[key]) for key in ("held_at", "closed_at"))
    same_day = began.astimezone(RIGA).date() == closed.astimezone(RIGA).date()
    return closed if same_day else None


def _orders(orders: list[dict[str, str]]) -> str:
    said = [
        _("No. %(number)s of %(date)s", number=one["number"], date=short_date(day))
        for one in orders
        for day in [date.fromisoformat(one["date"]) if one["date"] else None]
        if day
    ]
    return "; ".join(said) or _("not recorded")


def _attendee(one: dict[str, Any]) -> Attendee:
    roles = [Role(role) for role in one["roles"]]
    if Role.CHAIR in roles or Role.SECRETARY in roles:
        roles = [role for role in roles if role is not Role.MEMBER]
    return Attendee(
        one["name"],
        ", ".join(str(ROLES[role]) for role in roles),
        one["present"],
        "" if one["entitled"] else _("without a vote"),
    )


def _agenda(record: Record) -> tuple[Text, ...]:
    items: list[Text] = [_l("Conflicts of interest and recusals")]
    if record["ineligible"]:
        items.append(_l("Applications rejected in the eligibility check"))
    if record["ranking"]:
        items.append(_l("Results of the evaluation and the ranking"))
    if record["votes"]:
        items.append(_l("Votes"))
    return tuple(items)


def _recusal(one: dict[str, Any]) -> Recusal:
    confirmed = one["kind"] == "confirmed"
    reason = _l("Confirmed by the chair") if confirmed else CONFLICTS[ConflictKind(one["kind"])]
    return Recusal(one["name"], f"{one['number']}, {one['applicant']}", reason)


def _criterion(one: dict[str, Any], codes: dict[str, str]) -> Criterion:
    least = one["minimum"]
    return Criterion(
        codes[one["key"]],
        Words.of(one["title"]),
        _exact(one["maximum"]),
        None if least is None else _exact(least),
    )


def _ranked(one: dict[str, Any], codes: dict[str, str]) -> Ranked:
    return Ranked(
        place=one["place"],
        number=one["number"],
        applicant=one["applicant"],
        project=one["title"],
        total=Fraction(one["total"]),
        sheets=one["n"],
        means=tuple(Fraction(mean) for mean in one["means"]),
        remark="; ".join(_remarks(one, codes)),
        quorum=_("%(present)s of %(entitled)s", present=q[0], entitled=q[1])
        if (q := one["quorum"])
        else "",
    )


def _remarks(one: dict[str, Any], codes: dict[str, str]) -> list[str]:
    said = []
    if one["below"]:
        keys = ", ".join(codes[key] for key in one["below"])
        said.append(_("below the minimum of %(criteria)s", criteria=keys))
    if one["below_total"]:
        said.append(_("below the minimum in total"))
    if one["tied"]:
        said.append(_("tied"))
    if one["by_vote"]:
        said.append(_("place decided by a vote"))
    if one["wide"]:
        said.append(_("wide spread"))
    return said


def _discussion(record: Record) -> tuple[Passage, ...]:
    passages = []
    if missing := record["discussion"]["missing"]:
        passages.append(
            Passage(
                heading=_l("The discussion was opened before all score sheets were in"),
                text=ngettext(
                    "%(num)d score sheet was missing. Why it was not waited for: %(reason)s",
                    "%(num)d score sheets were missing. Why they were not waited for: %(reason)s",
                    missing,
                    reason=record["discussion"]["reason"],
                ),
            )
        )
    if void := record["void"]:
        passages.append(
            Passage(
                heading=_l("An earlier approval holds no longer"),
                text=_(
                    "The ranking that meeting No. %(number)s approved has changed since:",
                    number=void["meeting"],
                ),
                items=tuple(said(Difference.of(one)) for one in void["changes"]),
            )
        )
    if record["ineligible"]:
        passages.append(
            Passage(
                heading=_l("Applications rejected in the eligibility check"),
                items=tuple(
                    f"{one['number']}, {one['applicant']}: {'; '.join(one['reasons'])}"
                    for one in record["ineligible"]
                ),
            )
        )
    if record["notes"]:
        passages.append(Passage(text=record["notes"]))
    return tuple(passages)


def _ballots(one: dict[str, Any]) -> Ballots:
    return Ballots(
        question=question(one),
        count=_count(one),
        result=result(one),
        by_name=tuple(
            Fact(ballot["name"], ballot["for"] or CHOICES[BallotChoice(ballot["choice"])])
            for ballot in one["ballots"]
        ),
        excluded=tuple(one["excluded"]),
    )


def _count(vote: dict[str, Any]) -> str:
    """How many for what: of a tie, for each of the tied applications."""
    choices = Counter(ballot["choice"] for ballot in vote["ballots"])
    abstained = choices[BallotChoice.ABSTAIN]
    if vote["kind"] == VoteKind.RANKING:
        return _(
            "For %(voted_for)s, against %(against)s, abstained %(abstained)s.",
            voted_for=choices[BallotChoice.FOR],
            against=choices[BallotChoice.AGAINST],
            abstained=abstained,
        )
    named = Counter(ballot["for"] for ballot in vote["ballots"])
    return _(
        "%(counts)s, abstained: %(abstained)s.",
        counts=", ".join(f"{number}: {named[number]}" for number in sorted(vote["order"])),
        abstained=abstained,
    )


def question(vote: dict[str, Any]) -> str:
    """What was voted on, in words."""
    if vote["kind"] == VoteKind.RANKING:
        asked = _("To approve the ranking")
    else:
        asked = _(
            "The order of the tied applications: %(numbers)s",
            numbers=", ".join(sorted(vote["order"])),
        )
    return f"{asked}. {vote['remark']}" if vote["remark"] else asked


def result(vote: dict[str, Any]) -> str:
    """What came of it, in words."""
    if vote["kind"] == VoteKind.RANKING:
        return (
            _("The ranking is approved.") if vote["carried"] else _("The ranking is not approved.")
        )
    if not vote["carried"]:
        return _("The vote did not break the tie.")
    return _("The order is: %(numbers)s.", numbers=", ".join(vote["order"]))


def _resolutions(record: Record) -> tuple[Resolution, ...]:
    """What the approved ranking proposes; without an approval nothing is decided."""
    approved = any(v["kind"] == VoteKind.RANKING and v["carried"] for v in record["votes"])
    if not approved:
        return ()
    return tuple(
        Resolution(
            one["number"],
            one["applicant"],
            PROPOSALS[outcome],
            Amount(record["competition"]["fixed_sum"]) if outcome is Proposal.APPROVE else None,
        )
        for one in record["ranking"]
        if one["proposal"]
        for outcome in [Proposal(one["proposal"])]
    ) + tuple(
        Resolution(
            one["number"], one["applicant"], PROPOSALS[Proposal.REJECT], remark=_l("not eligible")
        )
        for one in record["ineligible"]
    )


def _closing(record: Record) -> tuple[Text, ...]:
    """What was decided, in a sentence, and when the meeting was closed."""
    outcomes = Counter(str(one.outcome) for one in _resolutions(record))
    said: list[Text] = [
        _(
            "Decided in all: %(outcomes)s.",
            outcomes=", ".join(f"{outcome} – {count}" for outcome, count in outcomes.items()),
        )
        if outcomes
        else _("The committee has not approved a ranking in this meeting.")
    ]
    if ended := _ended(record):
        said.append(_("The meeting was closed at %(time)s.", time=clocktime(ended)))
    return tuple(said)


def _signatories(attendance: list[dict[str, Any]]) -> tuple[Signatory, ...]:
    """The chair first, the members who were there, the secretary last."""
    order = (Role.CHAIR, Role.MEMBER, Role.SECRETARY)
    signing = []
    for one in attendance:
        if one["present"]:
            roles = [role for role in (Role.CHAIR, Role.SECRETARY) if role.value in one["roles"]]
            signing.append((roles[0] if roles else Role.MEMBER, one["name"]))
    return tuple(
        Signatory(ROLES[role], name)
        for role, name in sorted(signing, key=lambda pair: (order.index(pair[0]), pair[1]))
    )
