"""An organisation that is in the portal already comes back to its people, by proof."""

import io
from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.accounts.claims import service
from portal.core.accounts.claims.models import OrganisationClaim
from portal.core.accounts.claims.rules import MOST_MADE
from portal.core.accounts.demo import registration_number
from portal.core.accounts.models import Organisation, Person, Role, RoleGrant
from portal.core.errors import StateConflict
from portal.grants.applications.models import Submission
from tests.core.accounts.conftest import Post
from tests.core.documents.samples import PDF
from tests.factories import DAY, Make
from tests.pages import PageClient, counted_queries, parsed, text

NUMBER = registration_number(4712)
NAME = "Biedrība „Īstie”"
CLAIM = {"registration_number": NUMBER, "name": NAME, "position": "Valdes loceklis"}
NEW_CLAIM = "/my/organisations/claims/new"


@pytest.fixture
def taken(make: Make) -> Organisation:
    """An organisation that is in the portal, and that nobody owns."""
    return make.organisation(registration_number=NUMBER, name="Kaut kāda biedrība")


def browser(app: Flask, person: Person) -> PageClient:
    client = app.test_client()
    assert isinstance(client, PageClient)
    client.set_cookie("language", "en")
    return client.sign_in(person)


def claim(client: PageClient, **values: Any) -> str:
    """The key of the claim that the form makes."""
    sent = client.send(NEW_CLAIM, {**CLAIM, **values})
    assert sent.status_code == HTTPStatus.FOUND, text(sent)
    return sent.location.rsplit("/", 1)[-1]


def owners(session: Session, organisation: Organisation) -> set[str]:
    session.expire_all()
    return set(
        session.scalars(
            select(Person.email)
            .join(RoleGrant.person)
            .where(
                RoleGrant.scope_id == organisation.id,
                RoleGrant.role == Role.OWNER,
                RoleGrant.ended_at.is_(None),
            )
        )
    )


def test_whom_a_youth_group_has_named_comes_to_own_what_is_theirs(
    app: Flask, make: Make, session: Session, anna: Person, post: Post
) -> None:
    call = make.competition("open", eligible_kinds=["youth_group", "association"])
    group = make.organisation(kind="youth_group", registration_number=None)
    youth, officer = make.person(Role.OWNER, scope=group), make.person(Role.OFFICER)
    named = {"partner_number": NUMBER, "partner_name": "tie tur", "partner_kind": "association"}
    started = browser(app, youth).send(
        f"/my/applications/start/{call.slug}", {"organisation": str(group.id), **named}
    )
    assert started.status_code == HTTPStatus.FOUND, text(started)

    theirs = browser(app, anna)
    founding = {"kind": "association", "name": NAME, "registration_number": NUMBER}
    refused = theirs.send("/my/organisations/new", founding)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "in the portal already" in text(refused)
    asked = theirs.page(f"{NEW_CLAIM}?number={NUMBER}")
    assert f'href="{NEW_CLAIM}?number={NUMBER}"' in refused.text
    (number,) = asked.select('[name="registration_number"]')
    assert number["value"] == NUMBER
    key = claim(theirs, proof=(io.BytesIO(PDF), "pilnvara.pdf"))
    own = f"/my/organisations/claims/{key}"
    assert "tie tur" not in text(theirs.get(own))
    assert theirs.get(f"{own}/proof", buffered=True).data == PDF
    assert post.templates(anna.email) == ["organisations/claim-received"]

    desk = browser(app, officer)
    (task,) = [a for a in desk.page("/board/").select(".asns-todo a") if key in str(a["href"])]
    page = text(desk.get(str(task["href"])))
    assert "tie tur" in page and NAME in page and "Nobody" in page
    assert desk.get(f"/claims/{key}/proof", buffered=True).data == PDF
    done = desk.send(f"/claims/{key}/approve", {"reason": "Pilnvara, e-paraksts pārbaudīts."})
    assert done.location == "/claims", text(done)

    assert owners(session, session.query(Organisation).filter_by(registration_number=NUMBER).one())
    assert "An owner" not in text(theirs.get(own)) and "approved" in text(theirs.get(own))
    listed = theirs.page("/my/organisations")
    (link,) = [a for a in listed.select("main td.first a") if "claims" not in str(a["href"])]
    assert link.get_text() == NAME
    assert post.templates(anna.email)[-1] == "organisations/claim-approved"
    admin = browser(app, make.person(Role.ADMINISTRATOR))
    history = text(admin.get("/admin/roles/changes"))
    assert "Pilnvara, e-paraksts pārbaudīts." in history and officer.name in history


