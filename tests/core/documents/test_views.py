"""A file leaves as a download that runs nothing, under its own name."""

import io
from email.message import Message
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask import Flask
from werkzeug import Response

from portal.core.documents import service
from portal.core.documents.asking import BoundedStorage
from portal.core.documents.models import StoredFile
from portal.core.documents.storage import LocalStorage, MissingObject
from portal.core.documents.views import disposition, send
from tests.core.documents.samples import PDF


@pytest.fixture
def stored(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StoredFile:
    monkeypatch.setitem(app.extensions, "storage", BoundedStorage(LocalStorage(tmp_path), 2))
    with app.app_context():
        service.storage().put("0123abcd", io.BytesIO(PDF))
    return StoredFile(
        object_key="0123abcd",
        name="Apliecinājums „Vēja spārni”.pdf",
        size=len(PDF),
        sha256=sha256(PDF).hexdigest(),
        media_type="application/pdf",
        purpose="attachment",
    )


def ask(
    app: Flask, stored: StoredFile, method: str = "GET", path: str = "/account", **headers: str
) -> Response:
    with app.test_request_context(path, method=method, headers=headers):
        response = send(stored)
    response.direct_passthrough = False  # there is no server to pass the file to
    response.get_data()  # read to its end and closed, as a server does
    response.close()
    return response


def test_it_is_a_download_that_runs_nothing(app: Flask, stored: StoredFile) -> None:
    response = ask(app, stored)
    assert response.get_data() == PDF
    assert response.mimetype == "application/pdf"
    assert response.content_length == len(PDF)
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.cache_control.no_store and "ETag" not in response.headers


def test_what_a_visitors_browser_has_is_not_sent_again(app: Flask, stored: StoredFile) -> None:
    public = {"path": "/about/privacy"}  # who may ask is said by the address
    first = ask(app, stored, **public)
    assert first.cache_control.no_cache and not first.cache_control.no_store
    again = ask(app, stored, If_None_Match=first.headers["ETag"], **public)
    assert again.status_code == HTTPStatus.NOT_MODIFIED and again.get_data() == b""
    assert ask(app, stored, If_None_Match='"other"', **public).status_code == HTTPStatus.OK


def test_a_head_says_the_size_and_opens_nothing(app: Flask, stored: StoredFile) -> None:
    stored.object_key = "ffffffff"
    assert ask(app, stored, "HEAD").content_length == len(PDF)
    with pytest.raises(MissingObject):
        ask(app, stored)


def named(header: str) -> str:
    """The name as a browser reads it (RFC 6266: the one in UTF-8 counts)."""
    return unquote(header.partition("filename*=UTF-8''")[2])


@pytest.mark.parametrize(
    "name",
    [
        "Šķēres āžiem.pdf",
        "Заявка.pdf",
        'x"; filename="y.exe',
        "a;b=c%20d.pdf",
        "x\r\nSet-Cookie: a=b.pdf",
        "日本.pdf",
    ],
)
def test_names_survive_and_inject_nothing(name: str) -> None:
    header = disposition(name)
    assert header.isascii() and header.isprintable()
    assert named(header) == name
    message = Message()
    message["Content-Disposition"] = header
    assert message.get_content_disposition() == "attachment"
    assert len(message.get_params(header="Content-Disposition") or []) == 3


@pytest.mark.parametrize("name", ["../../etc/passwd.pdf", "..\\x.pdf", "2026/27.pdf"])
def test_a_name_is_no_path(name: str) -> None:
    assert not {"/", "\\"} & set(disposition(name).replace("UTF-8''", ""))
    assert not {"/", "\\"} & set(named(disposition(name)))


def test_a_name_without_ascii_letters_has_one_for_old_programs() -> None:
    assert 'filename="Skeres.pdf"' in disposition("Šķēres.pdf")
    assert 'filename="file"' in disposition("日本")
