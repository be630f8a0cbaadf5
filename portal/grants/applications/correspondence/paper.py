"""A letter on paper: plain JSON, composed once and frozen, of which page and PDF are made."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from portal.core import clock, formats
from portal.core.db import Words
from portal.core.documents import shapes
from portal.core.messages import letter as mail
from portal.core.messages.letter import Address
from portal.grants.applications.models import Application
from portal.grants.applications.queries import counted_applicant

Content = dict[str, Any]


def head(
    application: Application, *, applicant: str, dated: date, organiser: Words | None = None
) -> Content:
    """From whom, when and to whom, in the language of the page: what all letters begin with."""
    competition, language = application.competition, application.language
    organisation = application.organisation
    return {
        "language": language,
        "issuer": (organiser or competition.municipality.organiser).in_language(language),
        "contact": competition.contact_email or competition.municipality.email,
        "dated": dated.isoformat(),
        "date_words": formats.short_date(dated),
        "recipient": [
            line
            for line in (applicant, organisation.address, application.email or organisation.email)
            if line
        ],
        "greeting": _("Hello, %(name)s!", name=applicant or organisation.name),
    }


def compose(application: Application, template: str, context: Mapping[str, Any]) -> Content:
    """The words of an e-mail's template as a letter, in the language of its application."""
    language = application.language
    said = mail.compose(template, Address("", language), on_paper=True, **context)
    with force_locale(language):
        return {
            **head(
                application, applicant=counted_applicant(application) or "", dated=clock.today()
            ),
            "title": said.subject,
            "number": "",
            "outcome": "",
            "favourable": False,
            "facts": [],
            "passages": list(_passages(said.text)),
            "signatory": "",
            "role": "",
        }


def _passages(text: str) -> Iterator[Content]:
    """The paragraphs and lists of an e-mail's text; what stands together stays so."""
    standing: list[str] = []
    for paragraph in text.strip().split("\n\n"):
        rows = paragraph.split("\n")
        if all(row.startswith("- ") for row in rows):
            yield _passage("\n\n".join(standing), [row[2:] for row in rows])
            standing = []
        else:
            standing.append(paragraph)
    if standing:
        yield _passage("\n\n".join(standing), [])


def _passage(text: str, rows: list[str]) -> Content:
    return {"heading": "", "text": text, "rows": rows}


def sheet(content: Content, *, preview: bool = False) -> shapes.OfficialLetter:
    """The letter as the PDF takes it."""
    dated = date.fromisoformat(content["dated"])
    return shapes.OfficialLetter(
        title=content["title"],
        number=content["number"],
        issuer=content["issuer"],
        contact=content["contact"],
        at=clock.riga(dated),
        dated=dated,
        recipient=tuple(content["recipient"]),
        greeting=content["greeting"],
        outcome=content["outcome"],
        favourable=content["favourable"],
        facts=tuple(shapes.Fact(label, value) for label, value in content["facts"]),
        passages=tuple(
            shapes.Passage(
                heading=part["heading"], text=part["text"], items=tuple(part.get("rows", ()))
            )
            for part in content["passages"]
        ),
        signatory=shapes.Signatory(role=content["role"], name=content["signatory"])
        if content["role"]
        else None,
        preview=preview,
    )