def test_a_stranger_who_was_first_is_told_answers_and_goes(
    app: Flask, make: Make, session: Session, anna: Person, post: Post, taken: Organisation
) -> None:
    call = make.competition("open")
    stranger = make.person(Role.OWNER, scope=taken, name="Svešais Pirmais")
    sent = make.application(call, by=stranger, organisation=taken, submitted=True)
    draft = make.application(call, by=stranger, organisation=taken)
    theirs, first = browser(app, anna), browser(app, stranger)
    here = f"/my/organisations/{taken.id}"
    first.send(f"{here}/invite", {"email": "draugs@example.lv", "role": "owner"})
    invitation = post.link("draugs@example.lv")
    key = claim(theirs)

    for page in (theirs.get(f"/my/organisations/claims/{key}"), theirs.get("/my/organisations")):
        assert stranger.name not in text(page) and taken.name not in text(page)
    letter = post.to(stranger.email)[-1]
    assert letter.template == "organisations/claimed" and anna.name in letter.text
    assert anna.name in text(first.get(here))
    answered = {"answer": "Mēs esam īstie."}
    assert first.send(f"{here}/claims/{key}/answer", answered).location == here

    desk = browser(app, make.person(Role.OFFICER))
    look = text(desk.get(f"/claims/{key}"))
    assert "Mēs esam īstie." in look and stranger.email in look
    row = text(desk.get(f"/claims/{key}")).split(stranger.email)[1]
    assert "on its way" in row  # the letter about this very claim
    assert sent.draft_title not in look  # counts, and no contents
    owed = desk.send(f"/claims/{key}/approve", {"reason": "Reģistrā."})
    assert owed.status_code == HTTPStatus.UNPROCESSABLE_ENTITY  # what becomes of the present people
    sealed = session.scalars(select(Submission.content)).one()
    approved = desk.send(f"/claims/{key}/approve", {"reason": "Reģistrā.", "others": "end"})
    assert approved.location == "/claims", text(approved)

    assert owners(session, taken) == {anna.email}
    assert first.get(here).status_code == HTTPStatus.NOT_FOUND
    assert first.get(f"/my/applications/{draft.id}").status_code == HTTPStatus.NOT_FOUND
    assert theirs.get(f"/my/applications/{draft.id}").status_code == HTTPStatus.OK
    assert theirs.get(invitation).status_code == HTTPStatus.GONE
    assert session.scalars(select(Submission.content)).one() == sealed
    told = post.to(stranger.email)[-1]
    assert told.template == "organisations/claim-decided"
    assert "beigusies" in told.text and "Kaut kāda biedrība" in told.text and NAME in told.text


def test_present_people_can_stay_beside_the_claimant(
    app: Flask, make: Make, session: Session, anna: Person, taken: Organisation
) -> None:
    """An editor whose owner is gone claims as well, and goes on as an owner."""
    gone = make.person(Role.OWNER, scope=taken, closed_at=clock.now())
    make.grant(anna, Role.EDITOR, taken)
    key = claim(browser(app, anna))
    desk = browser(app, make.person(Role.ADMINISTRATOR))
    desk.send(f"/claims/{key}/approve", {"reason": "Valdes lēmums.", "others": "keep"})
    assert owners(session, taken) == {anna.email, gone.email}


