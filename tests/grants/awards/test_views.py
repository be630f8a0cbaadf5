"""The pages of decisions: who sees them when, and what each button does."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.core import clock
from portal.core.accounts.models import Role
from portal.core.db import Words, db
from portal.core.messages.models import Message
from portal.grants.applications.correspondence.models import Letter
from portal.grants.awards import service
from portal.grants.awards.models import DecisionState, Outcome
from portal.grants.competitions.models import CompetitionState, Criterion
from portal.grants.evaluation.committee.models import CommitteeRole
from tests.core.papers.samples import read as pdf_text
from tests.factories import Make
from tests.pages import PageClient, counted_queries, text
from tests.world.scene import POINTS, Scene, here

# ------------------------------------------------------------------- the board


def test_an_officer_drafts_words_and_the_head_signs_and_publishes(
    case: Scene, client: PageClient
) -> None:
    client.sign_in(case.officer)
    assert client.send(case.url + "/propose", at=case.url).status_code == 302
    worded = client.send(
        f"{case.url}/{case.decision(0).id}",
        {"outcome": "conditions", "conditions": "Precizēt tāmi.", "reasons": ""},
    )
    assert worded.status_code == 302
    assert "Precizēt tāmi." in client.get(worded.location).text

    client.sign_in(case.head)
    assert client.send(case.url + "/sign", at=case.url, form="form#sign").status_code == 302
    assert client.send(case.url + "/publish").status_code == 302
    assert "Precizēt tāmi." in text(client.get(f"{case.url}/{case.decision(0).id}/letter"))
    case.session.refresh(case.call)
    assert case.call.state is CompetitionState.PUBLISHED


def test_what_is_missing_stands_on_the_page_when_drafting_is_refused(
    make: Make, client: PageClient
) -> None:
    competition, _ = make.evaluated(POINTS[:2], grants=1)
    late = make.application(competition, submitted=True)
    make.eligible(late)
    make.assigned(late, make.person(CommitteeRole.MEMBER, scope=competition))
    client.sign_in(make.person(Role.OFFICER))
    url = f"/board/competitions/{competition.slug}/decisions"
    response = client.send(url + "/propose", at=url)
    assert response.status_code == 409
    assert response.text.count("govuk-error-summary__list") == 1


def test_bad_words_come_back_beside_their_field_and_stay_typed(
    drafted: Scene, client: PageClient
) -> None:
    client.sign_in(drafted.officer)
    url = f"{drafted.url}/{drafted.decision(0).id}"
    response = client.send(url, {"outcome": "conditions", "conditions": "", "reasons": "Labs."})
    assert response.status_code == 422
    assert "Labs." in response.text
    response = client.send(url, {"outcome": "reserve", "conditions": "", "reasons": ""})
    assert response.status_code == 422


@pytest.mark.parametrize("day", ["", "31.02.2026", "rīt", "0", "9" * 400])
def test_a_date_that_does_not_exist_signs_nothing(
    drafted: Scene, client: PageClient, day: str
) -> None:
    client.sign_in(drafted.head)
    page = client.page(drafted.url)
    names = [str(i["name"]) for i in page.select("form#sign input[name^=decided_on]")]
    response = client.send(
        drafted.url + "/sign", dict.fromkeys(names, day), at=drafted.url, form="form#sign"
    )
    assert response.status_code == 422
    assert drafted.decision(0).state is DecisionState.DRAFTED


def test_what_is_signed_is_not_worded_again(signed: Scene, client: PageClient) -> None:
    client.sign_in(signed.officer)
    response = client.get(f"{signed.url}/{signed.decision(0).id}")
    assert response.status_code == 403
    assert "parakstīts" in text(response)


def test_the_head_drafts_nothing_and_the_officer_signs_nothing(
    drafted: Scene, client: PageClient
) -> None:
    client.sign_in(drafted.head)
    assert client.post(drafted.url + "/propose", data={}).status_code == 403
    assert client.get(f"{drafted.url}/{drafted.decision(0).id}").status_code == 403
    client.sign_in(drafted.officer)
    assert client.post(drafted.url + "/sign", data={}).status_code == 403
    assert client.post(drafted.url + "/publish", data={}).status_code == 403


def test_the_auditor_reads_everything_and_changes_nothing(
    signed: Scene, client: PageClient
) -> None:
    client.sign_in(signed.auditor)
    decision = f"{signed.url}/{signed.decision(0).id}"
    for page in (signed.url, decision + "/letter", decision + "/letter.pdf"):
        assert client.get(page).status_code == 200, page
    for verb in (
        "/propose",
        "/sign",
        "/publish",
        *(f"/{signed.decision(0).id}", f"/{signed.decision(0).id}/promote"),
    ):
        response = client.post(signed.url + verb, data={})
        assert response.status_code == 403, verb
        assert "pārvaldes" in text(response), "the reason is said"
    case = signed.decision(0)
    assert case.state is DecisionState.SIGNED


@pytest.mark.parametrize("who", ["nobody", "applicant", "member", "other board", "administrator"])
def test_to_others_there_are_no_decisions(
    drafted: Scene, make: Make, client: PageClient, who: str
) -> None:
    people = {
        "applicant": lambda: drafted.owner_of(0),
        "member": lambda: make.person(CommitteeRole.MEMBER, scope=drafted.call),
        "other board": lambda: make.person(Role.HEAD, scope=make.municipality("VEN")),
        "administrator": lambda: make.person(Role.ADMINISTRATOR),
    }
    if who in people:
        client.sign_in(people[who]())
    decision = f"{drafted.url}/{drafted.decision(0).id}"
    found, done = (404, 404) if who in people else (302, 401)
    for page in (drafted.url, decision, decision + "/letter", decision + "/letter.pdf"):
        assert client.get(page).status_code == found, page
    for verb in ("/propose", "/sign", "/publish"):
        assert client.post(drafted.url + verb, data={}).status_code == done, verb
    assert drafted.decision(0).state is DecisionState.DRAFTED


def test_a_decision_is_found_under_its_own_competition_only(
    drafted: Scene, make: Make, client: PageClient
) -> None:
    other = make.competition("closed")
    client.sign_in(drafted.officer)
    decision = drafted.decision(0).id
    assert client.get(f"/board/competitions/{other.slug}/decisions/{decision}").status_code == 404
    foreign = make.competition("closed", municipality=make.municipality("VEN"))
    assert client.get(f"/board/competitions/{foreign.slug}/decisions").status_code == 404


def test_the_list_asks_the_same_number_of_queries_for_any_number_of_rows(
    make: Make, client: PageClient
) -> None:
    counts = []
    for size in (1, 12):
        competition, applications = make.evaluated([("8", "8")] * size, grants=12)
        for application in applications:
            make.decision(application, outcome=Outcome.RESERVE, place=1)
        client.sign_in(make.person(Role.OFFICER))
        url = f"/board/competitions/{competition.slug}/decisions"
        client.get(url)
        with counted_queries(client.application) as queries:
            client.page(url)
        counts.append(len(queries))
    # Most of them ask whether what the committee approved still stands.
    assert counts[0] == counts[1] <= 19


# --------------------------------------------------------------- the applicant


def test_an_applicant_sees_nothing_before_publication(signed: Scene, client: PageClient) -> None:
    client.sign_in(signed.owner_of(0))
    for page in (signed.own(0), signed.own(0) + ".pdf", signed.own(0) + "/decline"):
        assert client.get(page).status_code == 404, page
    assert client.post(signed.own(0) + "/decline", data={"reason": ""}).status_code == 404
    assert "lēmum" not in text(client.get(f"/my/applications/{signed.applications[0].id}/receipt"))


def test_after_publication_it_is_the_letter_that_was_previewed(
    signed: Scene, client: PageClient
) -> None:
    client.sign_in(signed.head)
    url = f"{signed.url}/{signed.decision(0).id}/letter"
    preview = client.page(url).select_one(".asns-letter")
    assert "ir parakstīta, bet vēl nav nosūtīta" in pdf_text(client.get(f"{url}.pdf").data)
    signed.publish()
    sent = client.page(url).select_one(".asns-letter")
    client.sign_in(signed.owner_of(0))
    read = client.page(signed.own(0)).select_one(".asns-letter")
    assert preview is not None
    assert preview == sent == read
    pdf = client.get(signed.own(0) + ".pdf")
    assert pdf.mimetype == "application/pdf"
    assert pdf.data.startswith(b"%PDF")


def test_the_list_the_task_list_and_the_receipt_lead_to_the_decision(
    signed: Scene, client: PageClient
) -> None:
    client.sign_in(signed.owner_of(0))
    own = f"/my/applications/{signed.applications[0].id}"
    pages = ("/my/applications", own, f"{own}/receipt")
    for page in pages:
        assert not client.page(page).select(f'a[href="{signed.own(0)}"]'), page
    signed.publish()
    for page in pages:
        assert client.page(page).select(f'main a[href="{signed.own(0)}"]'), page
    client.sign_in(signed.owner_of(5))
    assert not client.page("/my/applications").select(f'a[href="{signed.own(0)}"]')


def test_the_list_of_applications_asks_as_much_for_many_decisions_as_for_one(
    published: Scene, make: Make, client: PageClient
) -> None:
    person, counts = published.owner_of(0), []
    client.sign_in(person)
    for more in (0, 6):
        for number in range(more):
            application = make.application(
                published.call, organisation=published.organisation_of(0), submitted=True
            )
            make.decision(
                application,
                outcome=Outcome.RESERVE,
                state=DecisionState.PUBLISHED,
                number=f"9-{number}",
                place=3,
                decided_on=clock.today(),
                signed_by_id=person.id,
                signatory=person.name,
                organiser=Words("Pārvalde"),
                signed_at=clock.now(),
                published_at=clock.now(),
            )
        client.get("/my/applications")
        with counted_queries(client.application) as queries:
            page = client.page("/my/applications")
        assert len(page.select('main a[href$="/decision"]')) == 1 + more
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_a_foreign_applicant_and_a_stranger_find_nothing(
    published: Scene, client: PageClient
) -> None:
    client.sign_in(published.owner_of(1))
    for page in (published.own(0), published.own(0) + ".pdf", published.own(0) + "/decline"):
        assert client.get(page).status_code == 404, page
    assert client.post(published.own(0) + "/decline", data={}).status_code == 404


def test_an_owner_declines_and_the_head_gives_the_grant_on(
    published: Scene, client: PageClient
) -> None:
    client.sign_in(published.owner_of(0))
    declined = client.send(published.own(0) + "/decline", {"reason": "Nav vadītāja."})
    assert declined.status_code == 302
    assert "Nav vadītāja." not in client.get(published.results).text

    client.sign_in(published.head)
    url = f"{published.url}/{published.decision(0).id}/promote"
    assert "Nav vadītāja." in text(client.get(url))
    assert client.send(url).status_code == 302
    assert published.decision(2).outcome is Outcome.APPROVE
    assert client.send(url, status=200, form="form").status_code in (302, 409)

    client.sign_in(published.owner_of(2))
    assert "4 600" in text(client.get(published.own(2)))


def test_an_editor_is_told_that_an_owner_declines(
    published: Scene, make: Make, client: PageClient
) -> None:
    client.sign_in(make.person(Role.EDITOR, scope=published.organisation_of(0)))
    assert client.get(published.own(0)).status_code == 200
    assert client.get(published.own(0) + "/decline").status_code == 403
    assert client.post(published.own(0) + "/decline", data={}).status_code == 403


def test_a_grant_is_declined_once(published: Scene, client: PageClient) -> None:
    client.sign_in(published.owner_of(0))
    client.send(published.own(0) + "/decline", {"reason": ""})
    assert client.post(published.own(0) + "/decline", data={"reason": ""}).status_code == 409
    client.sign_in(published.owner_of(2))
    again = client.post(published.own(2) + "/decline", data={"reason": ""})
    assert again.status_code == 409, "a place in reserve is no grant"


# ------------------------------------------------------------------ the public


def test_there_are_no_results_before_they_are_published(
    case: Scene, make: Make, client: PageClient
) -> None:
    assert client.get(case.results).status_code == 404
    case.propose()
    assert client.get(case.results).status_code == 404
    case.sign()
    assert client.get(case.results).status_code == 404
    client.sign_in(case.head)
    assert client.get(case.results).status_code == 404
    draft = make.competition("draft")
    assert client.get(f"/competitions/{draft.slug}/results").status_code == 404


def test_rejected_applications_are_counted_and_never_named(
    published: Scene, client: PageClient
) -> None:
    pages = {
        page: client.get(page).text
        for page in (
            *(published.results, f"/competitions/{published.call.slug}"),
            "/",
            "/open-data/competitions.json",
            "/competitions.atom",
            "/competitions.ics",
        )
    }
    for rank in (4, 5):
        application, organisation = published.applications[rank], published.organisation_of(rank)
        for page, body in pages.items():
            for name in (application.number, application.draft_title, organisation.name):
                assert not re.search(rf"{re.escape(str(name))}(?!\d)", body), f"{name} on {page}"
    assert published.organisation_of(0).name in pages[published.results]
    assert published.organisation_of(2).name in pages[published.results], "the reserve is public"
    assert "2 " in pages[published.results]


def test_a_private_reserve_list_is_counted_only(
    make: Make, client: PageClient, case: Scene
) -> None:
    make.rewrite(case.call, reserve_public=False)
    case.propose().sign().publish()
    for page in (case.results, "/open-data/competitions.json"):
        body = client.get(page).text
        assert case.organisation_of(0).name in body
        assert case.organisation_of(2).name not in body


def test_results_are_answered_304_until_they_change(published: Scene, client: PageClient) -> None:
    first = client.get(published.results)
    again = client.get(published.results, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    client.sign_in(published.owner_of(0))
    client.send(published.own(0) + "/decline", {"reason": ""})
    client.get(published.own(0))
    client.delete_cookie("asns")
    later = client.get(published.results, headers={"If-None-Match": first.headers["ETag"]})
    assert later.status_code == 200


# ---------------------------------------------------------- names are data only

NASTY = '<img src=x onerror="alert(1)"> & „A" =1+1 [x](http://evil.example)'


def test_markup_in_names_stays_text_on_pages_in_letters_mail_and_data(
    case: Scene, make: Make, client: PageClient
) -> None:
    make.reseal(case.applications[0], title=NASTY, name=NASTY)
    case.propose().sign().publish()

    client.sign_in(case.head)
    pages = [case.url, f"{case.url}/{case.decision(0).id}/letter", case.results]
    for page in pages:
        body = client.get(page).text
        assert "<img src=x" not in body, page
        assert "&lt;img src=x" in body, page
    assert client.get(f"{case.url}/{case.decision(0).id}/letter.pdf").data.startswith(b"%PDF")
    client.sign_in(case.owner_of(0))
    assert "<img src=x" not in client.get(case.own(0)).text

    awards = client.get("/open-data/competitions.json").json["competitions"][0]["results"]["awards"]
    assert awards[0]["organisation"] == NASTY
    for message in case.session.scalars(select(Message)):
        assert "<img src=x" not in message.html


def test_one_letter_for_each_decision_and_one_message_for_each_person(published: Scene) -> None:
    letters = published.session.scalar(select(func.count()).select_from(Letter))
    messages = published.session.scalar(select(func.count()).select_from(Message))
    assert (letters, messages) == (len(POINTS), len(POINTS))


@pytest.mark.parametrize("language", ["lv", "en"])
def test_every_page_stands_in_both_languages(
    published: Scene, client: PageClient, language: str
) -> None:
    client.sign_in(published.head)
    decision = f"{published.url}/{published.decision(0).id}"
    for page in (published.url, decision + "/letter", published.results):
        assert client.page(f"{page}?lang={language}").html["lang"] == language
    client.sign_in(published.owner_of(0))
    for page in (published.own(0), published.own(0) + "/decline"):
        assert client.page(f"{page}?lang={language}").html["lang"] == language


def test_the_criterion_that_decided_a_tie_stands_in_the_results(
    make: Make, client: PageClient, app: Flask
) -> None:
    """As it was approved: c1 is looked at first, and the decisions keep that it decided."""
    call, (first, second) = make.evaluated([("9", "7"), ("8", "8")], grants=1)
    officer, head = make.person(Role.OFFICER), make.person(Role.HEAD)
    with app.test_request_context():
        service.propose_decisions(here(officer), here(call))
        service.sign_off(here(head), here(call), decided_on=clock.today())
        service.publish(here(head), here(call))
        db.session.remove()
    page = client.page(f"/competitions/{call.slug}/results")
    title = make.session.scalars(select(Criterion.title).where(Criterion.key == "c1")).first()
    lines = [row.get_text() for row in page.select("tbody tr")]
    said = f"Vienādi punkti; izšķīra kritērijs „{title}”"
    assert [said in line for line in lines] == [True, True]
    assert first.number in lines[0] and second.number in lines[1]


def test_a_letter_of_before_says_what_it_said(
    make: Make, client: PageClient, published: Scene
) -> None:
    """The earliest letters greet, and say on which day they were written and not when."""
    letter = make.session.scalars(
        select(Letter).where(Letter.application_id == published.applications[0].id)
    ).one()
    content = {key: value for key, value in letter.content.items() if key != "composed_at"}
    make.rewrite(letter, content={**content, "greeting": "Labdien, Anna!"})
    client.sign_in(published.owner_of(0))
    assert "Labdien, Anna!" in client.page(published.own(0)).get_text()
    assert client.get(published.own(0) + ".pdf").data.startswith(b"%PDF")
