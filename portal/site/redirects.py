"""Addresses that have moved. An address that others rely on leads on for ever (308).

MOVED says where each went; a part in angle brackets is taken over:

    "/calls/<slug:competition>": "/competitions/<competition>"

The addresses that nobody may take away without an entry here stand in tests/site/test_addresses.py.
"""

from collections.abc import Mapping

from flask import Flask

MOVED: Mapping[str, str] = {}


def init_app(app: Flask, moved: Mapping[str, str] = MOVED) -> None:
    """Lead from each old address to its new one. Werkzeug answers; no view is asked."""
    for old, new in moved.items():
        app.add_url_rule(old, endpoint=f"moved:{old}", methods=["GET"], redirect_to=new.lstrip("/"))
