"""A printed letter: plain JSON, composed once and stored, from which page and paper are made."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from portal.core import clock, formats
from portal.core.db import Words
from portal.core.messages import composing
from portal.core.messages.composing import Address
from portal.core.papers.blocks import (
    Addressee,
    Block,
    Fact,
    Facts,
    Heading,
    Notice,
    Paper,
    Passage,
    Signatory,
    Signatures,
)
from portal.core.papers.issuer import issuer_of
from portal.grants.applications.models import Application
from portal.grants.applications.queries import counted_applicant

Content = dict[str, Any]


def head(
    application: Application, *, applicant: str, dated: date, organiser: Words | None = None
) -> Content:
    """The head of all letters, in the language of the page: sender, date, recipient."""
    competition, language = application.competition, application.language
    organisation, municipality = application.organisation, competition.municipality
    role = municipality.signatory_role or Words()
    return {
        "language": language,
        "issuer": (organiser or municipality.organiser).in_language(language),
        "contact": competition.contact_email or municipality.email,
        "composed_at": clock.now().isoformat(),
        "dated": dated.isoformat(),
        "date_words": formats.short_date(dated),
        "recipient": [
            line
            for line in (applicant, organisation.address, application.email or organisation.email)
            if line
        ],
        # Posted letters are signed by hand, by the board's signatory.
        "signatory": municipality.signatory,
        "role": role.in_language(language),
        "by_hand": True,
    }


def compose(application: Application, template: str, context: Mapping[str, Any]) -> Content:
    """An e-mail template as a printed letter, in the application's language."""
    language = application.language
    said = composing.compose(template, Address("", language), on_paper=True, **context)
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
        }


def _passages(text: str) -> Iterator[Content]:
    """The paragraphs and lists of an e-mail's text."""
    paragraphs: list[str] = []
    for paragraph in text.strip().split("\n\n"):
        rows = paragraph.split("\n")
        if all(row.startswith("- ") for row in rows):
            yield _passage("\n\n".join(paragraphs), [row[2:] for row in rows])
            paragraphs = []
        else:
            paragraphs.append(paragraph)
    if paragraphs:
        yield _passage("\n\n".join(paragraphs), [])


def _passage(text: str, rows: list[str]) -> Content:
    return {"heading": "", "text": text, "rows": rows}


def letter(
    application: Application, content: Content, *, preview: bool = False, signed: bool = False
) -> Paper:
    """The printed letter; a `preview` is marked as one, and says whether it is `signed`."""
    dated = date.fromisoformat(content["dated"])
    with force_locale(content["language"]):
        return Paper(
            title=content["title"],
            number=content["number"],
            issuer=issuer_of(
                application.competition.municipality,
                at=_composed_at(content),
                name=content["issuer"],
                contact=content["contact"],
            ),
            at=clock.riga(dated),
            opening=list(_opening(content, dated, preview=preview, signed=signed)),
            blocks=list(_blocks(content)),
        )


def _composed_at(content: Content) -> datetime:
    """When it was composed; the earliest letters say the day only."""
    if at := content.get("composed_at"):
        return datetime.fromisoformat(at)
    return clock.riga(date.fromisoformat(content["dated"]))


def _opening(content: Content, dated: date, *, preview: bool, signed: bool) -> Iterator[Block]:
    if preview:
        said = (
            _("Preview: this letter is signed, and not sent yet.")
            if signed
            else _("Preview: this letter has not been signed or sent.")
        )
        yield Notice(said, kind="warning")
    number = content["number"]
    yield Addressee(
        letter=[
            formats.written_date(dated),
            _("No. %(number)s", number=number) if number else "",
        ],
        recipient=content["recipient"],
    )


def _blocks(content: Content) -> Iterator[Block]:
    if content.get("greeting"):  # of the earliest letters
        yield Passage(content["greeting"])
    if content["outcome"]:
        yield Notice(content["outcome"], kind="good" if content["favourable"] else "plain")
    yield Facts([Fact(label, value) for label, value in content["facts"]])
    for part in content["passages"]:
        if part["heading"]:
            yield Heading(part["heading"])
        yield Passage(part["text"], part.get("rows", ()))
    if content["role"] or content["signatory"]:
        by_hand = content.get("by_hand", False)
        yield Signatures(
            [Signatory(content["role"], content["signatory"])],
            by_hand=by_hand,
            remark=""
            if by_hand
            else _(
                "Signed in the portal, without a signature by hand. If you need a copy with a"
                " signature, ask the board for it."
            ),
        )
