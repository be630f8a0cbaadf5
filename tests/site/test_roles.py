"""The history of roles: who gave, changed and ended which, when and by which order."""

from datetime import date

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.accounts.administration import service as administration
from portal.core.accounts.models import Person, Role, RoleGrant
from portal.core.db import db
from portal.grants.evaluation.committee import service as committee
from portal.grants.evaluation.committee.models import CommitteeRole
from tests.factories import DAY, Make
from tests.pages import PageClient, counted_queries, text
from tests.world.scene import here


@pytest.fixture
def history(make: Make) -> dict[str, Person]:
    """An officer of two municipalities, and a chair whose last day was set, then brought to now."""
    call, far = make.competition("closed"), make.municipality("VEN")
    people = {
        "admin": make.person(Role.ADMINISTRATOR, name="Gatis Lācis"),
        "officer": make.person(Role.OFFICER, name="Inese Liepa"),
        "new": make.person(name="Anna Jaunā"),
        "chair": make.person(name="Dace Krūmiņa"),
        "auditor": make.person(Role.AUDITOR, name="Ilze Grīnberga"),
    }
    assert make.app is not None
    with make.app.test_request_context():
        admin, officer, new = (here(people[who]) for who in ("admin", "officer", "new"))
        for municipality in (here(call).municipality, here(far)):
            grant = administration.give_role(
                *(admin, new),
                role=Role.OFFICER,
                municipality=municipality,
                since=date(2026, 11, 1),
                until=None,
                order_number="7-p",
            )
        administration.end_role(admin, new, grant, reason="Pēc pašas lūguma.")
        order = committee.AppointmentOrder("2.1/17", date(2026, 11, 2), date(2026, 11, 3))
        committee.appoint(
            *(officer, here(call)),
            email=people["chair"].email,
            name="",
            roles=[CommitteeRole.CHAIR],
            order=order,
        )
        seat = db.session.scalars(select(RoleGrant).filter_by(person_id=people["chair"].id)).one()
        for until in (clock.today() + 9 * DAY, None):
            committee.end(officer, here(call), seat, until=until, reason="Rīkojums 2.1/30.")
    return people


def lines(client: PageClient, path: str, **asked: str) -> list[str]:
    page = client.page(path, query_string=asked)
    return [" ".join(row.get_text(" ").split()) for row in page.select("tbody tr")]


def test_the_auditor_reads_of_the_municipality_and_its_committees(
    history: dict[str, Person], client: PageClient
) -> None:
    client.sign_in(history["auditor"])
    found = lines(client, "/board/roles")
    assert len(found) == 4
    ended, moved, appointed, given = found
    assert "Dace Krūmiņa komisijas priekšsēdētājs" in ended and "izbeigta uzreiz" in ended
    assert "Inese Liepa Nr. 2.1/17" in ended and "Rīkojums 2.1/30." in ended
    assert "beidzas 29.11.2026." in moved
    assert "piešķirta no 03.11.2026." in appointed and "02.11.2026." in appointed
    assert "Anna Jaunā pārvaldes speciālists" in given and "Gatis Lācis Nr. 7-p" in given
    for search in ("krūm", "KRUMINA", "krūmiņa dace"):
        assert len(lines(client, "/board/roles", q=search)) == 3
    assert lines(client, "/board/roles", q="nav tāda") == []


def test_the_administrator_reads_of_all_and_takes_a_file(
    history: dict[str, Person], client: PageClient
) -> None:
    client.sign_in(history["admin"])
    found = lines(client, "/admin/roles/changes")
    assert len(found) == 6
    options = client.page("/admin/roles/changes").select("#where option[value]")
    by_name = {option.get_text(): str(option["value"]) for option in options}
    competition = next(value for name, value in by_name.items() if name.startswith("LIE-"))
    assert len(lines(client, "/admin/roles/changes", where=competition)) == 3
    file = client.get("/admin/roles/changes.csv", query_string={"q": "anna"})
    rows = file.text.splitlines()
    assert len(rows) == 1 + 3 and "Pēc pašas lūguma." in rows[1] and "7-p" in rows[1]
    for odd in ("after=x", "after=1.x", "after=-1.x", "where=x", "after=" + "9" * 30):
        assert text(client.get(f"/admin/roles/changes?{odd}"))


def test_it_is_read_page_by_page_in_a_constant_number_of_queries(
    history: dict[str, Person], make: Make, client: PageClient
) -> None:
    client.sign_in(history["admin"])
    assert make.app is not None
    with counted_queries(client.application) as few:
        client.page("/admin/roles/changes")
    with make.app.test_request_context():
        for number in range(50):
            administration.give_role(
                *(here(history["admin"]), here(make.person(name=f"Persona {number:02}"))),
                role=Role.OFFICER,
                municipality=here(make.municipality()),
                since=clock.today(),
                until=None,
            )
    with counted_queries(client.application) as many:
        first = client.page("/admin/roles/changes")
    assert len(few) == len(many) <= 4
    older = first.select_one("a[rel=next]")
    assert older is not None and len(first.select("tbody tr")) == 50
    assert len(client.page(str(older["href"])).select("tbody tr")) == 6
