"""A competition's journal: who reads it, what it says, and what it keeps to itself."""

import pytest

from portal.core.accounts.models import Role
from portal.core.audit.models import JournalEntry
from portal.grants.evaluation.committee.models import CommitteeRole
from portal.site.journal import rules
from tests.factories import Make
from tests.grants.awards.conftest import Case
from tests.pages import PageClient, counted_queries, text


def url(case: Case) -> str:
    return f"/board/competitions/{case.competition.slug}/journal"


def test_the_board_and_its_auditor_read_who_did_what(published: Case, client: PageClient) -> None:
    for person in (published.auditor, published.officer, published.head):
        page = text(client.sign_in(person).get(url(published)))
        for line in ("Lēmumi parakstīti", "Rezultāti publicēti", "Sagatavoti lēmumu projekti"):
            assert line in page
        assert published.head.name in page
        assert str(published.applications[0].number) in page


@pytest.mark.parametrize("role", [Role.OWNER, CommitteeRole.MEMBER, Role.ADMINISTRATOR])
def test_to_others_there_is_no_journal(
    published: Case, make: Make, client: PageClient, role: Role
) -> None:
    scope = published.organisation(0) if role is Role.OWNER else published.competition
    client.sign_in(make.person(role, scope=scope))
    assert client.get(url(published)).status_code == 404
    client.sign_in(make.person(Role.AUDITOR, scope=make.municipality("VEN")))
    assert client.get(url(published)).status_code == 404


def test_drafts_sheets_and_secrets_stay_where_they_are(
    case: Case, make: Make, client: PageClient
) -> None:
    row = "00000000-0000-0000-0000-000000000001"
    for event in sorted(rules.PRIVATE):
        make.row(entry(case, event, {f"application_parts:{row}": {"answers": [None, "Slepens"]}}))
    for table in ("application_parts", "submissions", "scores", "declarations", "persons"):
        make.row(entry(case, "score_sheet.submitted", {f"{table}:{row}": {"x": [None, "Slepens"]}}))
    page = client.sign_in(case.auditor).get(url(case))
    assert "Slepens" not in page.text
    assert page.text.count("Iesniegta vērtēšanas veidlapa") == 5


def test_old_and_new_values_stand_side_by_side_and_markup_stays_text(
    case: Case, make: Make, client: PageClient
) -> None:
    changes = {
        "competitions:1": {
            "fixed_sum": [400_000, 460_000],
            "title": [{"lv": "Vecais", "en": ""}, {"lv": "<b>Jaunais</b>", "en": ""}],
            "deadline": ["2026-04-14T13:59:59+00:00", None],
            "reserve_public": [True, False],
        }
    }
    make.row(entry(case, "competition.amended", changes))
    page = client.sign_in(case.auditor).get(url(case))
    words_of_it = text(page).replace("\xa0", " ")
    for shown in ("4 000 €", "4 600 €", "Vecais", "<b>Jaunais</b>", "14.04.2026. 16.59.59"):
        assert shown in words_of_it, shown
    assert "<b>Jaunais" not in page.text


def test_it_is_read_page_by_page_at_the_same_cost(
    case: Case, make: Make, client: PageClient
) -> None:
    client.sign_in(case.auditor)
    counts = []
    for more in (1, 60):
        for number in range(more):
            make.row(entry(case, "competition.amended", {}, facts={"number": number}))
        client.get(url(case))
        with counted_queries(client.application) as queries:
            page = client.page(url(case))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
    following = page.select_one("a[rel=next]")
    assert following is not None
    older = client.page(str(following["href"]))
    assert len(page.select(".asns-journal > li")) == 50
    assert len(older.select(".asns-journal > li")) == 11


@pytest.mark.parametrize("before", ["x", "-1", "1.5", "9" * 30, "", "٣"])
def test_a_malformed_page_is_the_first(case: Case, client: PageClient, before: str) -> None:
    client.sign_in(case.auditor)
    assert client.get(url(case), query_string={"before": before}).status_code == 200


def entry(
    case: Case, event: str, changes: dict[str, object], facts: dict[str, object] | None = None
) -> JournalEntry:
    return JournalEntry(
        actor_id=case.officer.id,
        event=event,
        scope_id=case.competition.id,
        facts=facts or {},
        changes=changes,
    )


@pytest.mark.parametrize(
    "typed",
    ["2026-13-45", "0000-00-00", "٢٠٢٦-01-01", "9999-12-31T23:59:59+00:00"],
)
def test_a_text_that_only_looks_like_a_date_stands_as_it_was_typed(
    case: Case, make: Make, client: PageClient, typed: str
) -> None:
    make.row(entry(case, "competition.terms_saved", {"competitions:1": {"title": [None, typed]}}))
    assert typed in client.sign_in(case.auditor).get(url(case)).text
