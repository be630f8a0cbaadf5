"""Passwords: Argon2id hashes, and an estimate of strength instead of composition rules."""

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
JUDGED = 64  # characters; estimating longer ones is slow and adds nothing

_WORD = re.compile(r"[^\W\d_]{3,}")  # characters of a name or address that are worth looking for

# OWASP's parameters for servers with little memory: 19 MiB, 2 passes, about 30 ms.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hashed(password: str) -> str:
    """The hash to store; raises parsing.Unreadable if no password can be this text."""
    return _hasher.hash(parsing.password(password))


def fits(password: str, password_hash: str | None) -> bool:
    """Whether the password matches. Takes as long without an account or password."""
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
    """Raise Invalid if a password is short or easy to guess; `about` is its owner's data."""
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
    """Whether the password without its owner's own words is easy to guess."""
    from zxcvbn import zxcvbn  # 13 MB of frequent words, loaded by the workers that need them

    left = _plain(password)[:JUDGED]  # one character may stand for eighteen letters
    for word in sorted(_WORD.findall(_plain(" ".join(about))), key=len, reverse=True):
        left = left.replace(word, "")
    return not left or zxcvbn(left, user_inputs=["asns", "parole"])["score"] < STRONG_ENOUGH


def _plain(text: str) -> str:
    """Lower-case letters without diacritics."""
    return "".join(
        sign for sign in normalized("NFKD", text.lower()) if not unicodedata.combining(sign)
    )
