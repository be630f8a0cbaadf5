"""How large a file may be is one setting, and all that is said of it quotes it."""

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from config import Settings
from portal.core.accounts.models import Role
from portal.core.documents.uploads import Limits, checked, largest_request
from portal.core.errors import Invalid
from portal.core.formats import MEGABYTE
from tests.core.documents.samples import PDF
from tests.factories import Make
from tests.pages import PageClient

ROOT = Path(__file__).parents[3]


def test_another_limit_holds_and_is_what_pages_say(
    app: Flask, client: PageClient, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(app.extensions["settings"], file_mb=1, files_mb=3)
    monkeypatch.setitem(app.extensions, "settings", settings)
    url = f"/board/competitions/{make.competition('draft').slug}/documents/new"
    client.sign_in(make.person(Role.OFFICER))
    page = client.page(url)
    assert page.select_one("input[type=file]")["data-limit"] == str(MEGABYTE)
    assert "līdz 1 MB" in page.get_text()
    too_large = BytesIO(PDF.ljust(MEGABYTE + 1, b" "))
    with (
        app.test_request_context(),
        pytest.raises(Invalid) as refused,
        checked("plāns.pdf", too_large, Limits()),
    ):
        pass
    with app.test_request_context():
        assert "1 MB" in str(refused.value.message).replace("\xa0", " ")
    assert largest_request(settings) == 8 * MEGABYTE


def test_the_proxy_of_the_documents_lets_pass_what_the_portal_takes(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    passes = re.findall(r"client_max_body_size (\d+)m;", (ROOT / "docs/nginx.conf").read_text())
    assert max(int(one) for one in passes) * MEGABYTE == largest_request(settings)
    for page in ("docs/operations.md", "docs/security.md", "docs/nginx.conf"):
        said = (ROOT / page).read_text()
        assert f"{settings.file_mb} MB" in said
        assert f"{largest_request(settings) // MEGABYTE} MB" in said
