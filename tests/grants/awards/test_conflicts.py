"""Whom a conflict of interest keeps from an application decides nothing about it."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.accounts.models import Person, Role
from portal.core.errors import NotReady, StateConflict
from portal.core.messages.models import Message
from portal.grants.applications.models import Application
from portal.grants.awards import service
from portal.grants.awards.letters import compose
from portal.grants.awards.models import DecisionState
from portal.grants.competitions.models import Competition, CompetitionState
from portal.grants.evaluation.models import ConflictKind, Declaration
from tests.factories import Make
from tests.pages import PageClient, text
from tests.world.scene import Scene, here

Conflict = Callable[[Person, Application], None]


@pytest.fixture
def conflict(session: Session) -> Conflict:
    """Somebody who had declared that there is none finds one out."""

    def found(person: Person, application: Application) -> None:
        session.query(Declaration).filter_by(
            person_id=person.id, application_id=application.id
        ).update({"kind": ConflictKind.FAMILY})
        session.commit()

    return found


@pytest.fixture
def deputy(make: Make, case: Scene) -> Person:
    return make.person(Role.DEPUTY)


def test_a_recused_officer_words_and_reads_nothing_of_it(
    client: PageClient, drafted: Scene, conflict: Conflict
) -> None:
    best, next_best = drafted.applications[:2]
    conflict(drafted.officer, best)
    client.sign_in(drafted.officer)
    page = text(client.get(drafted.url))
    assert best.draft_title not in page and "18,00" not in page
    assert str(best.number) in page and next_best.draft_title in page
    for tail in ("", "/letter", "/letter.pdf"):
        address = f"{drafted.url}/{drafted.decision(0).id}{tail}"
        assert client.get(address).status_code == 403
    worded = client.post(f"{drafted.url}/{drafted.decision(0).id}", data={"reasons": "Tāpēc."})
    assert worded.status_code == 403
    journal = text(client.get(f"/board/competitions/{drafted.call.slug}/journal"))
    assert best.draft_title not in journal and next_best.draft_title in journal


def test_a_deputy_signs_first_what_the_head_must_not(
    client: PageClient, drafted: Scene, conflict: Conflict, make: Make
) -> None:
    conflict(drafted.head, drafted.applications[0])
    client.sign_in(drafted.head)
    page = client.page(drafted.url)
    assert "Nav iecelts vietnieks" in page.get_text() and not page.select("#sign")
    with pytest.raises(NotReady) as refusal:
        drafted.sign()
    assert drafted.applications[0].number in refusal.value.missing

    deputy = make.person(Role.DEPUTY)
    client.sign_in(deputy)
    assert "Parakstīt vadītāja vietā" in text(client.get("/board/"))
    sign = 'form[action$="/sign-as-deputy"]'
    assert client.send(drafted.url, form=sign).status_code == 302
    assert drafted.decision(0).signatory == deputy.name
    assert not client.page(drafted.url).select(sign), "once"

    client.sign_in(drafted.head)
    assert client.send(drafted.url, form="#sign").status_code == 302
    signed = [drafted.decision(rank) for rank in range(2)]
    assert [one.as_deputy for one in signed] == [True, False]
    assert [one.signatory for one in signed] == [deputy.name, drafted.head.name]
    with drafted.app.test_request_context():
        roles = [compose(here(one))["role"] for one in signed]
    assert roles == [
        "Izglītības pārvaldes vadītāja vietnieks",
        "Izglītības pārvaldes vadītājs",
    ]


def test_words_that_change_lose_the_deputys_signature(
    drafted: Scene, deputy: Person, conflict: Conflict, client: PageClient
) -> None:
    conflict(drafted.head, drafted.applications[0])
    drafted.run(service.sign_as_deputy, deputy, drafted.call, decided_on=clock.today())
    client.sign_in(drafted.officer)
    client.send(f"{drafted.url}/{drafted.decision(0).id}", {"reasons": "Citi vārdi."})
    assert drafted.decision(0).signed_at is None
    drafted.run(service.sign_as_deputy, deputy, drafted.call, decided_on=clock.today())
    drafted.sign()
    drafted.run(service.take_back_signature, drafted.head, drafted.call, reason="Kļūda.")
    assert drafted.decision(0).signed_at is None
    assert drafted.session.get_one(Competition, drafted.call.id).state is CompetitionState.ANNOUNCED


def test_a_signature_does_not_outlive_the_conflict_of_who_gave_it(
    client: PageClient, drafted: Scene, deputy: Person, conflict: Conflict
) -> None:
    number = str(drafted.applications[0].number)
    drafted.sign()
    conflict(drafted.head, drafted.applications[0])
    client.sign_in(drafted.head)
    refused = client.send(f"{drafted.url}/publish")
    assert refused.status_code == 409 and number in text(refused)
    assert drafted.decision(0).state is DecisionState.SIGNED
    drafted.run(service.take_back_signature, drafted.head, drafted.call, reason="Konflikts.")
    drafted.run(service.sign_as_deputy, deputy, drafted.call, decided_on=clock.today())
    conflict(deputy, drafted.applications[0])
    with pytest.raises(NotReady) as refusal:
        drafted.sign()
    assert refusal.value.code == "ranking_moved"
    client.sign_in(drafted.head)
    assert number in text(client.get(drafted.url)), "the page says whose signature does not hold"


def test_places_do_not_tell_of_what_is_closed(
    client: PageClient, drafted: Scene, conflict: Conflict
) -> None:
    conflict(drafted.officer, drafted.applications[1])
    client.sign_in(drafted.officer)
    places = [cell.get_text(strip=True) for cell in client.page(drafted.url).select("td.num")]
    assert not {"1.", "3."} & set(places)
    letter = f"{drafted.url}/{drafted.decision(0).id}/letter"
    assert "Vieta" not in text(client.get(letter))
    client.sign_in(drafted.auditor)
    assert "Vieta" in text(client.get(letter))


def test_a_head_who_has_not_declared_is_asked_to(
    client: PageClient, drafted: Scene, make: Make
) -> None:
    successor = make.person()
    make.grant(successor, Role.HEAD, declared=False)
    client.sign_in(successor)
    page = client.page(drafted.url)
    assert drafted.applications[0].draft_title not in page.get_text()
    assert page.select_one('a[href$="/declarations"]')
    refused = client.post(f"{drafted.url}/sign", data={"decided_on": clock.today().isoformat()})
    assert refused.status_code in (409, 422)
    assert drafted.decision(0).number is None


def test_a_grant_goes_on_by_the_deputy_where_the_head_may_not(
    client: PageClient, published: Scene, deputy: Person, conflict: Conflict
) -> None:
    conflict(published.head, published.applications[2])  # next in reserve
    published.run(service.decline, published.owner_of(0), published.decision(0), reason="Nē.")
    address = f"{published.url}/{published.decision(0).id}/promote"
    client.sign_in(published.head)
    assert client.get(address).status_code == 403
    with pytest.raises(StateConflict):  # as when the one before was promoted meanwhile
        published.run(
            service.promote, published.head, published.decision(0), decided_on=clock.today()
        )
    client.sign_in(deputy)
    assert client.send(address).status_code == 302
    assert published.decision(2).as_deputy


def test_whoever_is_recused_gets_no_letter_about_it(published: Scene, conflict: Conflict) -> None:
    conflict(published.officer, published.applications[0])
    published.run(service.decline, published.owner_of(0), published.decision(0), reason="Nē.")
    told = published.session.query(Message.recipient).filter_by(template="awards/declined")
    found = {address for (address,) in told}
    assert published.head.email in found and published.officer.email not in found
