"""The administrator: accounts, roles and municipalities, and nothing of contents."""

import io
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus
from uuid import UUID, uuid4

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.access import decide
from portal.core.accounts.administration import service
from portal.core.accounts.models import (
    MUNICIPAL,
    ORGANISATIONAL,
    Municipality,
    Person,
    Role,
    RoleGrant,
)
from portal.core.accounts.rights import Right, holds, in_organisation, scopes
from portal.core.audit.models import JournalEntry
from portal.core.db import Words, db
from portal.core.errors import Invalid, StateConflict
from portal.core.formats import sort_key
from portal.core.messages.models import MessageState
from portal.core.messages.service import ATTEMPTS
from portal.core.papers.issuer import issuer_of
from portal.grants.evaluation.committee.models import COMMITTEE, CommitteeRole
from portal.grants.evaluation.membership import on_committee
from tests.core.accounts.conftest import GOOD, Post
from tests.core.documents.samples import picture
from tests.factories import Make
from tests.pages import PageClient, counted_queries, text
from tests.together import at_once, refusals
from tests.world.scene import here

PARTS = ("day", "month", "year")


@pytest.fixture
def admin(english: PageClient, make: Make) -> Person:
    person = make.person(Role.ADMINISTRATOR, email="admin@example.lv")
    english.sign_in(person)
    return person


def grant_of(session: Session, person: Person) -> RoleGrant:
    session.commit()
    return session.scalars(select(RoleGrant).where(RoleGrant.person_id == person.id)).one()


def test_a_role_is_given_for_a_time_and_journalled(
    english: PageClient, make: Make, session: Session, admin: Person, anna: Person
) -> None:
    municipality = make.municipality()
    given = {
        "role": "officer",
        "municipality": str(municipality.id),
        "since-day": "1",
        "since-month": "12",
        "since-year": "2026",
        "until-day": "31",
        "until-month": "12",
        "until-year": "2026",
    }
    path = f"/admin/accounts/{anna.id}"
    assert english.send(f"{path}/roles/new", given).location == path
    grant = grant_of(session, anna)
    assert not grant.is_living  # it begins on 1 December
    assert "to come" in text(english.get(path))
    entry = session.scalars(select(JournalEntry).where(JournalEntry.event == "role.given")).one()
    assert entry.actor_id == admin.id and entry.subject_id == anna.id
    assert "officer" in str(entry.changes)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"role": "officer"}, "Choose the municipality"),
        ({"role": "chair"}, "Choose from the list"),
        ({"role": "owner"}, "Choose from the list"),
        ({"role": ""}, "Role"),
        ({"role": "officer", "municipality": "x"}, "Choose from the list"),
        ({"role": "administrator", "since-day": "31", "since-month": "2"}, "no such date"),
        ({"role": "administrator", "until-day": "1"}, "lacks"),
        (
            {
                "role": "administrator",
                "until-day": "1",
                "until-month": "1",
                "until-year": "2020",
            },
            "cannot be before",
        ),
    ],
)
def test_what_cannot_be_given(
    english: PageClient, admin: Person, anna: Person, values: dict[str, str], says: str
) -> None:
    refused = english.send(f"/admin/accounts/{anna.id}/roles/new", values)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert says in text(refused)


@pytest.mark.usefixtures("ctx")
@pytest.mark.parametrize("role", [*COMMITTEE, *ORGANISATIONAL])
def test_no_administrator_appoints_a_committee_or_an_owner(make: Make, role: Role) -> None:
    actor, person = make.person(Role.ADMINISTRATOR), make.person()
    with pytest.raises(Invalid):
        service.give_role(
            actor,
            person,
            role=role,
            municipality=None,
            since=make.municipality().created_at.date(),
            until=None,
        )


def test_nobody_gives_themselves_more(
    english: PageClient, make: Make, session: Session, admin: Person
) -> None:
    given = {"role": "head", "municipality": str(make.municipality().id)}
    refused = english.send(f"/admin/accounts/{admin.id}/roles/new", given)
    assert refused.status_code == HTTPStatus.CONFLICT
    assert "Another administrator" in text(refused)
    assert grant_of(session, admin).role is Role.ADMINISTRATOR


def test_the_same_role_twice_is_told(
    english: PageClient, make: Make, admin: Person, anna: Person
) -> None:
    make.grant(anna, Role.OFFICER)
    given = {"role": "officer", "municipality": str(make.municipality().id)}
    refused = english.send(f"/admin/accounts/{anna.id}/roles/new", given)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "already" in text(refused)


