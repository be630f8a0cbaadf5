"""What people and organisations call themselves, where it is read by those who did not ask for it.

Our letters must not carry a stranger's message: whoever may choose a name, and to whom a letter
with it goes, would write to anybody in the municipality's name.
"""

import re
import unicodedata

from flask_babel import lazy_gettext as _l

LONGEST = 200  # characters; no name in the register is longer

NAME_ONLY = _l(
    "Write just the name: no web addresses, e-mail addresses, telephone numbers or sentences."
)

# Signs that are not seen, or that turn round what is.
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_YEARS = re.compile(r"\b(?:19|20)\d\d\.?\s?[-–—/]\s?(?:19|20)\d\d\b")
_MESSAGE = re.compile(
    r"""
    :// | https?: | www\. | @                       # a link or an address
    | \w\.[^\W\d_]{2,}[/:?\#]\S                     # bit.ly/x; but A/S, Nr.12/3
    | [\w-]{2,}\.[\w-]{2,}\.[a-z]{2,}               # drosi.banka.lv; but A.B.Kalns
    | \b\d{1,3}(?:\.\d{1,3}){3}\b                   # 192.0.2.1
    | (?:\d[\s().+-]*){8}                           # a telephone number
    | (?:[\w-]+[\s,]+){3}[\w-]+[!?]+["”“»]?\s+\w    # a sentence, and then more
    | (?:[\w-]+[\s,]+){3}[\w-]{5,}\.\s+(?-i:[^\W\d_a-z])
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DOT_WITHIN = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2})")


def is_message(name: str) -> bool:
    """Whether a name is used to say something else: with links, telephone numbers, sentences.

    A bare ziedot.lv is a name that there is; see `unlinked`.
    """
    if len(name) > LONGEST or any(unicodedata.category(sign) in _UNSEEN for sign in name):
        return True
    plain = unicodedata.normalize("NFKC", name).replace("\N{IDEOGRAPHIC FULL STOP}", ".")
    return _MESSAGE.search(_YEARS.sub(" ", plain)) is not None


def unlinked(name: str) -> str:
    """A name of which no mail program makes a link: "ziedot. lv"."""
    return _DOT_WITHIN.sub(". ", name)
