"""Pure rules of accounts: digests of tokens, names of devices."""

from hashlib import sha256

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
    return sha256(token.encode()).hexdigest()


def device_of(user_agent: str) -> str:
    """The browser and system as people know them ("Firefox, Windows"), as far as they are told."""
    names = (
        next((name for word, name in known.items() if word in user_agent), None)
        for known in (BROWSERS, SYSTEMS)
    )
    return ", ".join(name for name in names if name)
