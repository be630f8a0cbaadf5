"""Redirects from old URLs (308), which are kept for good.

MOVED maps old to new; parts in angle brackets are taken over:

    "/calls/<slug:competition>": "/competitions/<competition>"

tests/site/test_addresses.py lists the URLs that must not disappear without an entry here.
"""

from collections.abc import Mapping

from flask import Flask

MOVED: Mapping[str, str] = {}


def init_app(app: Flask, moved: Mapping[str, str] = MOVED) -> None:
    """Redirect each old URL to its new one, in Werkzeug's routing."""
    for old, new in moved.items():
        app.add_url_rule(old, endpoint=f"moved:{old}", methods=["GET"], redirect_to=new.lstrip("/"))