def test_a_refusal_says_why_and_another_claim_may_follow(
    app: Flask, make: Make, session: Session, anna: Person, taken: Organisation, post: Post
) -> None:
    theirs, officer = browser(app, anna), make.person(Role.OFFICER)
    key = claim(theirs, proof=(io.BytesIO(PDF), "pilnvara.pdf"))
    desk = browser(app, officer)
    assert desk.send(f"/claims/{key}/refuse", {"reason": "Nav\nparaksta."}).location == "/claims"
    assert "Nav\nparaksta." in post.to(anna.email)[-1].text
    assert "Nav paraksta." in text(theirs.get(f"/my/organisations/claims/{key}"))
    assert owners(session, taken) == set()
    # What proved it, or did not, is open to who has decided and to nobody after them.
    assert desk.get(f"/claims/{key}/proof", buffered=True).status_code == HTTPStatus.OK
    other = browser(app, make.person(Role.ADMINISTRATOR))
    assert other.get(f"/claims/{key}").status_code == HTTPStatus.OK
    assert other.get(f"/claims/{key}/proof").status_code == HTTPStatus.NOT_FOUND
    assert claim(theirs) != key


def test_what_is_decided_is_shown_in_place_of_its_forms(
    app: Flask, make: Make, session: Session, anna: Person, taken: Organisation
) -> None:
    """Two officers have the forms open, and the owner theirs; one is first."""
    holder = browser(app, make.person(Role.OWNER, scope=taken))
    key = claim(browser(app, anna))
    here = f"/my/organisations/{taken.id}"
    forms = [f"/claims/{key}/approve", f"/claims/{key}/refuse"]
    first, second = (browser(app, make.person(Role.OFFICER)) for _ in range(2))
    seen = {path: _fields(second.page(path)) for path in forms}
    first.send(f"/claims/{key}/refuse", {"reason": "Nav paraksta."})
    for path in forms:
        late = second.post(path, data={**seen[path], "reason": "Tomēr.", "others": "keep"})
        for answer, status in (late, HTTPStatus.CONFLICT), (second.get(path), HTTPStatus.OK):
            assert answer.status_code == status
            assert "Nav paraksta." in text(answer) and "becomes an owner" not in text(answer)
            assert '<textarea class="govuk-textarea" id="reason"' not in answer.text
    told = holder.get(f"{here}/claims/{key}/answer")
    assert told.location == here and "ended already" in text(holder.get(here))


def test_what_is_claimed_is_not_swapped_for_something_else(
    app: Flask, make: Make, session: Session, anna: Person, taken: Organisation
) -> None:
    """A stranger would give up the number, and register it anew for themselves."""
    stranger = browser(app, make.person(Role.OWNER, scope=taken))
    key = claim(browser(app, anna))
    edit = f"/my/organisations/{taken.id}/edit"
    desk, approve = browser(app, make.person(Role.OFFICER)), f"/claims/{key}/approve"
    seen = _fields(desk.page(approve))
    for change in ({"registration_number": registration_number(4713)}, {"kind": "youth_group"}):
        kept = stranger.send(edit, change)
        assert kept.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "Until that is decided" in text(kept)
    stranger.send(edit, {"name": "Pavisam cita"})
    anew = desk.post(approve, data={**seen, "reason": "Reģistrā.", "others": "end"})
    assert anew.status_code == HTTPStatus.CONFLICT and "Pavisam cita" in text(anew)

    desk.send(f"/claims/{key}/refuse", {"reason": "Numurs bija ierakstīts kļūdaini."})
    right = stranger.send(edit, {"registration_number": registration_number(4713)})
    assert right.status_code == HTTPStatus.FOUND, text(right)
    assert NUMBER in text(desk.get(f"/claims/{key}"))  # says what was claimed


