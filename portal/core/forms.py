"""What a view does with a form: run the verb, show the page again, compare two versions.

form = RegisterForm()
if form.validate_on_submit() and accepted(form, lambda: service.register(form.name.data, …)):
    return redirect(url_for(".registered"))
return form_page("accounts/register.html", form)
"""

from collections.abc import Callable
from typing import Any

from flask import make_response, render_template
from flask.typing import ResponseReturnValue

from portal.core.db import Base, db
from portal.core.errors import DomainError, StaleForm, TooMany
from portal.core.fields import Field, Form, Hidden
from portal.core.fields.choices import Choice


class VersionedForm(Form):
    """A form of something that two people can change; it carries the version that it shows."""

    version = Hidden()

    @property
    def seen_version(self) -> int:
        """The version that the form showed; 0, which none is, for anything malformed."""
        typed = str(self.version.data or "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0

    def differences(self, row: Base) -> list[tuple[str, str, str]]:
        """Label, what was typed and what is saved, for each field in which they differ."""
        return [
            (str(field.label.text), _read(field, field.data), _read(field, saved))
            for field in self
            if isinstance(field, Field) and not isinstance(field, Hidden)
            for saved in [getattr(row, field.short_name, None)]
            if (field.data or None) != (saved or None)
        ]

    def catch_up(self, row: Base) -> None:
        """Show the saved version as the one seen: sending the form once more overwrites it."""
        self.version.typed = str(getattr(row, "version", ""))


def accepted(form: Form, verb: Callable[[], object]) -> bool:
    """Run a verb with what a valid form says. A refusal is shown in the form."""
    try:
        verb()
    except DomainError as refusal:
        form.refuse(refusal)
        return False
    return True


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


def _read(field: Field, value: Any) -> str:
    """A value as people read it: a choice by its label."""
    if isinstance(field, Choice):
        return field.label_of(value)
    return field.text(value)