def test_a_role_ends_at_once(
    english: PageClient, make: Make, session: Session, admin: Person, anna: Person
) -> None:
    grant = make.grant(anna, Role.OFFICER)
    english.send(f"/admin/accounts/{anna.id}/roles/{grant.id}/end")
    session.refresh(grant)
    assert not grant.is_living


def test_committees_and_members_are_not_the_administrators_to_end(
    english: PageClient, make: Make, session: Session, admin: Person, anna: Person
) -> None:
    grant = make.grant(anna, Role.OWNER, make.organisation())
    refused = english.send(f"/admin/accounts/{anna.id}/roles/{grant.id}/end")
    assert refused.status_code == HTTPStatus.CONFLICT
    session.refresh(grant)
    assert grant.is_living


def test_a_grant_of_somebody_else_is_not_there(
    english: PageClient, make: Make, admin: Person, anna: Person
) -> None:
    grant = make.grant(make.person(), Role.OFFICER)
    path = f"/admin/accounts/{anna.id}/roles/{grant.id}/end"
    assert english.get(path).status_code == HTTPStatus.NOT_FOUND
    assert english.post(path).status_code == HTTPStatus.NOT_FOUND


def test_closing_signs_out_and_opening_lets_in(
    english: PageClient, app: Flask, session: Session, admin: Person, anna: Person
) -> None:
    theirs = app.test_client()
    assert isinstance(theirs, PageClient)
    theirs.sign_in(anna)
    path = f"/admin/accounts/{anna.id}"
    english.send(f"{path}/close")
    assert theirs.get("/account").status_code == HTTPStatus.FOUND
    assert "closed" in text(english.get(path))
    english.post(f"{path}/open")
    entered = theirs.post("/sign-in", data={"email": anna.email, "password": GOOD})
    assert entered.location == "/desk"


def test_an_organisation_gets_another_owner_before_its_only_one_goes(
    english: PageClient, make: Make, session: Session, admin: Person, anna: Person
) -> None:
    shared, own = make.organisation(name="Kopā"), make.organisation(name="Viena")
    make.grant(anna, Role.OWNER, shared)
    make.grant(anna, Role.OWNER, own)
    editor = make.person(Role.EDITOR, scope=shared, name="Juris Ozols")
    path = f"/admin/accounts/{anna.id}/close"
    page = english.page(path)
    assert "Who owns “Kopā” from now on?" in page.get_text()
    assert "Nobody else belongs to “Viena”" in page.get_text()
    refused = english.send(path)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    choice = page.select_one("input[type=radio]")
    assert choice is not None
    closed = english.send(path, {str(choice["name"]): str(choice["value"])})
    assert closed.status_code == HTTPStatus.FOUND
    session.commit()
    owners = session.scalars(
        select(RoleGrant.person_id).where(
            RoleGrant.scope_id == shared.id,
            RoleGrant.role == Role.OWNER,
            RoleGrant.ended_at.is_(None),
        )
    )
    assert editor.id in set(owners)


def test_nobody_closes_or_ends_themselves(english: PageClient, admin: Person) -> None:
    assert english.send(f"/admin/accounts/{admin.id}/close").status_code == HTTPStatus.CONFLICT


def test_help_with_a_password_is_a_letter(
    english: PageClient, admin: Person, anna: Person, post: Post
) -> None:
    english.post(f"/admin/accounts/{anna.id}/reset")
    assert post.templates(anna.email) == ["accounts/reset"]
    assert "/link/reset/" in post.link(anna.email)


def test_signing_somebody_out(english: PageClient, app: Flask, admin: Person, anna: Person) -> None:
    theirs = app.test_client()
    assert isinstance(theirs, PageClient)
    theirs.sign_in(anna)
    english.post(f"/admin/accounts/{anna.id}/sign-out")
    assert theirs.get("/account").status_code == HTTPStatus.FOUND


def test_accounts_are_found_and_paged_by_key(
    english: PageClient, make: Make, admin: Person
) -> None:
    for _ in range(40):
        make.person()
    make.person(name="Šķērsiela 100%_", email="retais@example.lv")
    first = english.page("/admin/accounts")
    assert len(first.select("tbody tr")) == 30
    older = first.select_one('a[rel="next"]')
    assert older is not None
    second = english.page(str(older["href"]))
    rows = [row for page in (first, second) for row in page.select("tbody tr")]
    names = [row.select("td small")[0].get_text() for row in rows]
    assert rows == sorted(rows, key=lambda row: sort_key(row.select("td a")[0].get_text()))
    assert len(names) == len(set(names)) == 42 and not second.select('a[rel="next"]')
    for search in ("šķērs", "skers", "SKERSIELA", "100 ŠĶĒRS", "100, ŠĶĒRS", "RETAIS", "100%_"):
        rows = english.page("/admin/accounts", query_string={"q": search}).select("tbody tr")
        assert len(rows) == 1
    assert "Nobody found" in text(english.get("/admin/accounts?q=%25%25"))
    english.page("/admin/accounts?after=x")
    for odd in ("a" * 101, "a" * 5000, "@" + " " * 200 + "@"):
        assert "Nobody found" in text(english.get(f"/admin/accounts?q={odd}"))


