"""Pure rules of applications: transitions, numbers, sealed content, seals, and deadlines."""

import hashlib
import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import rfc8785

from portal.core import parsing, periods
from portal.core.clock import RIGA
from portal.core.normalization import is_unseen
from portal.core.periods import whole_second
from portal.core.questions.kinds.date import day_of
from portal.core.workflow import To, Workflow
from portal.grants.applications.models import ApplicationState, Channel
from portal.grants.competitions.models import Competition


class ApplicationEvent(StrEnum):
    """An event of an application. It may be submitted anew any number of times."""

    SUBMIT = "submit"
    WITHDRAW = "withdraw"


WORKFLOW = Workflow(
    name="application",
    start=ApplicationState.DRAFT,
    moves={
        (ApplicationState.DRAFT, ApplicationEvent.SUBMIT): To(ApplicationState.SUBMITTED),
        (ApplicationState.SUBMITTED, ApplicationEvent.SUBMIT): To(ApplicationState.SUBMITTED),
        (ApplicationState.SUBMITTED, ApplicationEvent.WITHDRAW): To(ApplicationState.WITHDRAWN),
        (ApplicationState.WITHDRAWN, ApplicationEvent.SUBMIT): To(ApplicationState.SUBMITTED),
    },
)


def number_of(competition_code: str, ordinal: int) -> str:
    """An application's number: LIE-2020-1-007. Ordinals begin with 1 and may exceed three
    digits."""
    return f"{competition_code}-{ordinal:03d}"


def number_in(competition_code: str, typed: str) -> str:
    """The number of an application of this competition from typed text: "LIE 2020 1 7".

    "" if invalid. Separators do not matter.
    """
    *code, ordinal = _parts_of(typed) or [""]
    if code != _parts_of(competition_code) or not re.fullmatch("[0-9]{1,6}", ordinal):
        return ""
    return number_of(competition_code, int(ordinal))


def _parts_of(number: str) -> list[str]:
    seen = "".join(sign for sign in parsing.sought(number) if not is_unseen(sign))
    return re.findall(r"[^\W_]+", seen.upper())


# --------------------------------------------------------------------- in time


def in_time(
    deadline: datetime, received_at: datetime, channel: Channel, postmark: date | None = None
) -> bool:
    """Whether an application received at `received_at` is in time, by its channel.

    By post, the date of the postmark (if any) decides, in Riga's zone; the letter may arrive later.
    """
    if channel is Channel.POST and postmark is not None:
        return postmark <= deadline.astimezone(RIGA).date()
    return periods.in_time(deadline, received_at)


# ------------------------------------------------------------------------ seal

# The version of the format. Changing what is sealed needs a new one, so that old seals stay valid.
FORM = "asns/application/1"

LONGEST = 1200  # months; no project lasts longer
LONGEST_TITLE = 300  # characters


@dataclass(frozen=True, slots=True)
class SealedFile:
    """An attachment as sealed. `id` is the attachment's key, `size` is in bytes."""

    id: str
    question: str
    name: str
    size: int
    media_type: str
    sha256: str
    names_minors: bool


@dataclass(frozen=True, slots=True)
class Applicant:
    """The applicant as named then. A youth group has no registration number."""

    name: str
    kind: str
    registration_number: str | None


@dataclass(frozen=True, slots=True)
class TermsReference:
    """The call as it was then: version and digest of its terms, and its title."""

    version: int
    digest: str
    title: Mapping[str, str]  # by language
    organiser: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Arrival:
    """How and when it came in; `channel` and `postmark` are for paper applications."""

    received_at: datetime
    channel: Channel = Channel.PORTAL
    postmark: date | None = None


def sealed_content(
    *,
    number: str,
    revision: int,
    arrival: Arrival,
    submitted_by: str,
    terms: TermsReference,
    title: str,
    applicant: Applicant,
    partner: Applicant | None,
    answers: Mapping[str, Mapping[str, Any]],
    files: Iterable[SealedFile],
) -> dict[str, Any]:
    """The content that a seal covers: plain JSON, no floats. `answers` are by section, then
    question.

    Names are those of the time; `title` is the answer that measures it.
    """
    return {
        "form": FORM,
        "number": number,
        "revision": revision,
        "received_at": whole_second(arrival.received_at).isoformat(),
        "channel": arrival.channel.value,
        "postmark": arrival.postmark.isoformat() if arrival.postmark else None,
        "submitted_by": submitted_by,
        "terms": asdict(terms),
        "title": title,
        "applicant": asdict(applicant),
        "partner": asdict(partner) if partner else None,
        "answers": {section: dict(given) for section, given in answers.items()},
        "attachments": sorted(
            (asdict(file) for file in files), key=lambda file: (file["question"], file["id"])
        ),
    }


