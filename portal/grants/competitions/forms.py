"""Forms of a competition as a whole: create, cancel."""

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from portal.core.accounts.models import Municipality
from portal.core.fields import Choice, DateTime, Form, Select, Text, WordsField
from portal.grants.competitions import call_templates
from portal.grants.competitions.models import Competition

SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
# Slugs that would clash with pages: /board/competitions/new.
RESERVED = frozenset({"new"})


class CreateForm(Form):
    """A new call: its template, and when applications are accepted."""

    municipality = Select(_l("Municipality"))
    start = Choice(
        _l("Start from"),
        _l("Texts, form, criteria and the list of documents are taken over; you change them next."),
    )
    opens_at = DateTime(_l("Applications open"))
    deadline = DateTime(
        _l("Deadline for applications"),
        _l("Other dates are moved along. At 23.59 one can apply until 23.59.59."),
        whole_minute=True,
    )
    slug = Text(
        _l("Address of the call's page"),
        _l("Small letters, digits and hyphens: liepaja-2026. Left empty, the call's number."),
        prefix="/competitions/",
        limit=60,
        width=20,
        required=False,
        spellcheck=False,
    )

    def offer(self, municipalities: Sequence[Municipality], earlier: Sequence[Competition]) -> None:
        """Set the choices: the actor's municipalities, and earlier calls."""
        self._municipalities = {one.code: one for one in municipalities}
        self._earlier = {f"copy:{one.slug}": one for one in earlier}
        self.municipality.choices = [(one.code, str(one.name)) for one in municipalities]
        templates = [
            (f"template:{code}", str(name)) for code, name in call_templates.template_names()
        ]
        copies = [(key, f"{one.code} · {one.title}") for key, one in self._earlier.items()]
        self.start.choices = [*templates, *copies]
        if len(municipalities) == 1 and self.municipality.data is None:
            self.municipality.data = municipalities[0].code

    def creation(self) -> dict[str, Any]:
        """The arguments of the verb; for a validated form."""
        start = self.start.data
        earlier = self._earlier.get(start)
        return {
            "municipality": self._municipalities[self.municipality.data],
            "content": call_templates.of_competition(earlier)
            if earlier
            else call_templates.templates()[start.removeprefix("template:")],
            "slug": self.slug.data or None,
            "opens_at": self.opens_at.data,
            "deadline": self.deadline.data,
        }

    def validate_slug(self, field: Text) -> None:
        """Only characters of a URL, and no reserved slug."""
        if not re.fullmatch(SLUG, field.data):
            raise ValidationError(_l("Use small letters without marks, digits and hyphens."))
        if field.data in RESERVED:
            raise ValidationError(_l("This address is taken. Choose another."))


class CancelForm(Form):
    """The form for cancelling a call, with the reason."""

    reason = WordsField(
        _l("Why is it cancelled?"),
        _l("Stands on the call's page and in the letter to applicants."),
        limit=1000,
        long=True,
        rows=4,
    )
