"""URLs for letters, made outside of requests too."""

from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from portal.core.settings import settings


def page_url(endpoint: str, **values: Any) -> str:
    """The absolute URL of a page, under BASE_URL; `values` as for url_for, objects too."""
    base = urlsplit(settings().base_url)
    pages = current_app.url_map.bind(base.netloc, base.path or "/", url_scheme=base.scheme)
    return pages.build(endpoint, values, force_external=True)