def test_people_and_municipalities_stand_in_the_order_of_the_alphabet(
    english: PageClient, make: Make, admin: Person
) -> None:
    """Latvian: Č comes after C, Š after S; the codes of municipalities do not count."""
    named = (("AAA", "Šķēde"), ("BBB", "Sala"), ("CCC", "Česava"), ("DDD", "Ciems"))
    for code, name in named:
        city = make.row(Municipality(code=code, name=Words(name), organiser=Words("Pārvalde")))
        for person in ("Zane Ūle", "Ēriks Čaks", "Elza Cīrule"):
            make.person(Role.OFFICER, scope=city, name=f"{person} {name}")
    places = ["Ciems", "Česava", "Sala", "Šķēde"]
    found = [row.td.get_text() for row in english.page("/admin/municipalities").select("tbody tr")]
    assert [name for name in found if name in places] == places
    rows = [
        [cell.get_text() for cell in row.select("td")]
        for row in english.page("/admin/roles").select("tbody tr")
    ]
    assert [row[2] for row in rows if row[0] in places] == [
        f"{person} {place}"
        for place in places
        for person in ("Elza Cīrule", "Ēriks Čaks", "Zane Ūle")
    ]


def test_lists_cost_the_same_for_one_and_for_thirty(
    english: PageClient, make: Make, app: Flask, admin: Person, anna: Person
) -> None:
    make.grant(anna, Role.OFFICER)
    paths = ("/admin/accounts", f"/admin/accounts/{anna.id}", "/admin/roles", "/admin")

    def cost() -> list[int]:
        counts = []
        for path in paths:
            with counted_queries(app) as statements:
                english.page(path)
            counts.append(len(statements))
        return counts

    before = cost()
    for _ in range(30):
        make.person(Role.OFFICER, Role.HEAD)
        make.grant(anna, Role.READER, make.organisation())
    assert cost() == before
    assert max(before) <= 6


def test_municipalities_are_kept(english: PageClient, session: Session, admin: Person) -> None:
    new = {
        "code": "kul",
        "name-lv": "Kuldīgas novads",
        "name-en": "Kuldīga Municipality",
        "organiser-lv": "Kuldīgas Izglītības pārvalde",
        "email": "izglitiba@kuldiga.example",
    }
    path = "/admin/municipalities/new"
    assert english.send(path, new).location == "/admin/municipalities"
    kuldiga = session.scalars(select(Municipality)).one()
    assert (kuldiga.code, kuldiga.name.en) == ("KUL", "Kuldīga Municipality")
    again = english.send(path, new)
    assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and "already" in text(again)
    for code in ("K1L", "KĀL", "KU", ""):
        answer = english.send(path, {**new, "code": code})
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY

    edit = f"/admin/municipalities/{kuldiga.id}"
    assert english.send(edit, {"email": "cits@kuldiga.example"}).location
    late = english.post(edit, data={**new, "version": f"{kuldiga.id}.1"})
    assert late.status_code == HTTPStatus.CONFLICT and "cits@kuldiga.example" in text(late)


