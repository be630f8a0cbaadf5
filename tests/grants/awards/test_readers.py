"""A word that is sent has a reader: letters about applications, before, when and after they go."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.accounts.models import Person, Role
from portal.core.audit.models import JournalEntry
from portal.core.messages.models import Message, MessageState
from portal.grants.applications.correspondence.models import Letter
from portal.grants.applications.models import Application, Channel
from portal.grants.awards import service as awards
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.models import ConflictKind, Declaration
from tests.factories import DAY, Make
from tests.pages import PageClient, text
from tests.world.scene import Scene

ROOT = Path(__file__).parents[3]


def close(make: Make, person: Person) -> None:
    person.closed_at = clock.now()
    make.session.commit()


def messages(session: Session) -> list[Message]:
    session.expire_all()
    return list(session.scalars(select(Message).order_by(Message.id)))


def letters(session: Session) -> list[Letter]:
    session.expire_all()
    return list(session.scalars(select(Letter).order_by(Letter.id)))


def refuse(session: Session, *recipients: str) -> None:
    """As if the mail server had refused what was to go there."""
    for message in messages(session):
        sent = message.recipient not in recipients
        message.state = MessageState.SENT if sent else MessageState.FAILED
        message.sent_at = clock.now() if sent else None
    session.commit()


def tasks(client: PageClient, officer: Person) -> list[str]:
    """The addresses of letters on the officer's desk."""
    page = client.sign_in(officer).page("/board/")
    return [str(a["href"]) for a in page.select(".asns-todo a") if "/letters" in str(a["href"])]


def is_pdf(client: PageClient, url: str) -> bool:
    return client.get(f"{url}/letter.pdf").data.startswith(b"%PDF")


# ------------------------------------------------------------- sequence 7


def test_the_next_in_reserve_whose_only_account_is_closed_gets_a_letter_by_post(
    published: Scene, make: Make, client: PageClient
) -> None:
    published.run(awards.decline, published.owner_of(0), published.decision(0), reason="")
    close(make, published.owner_of(2))
    before = len(messages(published.session))
    number = published.applications[2].number

    client.sign_in(published.head)
    url = f"{published.url}/{published.decision(0).id}/promote"
    page = text(client.get(url))
    assert number in page and "vēstule jāsūta pa pastu" in page, "said before"
    done = client.send(url)
    assert "jāsūta pa pastu" in text(client.get(done.location)), "and after"
    assert len(messages(published.session)) == before, "nobody is written to"

    (task,) = tasks(client, published.officer)
    assert "4 600" in text(client.get(task))
    assert is_pdf(client, task)
    assert client.send(task).status_code == 302
    assert tasks(client, published.officer) == []
    letter = letters(published.session)[-1]
    assert (letter.posted_on, letter.posted_by_id) == (clock.today(), published.officer.id)
    posted = select(JournalEntry).where(JournalEntry.event == "letter.posted")
    entry = published.session.scalars(posted).one()
    assert (entry.actor_id, entry.subject_id) == (published.officer.id, letter.id)
    assert entry.facts == {"posted_on": clock.today().isoformat()}
    again = client.post(task, data={})
    assert again.status_code in (409, 422), "a posting is recorded once"
    read = f"{published.url}/{published.decision(2).id}/letter"
    assert "nosūtīta pa pastu" in text(client.get(read))


# ------------------------------------------------------------ in other places


def paper(make: Make, competition: Competition, **values: object) -> Application:
    """An application that came by post, from an organisation without people here."""
    officer = make.person(Role.OFFICER)
    return make.application(
        competition,
        by=officer,
        submitted=True,
        **{
            "channel": Channel.POST,
            "received_at": clock.now() - DAY,
            "postmark": clock.today() - DAY,
            "registered_by_id": officer.id,
            **values,
        },
    )


def ask(client: PageClient, competition: Competition, application: Application) -> str:
    """Ask for a clarification, and give the page on which it is done, as it stood before."""
    check = f"/board/competitions/{competition.slug}/eligibility/{application.number}"
    before = text(client.get(f"{check}/clarification"))
    sent = client.send(
        f"{check}/clarification", {"questions": ["need"], "message": "Kur tas notiks?"}
    )
    assert sent.status_code == 302, text(sent)
    return before + " THEN " + text(client.get(check))


