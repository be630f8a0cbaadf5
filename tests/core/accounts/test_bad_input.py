"""Whatever is typed into any form of accounts: taken unchanged, or refused with a message."""

from html import unescape
from typing import Any

from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.core.accounts.models import Person
from portal.core.accounts.passwords import check_strength
from portal.core.errors import Invalid
from portal.core.versions import version_of
from tests.naughty import NAUGHTY, stored
from tests.pages import PageClient, marked


def quick(client: PageClient, path: str, data: dict[str, Any]) -> TestResponse:
    """A POST without the look at the page that every other test takes."""
    return FlaskClient.open(client, path, method="POST", data=data)


def test_a_name_is_kept_as_it_is_or_given_back(
    english: PageClient, session: Session, anna: Person
) -> None:
    english.sign_in(anna)
    kept, token = 0, english.csrf()
    for name in NAUGHTY:
        session.refresh(anna)
        data = {"name": name, "language": "lv", "version": version_of(anna)}
        answer = quick(english, "/account/details", {**data, "csrf_token": token})
        session.commit()
        session.refresh(anna)
        if answer.status_code == 302:
            assert anna.name == stored(name)
            kept += 1
        else:
            assert answer.status_code == 422
            assert marked(name.strip()) in unescape(answer.text)
    assert kept > 300


@given(st.text(max_size=300), st.text(max_size=50))
def test_any_password_is_judged(password: str, name: str) -> None:
    try:
        check_strength(password, about=(name, "anna@example.lv"))
    except Invalid as refusal:
        assert refusal.field == "password"


def test_links_that_are_none(english: PageClient) -> None:
    for secret in ("x", "a" * 5000, "%00", "%ff%fe", "..", "<script>", "\u202e", "-" * 43):
        for purpose in ("confirm", "reset", "address", "join"):
            assert english.get(f"/link/{purpose}/{secret}").status_code in (404, 410)
