"""What a view does with a form: run the verb, show the page again, compare two versions.

form = RegisterForm()
if form.validate_on_submit() and accepted(form, lambda: service.register(form.name.data, …)):
    return redirect(url_for(".registered"))
return form_page("accounts/register.html", form)
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Self

from flask import jsonify, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import inspect

from portal.core.db import Base, Words, db
from portal.core.errors import DomainError, StaleForm, TooMany
from portal.core.fields import Field, Form, Hidden, Rows
from portal.core.fields.choices import Choice
from portal.core.formats import short_date, short_instant
from portal.core.versions import Seen, version_of


class VersionedForm(Form):
    """A form of something that two people can change; it carries which version of what it shows."""

    version = Hidden()

    @property
    def seen_version(self) -> Seen:
        """The version that the form showed; 0, which none is, for anything malformed."""
        return Seen.read(str(self.version.data or ""))

    def process(self, formdata: Any = None, obj: Any = None, *args: Any, **kwargs: Any) -> None:
        """Fill the form; of a row it takes more than its number (see versions.py)."""
        super().process(formdata, obj, *args, **kwargs)
        if obj is not None and self.version.typed is None:
            self.version.data = version_of(obj)

    @classmethod
    def values(cls, row: Any) -> Mapping[str, Any]:
        """The row's values by the names of the fields; a form whose fields differ says its own."""
        return {one.key: getattr(row, one.key) for one in inspect(row).mapper.column_attrs}

    @classmethod
    def of(cls, row: Any) -> Self:
        """The form of this row; what was sent with the request goes before it."""
        return cls(data={**cls.values(row), "version": version_of(row)})

    def differences(self, row: Base) -> list[tuple[str, str, str]]:
        """Label, what was typed and what is saved, for each field in which they differ."""
        saved = type(self)(formdata=None, data=self.values(row))
        return [
            (str(field.label.text), mine, theirs)
            for field in self
            if isinstance(field, Field) and not isinstance(field, Hidden) and field.name in saved
            for mine, theirs in [(_read(field), _read(_offering(saved[field.name], field)))]
            if mine != theirs
        ]

    def catch_up(self, row: Base) -> None:
        """Show the saved version as the one seen: sending the form once more overwrites it."""
        self.version.typed = version_of(row)


def accepted(form: Form, verb: Callable[[], object]) -> bool:
    """Run a verb with what a valid form says. A refusal is shown in the form."""
    try:
        verb()
    except DomainError as refusal:
        form.refuse(refusal)
        return False
    return True


def carried_out(form: Form, verb: Callable[[], object]) -> bool:
    """Whether the form was sent, could be taken, and its verb was done."""
    return bool(form.validate_on_submit()) and accepted(form, verb)


def form_page(template: str, form: Form, **context: object) -> ResponseReturnValue:
    """The page of a form with its status: 200, 422, or that of the verb's refusal.

    Of a form that came too late the page gets `stale`: see components/stale.html.
    """
    stale: list[tuple[str, str, str]] = []
    if isinstance(form, VersionedForm) and isinstance(form.refusal, StaleForm):
        row = form.refusal.theirs
        if isinstance(row, Base):
            db.session.refresh(row)
            stale = form.differences(row)
            form.catch_up(row)
    response = make_response(render_template(template, form=form, stale=stale, **context))
    response.status_code = form.status
    if isinstance(form.refusal, TooMany):
        response.headers["Retry-After"] = str(form.refusal.retry_after)
    return response


def refused_autosave(refusal: DomainError) -> ResponseReturnValue:
    """Why a script's save was refused; where somebody else saved first, it sends the form."""
    return jsonify(code=refusal.code, message=str(refusal.message)), refusal.status


def _offering(field: Field, like: Field) -> Field:
    """The field with the choices that a view gave its twin."""
    if isinstance(field, Choice) and isinstance(like, Choice):
        field.choices = like.choices
    return field


def _read(field: Field) -> str:
    """What a field holds, as people read it: a choice by its label, rows line by line."""
    match field:
        case Choice():
            return field.label_of(field.data)
        case Rows():
            return "\n".join(
                " · ".join(_read(cell) for cell in row.cells.values())
                for row in field.rows
                if not row.blank
            )
        case _:
            return _text(field)


def _text(field: Field) -> str:
    match field.data:
        case Words(lv, en):
            return "\n".join(filter(None, (lv, en)))
        case datetime() as instant:
            return short_instant(instant)
        case date() as day:
            return short_date(day)
        case bool() as ticked:
            return str(_("yes") if ticked else _("no"))
        case value:
            return field.text(value)