@pytest.mark.parametrize("address", ["", "papirs@example.lv"])
def test_a_paper_applicant_is_asked_by_e_mail_where_there_is_one_else_by_post(
    make: Make, client: PageClient, session: Session, address: str
) -> None:
    competition = make.competition("closed")
    application = paper(make, competition, email=address)
    officer = make.person(Role.OFFICER)
    before, after = ask(client.sign_in(officer), competition, application).split(" THEN ")
    if address:
        (message,) = messages(session)
        assert message.recipient == address and "Kur tas notiks?" in message.text
        assert "/my/" not in message.text, "no link to what they cannot open"
        assert address in before and address in after and "ceļā" in after
        assert tasks(client, officer) == []
        return
    assert messages(session) == []
    assert "jāsūta pa pastu" in before and "jāsūta pa pastu" in after
    (task,) = tasks(client, officer)
    assert "Kur tas notiks?" in text(client.get(task))
    assert is_pdf(client, task)


def test_an_e_mail_refused_at_the_only_address_becomes_a_letter_to_post(
    make: Make, client: PageClient, session: Session
) -> None:
    competition = make.competition("closed")
    organisation = make.organisation(email="birojs@example.lv")
    application = make.application(competition, organisation=organisation, submitted=True)
    editor = make.person(Role.EDITOR, scope=organisation)
    owner, officer = session.get_one(Person, application.started_by_id), make.person(Role.OFFICER)
    ask(client.sign_in(officer), competition, application)
    assert {m.recipient for m in messages(session)} == {owner.email, editor.email}

    refuse(session, owner.email)
    assert tasks(client, officer) == [], "the editor has it"
    check = f"/board/competitions/{competition.slug}/eligibility/{application.number}"
    assert "1 no tiem nepieņemts" in text(client.get(check))
    refuse(session, owner.email, editor.email)
    (task,) = tasks(client, officer)
    assert "jāsūta pa pastu" in text(client.get(check))
    auditor = make.person(Role.AUDITOR)
    assert owner.email not in text(client.sign_in(auditor).get(check)), "addresses are for officers"
    assert client.get(task).status_code == 403
    assert (
        client.sign_in(make.person(Role.OFFICER, scope=make.municipality("VEN")))
        .get(task)
        .status_code
        == 404
    )


def test_publication_says_who_gets_an_e_mail_and_who_a_letter_by_post(
    signed: Scene, make: Make, client: PageClient
) -> None:
    close(make, signed.owner_of(1))
    close(make, signed.owner_of(3))
    signed.organisation_of(3).email = "birojs@example.lv"
    signed.owner_of(0).language = "en"
    make.session.commit()
    client.sign_in(signed.head)
    page = text(client.get(f"{signed.url}/publish"))
    assert "4 personām" in page and "1 iesniedzējam bez konta" in page
    assert f"jāsūta pa pastu: {signed.applications[1].number}" in page
    done = client.send(f"{signed.url}/publish")
    refuse(signed.session)
    listed = text(client.get(done.location))
    assert "E-pasta vēstules ir ceļā." in listed and "1 vēstule jāsūta pa pastu" in listed
    assert len(tasks(client, signed.officer)) == 1
    assert len(letters(signed.session)) == len(signed.applications)
    sums = {m.language: m.text for m in messages(signed.session) if m.template == "awards/decision"}
    assert "€4,600" in sums["en"] and "€" not in sums["lv"], "each in the reader's way"


def test_cancelling_tells_all_and_betrays_no_draft(
    make: Make, client: PageClient, session: Session
) -> None:
    """Letters of drafts never become paper: that would tell the board whose they are."""
    competition, officer = make.competition("open"), make.person(Role.OFFICER)
    make.application(competition)
    silent, reached = make.application(competition), make.application(competition)
    sent = make.application(competition, submitted=True)
    for application in (silent, reached, sent):
        close(make, session.get_one(Person, application.started_by_id))
    reached.organisation.email = "birojs@example.lv"
    session.commit()
    client.sign_in(officer)
    url = f"/board/competitions/{competition.slug}/cancel"
    page = text(client.get(url))
    assert "1 personai" in page and "1 iesniedzējam bez konta" in page
    assert "birojs@example.lv" not in page
    assert f"jāsūta pa pastu: {sent.number}" in page
    assert "1 melnrakstam vairs nav neviena" in page
    assert client.send(url, {"reason-lv": "Nav naudas."}).status_code == 302
    assert len(messages(session)) == 2
    (letter,) = letters(session)
    assert letter.application_id == sent.id
    (task,) = tasks(client, officer)
    assert "Nav naudas." in text(client.get(task)), "before the deadline too: it tells no content"


