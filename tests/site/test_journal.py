"""A competition's journal: who reads it, what it says, and what it keeps to itself."""

import csv
from datetime import UTC, datetime

import pytest

from portal.core import clock
from portal.core.accounts.models import Person, Role
from portal.core.audit.models import JournalEntry
from portal.grants.applications.models import Application
from portal.grants.evaluation.models import (
    CommitteeRole,
    ConflictKind,
    Declaration,
    EligibilityCheck,
)
from tests.factories import Make
from tests.pages import PageClient, counted_queries, text
from tests.world.scene import Scene

# What applicants do with their drafts and members with their open sheets is theirs alone.
PRIVATE = frozenset(
    {
        "application.started",
        "application.part_saved",
        "application.discarded",
        "application.partner_changed",
        "application.file_attached",
        "application.file_removed",
        "clarification.saved",
        "clarification.file_removed",
        "score_sheet.saved",
    }
)


def url(case: Scene) -> str:
    return f"/board/competitions/{case.call.slug}/journal"


def test_the_board_and_its_auditor_read_who_did_what(published: Scene, client: PageClient) -> None:
    for person in (published.auditor, published.officer, published.head):
        page = text(client.sign_in(person).get(url(published)))
        for line in ("Lēmumi parakstīti", "Rezultāti publicēti", "Sagatavoti lēmumu projekti"):
            assert line in page
        assert published.head.name in page
        assert str(published.applications[0].number) in page


@pytest.mark.parametrize("role", [Role.OWNER, CommitteeRole.MEMBER, Role.ADMINISTRATOR])
def test_to_others_there_is_no_journal(
    published: Scene, make: Make, client: PageClient, role: Role
) -> None:
    scope = published.organisation_of(0) if role is Role.OWNER else published.call
    client.sign_in(make.person(role, scope=scope))
    assert client.get(url(published)).status_code == 404
    client.sign_in(make.person(Role.AUDITOR, scope=make.municipality("VEN")))
    assert client.get(url(published)).status_code == 404


def test_drafts_sheets_and_secrets_stay_where_they_are(
    case: Scene, make: Make, client: PageClient
) -> None:
    row = "00000000-0000-0000-0000-000000000001"
    for event in sorted(PRIVATE):
        make.row(entry(case, event, {f"answers:{row}": {"value": [None, "Slepens"]}}))
    for table in ("answers", "submissions", "scores", "declarations", "persons"):
        make.row(entry(case, "score_sheet.submitted", {f"{table}:{row}": {"x": [None, "Slepens"]}}))
    page = client.sign_in(case.auditor).get(url(case))
    assert "Slepens" not in page.text
    assert len(lines(client, case, event="score_sheet.submitted")) == 5


