"""The board's desk: what waits for whom."""

from datetime import timedelta

import pytest

from portal.core import clock
from portal.core.accounts.models import Person, Role
from portal.core.questions.models import AnswerSet
from portal.grants.competitions.inquiries.models import Inquiry
from portal.grants.evaluation.committee.models import CommitteeRole
from portal.grants.evaluation.models import CheckState, Clarification, EligibilityCheck
from tests.factories import Make
from tests.pages import PageClient, counted_queries
from tests.world.scene import Scene


def tasks(client: PageClient, person: Person) -> list[tuple[str, str]]:
    """Verb and address of each line, as they stand."""
    page = client.sign_in(person).page("/board/")
    return [(a.get_text(), str(a["href"])) for a in page.select(".asns-todo a")]


def test_nothing_to_do_says_so(make: Make, client: PageClient) -> None:
    page = client.sign_in(make.person(Role.OFFICER)).page("/board/")
    assert page.h1 and page.h1.get_text() == "Šodien nekas negaida"
    assert page.select(".asns-empty")


def test_an_officer_checks_answers_and_finishes_calls_the_oldest_first(
    make: Make, client: PageClient
) -> None:
    competition = make.competition("closed")
    make.committee(competition, 3)
    application = make.application(competition, submitted=True)
    draft = make.competition("draft")
    make.row(
        Inquiry(
            competition_id=make.competition("open").id,
            asked_by_id=make.person().id,
            asked_at=clock.now() - timedelta(days=3),
            question="Vai drīkst pirkt datoru?",
        )
    )
    lines = tasks(client, make.person(Role.OFFICER))
    assert [url for _, url in lines] == [
        f"/board/competitions/{competition.slug}/eligibility/{application.number}",
        lines[1][1],
        f"/board/competitions/{draft.slug}",
    ]
    assert "jautājumu" in lines[1][0]


def test_many_of_a_kind_are_one_line(make: Make, client: PageClient) -> None:
    competition = make.competition("closed")
    make.committee(competition, 3)
    for _ in range(5):
        make.application(competition, submitted=True)
    (line,) = tasks(client, make.person(Role.OFFICER))
    assert line == (
        "Pārbaudīt 5 iesniegumu atbilstību",
        f"/board/competitions/{competition.slug}/eligibility",
    )


def test_what_was_asked_goes_on_when_it_is_answered_or_late(make: Make, client: PageClient) -> None:
    competition = make.competition("closed")
    officer = make.person(Role.OFFICER)
    for replied in (True, False):
        application = make.application(competition, submitted=True)
        check = make.row(
            EligibilityCheck(
                application_id=application.id,
                state=CheckState.OPEN if replied else CheckState.CLARIFYING,
            )
        )
        asked = clock.now() - timedelta(days=3)
        reply_id = make.reply(application.id, officer).id if replied else None
        make.row(
            Clarification(
                check_id=check.id,
                answer_set=AnswerSet(form_id=application.answer_set.form_id, opened={"need": ""}),
                message="Kam?",
                asked_at=asked,
                asked_by_id=officer.id,
                until=asked + timedelta(days=1),
                reply_id=reply_id,
            )
        )
    lines = [text for text, _url in tasks(client, officer)]
    assert sum("Izlasīt" in line for line in lines) == 1
    assert sum("precizējums nav saņemts" in line for line in lines) == 1
    assert not any(line.startswith("Pārbaudīt") for line in lines)


def test_a_closed_call_waits_for_its_committee(make: Make, client: PageClient) -> None:
    competition = make.competition("closed")
    make.eligible(make.application(competition, submitted=True))
    officer = make.person(Role.OFFICER)
    assert [url for _, url in tasks(client, officer)] == [
        f"/board/competitions/{competition.slug}/committee"
    ]
    make.committee(competition, 3)
    assert tasks(client, officer) == []


@pytest.mark.parametrize(("milliseconds", "waits"), [(0, 0), (900, 0), (1000, 1)])
def test_nothing_waits_in_the_last_second_in_which_a_call_is_open(
    make: Make, client: PageClient, milliseconds: int, waits: int
) -> None:
    competition = make.competition("open")
    make.committee(competition, 3)
    make.application(competition, submitted=True)
    with clock.at(competition.deadline + timedelta(milliseconds=milliseconds)):
        assert len(tasks(client, make.person(Role.OFFICER))) == waits


def test_a_rejection_waits_for_another_person_than_its_proposer(
    make: Make, client: PageClient
) -> None:
    competition = make.competition("closed")
    make.committee(competition, 3)
    application = make.application(competition, submitted=True)
    proposer = make.person(Role.OFFICER)
    make.row(
        EligibilityCheck(
            application_id=application.id,
            state=CheckState.REJECTION_PROPOSED,
            proposed_by_id=proposer.id,
            proposed_at=clock.now(),
        )
    )
    assert tasks(client, proposer) == []
    assert len(tasks(client, make.person(Role.HEAD))) == 1


def test_decisions_go_from_the_officer_to_the_head(case: Scene, client: PageClient) -> None:
    assert tasks(client, case.officer)[0][1] == case.url
    assert tasks(client, case.head) == []
    case.propose()
    assert tasks(client, case.officer) == []
    assert tasks(client, case.head)[0][1] == case.url
    case.sign()
    assert tasks(client, case.head)[0][1] == case.url + "/publish"
    case.publish()
    assert tasks(client, case.head) == []


def test_a_declined_grant_waits_for_the_head(published: Scene, client: PageClient) -> None:
    client.sign_in(published.owner_of(0))
    client.send(published.own(0) + "/decline", {"reason": ""})
    declined = published.decision(0)
    assert tasks(client, published.head)[0][1] == f"{published.url}/{declined.id}/promote"


def test_every_line_and_strip_leads_to_a_page_that_its_reader_may_open(
    case: Scene, make: Make, client: PageClient
) -> None:
    make.application(make.competition("closed"), submitted=True)
    make.competition("draft")
    make.application(make.competition("open"), submitted=True)
    for person in (case.officer, case.head, case.auditor):
        page = client.sign_in(person).page("/board/")
        links = {str(a["href"]) for a in page.select("main a[href]")}
        assert len(links) > 5
        for link in links:
            assert client.get(link).status_code == 200, f"{link} for {person.name}"


def test_a_board_sees_its_own_municipality_only(make: Make, client: PageClient) -> None:
    other = make.municipality("VEN")
    foreign = make.competition("closed", municipality=other)
    make.application(foreign, submitted=True)
    officer = make.person(Role.OFFICER)
    assert tasks(client, officer) == []
    assert foreign.code not in client.get("/board/").text


@pytest.mark.parametrize("role", [CommitteeRole.MEMBER, Role.OWNER, Role.ADMINISTRATOR])
def test_the_desk_is_the_boards(make: Make, client: PageClient, role: Role) -> None:
    scopes = {CommitteeRole.MEMBER: make.competition("closed"), Role.OWNER: make.organisation()}
    client.sign_in(make.person(role, scope=scopes.get(role)))
    assert client.get("/board/").status_code == 404


def test_the_desk_costs_the_same_for_one_and_for_thirty(make: Make, client: PageClient) -> None:
    client.sign_in(make.person(Role.OFFICER, Role.HEAD))
    counts = []
    for more in (1, 29):
        for _ in range(more):
            competition = make.competition("closed")
            make.application(competition, submitted=True)
            make.competition("draft")
            make.competition("decided")
            make.competition("open")
        client.get("/board/")
        with counted_queries(client.application) as queries:
            client.page("/board/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20
