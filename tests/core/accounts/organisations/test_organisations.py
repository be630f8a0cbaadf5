"""Organisations: founding, changing, inviting, leaving; and never without an owner."""

from http import HTTPStatus
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.accounts.demo import registration_number
from portal.core.accounts.models import Organisation, Person, Role, RoleGrant, Token
from tests.core.accounts.conftest import GOOD, Post
from tests.factories import Make
from tests.pages import PageClient, counted_queries, text

NUMBER = registration_number(4711)
NEW = {"kind": "association", "name": "Biedrība „Šķērsvējš”", "registration_number": NUMBER}


def mine(make: Make, person: Person, role: Role = Role.OWNER, serial: int = 1) -> Organisation:
    organisation = make.organisation(registration_number=registration_number(serial))
    make.grant(person, role, organisation)
    return organisation


def living(session: Session, organisation: Organisation) -> dict[str, str]:
    """Who belongs: address and role."""
    session.commit()
    rows = session.execute(
        select(Person.email, RoleGrant.role)
        .join(RoleGrant.person)
        .where(RoleGrant.scope_id == organisation.id, RoleGrant.ended_at.is_(None))
    )
    return {email: role.value for email, role in rows}


def test_whoever_founds_it_owns_it(english: PageClient, session: Session, anna: Person) -> None:
    english.sign_in(anna)
    spaced = f"LV {NUMBER[:4]} {NUMBER[4:8]}-{NUMBER[8:]}"
    sent = english.send("/my/organisations/new", {**NEW, "registration_number": spaced})
    organisation = session.scalars(select(Organisation)).one()
    assert sent.location == f"/my/organisations/{organisation.id}"
    assert organisation.registration_number == NUMBER
    assert living(session, organisation) == {anna.email: "owner"}
    assert "Šķērsvējš" in text(english.get("/my/organisations"))


@pytest.mark.parametrize(
    ("onwards", "leads"),
    [("/my/applications/start/lie-2026-1", True), ("//evil.example", False), ("", False)],
)
def test_founding_it_leads_back_to_the_call(
    english: PageClient, anna: Person, onwards: str, leads: bool
) -> None:
    english.sign_in(anna)
    path = f"/my/organisations/new?next={onwards}"
    assert (english.send(path, NEW).location == onwards) is leads


def test_a_youth_group_has_no_number(english: PageClient, session: Session, anna: Person) -> None:
    english.sign_in(anna)
    for name, number in (("Grupa viens", ""), ("Grupa divi", NUMBER)):
        data = {"kind": "youth_group", "name": name, "registration_number": number}
        assert english.send("/my/organisations/new", data).location
    assert session.scalars(select(Organisation.registration_number)).all() == [None, None]


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"registration_number": ""}, "this kind of organisation has one"),
        ({"registration_number": "40008000001"}, "does not add up"),
        ({"registration_number": "161175-19997"}, "person's number"),
        ({"registration_number": "1234"}, "does not add up"),
        ({"name": ""}, "Name"),
        ({"kind": "company"}, "Choose from the list"),
        ({"kind": ""}, "Kind"),
        ({"iban": "LV80BANK0000435195002"}, "does not add up"),
        ({"email": "not an address"}, "anna@example.lv"),
        ({"phone": "call me"}, "telephone number"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    english: PageClient, session: Session, anna: Person, values: dict[str, str], says: str
) -> None:
    english.sign_in(anna)
    refused = english.send("/my/organisations/new", {**NEW, **values})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert says in text(refused)
    assert session.scalars(select(Organisation)).all() == []


def test_a_late_form_sees_both_versions(
    english: PageClient, make: Make, session: Session, anna: Person
) -> None:
    organisation = mine(make, anna)
    path = f"/my/organisations/{organisation.id}/edit"
    english.sign_in(anna)
    english.get(path)
    organisation.address = "Cita iela 1"
    session.commit()
    typed = {
        "kind": "foundation",
        "name": organisation.name,
        "registration_number": organisation.registration_number,
        "address": "Mana iela 2",
        "version": f"{organisation.id}.1",
    }
    late = english.post(path, data=typed)
    assert late.status_code == HTTPStatus.CONFLICT
    page = text(late)
    for words in ("Cita iela 1", "Mana iela 2", "foundation that works", "association that works"):
        assert words in page
    session.refresh(organisation)
    assert organisation.address == "Cita iela 1"


