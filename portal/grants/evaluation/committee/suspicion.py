"""What suggests a conflict of interest: a pure comparison of a member and an applicant."""

import re
from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any

from portal.core.normal import normalized
from portal.grants.evaluation.committee.models import Ground

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


def grounds(member: Side, applicant: Side) -> list[Ground]:
    """Why a conflict is suspected, if it is. Who belongs to the applicant is recused before."""
    found = []
    if (member.domains & applicant.domains) - PUBLIC_MAIL:
        found.append(Ground.EMAIL_DOMAIN)
    if len(member.words) >= SHORTEST_NAME and f" {member.words} " in f" {applicant.words} ":
        found.append(Ground.SCHOOL)
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
