"""Checks of names of people and organisations, which are printed in letters to others.

Without them, anybody who may choose a name and cause a letter could send a message of their own in
the municipality's name.
"""

import re
from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from portal.core.normalization import is_unseen, normalized

LONGEST = 200  # characters; no name in the register is longer
SENTENCE = 4  # this many words beside a web address are a sentence
SHOWN = 60  # characters of the offending part

NAME_ONLY = _l(
    "Write just the name: no web addresses, e-mail addresses, telephone numbers or sentences."
)

# 2024/2025, 18.11.1918
_DATES = re.compile(
    r"\b(?:19|20)\d\d\.?\s?[-–—/]\s?(?:19|20)\d\d\b|\b\d{1,2}\.\s?\d{1,2}\.\s?(?:18|19|20)\d\d\b"
)
_MESSAGE = re.compile(
    r"""
    :// | https?: | www\. | @                        # a link or an address
    | \w\.[^\W\d_]{2,}+[/:?\#]\S                    # bit.ly/x; but A/S, Nr.12/3
    # drosi.banka.lv; but A.B.Kalns, Dr.sc.ing.
    | (?<![\w-])(?!(?:dr|mg|bc|prof)\.)[\w-]{2,}+\.[\w-]{2,}+\.[a-z]{2,}
    | \b\d{1,3}(?:\.\d{1,3}){3}\b                    # 192.0.2.1
    | (?:\d[\s().+/·–—-]*+){8}                       # a telephone number
    | (?<![\w-])(?:[\w-]++[\s,]++){3}(?:            # a sentence, and then more
        [\w-]++[!?]++["”“»]?\s++\w
        | [\w-]{5,}+\.\s++(?-i:[^\W\d_a-z])\w*+\s++[^\W\d_]
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
# hakeris.lv, 1188.lv; but A.Kalns, 12.vidusskola
_SITE = re.compile(
    r"(?<![\w-])(?:(?=[\w-]{2})[\d_-]*+[^\W\d_][\w-]*+\.[^\W\d_]{2,}+|\d{3,}+\.[a-z]{2})(?!\w)"
)
_WORD = re.compile(r"[^\W\d_]+")
_DOT_WITHIN = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2})")


def offending(name: str) -> str:
    """The part of a name that is a message of its own; "" if there is none.

    Such are links, telephone numbers, sentences, invisible characters and what is too long. A bare
    ziedot.lv is an existing name; see `unlinked`.
    """
    if len(name) > LONGEST:
        return name[LONGEST:][:SHOWN]
    if hidden := next(filter(is_unseen, name), ""):
        return f"U+{ord(hidden):04X}"
    plain = _DATES.sub(" ", _plain(name))
    found = _MESSAGE.search(plain) or next(_sites(plain), None)
    if found is None:
        return ""
    start = plain.rfind(" ", 0, found.start()) + 1
    end = found.start() + len(found.group().rstrip())
    return (plain[start:end] + plain[end:].split(" ")[0])[:SHOWN]


def unlinked(name: str) -> str:
    """A name of which no mail program makes a link: "ziedot. lv"."""
    return _DOT_WITHIN.sub(". ", _plain(name))


def _plain(name: str) -> str:
    """The name with lookalike characters replaced as browsers do: 。 becomes a dot."""
    return normalized("NFKC", name).replace("\N{IDEOGRAPHIC FULL STOP}", ".")


def _sites(plain: str) -> Iterator[re.Match[str]]:
    """The web addresses in a name that also contains a sentence."""
    if len(_WORD.findall(plain)) < SENTENCE + 1:
        return
    for found in _SITE.finditer(plain):
        beside = plain[: found.start()] + plain[found.end() :]
        ending = found.group().rpartition(".")[2]
        # Sv.Annas draudze lacks a space, and is not an address.
        written_so = ending.islower() or ending.isupper() or len(ending) == 2
        if written_so and len(_WORD.findall(beside)) >= SENTENCE:
            yield found
