"""Passwords: Argon2id, and a judgement of strength instead of rules of composition."""

import re
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.core import parse_errors, parsing
from portal.core.errors import Invalid
from portal.core.normalization import normalized

MIN_LENGTH = 12
MAX_LENGTH = parsing.LONGEST_PASSWORD
STRONG_ENOUGH = 3  # of zxcvbn's 0–4: more than 10⁸ guesses
JUDGED = 64  # characters; the estimate of longer ones takes long and adds nothing

_WORD = re.compile(r"[^\W\d_]{3,}")  # of a name or an address, worth looking for

# OWASP's parameters for servers whose memory counts: 19 MiB, 2 passes, some 30 ms.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hashed(password: str) -> str:
    """What the database keeps; raises parsing.Unreadable for what no password can be."""
    return _hasher.hash(parsing.password(password))


def fits(password: str, password_hash: str | None) -> bool:
    """Whether it is the password. Takes as long where there is no account or no password."""
    try:
        prepared = parsing.password(password)
    except parsing.Unreadable:
        prepared = ""
    try:
        known = _hasher.verify(password_hash or _nobodys(), prepared)
    except (VerificationError, InvalidHashError):
        return False
    return known and password_hash is not None and bool(prepared)


def outdated(password_hash: str) -> bool:
    """Whether the hash was made with other Argon2 parameters than the current ones."""
    return _hasher.check_needs_rehash(password_hash)


@cache
def _nobodys() -> str:
    return _hasher.hash("the password of an account that does not exist")


def check_strength(password: str, *, about: tuple[str, ...], field: str = "password") -> None:
    """Raise Invalid for a password that is short, or easy to guess; `about` is its owner's data."""
    try:
        password = parsing.password(password)
    except parsing.Unreadable as refusal:
        said = parse_errors.words(refusal.code, refusal.facts)
        raise Invalid(refusal.code, said, field) from None
    if len(password) < MIN_LENGTH:
        raise Invalid(
            "password_short",
            ngettext(
                "The password needs at least %(num)s character.",
                "The password needs at least %(num)s characters.",
                MIN_LENGTH,
            ),
            field,
        )
    if len(password) > MAX_LENGTH:
        raise Invalid(
            "password_long",
            ngettext(
                "The password can have at most %(num)s character.",
                "The password can have at most %(num)s characters.",
                MAX_LENGTH,
            ),
            field,
        )
    if _guessable(password, about):
        raise Invalid(
            "password_weak",
            _l(
                "This password is easy to guess: it follows a common word, a pattern, your name"
                " or your address. Three or four unrelated words make a good one."
            ),
            field,
        )


def _guessable(password: str, about: tuple[str, ...]) -> bool:
    """Whether what is left of the password without its owner's own words is easy to guess."""
    from zxcvbn import zxcvbn  # 13 MB of frequent words, for the workers that need them

    left = _plain(password)[:JUDGED]  # one sign may stand for eighteen letters
    for word in sorted(_WORD.findall(_plain(" ".join(about))), key=len, reverse=True):
        left = left.replace(word, "")
    return not left or zxcvbn(left, user_inputs=["asns", "parole"])["score"] < STRONG_ENOUGH


def _plain(text: str) -> str:
    """Small letters without marks: nobody is kept out by the mark on a letter."""
    return "".join(
        sign for sign in normalized("NFKD", text.lower()) if not unicodedata.combining(sign)
    )
