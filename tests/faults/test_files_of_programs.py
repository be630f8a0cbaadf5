"""Files as programs write them, in every place that takes files."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from portal.core.accounts.models import Organisation
from portal.core.db import db
from portal.core.documents.models import Remark, StoredFile
from tests.access.table import Row, rows
from tests.core.documents.samples import HEIC, LOCKED, PDF, WORD_ONLINE
from tests.faults.forms import Form, forms
from tests.pages import TAKES_FILES, parsed
from tests.world import World

LONG = "Pielikums_ar_garumzīmēm_ŠĶŪŅĢ 🌱 (galīgā versija).docx"
NUMBER = "40008000009"  # of an organisation that the owner does not know
# What the other fields of some forms need before their files are looked at.
FITTING = {
    "claims.new": {"registration_number": NUMBER, "name": "Biedrība", "position": "Loceklis"},
    "call_documents.add": {"kind": "regulations"},
    "intake.register": {
        **{"name": "Biedrība", "email": "a@example.lv", "q_title": "Projekts", "channel": "post"},
        **{"registration_number": NUMBER, "kind": "association"},
        **{"received-day": "20", "received-month": "11", "received-year": "2026"},
        **{"received-time": "10:00", "postmark-day": "19", "postmark-month": "11"},
        **{"postmark-year": "2026"},
    },
}
KEEP_NONE = ("register.verify", "administration.logo")  # a logo is made anew of its picture
PLACES = {
    "claims.new",
    "call_documents.add",
    "call_documents.replace",
    "applications.section",
    "intake.register",
    "clarifications.reply",
}


def places(world: World) -> Iterator[tuple[Row, Form]]:
    """The forms that take files and keep them; the proxy knows their addresses."""
    shown = [row for row in rows() if row.let_in and "GET" in world.methods(row.endpoint)]
    for row in shown:
        address = world.url(row.endpoint, row.stage)
        if re.search(TAKES_FILES, address) and row.endpoint not in KEEP_NONE:
            yield from ((row, form) for form in forms(world, row) if form.files)


def attach(world: World, row: Row, form: Form, name: str, content: bytes) -> TestResponse:
    values = {**form.values, **FITTING.get(row.endpoint, {})}
    values |= {one: "Vārdi" for one in form.texts if not any(values.get(one) or ())}
    return world.ask(
        form.role,
        form.action,
        "POST",
        data={**values, form.files[0]: (io.BytesIO(content), name)},
    )


def said(page: TestResponse) -> str:
    return " ".join(parsed(page.text).get_text(" ").split())


@contextmanager
def tried(world: World) -> Iterator[None]:
    """What is sent inside is undone; one organisation has a number by which it can be claimed."""
    with world.undone():
        with world.app.app_context():
            newest = select(Organisation.id).order_by(Organisation.id.desc()).limit(1)
            one = update(Organisation).where(Organisation.id == newest.scalar_subquery())
            db.session.execute(one.values(registration_number=NUMBER))
            db.session.commit()
        yield


def stored(world: World) -> set[tuple[str, str, str | None]]:
    with world.app.app_context():
        query = select(StoredFile.name, StoredFile.media_type, StoredFile.remark)
        return {
            (name, media_type, remark) for name, media_type, remark in db.session.execute(query)
        }


@pytest.fixture(scope="module")
def found(world: World) -> list[tuple[Row, Form]]:
    found = list(places(world))
    assert {row.endpoint for row, _ in found} == PLACES
    return found


@pytest.mark.parametrize("name", ["līgums.pdf", "plāns.docx"], ids=["PDF", "Word"])
def test_what_is_locked_is_refused_everywhere_with_the_reason(
    world: World, found: list[tuple[Row, Form]], name: str
) -> None:
    for row, form in found:
        with tried(world):
            before = stored(world)
            page = attach(world, row, form, name, LOCKED[name])
            assert f"„{name}” ir aizsargāts ar paroli" in said(page), f"{row}: {said(page)}"
            assert stored(world) == before, row


@pytest.mark.parametrize(
    ("given", "content", "kept", "remark"),
    [
        (LONG, WORD_ONLINE, LONG, None),
        ("Plāns.pdf", PDF[: len(PDF) * 2 // 3], "Plāns.pdf", Remark.CUT_OFF),
        ("IMG_0042.HEIC", HEIC, "IMG_0042.jpg", None),
    ],
    ids=["long name", "cut off", "iPhone"],
)
def test_what_programs_and_telephones_write_is_taken_everywhere(
    world: World,
    found: list[tuple[Row, Form]],
    given: str,
    content: bytes,
    kept: str,
    remark: Remark | None,
) -> None:
    for row, form in found:
        with tried(world):
            before = stored(world)
            page = attach(world, row, form, given, content)
            if given.endswith("HEIC") and row.endpoint.startswith("call_documents"):
                assert "nevar pievienot" in said(page), f"{row}: no pictures among the documents"
                continue
            ((name, _, beside),) = stored(world) - before
            assert (name, beside) == (kept, remark), row
            if remark and row.endpoint == "applications.section":
                section = said(world.ask(form.role, form.action))
                assert "Failam trūkst beigu" in section, section
