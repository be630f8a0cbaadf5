"""Quorum, assignment and what suggests a conflict of interest: pure functions."""

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
    """Who can decide on an application, and who of them was there."""

    entitled: int  # voting members who are not recused
    present: int

    @property
    def reached(self) -> bool:
        """More than half of those who are not recused."""
        return self.present * 2 > self.entitled

    @property
    def possible(self) -> bool:
        """Whether there is anybody who may decide: else a substitute has to be appointed."""
        return self.entitled > 0


def quorum(voting: Collection[Who], recused: Collection[Who], present: Collection[Who]) -> Quorum:
    """The quorum for one application: a recused member counts neither as owed nor as there."""
    entitled = set(voting) - set(recused)
    return Quorum(len(entitled), len(entitled & set(present)))


def assign(
    members: Sequence[Who],
    applications: Sequence[What],
    recused: Mapping[What, Collection[Who]],
    each: int | None,
    current: Mapping[What, Collection[Who]] | None = None,
) -> dict[What, list[Who]]:
    """Who scores what: everybody everything (`each` is None), or `each` members an application.

    What `current` says stays as it is, and is only added to. Nobody gets an application from which
    they are recused; where fewer are left than `each`, all of them get it. The scarcest
    applications are filled first, each from the members who have least, in the order given; then
    load is moved from who has most to who has least until they differ by no more than one, as
    far as the recusals allow. The same input always gives the same answer.
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
    """Hand applications on, from one member to the next, as long as somebody ends up with less."""
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
    """The shortest chain of hand-overs from a member to one who has at least two fewer, or none."""
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
    """By giver and taker, an application that could go from the one to the other."""
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


# ------------------------------------------------------ what suggests a conflict of interest

# Who has an address here shares it with half the country.
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
SHORTEST_NAME = 6  # letters of a workplace; a shorter one stands in too many words


@dataclass(frozen=True, slots=True)
class Side:
    """What is known of a member or of an applicant: addresses, names in texts."""

    domains: Set[str] = field(default_factory=frozenset)
    words: str = ""  # a member's workplace; an application's texts; both through `plain`


def grounds(member: Side, applicant: Side) -> list[SuspicionGround]:
    """Why a conflict is suspected, if it is. Who belongs to the applicant is recused before."""
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
    """A text as names are compared: small letters, one space between words, no signs."""
    letters = normalized("NFC", text).casefold()
    return " ".join(re.sub(r"[^\w]+", " ", letters).split())


def texts(content: Any) -> str:
    """All texts of sealed content, one after the other."""
    match content:
        case str():
            return content
        case dict():
            return " ".join(texts(value) for value in content.values())
        case list() | tuple():
            return " ".join(texts(value) for value in content)
        case _:
            return ""
