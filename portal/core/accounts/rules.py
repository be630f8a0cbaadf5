"""Pure rules of accounts: digests, devices, waits, and allowed redirects."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

# The first match is the name: Edge also contains Chrome, Chrome also contains Safari.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "Chrome/": "Chrome",
    "CriOS/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


def digest(token: str) -> str:
    """The stored digest of a token: SHA-256, enough for 256 random bits."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def device_of(user_agent: str) -> str:
    """The names of browser and system ("Firefox, Windows"), as far as they are known."""
    names = (
        next((name for word, name in known.items() if word in user_agent), None)
        for known in (BROWSERS, SYSTEMS)
    )
    return ", ".join(name for name in names if name)


def is_own_path(address: str) -> bool:
    """Whether the address is a path of this portal, safe to redirect to.

    Browsers read a backslash as a slash and skip control characters, so a prefix alone does not
    show it.
    """
    if not address.startswith("/") or address.startswith(("//", "/\\")):
        return False
    if "\\" in address or not address.isprintable():
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc


@dataclass(frozen=True, slots=True)
class Limit:
    """The number of free tries within a window.

    With `first_wait`, each further try doubles the wait, up to the window. Without it, the wait
    lasts to the window's end.
    """

    name: str
    tries: int
    window: timedelta
    first_wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Tries:
    """The stored count of tries."""

    count: int
    since: datetime
    blocked_until: datetime | None = None


def spend(limit: Limit, before: Tries, now: datetime) -> Tries:
    """The tries after one more at `now`; the caller has checked that it is allowed."""
    if now - before.since >= limit.window:
        before = Tries(0, now)
    count = before.count + 1
    if count < limit.tries:
        return Tries(count, before.since)
    if limit.first_wait is None:
        return Tries(count, before.since, before.since + limit.window)
    # A wait restarts the window: only after a quiet window the next wait is short again.
    until = now + min(limit.first_wait * 2 ** min(count - limit.tries, 16), limit.window)
    return Tries(count, until, until)
