"""Pure rules of the eligibility check: transitions, completeness, sealed replies, working days."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from portal.core.periods import whole_second
from portal.core.workflow import To, Workflow
from portal.grants.applications.rules import SealedFile
from portal.grants.evaluation.eligibility.models import CheckState, Verdict


class CheckEvent(StrEnum):
    """An event of a check."""

    ASK = "ask"  # a clarification
    REPLY = "reply"
    TAKE_BACK = "take_back"  # the clarification
    LAPSE = "lapse"  # the date passed without a reply
    ACCEPT = "accept"
    PROPOSE = "propose"  # a rejection, which needs a second person
    CONFIRM = "confirm"
    RETURN = "return"
    REOPEN = "reopen"  # a decided check, with a reason


WORKFLOW = Workflow(
    name="eligibility_check",
    start=CheckState.OPEN,
    moves={
        (CheckState.OPEN, CheckEvent.ASK): To(CheckState.CLARIFYING),
        (CheckState.CLARIFYING, CheckEvent.REPLY): To(CheckState.OPEN),
        (CheckState.CLARIFYING, CheckEvent.TAKE_BACK): To(CheckState.OPEN),
        (CheckState.CLARIFYING, CheckEvent.LAPSE): To(CheckState.OPEN),
        (CheckState.OPEN, CheckEvent.ACCEPT): To(CheckState.ELIGIBLE),
        (CheckState.OPEN, CheckEvent.PROPOSE): To(CheckState.REJECTION_PROPOSED),
        (CheckState.REJECTION_PROPOSED, CheckEvent.CONFIRM): To(CheckState.INELIGIBLE),
        (CheckState.REJECTION_PROPOSED, CheckEvent.RETURN): To(CheckState.OPEN),
        (CheckState.ELIGIBLE, CheckEvent.REOPEN): To(CheckState.OPEN),
        (CheckState.INELIGIBLE, CheckEvent.REOPEN): To(CheckState.OPEN),
    },
)


def is_decided(state: CheckState) -> bool:
    """Whether the check has ended and can only be reopened."""
    return WORKFLOW.allows(state, CheckEvent.REOPEN)


@dataclass(frozen=True, slots=True)
class Answered:
    """An officer's answer to one criterion."""

    verdict: Verdict
    reason: str = ""


def owes_reason(answers: Mapping[str, Answered]) -> list[str]:
    """Criteria answered with no or clarify without a reason."""
    return [
        key
        for key, one in answers.items()
        if one.verdict is not Verdict.YES and not one.reason.strip()
    ]


def can_accept(keys: Collection[str], answers: Mapping[str, Answered]) -> bool:
    """Whether every criterion is met."""
    return all(key in answers and answers[key].verdict is Verdict.YES for key in keys)


def can_reject(keys: Collection[str], answers: Mapping[str, Answered]) -> bool:
    """Whether every criterion is answered, and one with no."""
    met = [answers[key].verdict for key in keys if key in answers]
    return len(met) == len(keys) and Verdict.NO in met and Verdict.CLARIFY not in met


# -------------------------------------------------------------------- the reply

# The version of the format. Changing what is sealed needs a new one, so that old seals stay valid.
FORM = "asns/clarification/1"


def sealed_reply(
    *,
    number: str,
    clarification: str,
    asked_at: datetime,
    received_at: datetime,
    sent_by: str,
    title: str | None,
    answers: Mapping[str, Any],
    files: Iterable[SealedFile],
) -> dict[str, Any]:
    """The content that a reply's seal covers: plain JSON, no floats. `answers` are by question.

    `title` is the project's new one; None if it was not asked for.
    """
    return {
        "form": FORM,
        "number": number,
        "clarification": clarification,
        "asked_at": whole_second(asked_at).isoformat(),
        "received_at": whole_second(received_at).isoformat(),
        "sent_by": sent_by,
        "title": title,
        "answers": dict(answers),
        "attachments": sorted(
            (asdict(file) for file in files), key=lambda file: (file["question"], file["id"])
        ),
    }


# ----------------------------------------------------------------- working days


def after_working_days(day: date, count: int) -> date:
    """The `count`th working day after `day`, by the Latvian law on public holidays."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def is_working_day(day: date) -> bool:
    """Monday to Friday, without public holidays."""
    return day.weekday() < 5 and day not in holidays(day.year)


def holidays(year: int) -> set[date]:
    """Public holidays of a year. 4 May and 18 November move to Monday from a weekend."""
    fixed = [(1, 1), (5, 1), (6, 23), (6, 24), (12, 24), (12, 25), (12, 26), (12, 31)]
    found = {date(year, month, day) for month, day in fixed}
    for national in (date(year, 5, 4), date(year, 11, 18)):
        found.add(national)
        if national.weekday() > 4:
            found.add(national + timedelta(days=7 - national.weekday()))
    easter = easter_sunday(year)
    return found | {easter - timedelta(days=2), easter, easter + timedelta(days=1)}


def easter_sunday(year: int) -> date:
    """Easter of the Gregorian calendar, by the anonymous algorithm (Nature, 20 April 1876)."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - correction + 15) % 30
    leaps, leap_rest = divmod(rest, 4)
    weekday = (32 + 2 * century_rest + 2 * leaps - epact - leap_rest) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
