"""Pure rules of accounts: digests, devices, waits, and where a sign-in may lead."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

# The first word that fits names the thing: an Edge also calls itself Chrome, a Chrome also Safari.
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
    """What the database keeps of a token: its SHA-256, enough for 256 random bits."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def device_of(user_agent: str) -> str:
    """The browser and system as people know them ("Firefox, Windows"), as far as they are told."""
    names = (
        next((name for word, name in known.items() if word in user_agent), None)
        for known in (BROWSERS, SYSTEMS)
    )
    return ", ".join(name for name in names if name)


def is_own_path(address: str) -> bool:
    """Whether an address is a page of this portal, so that signing in may lead there.

    Browsers read a backslash as a slash and skip control characters, hence not by prefix alone.
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
    """How many tries are free within a window.

    With `first_wait` each further try makes one wait, twice as long each time, up to the window.
    Without it one waits for the end of the window.
    """

    name: str
    tries: int
    window: timedelta
    first_wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Tries:
    """What is known of the tries so far."""

    count: int
    since: datetime
    blocked_until: datetime | None = None


def spend(limit: Limit, before: Tries, now: datetime) -> Tries:
    """The tries after one more at `now`, which the caller has made sure is allowed."""
    if now - before.since >= limit.window:
        before = Tries(0, now)
    count = before.count + 1
    if count < limit.tries:
        return Tries(count, before.since)
    if limit.first_wait is None:
        return Tries(count, before.since, before.since + limit.window)
    # A wait starts the window anew: only a quiet window after it makes the next one short again.
    until = now + min(limit.first_wait * 2 ** min(count - limit.tries, 16), limit.window)
    return Tries(count, until, until)