def seal(content: Mapping[str, Any]) -> str:
    """The seal: SHA-256, in hexadecimal, over the canonical JSON (RFC 8785) of the content.

    Anybody can recompute it from a receipt with any implementation of RFC 8785.
    """
    return hashlib.sha256(rfc8785.dumps(dict(content))).hexdigest()


def is_seal(text: str) -> bool:
    """Whether a text has the form of a seal."""
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def title_of(measured: Mapping[str, Any]) -> str:
    """The project's title among measured answers, for lists and papers."""
    return str(measured.get("title") or "").strip()[:LONGEST_TITLE]


def substance(content: Mapping[str, Any]) -> dict[str, Any]:
    """The applicant's part of sealed content: without number, terms, sender and time."""
    return {part: content.get(part) for part in ("applicant", "partner", "answers", "attachments")}


# ----------------------------------------------------------- limits of the terms


class Breach(StrEnum):
    """A limit of the terms on a measured answer."""

    TOO_FEW_PARTICIPANTS = "too_few_participants"
    TOO_FEW_AT_RISK = "too_few_at_risk"
    MORE_AT_RISK_THAN_ALL = "more_at_risk_than_all"
    START_OUTSIDE_WINDOW = "start_outside_window"
    DURATION = "duration"


def breaches(call: Competition, measured: Mapping[str, Any]) -> dict[str, Breach]:
    """The breached limits by measure (participants, at_risk, start, months).

    Missing and unreadable answers are reported elsewhere.
    """
    found: dict[str, Breach] = {}
    participants, at_risk = measured.get("participants"), measured.get("at_risk")
    start, months = measured.get("start"), measured.get("months")
    if isinstance(participants, int) and participants < call.participants_min:
        found["participants"] = Breach.TOO_FEW_PARTICIPANTS
    if isinstance(at_risk, int) and at_risk < call.at_risk_min:
        found["at_risk"] = Breach.TOO_FEW_AT_RISK
    elif isinstance(at_risk, int) and isinstance(participants, int) and at_risk > participants:
        found["at_risk"] = Breach.MORE_AT_RISK_THAN_ALL
    if isinstance(start, str) and not _within(start, call.start_from, call.start_to):
        found["start"] = Breach.START_OUTSIDE_WINDOW
    if isinstance(months, int) and not call.months_min <= months <= call.months_max:
        found["months"] = Breach.DURATION
    return found


def asked_of(call: Competition) -> dict[str, Breach]:
    """For each measured answer the limit that it alone could breach."""
    found = {"start": Breach.START_OUTSIDE_WINDOW, "months": Breach.DURATION}
    if call.participants_min:
        found["participants"] = Breach.TOO_FEW_PARTICIPANTS
    if call.at_risk_min:
        found["at_risk"] = Breach.TOO_FEW_AT_RISK
    return found


def project_time(measured: Mapping[str, Any]) -> tuple[date, date] | None:
    """The first and the last day of the project, if start and months are answered."""
    first, months = day_of(measured.get("start")), measured.get("months")
    if first is None or not isinstance(months, int) or not 0 < months <= LONGEST:
        return None
    try:
        years, month = divmod(first.month - 1 + months, 12)
        month_begins = date(first.year + years, month + 1, 1)
    except ValueError:
        return None
    days = monthrange(month_begins.year, month_begins.month)[1]
    if first.day > days:
        return first, month_begins.replace(day=days)  # from 31 January: all of February
    return first, month_begins + timedelta(days=first.day - 2)


def _within(iso: str, first: date, last: date) -> bool:
    try:
        return first <= date.fromisoformat(iso) <= last
    except ValueError:
        return True  # not a date: its question reports that
