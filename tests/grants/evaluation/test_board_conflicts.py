"""Officers, head and deputy declare too, once for a call, before its applications open to them."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.accounts.models import Organisation, Role
from portal.grants.applications.models import Application, Channel
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.models import ConflictKind, Declaration, Suspicion
from tests.factories import Make
from tests.pages import PageClient, parsed, text
from tests.world.scene import Scene


def closed(make: Make) -> tuple[Competition, list[Application]]:
    call = make.competition("closed")
    return call, [make.application(call, submitted=True, title=f"Ideja {n}") for n in range(3)]


@pytest.mark.parametrize("role", [Role.OFFICER, Role.HEAD, Role.DEPUTY])
def test_content_opens_when_the_list_of_applicants_has_been_read(
    client: PageClient, make: Make, role: Role
) -> None:
    call, (first, second, third) = closed(make)
    base = f"/board/competitions/{call.slug}"
    actor = make.person()
    make.grant(actor, role, declared=False)
    client.sign_in(actor)
    listed = client.page(f"{base}/applications")
    assert "Ideja" not in listed.get_text() and str(first.number) in listed.get_text()
    assert "Apliecināt, vai ir interešu konflikts" in text(client.get("/board/"))
    assert client.get(f"{base}/applications/{first.number}").status_code == 403

    asked = client.page(f"{base}/declarations")
    assert "Ideja" not in asked.get_text()
    owed = client.send(f"{base}/declarations", {"conflicts": [second.number]})
    assert owed.status_code == 422 and "kāds ir konflikts" in text(owed)
    for lone in ({"kind": "family"}, {"note": "Brālis."}):
        refused = client.send(f"{base}/declarations", lone)
        assert refused.status_code == 422 and "Atzīmējiet iesniedzējus" in text(refused)
        again = parsed(refused.text)
        assert again.select_one("#conflicts-error") is not None
        assert again.select_one('[value="family"][checked]') or "Brālis." in again.get_text()
    # What comes while the list is read is not declared about unseen.
    late = make.application(call, submitted=True, title="Ideja vēlu")
    form = {
        "listed": [first.number, second.number, third.number],
        "conflicts": [second.number],
        "kind": "family",
        "note": "Brālis.",
    }
    assert client.post(f"{base}/declarations", data=form).status_code == 302

    rows = client.page(f"{base}/applications").get_text()
    assert "Ideja 0" in rows and "Ideja 2" in rows
    assert "Ideja 1" not in rows and "Ideja vēlu" not in rows
    assert client.get(f"{base}/applications/{second.number}").status_code == 403
    assert client.get(f"{base}/applications/{late.number}").status_code == 403
    export = client.get(f"{base}/applications/export.csv").text
    assert "Ideja 0" in export and "Ideja 1" not in export and str(second.number) in export
    client.send(f"{base}/declarations", {})
    assert client.get(f"{base}/applications/{late.number}").status_code == 200


def test_a_conflict_that_comes_up_later_closes_the_application_for_good(
    client: PageClient, make: Make
) -> None:
    call, (first, *_others) = closed(make)
    base = f"/board/competitions/{call.slug}/applications/{first.number}"
    client.sign_in(make.person(Role.OFFICER))
    assert client.get(base).status_code == 200
    client.send(f"{base}/declaration", {"kind": "employment"})
    assert client.get(base).status_code == 403
    again = client.post(f"{base}/declaration", data={"kind": "none"})
    assert again.status_code == 409 and client.get(base).status_code == 403


def test_who_belongs_to_an_applicant_is_recused_without_a_word(
    client: PageClient, make: Make
) -> None:
    call, (own, other, _third) = closed(make)
    base = f"/board/competitions/{call.slug}/applications"
    officer = make.person()
    make.grant(officer, Role.OFFICER, declared=False)
    make.grant(officer, Role.READER, make.session.get_one(Organisation, own.organisation_id))
    client.sign_in(officer)
    client.send(f"/board/competitions/{call.slug}/declarations", {})
    assert client.get(f"{base}/{own.number}").status_code == 403
    assert client.get(f"{base}/{other.number}").status_code == 200
    client.sign_in(make.person(Role.AUDITOR))
    shown = client.page(f"/committee/{call.slug}/conflicts").get_text()
    assert officer.name in shown and str(own.number) in shown


def test_before_the_deadline_there_is_nothing_to_declare_and_nothing_to_read(
    client: PageClient, make: Make
) -> None:
    call = make.competition("open")
    officer = make.person(Role.OFFICER)
    own = make.application(
        call,
        submitted=True,
        title="Teltis mežā",
        channel=Channel.IN_PERSON,
        received_at=clock.now() - timedelta(hours=1),
        registered_by_id=officer.id,
    )
    other = make.application(call, submitted=True, title="Portālā")
    base = f"/board/competitions/{call.slug}"
    for person in (officer, make.person(Role.OFFICER), make.person(Role.AUDITOR)):
        client.sign_in(person)
        rows = client.page(f"{base}/applications").get_text()
        assert ("Teltis mežā" in rows) == (person is officer), "its registrar typed it"
        assert "Portālā" not in rows and str(other.number) in rows
        seen = client.get(f"{base}/applications/{own.number}").status_code
        assert seen == (200 if person is officer else 403)
        assert client.get(f"{base}/declarations").status_code == 403


def test_nobody_settles_a_suspicion_about_what_is_closed_to_them(
    client: PageClient, scene: Scene, session: Session
) -> None:
    """The chair is recused from the application with which a member's conflict is suspected."""
    application = scene.eligible()
    for person, kind in ((scene.chair, ConflictKind.FAMILY), (scene.secretary, ConflictKind.NONE)):
        scene.make.row(
            Declaration(
                person_id=person.id,
                application_id=application.id,
                kind=kind,
                declared_at=clock.now() - timedelta(hours=1),
            )
        )
    suspicion = scene.make.row(
        Suspicion(
            person_id=scene.member.id, application_id=application.id, grounds=["email_domain"]
        )
    )
    address = f"/committee/{scene.call.slug}/conflicts/{suspicion.id}"
    client.sign_in(scene.chair)
    assert client.get(address).status_code == 403
    client.sign_in(scene.secretary)
    client.send(address, {"verdict": "cleared", "reason": "Kopīgs pasts."})
    session.refresh(suspicion)
    assert suspicion.confirmed is False