def test_not_mine_and_not_there_are_the_same(english: PageClient, make: Make, anna: Person) -> None:
    theirs, own = mine(make, make.person(), serial=2), mine(make, anna)
    membership = make.grant(make.person(), Role.READER, theirs)
    english.sign_in(anna)
    for key in (theirs.id, uuid4()):
        for page in ("", "/edit", "/invite", "/leave"):
            answer = english.get(f"/my/organisations/{key}{page}")
            assert answer.status_code == HTTPStatus.NOT_FOUND
    # A foreign child under one's own parent.
    for page in ("role", "remove"):
        path = f"/my/organisations/{own.id}/members/{membership.id}/{page}"
        assert english.get(path).status_code == HTTPStatus.NOT_FOUND
        assert english.post(path, data={"role": "owner"}).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("role", [Role.EDITOR, Role.READER])
def test_members_see_it_and_owners_change_it(
    english: PageClient, make: Make, anna: Person, role: Role
) -> None:
    organisation = mine(make, anna, role)
    english.sign_in(anna)
    page = english.page(f"/my/organisations/{organisation.id}")
    assert not page.select('a[href$="/edit"], a[href$="/invite"]')
    for action in ("edit", "invite"):
        answer = english.post(f"/my/organisations/{organisation.id}/{action}", data=NEW)
        assert answer.status_code == HTTPStatus.FORBIDDEN
        assert "Only an owner" in text(answer)


def test_somebody_without_an_account_is_invited_registers_and_joins(
    english: PageClient, make: Make, session: Session, anna: Person, post: Post
) -> None:
    organisation = mine(make, anna)
    english.sign_in(anna)
    path = f"/my/organisations/{organisation.id}/invite"
    assert english.send(path, {"email": "Jauns@Example.lv", "role": "editor"}).location
    link = post.link("jauns@example.lv")

    guest = english.application.test_client()
    guest.set_cookie("language", "en")
    page = guest.get(link)
    assert organisation.name in text(page) and "Make an account" in text(page)
    guest.send(
        "/register", {"name": "Jauns Cilvēks", "email": "jauns@example.lv", "password": GOOD}
    )
    guest.send(post.link("jauns@example.lv"), {"password": GOOD})
    waiting = guest.page("/my/organisations")
    accept = waiting.select_one('form[action*="/invitations/"]')
    assert accept is not None and organisation.name in waiting.get_text()
    assert guest.post(str(accept["action"])).status_code == HTTPStatus.FOUND
    assert living(session, organisation)["jauns@example.lv"] == "editor"
    assert guest.get(link).status_code == HTTPStatus.GONE


def test_the_link_is_claimed_by_post_and_once(
    english: PageClient, make: Make, session: Session, anna: Person, post: Post
) -> None:
    organisation, friend = mine(make, anna), make.person()
    english.sign_in(anna)
    english.send(
        f"/my/organisations/{organisation.id}/invite", {"email": "x@example.lv", "role": "reader"}
    )
    link = post.link("x@example.lv")
    guest = english.application.test_client()
    assert isinstance(guest, PageClient)
    assert guest.post(link).status_code == HTTPStatus.OK  # signed out: the page, and no more
    guest.sign_in(friend).get(link)
    assert friend.email not in living(session, organisation)
    assert guest.send(link).location == "/my/organisations"
    assert living(session, organisation)[friend.email] == "reader"
    assert guest.post(link).status_code == HTTPStatus.GONE


def test_an_invitation_is_for_its_address_alone(
    english: PageClient, app: Flask, make: Make, session: Session, anna: Person
) -> None:
    organisation = mine(make, anna)
    english.sign_in(anna)
    english.send(
        f"/my/organisations/{organisation.id}/invite", {"email": "x@example.lv", "role": "owner"}
    )
    (token,) = session.scalars(select(Token)).all()
    stranger = app.test_client()
    assert isinstance(stranger, PageClient)
    answer = stranger.sign_in(make.person()).post(
        f"/my/organisations/invitations/{token.id}/accept"
    )
    assert answer.status_code == HTTPStatus.NOT_FOUND