def test_a_municipality_has_a_signatory_and_a_logo(
    english: PageClient, make: Make, session: Session, admin: Person
) -> None:
    municipality = make.municipality()
    edit = f"/admin/municipalities/{municipality.id}"
    english.send(edit, {"signatory": "Anna Liepa", "signatory_role-lv": "Vadītāja"})
    session.refresh(municipality)
    assert municipality.signatory == "Anna Liepa"
    assert str(municipality.signatory_role and municipality.signatory_role.lv) == "Vadītāja"
    assert english.get(f"{edit}/logo.png").status_code == HTTPStatus.NOT_FOUND
    refused = english.send(f"{edit}/logo", {"file": (io.BytesIO(b"<svg/>"), "logo.svg")})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and "png" in text(refused)
    large = (io.BytesIO(picture("JPEG", (800, 400))), "logo.jpg")
    assert english.send(f"{edit}/logo", {"file": large}).location == f"{edit}/logo"
    shown = english.get(f"{edit}/logo.png", buffered=True)
    with Image.open(io.BytesIO(shown.data)) as kept:
        assert (kept.format, kept.size) == ("PNG", (600, 300))
    entry = session.scalars(select(JournalEntry).filter_by(event="municipality.logo_set")).one()
    assert entry.facts == {"file": "logo.png", "sha256": sha256(shown.data).hexdigest()}
    earlier = clock.now()
    with clock.at(earlier + timedelta(hours=1)):
        english.post(f"{edit}/logo/remove")
        assert english.get(f"{edit}/logo.png").status_code == HTTPStatus.NOT_FOUND
        with english.application.app_context():
            here = db.session.get_one(Municipality, municipality.id)
            assert issuer_of(here, at=earlier).logo == shown.data, "what was issued keeps its logo"
            assert issuer_of(here, at=clock.now()).logo == b""


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/accounts",
        "/roles",
        "/municipalities",
        "/municipalities/new",
        "/accounts/00000000-0000-7000-8000-000000000000",
    ],
)
def test_the_administrators_pages_are_not_there_for_others(
    english: PageClient, make: Make, path: str
) -> None:
    person = make.person(Role.OFFICER, Role.HEAD)
    make.grant(person, Role.AUDITOR, make.municipality("VEN"))
    english.sign_in(person)
    assert english.get(f"/admin{path}").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.usefixtures("ctx")
def test_an_administrator_holds_nothing_else(make: Make) -> None:
    actor = db.session.get_one(Person, make.person(Role.ADMINISTRATOR).id)
    organisation, municipality = make.organisation(), make.municipality()
    assert decide(Right.ADMINISTER, actor)
    assert not decide(Right.SEE_ORGANISATION, actor, organisation)
    assert not holds(actor, MUNICIPAL, municipality.id)
    assert not on_committee(actor, uuid4()) and not in_organisation(actor, organisation.id)
    assert scopes(actor, *Role) == frozenset()


@pytest.mark.usefixtures("ctx")
def test_a_role_holds_in_its_scope_alone(make: Make) -> None:
    here, there = make.municipality("LIE"), make.municipality("KUL")
    actor = db.session.get_one(Person, make.person(Role.OFFICER, scope=here).id)
    assert holds(actor, Role.OFFICER, here.id)
    assert not holds(actor, Role.OFFICER, there.id)
    assert not holds(actor, Role.HEAD, here.id)
    assert not holds(actor, Role.OFFICER) and not holds(None, Role.OFFICER, here.id)
    assert scopes(actor, *MUNICIPAL) == {here.id}


def end_the_role(actor: Person, other: Person) -> None:
    service.end_role(actor, other, other.grants[0])


def close_the_account(actor: Person, other: Person) -> None:
    service.close_account(actor, other, {})


@pytest.mark.parametrize("others", [0, 1])
@pytest.mark.parametrize(
    "acts",
    [
        (end_the_role, end_the_role),
        (close_the_account, close_the_account),
        (end_the_role, close_the_account),
    ],
)
def test_of_two_administrators_who_take_each_other_s_away_one_stays(
    alone: Flask, acts: tuple[Callable[[Person, Person], None], ...], others: int
) -> None:
    with alone.app_context():
        make = Make(db.session())
        one, two, *_ = (make.person(Role.ADMINISTRATOR).id for _ in range(2 + others))

    def turn(act: Callable[[Person, Person], None], actor: UUID, other: UUID) -> None:
        act(*(db.session.get_one(Person, key) for key in (actor, other)))

    results = at_once(alone, lambda: turn(acts[0], one, two), lambda: turn(acts[1], two, one))
    assert [refusal.code for refusal in refusals(results)] == ["not_administrator"]


