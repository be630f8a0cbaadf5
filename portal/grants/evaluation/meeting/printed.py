"""The record of a meeting as a paper: the minutes for signing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.core.clock import RIGA
from portal.core.db import Words
from portal.core.errors import Message
from portal.core.formats import (
    alphabetically,
    clocktime,
    money,
    number,
    points,
    short_date,
    short_instant,
    sort_key,
    written_date,
)
from portal.core.languages import capital
from portal.core.papers.blocks import (
    Block,
    Cell,
    Column,
    Cut,
    Fact,
    Facts,
    Heading,
    Issuer,
    Notice,
    Paper,
    Passage,
    Signatory,
    Signatures,
    Table,
    Text,
)
from portal.grants.evaluation.committee.labels import ROLES
from portal.grants.evaluation.committee.models import CommitteeRole, ConflictKind
from portal.grants.evaluation.committee.rules import Quorum
from portal.grants.evaluation.meeting.labels import CHOICES, PROPOSALS, proposed, quorum
from portal.grants.evaluation.meeting.minutes import undeclared
from portal.grants.evaluation.meeting.models import BallotChoice, VoteKind
from portal.grants.evaluation.ranking.approval import Difference
from portal.grants.evaluation.ranking.labels import said as difference
from portal.grants.evaluation.ranking.labels import tie_broken
from portal.grants.evaluation.ranking.rules import Proposal

Record = dict[str, Any]

# Grounds of a recusal in the third person.
REASONS: dict[str, Message] = {
    ConflictKind.FAMILY: _l("a relative works or decides there"),
    ConflictKind.EMPLOYMENT: _l("works there, or did within the last two years"),
    ConflictKind.MEMBERSHIP: _l("is a member there, or on the board"),
    ConflictKind.FINANCIAL: _l("has a financial interest"),
    ConflictKind.OTHER: _l("another reason"),
    "confirmed": _l("confirmed by the chair"),
    "belongs": _l("belongs to the applicant or its partner"),
}


def minutes(record: Record, issuer: Issuer) -> Paper:
    """The minutes of a record, or the extract; in the current language (force_locale)."""
    competition, extract = record["competition"], record.get("extract", False)
    attendance, resolutions = record["attendance"], _resolutions(record)
    parts: list[tuple[Text, list[Block]]] = [
        (_("Attendance and quorum"), _attendance(record)),
        (_("Agenda"), [Passage(items=_agenda(record), numbered=True)]),
        (_("Conflicts of interest"), _conflicts(record)),
        (_("Ranking"), _ranking(record)),
        (_("Discussion"), _discussion(record)),
        (_("Votes"), [block for vote in record["votes"] for block in _vote(vote)]),
        (_("Decided"), [*resolutions, Passage(_decided(record))]),
        (
            _("Close of the meeting") if extract else _("Signatures"),
            [
                Signatures(
                    () if extract else _signatories(attendance),
                    closing=_closing(record),
                    pages=_("Pages, with the annex: %(pages)s."),
                )
            ],
        ),
    ]
    said = [(title, blocks) for title, blocks in parts if blocks]
    unsigned = []
    if not record["closed_at"]:
        unsigned.append(_("Draft: the meeting is not closed yet, so this is not to be signed."))
    if extract:
        unsigned.append(_("What is closed to its reader is left out. An extract is not signed."))
    return Paper(
        title=_("Extract from the minutes")
        if extract
        else _("Minutes of the evaluation committee"),
        number=f"{competition['code']}/{record['number']}",
        issuer=issuer,
        at=datetime.fromisoformat(record["held_at"]),
        above=Words.of(competition["title"]),
        blocks=[
            *(Notice(one, kind="warning") for one in unsigned),
            Facts(_opening(record)),
            *(
                block
                for number, (title, blocks) in enumerate(said, 1)
                for block in (Heading(f"{number}. {title}"), *blocks)
            ),
        ],
        annex=_means(record),
    )


def _opening(record: Record) -> list[Fact]:
    held, ended = datetime.fromisoformat(record["held_at"]), _ended(record)
    time = clocktime(held) + (f"–{clocktime(ended)}" if ended else "")
    return [
        Fact(_("Number"), f"{record['competition']['code']}/{record['number']}"),
        Fact(_("Date"), written_date(held)),
        Fact(_("Time"), time),
        Fact(_("Place"), record["place"]),
        Fact(_("The committee was appointed by"), _orders(record["orders"])),
        Fact(_("Chaired by"), _chaired_by(record)),
        Fact(_("Minutes kept by"), kept_by(record)),
    ]


def _attendance(record: Record) -> list[Block]:
    there = reached(record["quorum"])
    counted = _(
        "%(present)s of %(entitled)s members with a vote are present.",
        present=there.present,
        entitled=there.entitled,
    )
    enough = (
        _("There is a quorum, and the committee may decide.")
        if there.reached
        else _("There is no quorum, and the committee may not decide.")
    )
    with_a_vote_first = sorted(record["attendance"], key=lambda one: not one["entitled"])
    return [
        Table(
            [Column(_("Name")), Column(_("Role")), Column(_("Attendance"))],
            [_attendee(one) for one in with_a_vote_first],
        ),
        Passage(f"{counted} {enough}", style="plain" if there.reached else "strong"),
    ]


def _conflicts(record: Record) -> list[Block]:
    owed = undeclared(record)
    declared = (
        Passage(
            _("Declarations are still owed by: %(names)s.", names=owed_by(owed)), style="strong"
        )
        if owed
        else Passage(
            _(
                "Every member has declared, for each application, whether they have a conflict of"
                " interest."
            )
        )
    )
    if not record["recusals"]:
        return [declared, Passage(_("Nobody is recused."), style="quiet")]
    return [
        declared,
        Table(
            [Column(_("Member")), Column(_("Takes no part in")), Column(_("Reason"))],
            [_recusal(one) for one in record["recusals"]],
        ),
    ]


def owed_by(undeclared: Mapping[str, Sequence[str]]) -> str:
    """The members who owe declarations, each with the applications that are known."""
    return "; ".join(
        f"{name} ({', '.join(numbers)})" if numbers else name
        for name, numbers in alphabetically(undeclared.items(), lambda one: one[0])
    )


def _ranking(record: Record) -> list[Block]:
    """The ranking, with a line below those within the budget."""
    lines, competition = _ranked(record), record["competition"]
    if not lines:
        return []
    grants = competition["grants"]
    funded = 0 if grants is None else sum(1 for one in lines[:grants] if one["place"])
    cut = _(
        "Limit of the funding: %(grants)s × %(sum)s = %(budget)s",
        grants=grants,
        sum=money(competition["fixed_sum"]),
        budget=money((grants or 0) * competition["fixed_sum"]),
    )
    total = Fraction(competition["total_minimum"])
    codes = _codes(record)
    titles = {one["key"]: Words.of(one["title"]) for one in record["criteria"]}
    said = [
        _("The total is the weighted sum of the criteria's means over the submitted score sheets."),
        _(
            "An application needs at least %(minimum)s points in total, and the minimum of each"
            " criterion.",
            minimum=number(total),
        ),
    ]
    return [
        Passage("\n\n".join(said)),
        Table(
            [
                Column(_("Place"), "figure"),
                Column(_("Application"), "code"),
                Column(_("Applicant and project")),
                Column(_("Total"), "figure"),
                Column(_("Sheets"), "figure"),
            ],
            [
                [
                    f"{one['place']}." if one["place"] else "–",
                    one["number"],
                    Cell(
                        one["title"],
                        title=one["applicant"],
                        remark="; ".join(_remarks(one, codes, titles)),
                    ),
                    Cell(title=points(Fraction(one["total"]))),
                    Cell(
                        str(one["n"]),
                        remark=_(
                            "%(present)s of %(entitled)s",
                            present=one["quorum"][0],
                            entitled=one["quorum"][1],
                        )
                        if one["quorum"]
                        else "",
                    ),
                ]
                for one in lines
            ],
            cut=Cut(funded, cut) if 0 < funded < len(lines) else None,
        ),
    ]


def _means(record: Record) -> list[Block]:
    """The annex: each application's mean by criterion."""
    lines, codes = _ranked(record), _codes(record)
    if not codes or not lines:
        return []
    return [
        Heading(_("Annex. Means by criterion")),
        Table(
            [
                Column(_("Application"), "code"),
                Column(_("Applicant")),
                *(Column(code, "figure") for code in codes.values()),
                Column(_("Total"), "figure"),
                Column(_("Sheets"), "figure"),
            ],
            [
                [
                    one["number"],
                    one["applicant"],
                    *(points(Fraction(mean)) for mean in one["means"]),
                    Cell(title=points(Fraction(one["total"]))),
                    str(one["n"]),
                ]
                for one in lines
            ],
        ),
        Passage(items=[_criterion(one, codes) for one in record["criteria"]]),
    ]


