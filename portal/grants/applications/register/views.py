"""The public register of a call, and the page that checks receipts against it."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core.access import public
from portal.core.fields import File, Form, Text
from portal.grants.applications.models import Register
from portal.grants.applications.register import queries, verification
from portal.grants.applications.register.rules import (
    LARGEST_RECORD,
    Line,
    inclusion_proof,
    record_in,
    register_record,
)
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rights import Right

views = Blueprint("register", __name__)


@views.get("/competitions/<slug:competition>/register")
@public(Right.VIEW)
def page(competition: Competition) -> ResponseReturnValue:
    return render_template(
        "grants/applications/register/page.html",
        competition=competition,
        registers=queries.standing(competition),
    )


@views.get("/competitions/<slug:competition>/register.json")
@public(Right.VIEW)
def page_json(competition: Competition) -> ResponseReturnValue:
    registers = queries.standing(competition)
    if not registers:
        abort(HTTPStatus.NOT_FOUND)
    base_url = current_app.extensions["settings"].base_url
    return jsonify(register_record(base_url, competition.code, map(as_record, registers)))


def as_record(register: Register) -> dict[str, Any]:
    """A register for programs; each line comes with the proof that it belongs to the root."""
    leaves = [Line(entry.number, entry.seal).leaf for entry in register.entries]
    return {
        "ordinal": register.ordinal,
        "closed_at": register.closed_at.isoformat(),
        "root": register.root,
        "entries": [
            {
                "number": entry.number,
                "seal": entry.seal,
                "proof": [step.hex() for step in inclusion_proof(leaves, place)],
            }
            for place, entry in enumerate(register.entries)
        ],
    }


class VerifyForm(Form):
    """A receipt as a file, or what is printed on it."""

    file = File(
        _l("The receipt or a downloaded register"),
        _l("PDF or JSON, as the portal gave it."),
        accept=".pdf,.json",
        required=False,
    )
    number = Text(_l("Number of the application"), limit=40, width=20, required=False)
    seal = Text(_l("Seal"), _l("64 signs; spaces do not matter."), limit=200, required=False)


@views.get("/verify")
@public()
def verify() -> ResponseReturnValue:
    return render_template(
        "grants/applications/register/verify.html", form=VerifyForm(formdata=None), verdict=None
    )


@views.post("/verify")
@public()
def check() -> ResponseReturnValue:
    form = VerifyForm()
    verdict = _verdict(form) if form.validate() else None
    return (
        render_template("grants/applications/register/verify.html", form=form, verdict=verdict),
        form.status,
    )


def _verdict(form: VerifyForm) -> verification.Verdict | None:
    """What the receipt in the form is worth; where there is none the form says so."""
    if form.file.data is not None:
        record = record_in(form.file.data.stream.read(LARGEST_RECORD + 1))
        if record is not None:
            return verification.of_record(record)
        form.file.errors = [_("There is no receipt and no register of this portal in the file.")]
        return None
    number, seal = form.number.data.upper(), "".join(form.seal.data.lower().split())
    if number and seal:
        return verification.of_receipt(number, seal)
    form.file.errors = [_("Choose the file, or type the number and the seal.")]
    return None