def test_old_and_new_values_stand_side_by_side_and_markup_stays_text(
    case: Scene, make: Make, client: PageClient
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
    words_of_it = text(page)
    for shown in ("4 000 €", "4 600 €", "Vecais", "<b>Jaunais</b>", "14.04.2026. 16.59.59"):
        assert shown in words_of_it, shown
    assert "<b>Jaunais" not in page.text


def test_it_is_read_page_by_page_at_the_same_cost(
    case: Scene, make: Make, client: PageClient
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
def test_a_malformed_page_is_the_first(case: Scene, client: PageClient, before: str) -> None:
    client.sign_in(case.auditor)
    assert client.get(url(case), query_string={"before": before}).status_code == 200


def lines(client: PageClient, case: Scene, **asked: object) -> list[str]:
    page = client.page(url(case), query_string=asked)
    return [line.get_text(" ", strip=True) for line in page.select(".asns-journal > li h2")]


def file(client: PageClient, case: Scene, **asked: object) -> list[dict[str, str]]:
    sent = client.get(f"{url(case)}.csv", query_string=asked)
    assert sent.mimetype == "text/csv"
    return list(csv.DictReader(sent.text.removeprefix("\ufeff").splitlines(), delimiter=";"))


def test_it_is_narrowed_down_by_thing_person_event_and_day(
    case: Scene, make: Make, client: PageClient
) -> None:
    first, other = case.applications[:2]
    at = datetime(2026, 3, 3, 22, 30, tzinfo=UTC)  # the 4th in Riga
    make.row(entry(case, "letter.posted", {}, subject=first, at=at))
    make.row(entry(case, "letter.posted", {}, subject=other, actor=case.head))
    make.row(entry(case, "meeting.closed", {}, facts={"reason": "=1+1"}, actor=case.head))
    sums = {"fixed_sum": 460000, "reason": "1\u00a0000"}
    make.row(entry(case, "meeting.changed", {}, facts=sums))
    client.sign_in(case.auditor)
    posted = [f"Vēstule nosūtīta pa pastu {one.number}" for one in (other, first)]
    everything = lines(client, case)
    assert len(everything) >= 3 and lines(client, case, event="letter.posted") == posted
    assert lines(client, case, thing="applications", event="letter.posted") == posted
    assert posted[1] in lines(client, case, number=str(first.number).lower())
    assert posted[0] not in lines(client, case, number=first.number)
    assert posted[0] in lines(client, case, person=case.head.id)
    assert posted[1] not in lines(client, case, person=case.head.id)
    assert lines(client, case, first_day="2026-03-04", last_day="2026-03-04") == [posted[1]]
    assert lines(client, case, last_day="2026-03-03") == []
    narrowed = client.page(url(case), query_string={"first_day": "2026-03-04"})
    link = narrowed.select_one("a[href*='csv']")
    assert link and "first_day=2026-03-04" in str(link["href"]), "the file is narrowed alike"
    garbage = {"person": "x", "first_day": "9999-12-31", "competition": "x", "_external": "1"}
    assert lines(client, case, **garbage) == everything
    exported = file(client, case, event="meeting.closed")
    said = [(row["Kas to darīja"], row["Papildu ziņas"]) for row in exported]
    assert said == [(case.head.name, "Iemesls: =1+1")]
    changed = [row["Papildu ziņas"] for row in file(client, case, event="meeting.changed")]
    assert any("4 600 €" in one and "Iemesls: 1\u00a0000" in one for one in changed), "as typed"
    assert len({row["Ieraksts"] for row in file(client, case)}) == len(everything)
    (sent,) = file(client, case, first_day="2026-03-04", last_day="2026-03-04")
    assert sent["Kad (Rīgas laikā)"] == "2026-03-04 00:30:00"


def test_what_it_was_about_is_what_it_is_seen_to_have_changed(
    published: Scene, client: PageClient
) -> None:
    client.sign_in(published.auditor)
    decided = lines(client, published, thing="decisions")
    assert "Lēmumi parakstīti" in decided and "Sagatavoti lēmumu projekti" in decided
    about_it = lines(client, published, number=published.applications[0].number)
    assert "Lēmumi parakstīti" in about_it
    assert "Sagatavoti lēmumu projekti" not in lines(client, published, thing="competitions")


def test_a_filter_finds_nothing_by_a_change_that_the_page_hides(
    make: Make, case: Scene, client: PageClient
) -> None:
    closed, open_ = case.applications[:2]
    check = "eligibility_checks"
    of_closed, of_open = (f"{check}:{one.id}" for one in checks(make, closed, open_))
    note = {"note": [None, "Slepens"]}
    make.row(entry(case, "criteria.thresholds_set", {of_closed: note}))
    make.row(entry(case, "meeting.closed", {of_open: note, f"{check}:x": {"version": [1, 2]}}))
    shut(make, case, closed)
    client.sign_in(case.officer)
    assert lines(client, case, thing=check, number=closed.number) == []
    assert lines(client, case, thing=check, event="criteria.thresholds_set") == []
    assert lines(client, case, number=closed.number, event="criteria.thresholds_set") == []
    assert lines(client, case, number=open_.number, thing=check, event="meeting.closed")
    client.sign_in(case.auditor)
    for asked in ({"thing": check}, {"number": closed.number}, {"number": closed.number[-3:]}):
        assert lines(client, case, **asked, event="criteria.thresholds_set")


def test_a_text_that_changed_in_one_language_says_which(
    case: Scene, make: Make, client: PageClient
) -> None:
    title = [{"lv": "Teikums", "en": "Old"}, {"lv": "Teikums", "en": "New"}]
    amended = [{"field": "lead", "old": title[0], "new": title[1]}]
    changes = {"competitions:1": {"title": title}, "amendments:1": {"changes": [None, amended]}}
    make.row(entry(case, "competition.amended", changes))
    client.sign_in(case.auditor)
    cells = [
        [cell.get_text(" ", strip=True) for cell in row.select("td")]
        for row in client.page(url(case)).select(".asns-journal > li")[0].select("tbody tr")
    ]
    assert ["Nosaukums (angliski) konkurss", "Old", "New"] in cells
    assert "(angliski): Old → New" in str(cells) and "Teikums" not in str(cells)


def test_a_page_that_is_narrowed_down_leads_to_more_of_the_same(
    case: Scene, make: Make, client: PageClient
) -> None:
    for _ in range(51):
        make.row(entry(case, "meeting.closed", {}))
        make.row(entry(case, "letter.posted", {}))
    client.sign_in(case.auditor)
    page = client.page(url(case), query_string={"event": "meeting.closed"})
    following = page.select_one("a[rel=next]")
    assert following is not None
    older = client.page(str(following["href"]))
    assert [one.text.strip() for one in older.select(".asns-journal > li h2")] == ["Sēde slēgta"]


def test_no_filter_and_no_file_tells_what_the_page_hides(
    make: Make, case: Scene, client: PageClient
) -> None:
    closed, open_ = case.applications[:2]
    for event in sorted(PRIVATE):
        make.row(entry(case, event, {}, subject=closed, actor=make.person(name="Slepenā Persona")))
    make.row(entry(case, "grant.declined", {}, facts={"reason": "Slepens"}, subject=closed))
    make.row(entry(case, "grant.declined", {}, facts={"reason": "Atklāts"}, subject=open_))
    shut(make, case, closed)
    client.sign_in(case.officer)
    for event in sorted(PRIVATE):
        assert lines(client, case, event=event) == [] == file(client, case, event=event)
    page = client.get(url(case)).text
    assert "Slepenā Persona" not in page
    assert not any(f'value="{event}"' in page for event in PRIVATE)
    for asked in ({}, {"number": closed.number}, {"event": "grant.declined"}):
        found = file(client, case, **asked)
        assert found and "Slepens" not in str(found)
        assert "Slepens" not in client.get(url(case), query_string=asked).text
    assert "Atklāts" in str(file(client, case))


def test_before_the_deadline_it_does_not_tell_who_has_submitted(
    make: Make, client: PageClient
) -> None:
    call = make.competition("open")
    officer, applicant = make.person(Role.OFFICER), make.person(name="Agrā Iesniedzēja")
    application = make.application(call)
    make.row(
        JournalEntry(
            actor_id=applicant.id,
            event="application.submitted",
            subject_type="applications",
            subject_id=application.id,
            scope_id=call.id,
        )
    )
    client.sign_in(officer)
    where = f"/board/competitions/{call.slug}/journal"
    for asked in ("", "?event=application.submitted", "?thing=applications"):
        assert "Agrā Iesniedzēja" not in client.get(where + asked).text
        assert "application.submitted" not in client.get(where).text
        assert client.get(f"{where}.csv{asked}").text.count("\n") == 1  # the head alone


def shut(make: Make, case: Scene, application: Application) -> None:
    """A conflict of the officer closes the application to them."""
    declared = make.session.query(Declaration).filter_by(
        person_id=case.officer.id, application_id=application.id
    )
    make.rewrite(declared.one(), kind=ConflictKind.FAMILY)


def checks(make: Make, *applications: Application) -> list[EligibilityCheck]:
    return [
        make.session.query(EligibilityCheck).filter_by(application_id=one.id).one()
        for one in applications
    ]


def entry(
    case: Scene,
    event: str,
    changes: dict[str, object],
    facts: dict[str, object] | None = None,
    *,
    subject: Application | None = None,
    actor: Person | None = None,
    at: datetime | None = None,
) -> JournalEntry:
    return JournalEntry(
        actor_id=(actor or case.officer).id,
        event=event,
        subject_type="applications" if subject else None,
        subject_id=subject.id if subject else None,
        scope_id=case.call.id,
        facts=facts or {},
        changes=changes,
        at=at or clock.now(),
    )


@pytest.mark.parametrize(
    "typed",
    ["2026-13-45", "0000-00-00", "٢٠٢٦-01-01", "9999-12-31T23:59:59+00:00"],
)
def test_a_text_that_only_looks_like_a_date_stands_as_it_was_typed(
    case: Scene, make: Make, client: PageClient, typed: str
) -> None:
    make.row(entry(case, "competition.terms_saved", {"competitions:1": {"title": [None, typed]}}))
    assert typed in client.sign_in(case.auditor).get(url(case)).text
