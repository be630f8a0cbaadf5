"""The terms as one value, their consistency, and dates that depend on others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.core.accounts.models import OrganisationKind
from portal.core.db import Words
from portal.core.errors import Problem
from portal.core.periods import has_come

# In temporal order; each may depend on those before it.
DATES = ("opens_at", "deadline", "results_by", "start_from", "start_to")

# The range of grades of schools and of courses of vocational education.
LEARNERS = {"general_education": (1, 12), "vocational_education": (1, 5)}
LARGEST_SUM = 2_000_000_000  # cents
MOST = 100_000  # number of grants, participants, applications
LONGEST = 120  # months

NOTHING = Words()


@dataclass(frozen=True, slots=True)
class Terms:
    """A call's terms, named as the competition's columns.

    Sums are cents, instalments whole percentages, instants UTC.
    """

    title: Words
    fixed_sum: int
    opens_at: datetime
    deadline: datetime
    results_by: date
    start_from: date
    start_to: date
    months_min: int
    months_max: int
    lead: Words = NOTHING
    programme: Words = NOTHING
    legal_basis: Words = NOTHING
    aims: list[dict[str, str]] = field(default_factory=list)
    target_groups: list[dict[str, Any]] = field(default_factory=list)
    eligible_kinds: list[str] = field(default_factory=list)
    contact: Words = NOTHING
    contact_email: str = ""
    appeal: Words = NOTHING
    grants: int | None = None
    budget: int | None = None
    instalments: list[int] = field(default_factory=lambda: [100])
    intensity_percent: int = 100
    applications_per_organisation: int | None = None
    participants_min: int = 0
    at_risk_min: int = 0
    reserve_public: bool = True

    @classmethod
    def of(cls, row: object) -> Self:
        """The terms of a competition."""
        return cls(**{name: getattr(row, name) for name in NAMES})

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Self:
        """From plain JSON: a template, or a snapshot."""
        return cls(**{name: read_value(name, content[name]) for name in NAMES if name in content})


NAMES = tuple(one.name for one in fields(Terms))
TRANSLATED = ("title", "lead", "programme", "legal_basis", "contact", "appeal")


def read_value(name: str, value: Any) -> Any:
    """One term from plain JSON: an instant, a date, Words, or the JSON itself."""
    if name in TRANSLATED:
        return Words.of(value)
    if name in ("opens_at", "deadline"):
        return datetime.fromisoformat(value).astimezone(UTC)
    return date.fromisoformat(value) if name in DATES else value


# ------------------------------------------------------------------ consistency


def problems(terms: Terms) -> list[Problem]:
    """The contradictions within the terms; [] if there are none."""
    checks = (_dates, _money, _numbers, _people)
    return [problem for check in checks for problem in check(terms)]


def _dates(terms: Terms) -> Iterator[Problem]:
    if terms.deadline <= terms.opens_at:
        yield Problem("deadline", _l("The deadline must be after the opening."))
    if terms.results_by < day_of(terms.deadline):
        yield Problem("results_by", _l("Results cannot be promised for a day before the deadline."))
    if terms.start_from < terms.results_by:
        yield Problem("start_from", _l("Projects cannot start before the results are known."))
    if terms.start_to < terms.start_from:
        yield Problem("start_to", _l("The last day to start must not be before the first one."))
    if terms.months_max < terms.months_min:
        yield Problem("months_max", _l("The longest duration must not be less than the shortest."))


def _money(terms: Terms) -> Iterator[Problem]:
    if terms.fixed_sum <= 0:
        yield Problem("fixed_sum", _l("The sum of a grant must be more than nothing."))
    elif terms.grants is None and (terms.budget or 0) < terms.fixed_sum:
        yield Problem("budget", _l("The budget must hold at least one grant."))
    if terms.grants is not None and terms.budget is not None:
        yield Problem("budget", _l("Give the number of grants or the budget, not both."))
    if terms.grants is not None and terms.grants < 1:
        yield Problem("grants", _l("There must be at least one grant."))
    if any(part < 1 for part in terms.instalments) or sum(terms.instalments) != 100:
        words = _l(
            "The instalments must add up to 100 %%; now they add up to %(sum)s %%.",
            sum=sum(terms.instalments),
        )
        yield Problem("instalments", words)


def _numbers(terms: Terms) -> Iterator[Problem]:
    for name, least, most in (
        ("fixed_sum", 0, LARGEST_SUM),
        ("budget", 0, LARGEST_SUM),
        ("grants", 0, MOST),
        ("participants_min", 0, MOST),
        ("at_risk_min", 0, MOST),
        ("applications_per_organisation", 1, MOST),
        ("months_min", 1, LONGEST),
        ("months_max", 1, LONGEST),
        ("intensity_percent", 1, 100),
    ):
        value = getattr(terms, name)
        if value is not None and not least <= value <= most:
            yield Problem(name, _l("This number is out of bounds."))


def _people(terms: Terms) -> Iterator[Problem]:
    if not terms.eligible_kinds or set(terms.eligible_kinds) - set(OrganisationKind):
        yield Problem("eligible_kinds", _l("Choose who may apply."))
    if terms.at_risk_min > terms.participants_min:
        yield Problem(
            "at_risk_min",
            _l("At-risk participants are among all participants: their minimum cannot be larger."),
        )
    for group in terms.target_groups:
        least, most = LEARNERS.get(group["kind"], (1, 0))
        if not least <= group["from"] <= group["to"] <= most:
            yield Problem("target_groups", _l("Give the first and the last grade or course."))


# ------------------------------------------------------------------ dates that depend on others


def day_of(value: date | datetime) -> date:
    """The day in Riga."""
    return value.astimezone(clock.RIGA).date() if isinstance(value, datetime) else value


def moved(value: Any, days: int) -> Any:
    """A date, or an instant by the wall clock in Riga, moved by days: 23.59 stays 23.59."""
    if not isinstance(value, datetime):
        return value + timedelta(days=days)
    local = value.astimezone(clock.RIGA)
    return (local + timedelta(days=days)).astimezone(UTC)  # Python adds days to the wall clock


def proposed(before: Terms, after: Terms) -> Terms:
    """`after`, with unchanged dates moved along that depend on a moved one.

    An unchanged date moves by as much as the nearest date before it that was moved later. For dates
    moved earlier nothing is proposed, as there is more time then.
    """
    days, values = 0, {}
    for name in DATES:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            days = max((day_of(new) - day_of(old)).days, 0)
        elif days:
            values[name] = moved(new, days)
    return replace(after, **values)


def shifted(terms: Terms, opens_at: datetime, deadline: datetime | None = None) -> Terms:
    """An earlier call's terms with all dates moved so that they open at `opens_at`.

    With a `deadline`, dates after it are moved along with that.
    """
    days = (day_of(opens_at) - day_of(terms.opens_at)).days
    dates: dict[str, Any] = {name: moved(getattr(terms, name), days) for name in DATES}
    along = replace(terms, **{**dates, "opens_at": opens_at})
    if deadline is None or deadline == along.deadline:
        return along
    days = (day_of(deadline) - day_of(along.deadline)).days
    later = {name: moved(getattr(along, name), days) for name in DATES[2:]}
    return replace(along, deadline=deadline, **later)


# ------------------------------------------------------------------ amendments


def amendable(before: Terms, after: Terms, *, opened: bool, now: datetime) -> list[Problem]:
    """Why announced terms cannot become `after`, including its contradictions.

    `opened`: applications can be or have been submitted, so what they rely on is fixed.
    """
    found = problems(after)
    if after.deadline < before.deadline:
        found.append(Problem("deadline", _l("A deadline is never moved earlier.")))
    elif after.deadline != before.deadline and has_come(after.deadline, now):
        found.append(Problem("deadline", _l("The new deadline must be in the future.")))
    if opened:
        found += _relied_on(before, after)
    elif after.opens_at != before.opens_at and has_come(after.opens_at, now):
        found.append(Problem("opens_at", _l("The call can be opened at a later time only.")))
    return found


def _relied_on(before: Terms, after: Terms) -> Iterator[Problem]:
    if after.opens_at != before.opens_at:
        yield Problem("opens_at", _l("The call is open already; its opening cannot be moved."))
    if after.fixed_sum != before.fixed_sum:
        yield Problem("fixed_sum", _l("Applicants have reckoned with this sum; it stands."))
    if set(before.eligible_kinds) - set(after.eligible_kinds):
        yield Problem("eligible_kinds", _l("Who could apply at the opening can apply to the end."))