def test_a_conflict_keeps_an_officer_from_the_letters_too(
    make: Make, client: PageClient, session: Session
) -> None:
    competition = make.competition("closed")
    application, officer = paper(make, competition), make.person(Role.OFFICER)
    ask(client.sign_in(officer), competition, application)
    (task,) = tasks(client, officer)
    session.query(Declaration).filter_by(person_id=officer.id).update({"kind": ConflictKind.FAMILY})
    session.commit()
    assert tasks(client, officer) == []
    assert application.number not in text(
        client.get(f"/board/competitions/{competition.slug}/letters")
    )
    for url in (task, f"{task}/letter.pdf"):
        assert client.get(url).status_code in (403, 404), url


# ------------------------------------------------------------- in whose words


@pytest.mark.parametrize(("actor", "reader"), [("lv", "en"), ("en", "lv")])
def test_a_letter_has_no_word_of_the_language_of_whoever_caused_it(
    make: Make, client: PageClient, session: Session, actor: str, reader: str
) -> None:
    competition = make.competition("closed")
    client.sign_in(make.person(Role.OFFICER, language=actor))
    member = make.person(language=reader)
    order = {f"order_date-{part}": n for part, n in (("day", 2), ("month", 11), ("year", 2026))}
    typed = {"email": member.email, "roles": ["member", "chair"], "order_number": "7", **order}
    appointing = f"/board/competitions/{competition.slug}/committee/new?lang={actor}"
    sent = client.send(appointing, typed)
    assert sent.status_code == 302, text(sent)
    application = make.application(competition, submitted=True, language=reader)
    owner = session.get_one(Person, application.started_by_id)
    owner.language = reader
    session.commit()
    ask(client, competition, application)
    said = " ".join(m.subject + m.text for m in messages(session))
    said += str(letters(session)[0].content)
    words = {
        "en": ("Member", "Chair", "Your role", "November", "Clarify by"),
        "lv": ("Loceklis", "Priekšsēdētājs", "Jūsu pienākums", "novembr", "Precizējiet"),
    }
    assert [one for one in words[reader] if one.lower() not in said.lower()] == []
    assert [one for one in words[actor] if one.lower() in said.lower()] == []


# ---------------------------------------------------------------- in the code

# Who may be written to without the one function: nobody who acts for an applicant.
OTHERS = {
    ("evaluation/eligibility/replies.py", "officer"),  # the officer who asked
    ("evaluation/committee/service.py", "person"),  # whoever is appointed, and who owes sheets
    ("evaluation/scoring/service.py", "sheet.person"),
    ("competitions/inquiries/service.py", "inquiry.asked_by"),
    ("awards/service.py", "person"),  # of the board
}
WRITING = {"send", "send_to", "write", "write_to_all", "write_to_applicants"}
# What makes words in the language of whoever acts, where the reader's template would make them.
RENDERING = re.compile(r"\b(str|join|_|gettext|ngettext|formats|format)\b")


def sends(name: str) -> Iterator[tuple[str, ast.Call]]:
    """The calls that write a letter, with the files in which they stand."""
    folder = ROOT / "portal" / name
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute | ast.Name)
                and (node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id)
                in WRITING
            ):
                yield str(path.relative_to(folder)), node


def test_nobody_writes_to_an_applicant_around_the_one_function() -> None:
    around = {
        (path, ast.unparse(keyword.value))
        for path, call in sends("grants")
        for keyword in call.keywords
        if keyword.arg == "to" and not path.startswith("applications/correspondence/")
    }
    assert around == OTHERS
    assert not [path for path, call in sends("grants") if ast.unparse(call.func) == "work.send_to"]


def test_no_letter_is_given_words_that_are_made_already() -> None:
    """Codes, dates, sums and lazy words become text in the template, in its reader's language."""
    found = list(sends("core")) + list(sends("grants"))
    assert len(found) > 15
    made = {
        f"{path}: {keyword.arg}={ast.unparse(keyword.value)}"
        for path, call in found
        for keyword in call.keywords
        if keyword.arg not in ("key", "url", "matter")
        and any(
            RENDERING.fullmatch(ast.unparse(one.func).split(".")[-1])
            or ast.unparse(one.func).startswith("formats.")
            for one in ast.walk(keyword.value)
            if isinstance(one, ast.Call)
        )
    }
    assert made == set()