def _ranked(record: Record) -> list[dict[str, Any]]:
    """The lines of the ranking with score sheets."""
    return [one for one in record["ranking"] if one["n"]]


def _codes(record: Record) -> dict[str, str]:
    """Short names of the criteria by key."""
    return {one["key"]: _("C%(number)s", number=n) for n, one in enumerate(record["criteria"], 1)}


def filename(record: Record, extension: str) -> str:
    """The file name of the document."""
    name = _("extract-from-minutes") if record.get("extract") else _("minutes")
    return f"{name}-{record['competition']['code']}-{record['number']}.{extension}"


def reached(kept: Sequence[int]) -> Quorum:
    """The quorum of [present, entitled] in a record."""
    return Quorum(present=kept[0], entitled=kept[1])


def _ended(record: Record) -> datetime | None:
    """When the meeting was closed, if that was on its day, which is then its end."""
    if not record["closed_at"]:
        return None
    began, closed = (datetime.fromisoformat(record[key]) for key in ("held_at", "closed_at"))
    same_day = began.astimezone(RIGA).date() == closed.astimezone(RIGA).date()
    return closed if same_day else None


def _orders(orders: list[dict[str, str]]) -> str:
    said = [
        _(
            "No. %(number)s of %(date)s",
            number=one["number"],
            date=short_date(date.fromisoformat(one["date"])),
        )
        for one in orders
        if one["date"]
    ]
    return "; ".join(said) or _("not recorded")


