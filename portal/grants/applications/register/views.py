"""The public register of a call, and the page that verifies receipts."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import formats, parsing
from portal.core.access import public
from portal.core.concurrency import takes_slot
from portal.core.fields import File, Form, Refused, Text
from portal.core.settings import settings
from portal.grants.applications.models import Register
from portal.grants.applications.register import queries, verification
from portal.grants.applications.register.records import LARGEST, record_in, register_record
from portal.grants.applications.register.rules import RegisterLine, inclusion_proofs
from portal.grants.applications.register.verification import Verification
from portal.grants.applications.rules import is_seal
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rights import Right

views = Blueprint("register", __name__)


@views.get("/competitions/<slug:competition>/register")
@public(Right.VIEW)
def page(competition: Competition) -> ResponseReturnValue:
    return render_template(
        "grants/applications/register/page.html",
        competition=competition,
        registers=queries.current_registers(competition),
    )


@views.get("/competitions/<slug:competition>/register.json")
@public(Right.VIEW)
@takes_slot
def page_json(competition: Competition) -> ResponseReturnValue:
    registers = queries.current_registers(competition)
    if not registers:
        abort(HTTPStatus.NOT_FOUND)
    base_url = settings().base_url
    return jsonify(register_record(base_url, competition.code, map(as_record, registers)))


def as_record(register: Register) -> dict[str, Any]:
    """A register as JSON, with an inclusion proof for each line."""
    leaves = [RegisterLine(entry.number, entry.seal).leaf for entry in register.entries]
    return {
        "ordinal": register.ordinal,
        "closed_at": register.closed_at.isoformat(),
        "root": register.root,
        "entries": [
            {
                "number": entry.number,
                "seal": entry.seal,
                "proof": [step.hex() for step in proof],
            }
            for entry, proof in zip(register.entries, inclusion_proofs(leaves), strict=True)
        ],
    }


class FileForm(Form):
    """A receipt or a register as a file."""

    file = File(
        _l("The receipt or a downloaded register"),
        _l("PDF or JSON, as the portal gave it."),
        accept=".pdf,.json",
    )

    @property
    def result(self) -> Verification | None:
        """The verification of the file; None if there is nothing to verify in it."""
        record = record_in(self.file.data.stream.read(LARGEST + 1))
        if record is None:
            self.file.errors = [_("There is no receipt and no register of this portal in it.")]
        return verification.of_record(record) if record else None


class SealField(Text):
    """A seal, with or without separators; refuses other formats."""

    def parse(self, typed: str) -> str:
        written = parsing.compact(typed).lower().replace("-", "")
        if written and not is_seal(written):
            raise Refused(
                _(
                    "This is not a seal. Is it mistyped? A seal has 64 signs: digits and letters"
                    " from a to f; here are %(count)s.",
                    count=formats.number(len(written)),
                )
            )
        return written


class PrintForm(Form):
    """Number and seal as printed on a receipt."""

    number = Text(_l("Number of the application"), limit=100, width=20)
    seal = SealField(_l("Seal"), _l("64 signs; spaces do not matter."), spellcheck=False)

    @property
    def result(self) -> Verification:
        """The verification of number and seal."""
        return verification.of_receipt(self.number.data, self.seal.data)


@views.get("/verify")
@public()
def verify() -> ResponseReturnValue:
    return verify_page(FileForm(formdata=None), PrintForm(formdata=None), None)


@views.post("/verify")
@public()
@takes_slot
def check() -> ResponseReturnValue:
    typed = "seal" in request.form
    file = FileForm(formdata=None) if typed else FileForm()
    printed = PrintForm() if typed else PrintForm(formdata=None)
    form: FileForm | PrintForm = printed if typed else file
    result = form.result if form.validate() else None
    return verify_page(file, printed, result), form.status


def verify_page(file: FileForm, printed: PrintForm, result: Verification | None) -> str:
    """The page that verifies receipts, with the result."""
    return render_template(
        "grants/applications/register/verify.html",
        file=file,
        printed=printed,
        problems=[*file.problems, *printed.problems],
        result=result,
    )
