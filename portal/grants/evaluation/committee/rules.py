"""Pure rules of quorum, assignment and suspicions."""

import re
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Any, TypeVar

from portal.core.normalization import normalized
from portal.grants.evaluation.committee.models import SuspicionGround

Who = TypeVar("Who")
What = TypeVar("What")


@dataclass(frozen=True, slots=True)
class Quorum:
    """Who can decide on an application, and who of them was present."""

    entitled: int  # voting members who are not recused
    present: int

    @property
    def reached(self) -> bool:
        """Whether more than half of those not recused are present."""
        return self.present * 2 > self.entitled

    @property
    def possible(self) -> bool:
        """Whether anybody may decide; else a substitute has to be appointed."""
        return self.entitled > 0


def quorum(voting: Collection[Who], recused: Collection[Who], present: Collection[Who]) -> Quorum:
    """The quorum for one application: recused members count neither as required nor as present."""
    entitled = set(voting) - set(recused)
    return Quorum(len(entitled), len(entitled & set(present)))


def assign(
    members: Sequence[Who],
    applications: Sequence[What],
    recused: Mapping[What, Collection[Who]],
    each: int | None,
    current: Mapping[What, Collection[Who]] | None = None,
) -> dict[What, list[Who]]:
    """Assign all applications to all members (`each` is None), or `each` members to an application.

    `current` assignments are kept and added to. Nobody gets an application from which they are
    recused; if fewer than `each` are left, all of them get it. The scarcest applications are filled
    first, each from the members with the least load, in the order given; then load is moved from
    the highest to the lowest until they differ by at most one, as far as recusals allow.
    Deterministic.
    """
    order = {member: index for index, member in enumerate(members)}
    chosen = {a: [m for m in (current or {}).get(a, ()) if m in order] for a in applications}
    free = {
        a: [m for m in members if m not in recused.get(a, ()) and m not in chosen[a]]
        for a in applications
    }
    load = {member: sum(member in who for who in chosen.values()) for member in members}
    fixed = {a: frozenset(who) for a, who in chosen.items()}
    for application in sorted(applications, key=lambda a: len(free[a])):
        wanted = len(free[application]) if each is None else each - len(chosen[application])
        for member in nsmallest(wanted, free[application], key=lambda m: (load[m], order[m])):
            chosen[application].append(member)
            load[member] += 1
    if each is not None:
        _level(chosen, fixed, free, load)
    return {a: sorted(who, key=order.__getitem__) for a, who in chosen.items()}


def _level(
    chosen: Mapping[What, list[Who]],
    fixed: Mapping[What, Collection[Who]],
    free: Mapping[What, Sequence[Who]],
    load: dict[Who, int],
) -> None:
    """Hand applications on between members while the loads get more equal."""
    while path := _way_down(chosen, fixed, free, load):
        for giver, application, taker in path:
            chosen[application][chosen[application].index(giver)] = taker
            load[giver] -= 1
            load[taker] += 1


def _way_down(
    chosen: Mapping[What, list[Who]],
    fixed: Mapping[What, Collection[Who]],
    free: Mapping[What, Sequence[Who]],
    load: Mapping[Who, int],
) -> list[tuple[Who, What, Who]]:
    """The shortest chain of hand-overs from a member to one who has at least two fewer, or []."""
    gives = _hand_overs(chosen, fixed, free)
    for start in sorted(load, key=lambda m: -load[m]):
        came: dict[Who, tuple[Who, What]] = {}
        queue = [start]
        for member in queue:
            for taker, application in gives.get(member, {}).items():
                if taker in came or taker == start:
                    continue
                came[taker] = (member, application)
                if load[taker] <= load[start] - 2:
                    return _chain(came, start, taker)
                queue.append(taker)
    return []


def _hand_overs(
    chosen: Mapping[What, list[Who]],
    fixed: Mapping[What, Collection[Who]],
    free: Mapping[What, Sequence[Who]],
) -> dict[Who, dict[Who, What]]:
    """By giver and taker, an application that can be handed over."""
    gives: dict[Who, dict[Who, What]] = {}
    for application, scorers in chosen.items():
        takers = [member for member in free[application] if member not in scorers]
        for giver in scorers:
            if giver not in fixed[application]:
                for taker in takers:
                    gives.setdefault(giver, {}).setdefault(taker, application)
    return gives


def _chain(
    came: Mapping[Who, tuple[Who, What]], start: Who, end: Who
) -> list[tuple[Who, What, Who]]:
    """The hand-overs from `start` to `end`."""
    steps: list[tuple[Who, What, Who]] = []
    while end != start:
        giver, application = came[end]
        steps.append((giver, application, end))
        end = giver
    return steps


# ------------------------------------------------------ suspicions

# Domains of public mail services, shared by half the country.
# fmt: off
PUBLIC_MAIL = frozenset(
    {
        "apollo.lv", "balticom.lv", "delfi.lv", "e-apollo.lv", "fastmail.com", "gmail.com",
        "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com", "inbox.eu",
        "inbox.lv", "latnet.lv", "live.com", "lmt.lv", "mail.com", "mail.ee", "mail.lv",
        "mail.ru", "me.com", "msn.com", "one.lv", "outlook.com", "parks.lv", "pm.me", "proton.me",
        "protonmail.com", "tele2.lv", "tvnet.lv", "yahoo.com", "yahoo.co.uk", "yandex.com",
        "yandex.ru", "zoho.com",
    }
)
# fmt: on
SHORTEST_NAME = 6  # letters of a workplace; shorter ones occur in too many words


@dataclass(frozen=True, slots=True)
class Side:
    """The data of a member or an applicant: addresses, and texts with names."""

    domains: Set[str] = field(default_factory=frozenset)
    words: str = ""  # a member's workplace; an application's texts; both normalised by `plain`


def grounds(member: Side, applicant: Side) -> list[SuspicionGround]:
    """The grounds of a suspicion. Members of the applicant are recused beforehand."""
    found = []
    if (member.domains & applicant.domains) - PUBLIC_MAIL:
        found.append(SuspicionGround.EMAIL_DOMAIN)
    if len(member.words) >= SHORTEST_NAME and f" {member.words} " in f" {applicant.words} ":
        found.append(SuspicionGround.SCHOOL)
    return found


def domain(address: str) -> str:
    """The domain of an e-mail address; "" for anything else."""
    _, at, name = address.strip().lower().rpartition("@")
    return name if at else ""


def plain(text: str) -> str:
    """A text for comparing names: lower case, single spaces, no signs."""
    letters = normalized("NFC", text).casefold()
    return " ".join(re.sub(r"[^\w]+", " ", letters).split())


def texts(content: Any) -> str:
    """All texts of sealed content, joined."""
    match content:
        case str():
            return content
        case dict():
            return " ".join(texts(value) for value in content.values())
        case list() | tuple():
            return " ".join(texts(value) for value in content)
        case _:
            return ""