def _attendee(one: dict[str, Any]) -> list[Text | Cell]:
    roles = [CommitteeRole(role) for role in one["roles"]]
    if CommitteeRole.CHAIR in roles or CommitteeRole.SECRETARY in roles:
        roles = [role for role in roles if role is not CommitteeRole.MEMBER]
    remarks = [*([] if one["entitled"] else [_("without a vote")]), *stays(one)]
    return [
        one["name"],
        ", ".join(str(ROLES[role]) for role in roles),
        Cell(_("present") if one["present"] else _("absent"), remark="; ".join(remarks)),
    ]


def stays(one: dict[str, Any]) -> list[str]:
    """When somebody came late or left, as texts."""
    said = []
    for since, until in one["stays"]:
        came, left = (clocktime(datetime.fromisoformat(at)) if at else "" for at in (since, until))
        if came:
            said.append(_("came at %(time)s", time=came))
        if left:
            said.append(_("left at %(time)s", time=left))
    return said


def kept_by(record: Record) -> str:
    """Who keeps the minutes, and the substitute if they are recused."""
    said = [one["name"] for one in record["attendance"] if CommitteeRole.SECRETARY in one["roles"]]
    if record["keeper"]:
        said.append(
            _(
                "%(name)s, named by the chair for what the secretary is recused from",
                name=record["keeper"],
            )
        )
    return "; ".join(said)


def _chaired_by(record: Record) -> str:
    """The chair, if present."""
    return ", ".join(
        one["name"]
        for one in record["attendance"]
        if one["present"] and CommitteeRole.CHAIR in one["roles"]
    )