def test_a_withdrawn_and_a_replaced_invitation_open_nothing(
    english: PageClient, make: Make, session: Session, anna: Person, post: Post
) -> None:
    organisation = mine(make, anna)
    page = f"/my/organisations/{organisation.id}"
    english.sign_in(anna)
    english.send(f"{page}/invite", {"email": "x@example.lv", "role": "reader"})
    first = post.link("x@example.lv")
    english.send(f"{page}/invite", {"email": "x@example.lv", "role": "editor"})
    second = post.link("x@example.lv")
    assert english.get(first).status_code == HTTPStatus.GONE
    (withdraw,) = english.page(page).select('form[action$="/withdraw"]')
    english.post(str(withdraw["action"]))
    assert english.get(second).status_code == HTTPStatus.GONE


def test_who_belongs_is_not_invited_again(
    english: PageClient, make: Make, anna: Person, post: Post
) -> None:
    organisation = mine(make, anna)
    english.sign_in(anna)
    refused = english.send(
        f"/my/organisations/{organisation.id}/invite", {"email": anna.email, "role": "editor"}
    )
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "already belongs" in text(refused) and post.count() == 0


def test_roles_change_people_go_and_the_past_stays(
    english: PageClient, make: Make, session: Session, anna: Person
) -> None:
    organisation, friend = mine(make, anna), make.person()
    membership = make.grant(friend, Role.READER, organisation)
    members = f"/my/organisations/{organisation.id}/members"
    english.sign_in(anna)
    english.send(f"{members}/{membership.id}/role", {"role": "owner"})
    assert living(session, organisation)[friend.email] == "owner"
    now = session.scalars(
        select(RoleGrant).where(RoleGrant.person_id == friend.id, RoleGrant.ended_at.is_(None))
    ).one()
    english.send(f"{members}/{now.id}/remove")
    assert friend.email not in living(session, organisation)
    assert session.scalar(select(func.count(RoleGrant.id))) == 3


def test_who_is_removed_is_out_at_once(
    english: PageClient, app: Flask, make: Make, anna: Person
) -> None:
    organisation, friend = mine(make, anna), make.person()
    membership = make.grant(friend, Role.EDITOR, organisation)
    theirs = app.test_client()
    assert isinstance(theirs, PageClient)
    page = f"/my/organisations/{organisation.id}"
    assert theirs.sign_in(friend).get(page).status_code == HTTPStatus.OK
    english.sign_in(anna)
    english.send(f"{page}/members/{membership.id}/remove")
    assert theirs.get(page).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("way", ["leave", "remove", "role"])
def test_the_last_owner_stays(
    english: PageClient, make: Make, session: Session, anna: Person, way: str
) -> None:
    organisation = mine(make, anna)
    make.grant(make.person(), Role.EDITOR, organisation)
    own = session.scalars(select(RoleGrant).where(RoleGrant.person_id == anna.id)).one()
    page = f"/my/organisations/{organisation.id}"
    path = f"{page}/leave" if way == "leave" else f"{page}/members/{own.id}/{way}"
    english.sign_in(anna)
    refused = english.send(path, {"role": "reader"} if way == "role" else {})
    assert refused.status_code == HTTPStatus.CONFLICT
    assert "needs an owner" in text(refused)
    assert living(session, organisation)[anna.email] == "owner"


def test_a_closed_account_is_no_owner_to_leave_behind(
    english: PageClient, make: Make, anna: Person
) -> None:
    from portal.core import clock

    organisation = mine(make, anna)
    make.grant(make.person(closed_at=clock.now()), Role.OWNER, organisation)
    english.sign_in(anna)
    answer = english.send(f"/my/organisations/{organisation.id}/leave")
    assert answer.status_code == HTTPStatus.CONFLICT


def test_an_editor_leaves(english: PageClient, make: Make, session: Session, anna: Person) -> None:
    organisation = mine(make, make.person())
    make.grant(anna, Role.EDITOR, organisation)
    english.sign_in(anna)
    assert english.send(f"/my/organisations/{organisation.id}/leave").location
    assert anna.email not in living(session, organisation)


def test_the_list_and_the_page_cost_the_same_for_one_and_for_thirty(
    english: PageClient, make: Make, app: Flask, anna: Person
) -> None:
    first = mine(make, anna)
    english.sign_in(anna)
    paths = ("/my/organisations", f"/my/organisations/{first.id}")

    def cost() -> list[int]:
        counts = []
        for path in paths:
            with counted_queries(app) as statements:
                english.page(path)
            counts.append(len(statements))
        return counts

    before = cost()
    for serial in range(2, 31):
        mine(make, anna, serial=serial)
        make.grant(make.person(), Role.READER, first)
    assert cost() == before
    assert max(before) <= 6