@pytest.mark.usefixtures("ctx")
def test_an_administrator_until_a_day_is_not_enough(make: Make) -> None:
    actor, last = (here(make.person(Role.ADMINISTRATOR)) for _ in range(2))
    service.end_role(last, actor, actor.grants[0])
    service.give_role(
        *(last, actor),
        role=Role.ADMINISTRATOR,
        municipality=None,
        since=clock.today(),
        until=clock.today() + timedelta(days=30),
    )
    for act in (end_the_role, close_the_account):
        with pytest.raises(StateConflict) as refusal:
            act(here(actor), here(last))
        assert refusal.value.code.endswith("_administered")


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("held", "given", "since", "until"),
    [
        (Role.OFFICER, Role.AUDITOR, 0, None),
        (Role.AUDITOR, Role.OFFICER, 30, 40),
        (Role.AUDITOR, Role.HEAD, -40, -30),
        (Role.OFFICER, Role.OFFICER, -40, -30),
        (CommitteeRole.CHAIR, Role.HEAD, 0, None),
        (CommitteeRole.MEMBER, Role.AUDITOR, -40, -30),
    ],
)
def test_roles_that_do_not_go_together_are_refused_on_whatever_days(
    english: PageClient,
    make: Make,
    admin: Person,
    anna: Person,
    held: Role,
    given: Role,
    since: int,
    until: int | None,
) -> None:
    make.grant(anna, held, make.competition("closed") if held in COMMITTEE else None)
    values = {"role": given.value, "municipality": str(make.municipality().id)}
    for name, days in (("since", since), ("until", until)):
        if days is not None:
            day = clock.today() + days * DAY
            values |= {f"{name}-{part}": str(getattr(day, part)) for part in PARTS}
    refused = english.send(f"/admin/accounts/{anna.id}/roles/new", values)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "some of these days" in text(refused) or "on the same day" in text(refused)


def test_the_other_role_is_given_on_the_day_on_which_the_first_has_ended(
    english: PageClient, make: Make, admin: Person, anna: Person
) -> None:
    grant = make.grant(anna, Role.OFFICER)
    english.send(f"/admin/accounts/{anna.id}/roles/{grant.id}/end")
    values = {"role": "auditor", "municipality": str(make.municipality().id)}
    path = f"/admin/accounts/{anna.id}"
    assert english.send(f"{path}/roles/new", values).location == path
    back = {"role": "officer", "municipality": str(make.municipality("VEN").id)}
    assert english.send(f"{path}/roles/new", back).location == path


def test_the_first_administrator_comes_from_the_command_line(
    app: Flask, english: PageClient, session: Session
) -> None:
    result = app.test_cli_runner().invoke(args=["admin", "create", "Pirma@Example.lv", "Pirmā"])
    assert result.exit_code == 0, result.output
    link = result.output.split("http://localhost")[1].strip()
    assert english.send(link, {"password": GOOD}).location == "/desk"
    assert english.get("/desk").location == "/admin"
    assert session.scalars(select(Person.email)).all() == ["pirma@example.lv"]
    odd = app.test_cli_runner().invoke(args=["admin", "create", "nothing", "X"])
    assert odd.exit_code != 0


def test_letters_that_failed_are_seen_without_their_words_and_sent_again(
    english: PageClient, session: Session, admin: Person, anna: Person, post: Post
) -> None:
    english.post(f"/admin/accounts/{anna.id}/reset")
    (letter,) = post.to(anna.email)
    assert "all is well" in text(english.get("/admin/letters"))
    refused = english.post(f"/admin/letters/{letter.id}/again")
    assert refused.status_code == HTTPStatus.CONFLICT
    letter.state, letter.last_error = MessageState.FAILED, "550 no such mailbox"
    session.commit()
    page = text(english.get("/admin/letters"))
    assert anna.email in page and "550 no such mailbox" in page and "/link/" not in page
    assert english.post(f"/admin/letters/{letter.id}/again").location == "/admin/letters"
    session.refresh(letter)
    assert letter.state is MessageState.QUEUED


def test_who_administers_is_told_of_a_mail_server_that_takes_nothing_for_a_day(
    english: PageClient, session: Session, admin: Person, anna: Person, post: Post
) -> None:
    told = "1 letter not sent for a day"
    english.post(f"/admin/accounts/{anna.id}/reset")
    (letter,) = post.to(anna.email)
    letter.attempts, letter.last_error = 4, "SMTPConnectError: (554, b'no service')"
    session.commit()
    assert told not in text(english.get("/admin"))
    assert "554" in text(english.get("/admin/letters"))
    with clock.at(clock.now() + timedelta(hours=25)):
        english.sign_in(admin)
        assert told in text(english.get("/admin"))
        letter.attempts, letter.state = ATTEMPTS, MessageState.FAILED
        session.commit()
        assert told in text(english.get("/admin"))
        letter.attempts, letter.last_error = 1, "550 no such mailbox"
        session.commit()
        assert told not in text(english.get("/admin")), "that is the reader's address, not us"


def test_a_committee_is_shown_by_the_code_of_its_competition(
    english: PageClient, make: Make, admin: Person, anna: Person
) -> None:
    competition = make.competition("open")
    make.grant(anna, CommitteeRole.CHAIR, competition)
    page = text(english.get(f"/admin/accounts/{anna.id}"))
    assert competition.code in page and str(competition.title) not in page