def _agenda(record: Record) -> list[Text]:
    items: list[Text] = [_("Conflicts of interest and recusals")]
    if record["ineligible"]:
        items.append(_("Applications rejected in the eligibility check"))
    if record["ranking"]:
        items.append(_("Results of the evaluation and the ranking"))
    if record["votes"]:
        items.append(_("Votes"))
    return items


def _recusal(one: dict[str, Any]) -> list[Text | Cell]:
    if not one["number"]:
        return [one["name"], _("an application that this extract leaves out"), ""]
    return [one["name"], f"{one['number']}, {one['applicant']}", REASONS[one["kind"]]]


def _criterion(one: dict[str, Any], codes: dict[str, str]) -> str:
    limit, least = number(Fraction(one["maximum"])), one["minimum"]
    if least is not None:
        limit = _(
            "%(greatest)s, at least %(minimum)s", greatest=limit, minimum=number(Fraction(least))
        )
    return f"{codes[one['key']]} {Words.of(one['title'])} ({limit})"


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


def _discussion(record: Record) -> list[Block]:
    said: list[Block] = []
    if missing := record["opening"]["missing"]:
        said += [
            Heading(_("The discussion was opened before all score sheets were in"), 3),
            Passage(
                ngettext(
                    "%(num)d score sheet was missing. Why it was not waited for: %(reason)s",
                    "%(num)d score sheets were missing. Why they were not waited for: %(reason)s",
                    missing,
                    reason=record["opening"]["reason"],
                )
            ),
        ]
    if void := record["void"]:
        said += [
            Heading(_("An earlier approval holds no longer"), 3),
            Passage(
                _(
                    "The ranking that meeting No. %(number)s approved has changed since:",
                    number=void["meeting"],
                ),
                items=[difference(Difference.of(one)) for one in void["changes"]],
            ),
        ]
    if record["ineligible"]:
        said += [
            Heading(_("Applications rejected in the eligibility check"), 3),
            Passage(
                items=[
                    f"{one['number']}, {one['applicant']}: {'; '.join(one['reasons'])}"
                    for one in record["ineligible"]
                ]
            ),
        ]
    if record["notes"]:
        said.append(Passage(record["notes"]))
    for one in record["on_applications"]:
        said += [
            Heading(_("On application %(number)s", number=one["number"]), 3),
            Passage(one["text"]),
        ]
    return said


def _vote(vote: dict[str, Any]) -> list[Block]:
    """A vote: question, ballots by member, and result."""
    said = [
        _count(vote),
        _("May vote and are present: %(quorum)s.", quorum=quorum(reached(vote["quorum"]))),
    ]
    if vote["excluded"]:
        said.append(_("Recused: %(names)s.", names=", ".join(vote["excluded"])))
    names = [
        f"{ballot['name']}: {ballot['for'] or CHOICES[BallotChoice(ballot['choice'])]}"
        for ballot in vote["ballots"]
    ]
    return [
        Heading(question(vote), 3),
        Passage(
            " ".join(said) + "\n" + "; ".join(names), items=[apart(one) for one in vote["counts"]]
        ),
        Passage(" ".join([result(vote), *withdrawn(vote)]), style="strong"),
    ]


def _count(vote: dict[str, Any]) -> str:
    """The count of votes; of a tie, for each application."""
    choices = Counter(ballot["choice"] for ballot in vote["ballots"])
    abstained = choices[BallotChoice.ABSTAIN]
    if vote["kind"] == VoteKind.RANKING:
        return _fell(choices[BallotChoice.FOR], choices[BallotChoice.AGAINST], abstained)
    named = Counter(ballot["for"] for ballot in vote["ballots"])
    return _(
        "%(counts)s, abstained: %(abstained)s.",
        counts=", ".join(f"{number}: {named[number]}" for number in sorted(vote["order"])),
        abstained=abstained,
    )


def _fell(in_favour: int, against: int, abstained: int) -> str:
    return _(
        "For %(voted_for)s, against %(against)s, abstained %(abstained)s.",
        voted_for=in_favour,
        against=against,
        abstained=abstained,
    )