def test_whoever_decides_knows_what_was_decided_before(
    app: Flask, make: Make, session: Session, anna: Person, taken: Organisation
) -> None:
    """Refused, a stranger would look for an officer elsewhere, who knows nothing."""
    officer = make.person(Role.OFFICER, name="Pirmā Lēmēja")
    near, far = browser(app, officer), make.person(Role.OFFICER, scope=make.municipality("VEN"))
    theirs = browser(app, anna)
    first = claim(theirs)
    near.send(f"/claims/{first}/refuse", {"reason": "Pilnvara ir viltota."})
    second, another = claim(theirs), claim(browser(app, make.person()))
    elsewhere = browser(app, far)
    for key in (second, another):
        assert elsewhere.get(f"/claims/{key}").status_code == HTTPStatus.NOT_FOUND
        assert key not in elsewhere.get("/claims").text
    for desk in (near, browser(app, make.person(Role.ADMINISTRATOR))):
        page = text(desk.get(f"/claims/{second}"))
        assert "Pilnvara ir viltota." in page and officer.name in page
    found = session.get_one(OrganisationClaim, UUID(second))  # whose form the other had open
    with app.test_request_context(), pytest.raises(StateConflict) as refused:
        service.refuse(far, found, reason="Nezinu.", version=found.version)
    assert refused.value.code == "elsewhere"


@pytest.mark.parametrize(
    ("values", "status", "says"),
    [
        ({"registration_number": registration_number(4713)}, 422, "You can add it"),
        ({"registration_number": "1"}, 422, "does not add up"),
        ({"position": ""}, 422, "position"),
        ({"proof": (io.BytesIO(b"MZ"), "pilnvara.exe")}, 422, "cannot be attached"),
    ],
)
def test_what_cannot_be_claimed_is_refused_in_words(
    app: Flask,
    anna: Person,
    taken: Organisation,
    session: Session,
    values: dict[str, Any],
    status: int,
    says: str,
) -> None:
    refused = browser(app, anna).send(NEW_CLAIM, {**CLAIM, **values})
    assert refused.status_code == status and says in text(refused)
    assert session.scalar(select(func.count(OrganisationClaim.id))) == 0


def test_only_what_is_claimed_counts(app: Flask, anna: Person, taken: Organisation) -> None:
    theirs = browser(app, anna)
    for _ in range(12):
        absent = theirs.send(NEW_CLAIM, {**CLAIM, "registration_number": registration_number(4713)})
    assert 'href="/my/organisations/new"' in absent.text
    for _ in range(MOST_MADE):
        theirs.post(f"/my/organisations/claims/{claim(theirs)}/withdraw")
    enough = theirs.send(NEW_CLAIM, CLAIM)
    assert enough.status_code == HTTPStatus.TOO_MANY_REQUESTS and "24 hours" in text(enough)


def test_a_person_claims_once_and_few_at_a_time(
    app: Flask, make: Make, anna: Person, taken: Organisation, post: Post
) -> None:
    holder, theirs = make.person(Role.OWNER, scope=taken), browser(app, anna)
    key = claim(theirs)
    assert "asked for this already" in text(theirs.send(NEW_CLAIM, CLAIM))
    theirs.post(f"/my/organisations/claims/{key}/withdraw")
    claim(theirs)
    # The first was a decoy, perhaps: each brings its letter.
    assert post.templates(holder.email) == ["organisations/claimed"] * 2
    for serial in (1, 2, 3):
        number = registration_number(serial)
        make.organisation(registration_number=number)
        sent = theirs.send(NEW_CLAIM, {**CLAIM, "registration_number": number})
    assert sent.status_code == HTTPStatus.CONFLICT and "wait for a decision" in text(sent)


def test_an_owner_has_nothing_to_claim(
    app: Flask, make: Make, anna: Person, taken: Organisation
) -> None:
    make.grant(anna, Role.OWNER, taken)
    assert "an owner of this organisation already" in text(
        browser(app, anna).send(NEW_CLAIM, CLAIM)
    )


def test_who_is_on_either_side_does_not_decide(
    app: Flask, make: Make, session: Session, taken: Organisation
) -> None:
    claiming, belonging, left = (make.person(Role.OFFICER) for _ in range(3))
    make.grant(belonging, Role.READER, taken)
    past = make.grant(left, Role.EDITOR, taken)
    past.ended_at = clock.now() - DAY
    session.commit()
    key = claim(browser(app, claiming))
    for officer in (claiming, belonging, left):
        desk = browser(app, officer)
        assert desk.get(f"/claims/{key}").status_code == HTTPStatus.FORBIDDEN
        assert desk.get(f"/claims/{key}/proof").status_code == HTTPStatus.FORBIDDEN
        assert key not in desk.get("/claims").text and key not in desk.get("/board/").text
        answer = desk.post(f"/claims/{key}/approve", data={"reason": "Es pats."})
        assert answer.status_code == HTTPStatus.FORBIDDEN


