"""Who finds which page of a call at the board."""

import pytest

from portal.core.accounts.models import Role
from portal.core.db import Words
from portal.grants.competitions.models import Competition
from tests.grants.competitions.rows import board, document, inquiry, part


def pages_of(competition: Competition) -> list[str]:
    section, question = part(competition, "section"), part(competition, "question")
    sections = board(competition, "form", "sections")
    read = ("terms", "documents", "form", "form/preview", "criteria", "amendments", "questions")
    write = (
        "terms/edit",
        "documents/new",
        "criteria/new/quality",
        "criteria/new/eligibility",
        *("announce", "cancel", f"criteria/{part(competition, 'criterion')}"),
    )
    return [
        board(competition),
        *(board(competition, room) for room in (*read, *write)),
        *(f"{sections}/{rest}" for rest in ("new", section, f"{section}/remove")),
        *(f"{sections}/{section}/questions/{rest}" for rest in ("new", question)),
    ]


READ = 8  # the first of pages_of are for reading


@pytest.mark.parametrize("stand", ["draft", "open"])
def test_an_officer_reaches_every_page_and_heads_and_auditors_read(client, make, stand):
    competition = make.competition(stand)
    client.sign_in(make.person(Role.OFFICER))
    for path in pages_of(competition):
        client.page(path)
    for role in (Role.HEAD, Role.AUDITOR):
        client.sign_in(make.person(role))
        for path in pages_of(competition)[:READ]:
            client.page(path)
        for path in pages_of(competition)[READ:]:
            client.page(path, 403)
        client.page("/board/competitions/new", 403)


def test_a_foreign_officer_and_an_applicant_find_nothing(client, make):
    competition = make.competition("open")
    foreign = make.person(Role.OFFICER, scope=make.municipality("RIX"))
    applicant = make.person(Role.OWNER, scope=make.organisation())
    for person in (foreign, applicant):
        client.sign_in(person)
        for path in pages_of(competition):
            client.page(path, 404)
    client.page("/board/competitions", 404)
    client.page("/board/competitions/new", 404)


def test_a_visitor_is_asked_to_sign_in(client, make):
    competition = make.competition("open")
    assert client.get(board(competition)).status_code == 302


def test_the_list_is_of_ones_own_board(client, make):
    make.competition("draft", title=Words("Mūsu melnraksts"))
    make.competition("draft", municipality=make.municipality("RIX"), title=Words("Svešs"))
    client.sign_in(make.person(Role.OFFICER))
    body = client.page("/board/competitions").get_text()
    assert "Mūsu melnraksts" in body and "Svešs" not in body


def test_parts_of_another_call_are_not_found(client, make, session):
    own, other = make.competition("draft"), make.competition("draft")
    asked, made = inquiry(session, other), document(session, other)
    client.sign_in(make.person(Role.OFFICER))
    theirs = {what: part(other, what) for what in ("section", "question", "criterion")}
    for path in (
        board(own, "form", "sections", theirs["section"]),
        board(own, "form", "sections", part(own, "section"), "questions", theirs["question"]),
        board(own, "form", "sections", theirs["section"], "questions", theirs["question"]),
        board(own, "criteria", theirs["criterion"]),
        board(own, "questions", str(asked.id)),
        board(own, "documents", str(made.id)),
        board(own, "documents", str(made.id), "replace"),
    ):
        client.page(path, 404)
        assert client.post(path, data={}).status_code == 404
    for path in (
        board(own, "form", "sections", theirs["section"], "move"),
        board(own, "criteria", theirs["criterion"], "remove"),
        board(own, "questions", str(asked.id), "withdraw"),
        board(own, "documents", str(made.id), "remove"),
    ):
        assert client.post(path, data={}).status_code == 404
