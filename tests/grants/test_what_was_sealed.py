"""Whatever is renamed later: what was sealed, approved, signed and published reads as before."""

import io
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from bs4 import BeautifulSoup
from docx import Document
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from portal.core import clock
from portal.core.accounts.administration import service as administration
from portal.core.accounts.claims.models import ClaimState, OrganisationClaim
from portal.core.accounts.demo.cast import registration_number
from portal.core.accounts.models import Municipality, Organisation, Person, RoleGrant
from portal.core.db import Words, db
from portal.core.questions.models import Answer
from portal.grants.applications.models import Application
from portal.grants.competitions.amendments import service as amendments
from portal.grants.competitions.terms.rules import Terms
from portal.grants.evaluation.committee.models import COMMITTEE
from tests.core.documents.samples import picture
from tests.world import World
from tests.world.scene import here

READERS = ("visitor", "owner", "officer", "chair")
# Submitted and open, under evaluation, signed, published.
STAGES = ("sent", "discussed", "signed", "published")
# Pages that say how somebody is called now, because that is what they are for.
ABOUT_NOW = (
    "organisations.",
    "accounts.",
    "administration.",
    "messages.",
    "demo.",
    "appointments.",
    "scoring.progress",
    "scoring.discussion",
    "scoring.reopen",  # the committee
    "inquiries.",  # who asks the board
    "journal.csv",  # who did it: its page says the same of all else
)
# Of an application that can still be submitted anew, its own people read what would be submitted.
WRITTEN = ("applications.", "submission.check")
BESIDE = (
    ".asns-now, .asns-consequence, .govuk-grid-column-one-third, .asns-journal > li > p,"
    "select[name=person], .asns-band__note"
)
ONLY_WHILE_OPEN = ("applications.ask_to_discard", "submission.ask_to_withdraw")


def surfaces(world: World, stage: str) -> Iterator[tuple[str, str]]:
    """Every address that says something of the competition at a stage, and who reads it."""
    for rule in world.app.url_map.iter_rules():
        about = {"competition", "application"} & rule.arguments
        public = rule.endpoint.startswith("site.") and not rule.arguments
        if "GET" not in (rule.methods or ()) or not (about or public):
            continue
        if rule.arguments - world.near[stage].keys() or rule.endpoint.startswith(ABOUT_NOW):
            continue
        if rule.endpoint.startswith((*ONLY_WHILE_OPEN, *(WRITTEN if stage == "sent" else ()))):
            continue
        yield from ((role, world.url(rule.endpoint, stage)) for role in READERS)


def said(response: TestResponse) -> str:
    """What a page, a paper or a file says; of a page without who reads it."""
    kind = response.mimetype
    if kind == "text/html":
        page = BeautifulSoup(response.data, "lxml")
        # What has changed since stands beside, marked as that; so does who works there today, who
        # did it in the journal, and whether anything is left to do.
        for beside in page.select(BESIDE):
            beside.decompose()
        return re.sub(r"\s*(<[^>]+>)\s*", r"\1", str(page.select_one("main") or page))
    if kind == "application/pdf":
        command = ["pdftotext", "-layout", "-", "-"]
        read = subprocess.run(command, input=response.data, capture_output=True, check=False)
        return read.stdout.decode() or str(response.data)  # an attachment may be no real PDF
    if kind.endswith("wordprocessingml.document"):
        return " ".join(Document(io.BytesIO(response.data)).element.body.itertext())
    return response.text


def plain(text: str) -> str:
    """Without the signature of a form's token, which is another each time."""
    return re.sub(r'name="csrf_token"[^>]*>', "", text)


def rename_everything() -> None:
    """All that its people, officers and administrators can call otherwise.

    The committee is called as its members are today until its minutes are closed; the minutes have
    a test of their own.
    """
    committee = select(RoleGrant.person_id).where(RoleGrant.role.in_(COMMITTEE))
    serial = count(901)
    # While somebody claims it, an organisation keeps its number.
    open_claim = OrganisationClaim.state == ClaimState.MADE
    claimed = set(db.session.scalars(select(OrganisationClaim.organisation_id).where(open_claim)))
    for organisation in db.session.scalars(select(Organisation)):
        organisation.name = f"Pārdēvētā {organisation.id}"
        if organisation.registration_number and organisation.id not in claimed:
            organisation.registration_number = registration_number(next(serial))
    for person in db.session.scalars(select(Person).where(Person.id.not_in(committee))):
        person.name = f"Pārdēvētais {person.id}"
    for municipality in db.session.scalars(select(Municipality)):
        municipality.name = Words("Pārdēvētā pašvaldība", "Renamed Municipality")
        municipality.organiser = Words("Pārdēvētā pārvalde", "Renamed Board")
    for application in db.session.scalars(select(Application)):
        application.draft_title = "Pārdēvētais projekts"
    for answer in db.session.scalars(select(Answer).filter_by(question_key="title")):
        answer.value = "Pārdēvētais projekts"


@pytest.mark.parametrize("stage", STAGES)
def test_it_reads_as_before(world: World, stage: str) -> None:
    def read() -> dict[tuple[str, str], str]:
        return {
            (role, url): plain(said(response))
            for role, url in surfaces(world, stage)
            for response in [world.ask(role, url)]
            if response.status_code == 200
        }

    with world.undone():
        before = read()
        with world.app.app_context():
            rename_everything()
            db.session.commit()
        after = read()
    assert len(before) > 40
    assert before.keys() == after.keys()
    assert [one for one in before if before[one] != after[one]] == []


def test_a_paper_made_again_is_the_one_that_was_issued(world: World) -> None:
    issued = [
        ("owner", world.url("submission.receipt_pdf", "sent")),
        ("owner", world.url("submission.submitted_pdf", "sent")),
        ("officer", world.url("letters.pdf", "closed")),
        ("owner", world.url("own_decision.decision_pdf", "published")),
    ]
    with world.undone():
        before = [world.ask(role, url).data for role, url in issued]
        assert all(paper.startswith(b"%PDF") for paper in before)
        with clock.at(clock.now() + timedelta(hours=1)):
            change_board_and_call(world, "sent")
            after = [world.ask(role, url).data for role, url in issued]
            draft = world.ask("officer", world.url("meetings.minutes_pdf", "discussed"))
    assert before == after
    assert b"/Image" in draft.data, "the new logo is in what is made from now on"


def change_board_and_call(world: World, stage: str) -> None:
    """Give the board another logo and signatory, and the call other dates and another address."""
    with world.app.test_request_context():
        call = here(world.near[stage]["competition"])
        board, terms = call.municipality, Terms.of(call)
        logo = FileStorage(io.BytesIO(picture("PNG")), filename="cits.png")
        administration.set_logo(here(world.people["administrator"]), board, logo)
        board.signatory, board.signatory_role = "Cita Parakstītāja", Words("Amats", "Position")
        db.session.commit()
        amendments.amend(
            here(world.people["officer"]),
            here(call),
            amendments.AmendmentOrder("7", clock.today(), Words("Vajag vairāk laika.")),
            replace(
                terms,
                deadline=terms.deadline + timedelta(days=1),
                results_by=terms.results_by + timedelta(days=1),
                contact_email="cita@example.lv",
            ),
        )