def question(vote: dict[str, Any]) -> str:
    """The question of a vote, as text."""
    if vote["kind"] == VoteKind.RANKING:
        asked = _("To approve the ranking")
    else:
        asked = _(
            "The order of the tied applications: %(numbers)s",
            numbers=", ".join(sorted(vote["order"])),
        )
    return f"{asked}. {vote['remark']}" if vote["remark"] else asked


def result(vote: dict[str, Any]) -> str:
    """The result of a vote, as text."""
    if vote["kind"] == VoteKind.RANKING:
        return (
            _("The ranking is approved.") if vote["carried"] else _("The ranking is not approved.")
        )
    if not vote["carried"]:
        return _("The vote did not break the tie.")
    return _("The order is: %(numbers)s.", numbers=", ".join(vote["order"]))


def apart(count: dict[str, Any]) -> str:
    """The count for an application on which not everybody may vote."""
    return _(
        "%(number)s, without %(names)s (%(quorum)s): %(count)s %(result)s",
        number=count["number"],
        names=", ".join(count["excluded"]),
        quorum=quorum(reached(count["quorum"])),
        count=_fell(count["for"], count["against"], count["abstained"]),
        result=_("Carried.") if count["carried"] else _("Not carried."),
    )


def withdrawn(vote: dict[str, Any]) -> list[str]:
    """When a vote was withdrawn, by whom and why; [] if it is valid."""
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
    """Whether a valid vote approved the ranking."""
    return any(
        vote["kind"] == VoteKind.RANKING and vote["carried"] and not vote["withdrawn"]
        for vote in record["votes"]
    )


def _outcomes(record: Record) -> list[tuple[dict[str, Any], Proposal, str]]:
    """The outcomes of the approved ranking: line, proposal and remark; [] before approval."""
    if not is_approved(record):
        return []
    proposed = [
        (one, Proposal(one["proposal"]), "") for one in record["ranking"] if one["proposal"]
    ]
    ineligible = [(one, Proposal.REJECT, _("not eligible")) for one in record["ineligible"]]
    return proposed + ineligible


def _resolutions(record: Record) -> list[Block]:
    outcomes, amount = _outcomes(record), money(record["competition"]["fixed_sum"])
    if not outcomes:
        return []
    table = Table(
        [
            Column(_("Application"), "code"),
            Column(_("Applicant")),
            Column(_("Decision")),
            Column(_("Sum"), "figure"),
        ],
        [
            [
                one["number"],
                one["applicant"],
                Cell(title=PROPOSALS[outcome], remark=remark),
                amount if outcome is Proposal.APPROVE else "–",
            ]
            for one, outcome, remark in outcomes
        ],
    )
    return [table]


def _decided(record: Record) -> str:
    """The decision in a sentence."""
    if not is_approved(record):
        return _("The committee has not approved a ranking in this meeting.")
    if record.get("extract"):
        return _("The committee has approved the ranking in this meeting.")
    outcomes = Counter(outcome for _line, outcome, _remark in _outcomes(record))
    counted = ", ".join(proposed(outcome, count) for outcome, count in outcomes.items())
    return _("Decided in all: %(outcomes)s.", outcomes=counted)


def _closing(record: Record) -> list[Text]:
    """When the meeting was closed."""
    ended = _ended(record)
    return [_("The meeting was closed at %(time)s.", time=clocktime(ended))] if ended else []


def _signatories(attendance: list[dict[str, Any]]) -> list[Signatory]:
    """The chair first, then the members who were present, the secretary last."""
    order = (CommitteeRole.CHAIR, CommitteeRole.MEMBER, CommitteeRole.SECRETARY)
    leading = (CommitteeRole.CHAIR, CommitteeRole.SECRETARY)
    signing = [
        (
            next((role for role in leading if role in one["roles"]), CommitteeRole.MEMBER),
            one["name"],
        )
        for one in attendance
        if one["present"]
    ]
    signing.sort(key=lambda pair: (order.index(pair[0]), sort_key(pair[1])))
    return [Signatory(capital(str(ROLES[role])), name) for role, name in signing]
