"""The record of a meeting as the document that is signed; see core.documents.shapes.Minutes."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

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
from portal.core.formats import clocktime, short_date, short_instant, sort_key
from portal.grants.evaluation.committee.models import CommitteeRole, ConflictKind, Ground
from portal.grants.evaluation.committee.rules import Quorum
from portal.grants.evaluation.committee.words import CONFLICTS, GROUNDS, ROLES
from portal.grants.evaluation.meeting.models import BallotChoice, VoteKind
from portal.grants.evaluation.meeting.words import CHOICES, PROPOSALS, quorum
from portal.grants.evaluation.ranking.approval import Difference
from portal.grants.evaluation.ranking.rules import Proposal
from portal.grants.evaluation.ranking.words import said, tie_broken

Record = dict[str, Any]


def minutes(record: Record) -> Minutes:
    """The document of a record. Call it in the language of the document (force_locale)."""
    competition, attendance = record["competition"], record["attendance"]
    members = [one for one in attendance if one["entitled"]]
    there, extract = reached(record["quorum"]), record.get("extract", False)
    codes = {one["key"]: _("C%(number)s", number=n) for n, one in enumerate(record["criteria"], 1)}
    return Minutes(
        title=_("Extract from the minutes")
        if extract
        else _("Minutes of the evaluation committee"),
        extract=extract,
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
        kept_by=kept_by(record),
        present=there.present,
        entitled=there.entitled,
        quorate=there.reached,
        agenda=_agenda(record),
        recusals=tuple(_recusal(one) for one in record["recusals"]),
        undeclared=tuple(record["undeclared"]),
        criteria=tuple(_criterion(one, codes) for one in record["criteria"]),
        total_minimum=_exact(competition["total_minimum"]),
        total_greatest=_exact(record["maximum"]),
        ranking=tuple(
            _ranked(one, codes, _titles(record)) for one in record["ranking"] if one["n"]
        ),
        grants=competition["grants"],
        amount=Amount(competition["fixed_sum"]),
        discussion=_discussion(record),
        votes=tuple(_ballots(one) for one in record["votes"]),
        resolutions=_resolutions(record),
        draft=not record["closed_at"],
        closing=_closing(record),
        signatories=() if extract else _signatories(attendance),
    )


def filename(record: Record, extension: str) -> str:
    """What the document is called as a file."""
    name = _("extract-from-minutes") if record.get("extract") else _("minutes")
    return f"{name}-{record['competition']['code']}-{record['number']}.{extension}"


def reached(kept: Sequence[int]) -> Quorum:
    """The quorum that a record keeps as [present, entitled]."""
    return Quorum(present=kept[0], entitled=kept[1])


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
    roles = [CommitteeRole(role) for role in one["roles"]]
    if CommitteeRole.CHAIR in roles or CommitteeRole.SECRETARY in roles:
        roles = [role for role in roles if role is not CommitteeRole.MEMBER]
    return Attendee(
        one["name"],
        ", ".join(str(ROLES[role]) for role in roles),
        one["present"],
        "; ".join([*([] if one["entitled"] else [_("without a vote")]), *stays(one)]),
    )


def stays(one: dict[str, Any]) -> list[str]:
    """When somebody came late, or left."""
    said = []
    for since, until in one["stays"]:
        came, left = (clocktime(datetime.fromisoformat(at)) if at else "" for at in (since, until))
        if came:
            said.append(_("came at %(time)s", time=came))
        if left:
            said.append(_("left at %(time)s", time=left))
    return said


def kept_by(record: Record) -> str:
    """Who keeps the minutes, and who does where they are recused."""
    said = [one["name"] for one in record["attendance"] if CommitteeRole.SECRETARY in one["roles"]]
    if record["keeper"]:
        said.append(
            _(
                "%(name)s, named by the chair for what the secretary is recused from",
                name=record["keeper"],
            )
        )
    return "; ".join(said)


def _agenda(record: Record) -> tuple[Text, ...]:
    items: list[Text] = [_l("Conflicts of interest and recusals")]
    if record["ineligible"]:
        items.append(_l("Applications rejected in the eligibility check"))
    if record["ranking"]:
        items.append(_l("Results of the evaluation and the ranking"))
    if record["votes"]:
        items.append(_l("Votes"))
    return tuple(items)


def _titles(record: Record) -> dict[str, Words]:
    """What the criteria are called, by their keys."""
    return {one["key"]: Words.of(one["title"]) for one in record["criteria"]}


def _recusal(one: dict[str, Any]) -> Recusal:
    if not one["number"]:
        return Recusal(one["name"], _("an application that this extract leaves out"), "")
    known = {
        "confirmed": _l("Confirmed by the chair"),
        "belongs": GROUNDS[Ground.SAME_ORGANISATION],
    }
    reason = known.get(one["kind"]) or CONFLICTS[ConflictKind(one["kind"])]
    return Recusal(one["name"], f"{one['number']}, {one['applicant']}", reason)


def _criterion(one: dict[str, Any], codes: dict[str, str]) -> Criterion:
    least = one["minimum"]
    return Criterion(
        codes[one["key"]],
        Words.of(one["title"]),
        _exact(one["maximum"]),
        None if least is None else _exact(least),
    )


def _ranked(one: dict[str, Any], codes: dict[str, str], titles: dict[str, Words]) -> Ranked:
    return Ranked(
        place=one["place"],
        number=one["number"],
        applicant=one["applicant"],
        project=one["title"],
        total=Fraction(one["total"]),
        sheets=one["n"],
        means=tuple(Fraction(mean) for mean in one["means"]),
        remark="; ".join(_remarks(one, codes, titles)),
        quorum=_("%(present)s of %(entitled)s", present=q[0], entitled=q[1])
        if (q := one["quorum"])
        else "",
    )


def _remarks(one: dict[str, Any], codes: dict[str, str], titles: dict[str, Words]) -> list[str]:
    said = []
    if one["below"]:
        keys = ", ".join(codes[key] for key in one["below"])
        said.append(_("below the minimum of %(criteria)s", criteria=keys))
    if one["below_total"]:
        said.append(_("below the minimum in total"))
    if one["tied"]:
        said.append(_("tied"))
    if broken := tie_broken([titles[key] for key in one["by_criteria"]], one["by_vote"]):
        said.append(broken)
    if one["wide"]:
        said.append(_("wide spread"))
    return said


def _discussion(record: Record) -> tuple[Passage, ...]:
    passages = []
    if missing := record["opening"]["missing"]:
        passages.append(
            Passage(
                heading=_l("The discussion was opened before all score sheets were in"),
                text=ngettext(
                    "%(num)d score sheet was missing. Why it was not waited for: %(reason)s",
                    "%(num)d score sheets were missing. Why they were not waited for: %(reason)s",
                    missing,
                    reason=record["opening"]["reason"],
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
    passages += [
        Passage(heading=_("On application %(number)s", number=one["number"]), text=one["text"])
        for one in record["on_applications"]
    ]
    return tuple(passages)


def _ballots(one: dict[str, Any]) -> Ballots:
    return Ballots(
        question=question(one),
        count=_count(one),
        result=" ".join([result(one), *withdrawn(one)]),
        quorum=quorum(reached(one["quorum"])),
        apart=tuple(apart(count) for count in one["counts"]),
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


def apart(count: dict[str, Any]) -> str:
    """How the ballots fell for an application on which not everybody may vote."""
    fell = _(
        "For %(voted_for)s, against %(against)s, abstained %(abstained)s.",
        voted_for=count["for"],
        against=count["against"],
        abstained=count["abstained"],
    )
    return _(
        "%(number)s, without %(names)s (%(quorum)s): %(count)s %(result)s",
        number=count["number"],
        names=", ".join(count["excluded"]),
        quorum=quorum(reached(count["quorum"])),
        count=fell,
        result=_("Carried.") if count["carried"] else _("Not carried."),
    )


def withdrawn(vote: dict[str, Any]) -> list[str]:
    """When a vote was withdrawn, by whom and why; nothing where it stands."""
    back = vote["withdrawn"]
    if not back:
        return []
    said = _(
        "This vote was withdrawn on %(at)s by %(name)s, and counts no more.",
        at=short_instant(datetime.fromisoformat(back["at"])),
        name=back["by"],
    )
    return [said, _("Reason: %(reason)s", reason=back["reason"])] if back["reason"] else [said]


def is_approved(record: Record) -> bool:
    """Whether a vote that stands approved the ranking."""
    return any(
        vote["kind"] == VoteKind.RANKING and vote["carried"] and not vote["withdrawn"]
        for vote in record["votes"]
    )


def _resolutions(record: Record) -> tuple[Resolution, ...]:
    """What the approved ranking proposes; without an approval nothing is decided."""
    if not is_approved(record):
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
    said: list[Text] = []
    if not is_approved(record):
        said.append(_("The committee has not approved a ranking in this meeting."))
    elif record.get("extract"):
        said.append(_("The committee has approved the ranking in this meeting."))
    else:
        counted = ", ".join(f"{outcome} – {count}" for outcome, count in outcomes.items())
        said.append(_("Decided in all: %(outcomes)s.", outcomes=counted))
    if ended := _ended(record):
        said.append(_("The meeting was closed at %(time)s.", time=clocktime(ended)))
    return tuple(said)


def _signatories(attendance: list[dict[str, Any]]) -> tuple[Signatory, ...]:
    """The chair first, the members who were there, the secretary last."""
    order = (CommitteeRole.CHAIR, CommitteeRole.MEMBER, CommitteeRole.SECRETARY)
    signing = []
    for one in attendance:
        if one["present"]:
            roles = [
                role
                for role in (CommitteeRole.CHAIR, CommitteeRole.SECRETARY)
                if role.value in one["roles"]
            ]
            signing.append((roles[0] if roles else CommitteeRole.MEMBER, one["name"]))
    signing.sort(key=lambda pair: (order.index(pair[0]), sort_key(pair[1])))
    return tuple(Signatory(ROLES[role], name) for role, name in signing)