def test_officers_decide_where_their_municipality_has_dealings_or_none_has(
    app: Flask, make: Make, anna: Person, taken: Organisation
) -> None:
    near = browser(app, make.person(Role.OFFICER))
    far = browser(app, make.person(Role.OFFICER, scope=make.municipality("VEN")))
    key = claim(browser(app, anna))
    for desk in (near, far):
        assert key in desk.get("/claims").text
    group = make.organisation(kind="youth_group", registration_number=None)
    sent = make.application(make.competition("open"), organisation=group, submitted=True)
    make.rewrite(
        make.session.query(Submission).filter_by(application_id=sent.id).one(), partner_id=taken.id
    )
    assert "1" in near.page(f"/claims/{key}").select("main td.num")[1].get_text()
    assert far.get(f"/claims/{key}").status_code == HTTPStatus.NOT_FOUND
    assert key not in far.get("/claims").text


def test_whoever_decides_has_seen_who_belongs(
    app: Flask, make: Make, session: Session, anna: Person, taken: Organisation
) -> None:
    """Somebody came to own it by another way while the page stood open."""
    key = claim(browser(app, anna))
    desk = browser(app, make.person(Role.OFFICER))
    approve = f"/claims/{key}/approve"
    seen = _fields(desk.page(approve))
    other = make.person(Role.OWNER, scope=taken)
    late = desk.post(approve, data={**seen, "reason": "Neviena nav.", "others": "end"})
    assert late.status_code == HTTPStatus.CONFLICT
    assert other.name in text(late) and owners(session, taken) == {other.email}
    shown = {**seen, "seen": _hidden(late.text, "seen")}
    again = desk.post(approve, data={**shown, "reason": "Tagad ir.", "others": "keep"})
    assert again.status_code == HTTPStatus.FOUND
    assert owners(session, taken) == {other.email, anna.email}


def _hidden(page: str, name: str) -> str:
    return _fields(parsed(page))[name]


def _fields(page: BeautifulSoup) -> dict[str, str]:
    hidden = page.select("main input[type=hidden]")
    return {str(field["name"]): str(field["value"]) for field in hidden}


def test_a_closed_account_is_given_nothing(
    app: Flask, make: Make, session: Session, anna: Person, taken: Organisation, post: Post
) -> None:
    key = claim(browser(app, anna))
    anna.closed_at = clock.now()
    session.commit()
    desk = browser(app, make.person(Role.OFFICER))
    answer = desk.send(f"/claims/{key}/approve", {"reason": "Reģistrā."})
    assert answer.status_code == HTTPStatus.CONFLICT and "only be refused" in text(answer)
    assert desk.send(f"/claims/{key}/refuse", {"reason": "Konts slēgts."}).location == "/claims"
    assert post.templates(anna.email) == ["organisations/claim-received"]


def test_the_lists_cost_the_same_for_one_and_for_twenty(
    app: Flask, make: Make, anna: Person, taken: Organisation
) -> None:
    officer = make.person(Role.OFFICER)
    desk, theirs = browser(app, officer), browser(app, anna)
    claim(theirs)

    def cost() -> list[int]:
        counts = []
        for client, path in ((desk, "/claims"), (desk, "/board/"), (theirs, "/my/organisations")):
            with counted_queries(app) as statements:
                client.page(path)
            counts.append(len(statements))
        return counts

    before = cost()
    for serial in range(20):
        one = make.organisation(registration_number=registration_number(100 + serial))
        make.row(
            OrganisationClaim(
                claimant_id=anna.id,
                organisation_id=one.id,
                registration_number=one.registration_number or "",
                name=f"Nr. {serial}",
                position="x",
            )
        )
    assert cost() == before
    assert len(desk.page("/board/").select('.asns-todo a[href^="/claims"]')) == 1
