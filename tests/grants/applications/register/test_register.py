"""Closing the register, adding to it, voiding it; and what a receipt says against it."""

import copy
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text as sql

from portal.core import clock
from portal.core.arrival import LONGEST_WAIT
from portal.core.db import db
from portal.core.documents import service as documents
from portal.core.work import unit_of_work
from portal.grants.applications.models import Register, Submission
from portal.grants.applications.register import jobs, service
from portal.grants.applications.register.records import record_in
from portal.grants.applications.register.rules import RegisterLine, root_of
from portal.grants.competitions import hooks
from portal.grants.competitions.models import Competition
from portal.grants.competitions.service import record_terms
from tests.factories.people import without_triggers
from tests.grants.applications.register.proofs import is_included
from tests.pages import PageClient
from tests.world.scene import Scene, pdf


@pytest.fixture
def sent(client: PageClient, scene: Scene) -> Scene:
    """Two applications are in, one with a file; a third is still a draft."""
    client.sign_in(scene.owner)
    client.send(scene.path("/sections/papers"), {"q_partner": pdf()})
    assert client.send(scene.path("/check"), {}).status_code == 302
    scene.make.application(scene.call, submitted=True)
    scene.make.application(scene.call)
    return scene


def close(app: Flask, scene: Scene) -> None:
    scene.make.session.refresh(scene.call)
    scene.make.rewrite(scene.call, deadline=clock.now() - LONGEST_WAIT - timedelta(seconds=1))
    with app.test_request_context():
        service.close_due(clock.now())
        db.session.remove()


def registers(scene: Scene) -> list[Register]:
    scene.make.session.expire_all()
    found = scene.make.session.query(Register).filter_by(competition_id=scene.call.id)
    return found.order_by(Register.ordinal, Register.created_at).all()


def receipt(client: PageClient, scene: Scene) -> dict[str, Any]:
    client.sign_in(scene.owner)
    answer = client.get(scene.path("/revisions/1/receipt.json")).json
    assert isinstance(answer, dict)
    return answer


def check(client: PageClient, record: object) -> tuple[bool, str]:
    """Upload a record to the public page; whether it holds, and the page."""
    data = json.dumps(record).encode() if not isinstance(record, bytes) else record
    sent = client.post("/verify", data={"file": (io.BytesIO(data), "r.json")})
    assert sent.status_code == 200, sent.text
    return "asns-band--refused" not in sent.text, sent.text


# --------------------------------------------------------------------- register


def test_it_closes_at_the_deadline_with_what_counts(
    app: Flask, client: PageClient, sent: Scene
) -> None:
    with app.test_request_context():
        assert service.close_due(sent.call.deadline) == 0, "not before, and not at it"
    close(app, sent)
    (register,) = registers(sent)
    lines = [RegisterLine(entry.number, entry.seal) for entry in register.entries]
    assert len(lines) == 2 and register.root == root_of(lines)
    with app.test_request_context():
        assert service.close_due(clock.now()) == 0
    page = client.page(f"/competitions/{sent.call.slug}/register")
    assert register.entries[0].number in page.get_text()


def test_the_worker_waits_for_what_may_still_be_on_its_way(app: Flask, sent: Scene) -> None:
    for waited, closed in ((LONGEST_WAIT, 0), (LONGEST_WAIT + timedelta(seconds=1), 1)):
        with clock.at(sent.call.deadline + waited), app.test_request_context():
            jobs.close_registers(0)
            db.session.remove()
        assert len(registers(sent)) == closed


def test_the_public_list_proves_each_line(app: Flask, client: PageClient, sent: Scene) -> None:
    assert client.get(f"/competitions/{sent.call.slug}/register.json").status_code == 404
    close(app, sent)
    record = client.get(f"/competitions/{sent.call.slug}/register.json").json
    assert record
    (register,) = record["registers"]
    for place, entry in enumerate(register["entries"]):
        proof = [bytes.fromhex(step) for step in entry["proof"]]
        leaf = f"{entry['number']} {entry['seal']}".encode()
        assert is_included(leaf, place, 2, proof, bytes.fromhex(register["root"]))


def test_a_deadline_that_moves_after_the_close_voids_it(
    app: Flask, client: PageClient, sent: Scene
) -> None:
    close(app, sent)
    with app.test_request_context():
        competition = db.session.get_one(Competition, sent.call.id)
        with unit_of_work(None, "competition.amended", competition) as work:
            work.lock(competition)
            competition.deadline = clock.now() + timedelta(days=2)
            record_terms(work, competition)
            hooks.deadline_extended(work, competition)
        db.session.remove()
    assert registers(sent)[0].voided_at
    client.sign_in(sent.owner)
    client.send(sent.path("/sections/project"), {"q_need": "Vēl labāk.", "then": "return"})
    assert client.send(sent.path("/check"), {}).status_code == 302
    close(app, sent)
    first, second = registers(sent)
    assert first.voided_at and second.voided_at is None and first.root != second.root


def test_what_came_in_time_and_is_entered_later_stands_in_a_supplement(
    app: Flask, client: PageClient, sent: Scene
) -> None:
    close(app, sent)
    client.sign_in(sent.officer)
    local = sent.call.deadline.astimezone(clock.RIGA) - timedelta(hours=1)
    answer = client.send(
        sent.board("/register"),
        {
            "channel": "email",
            "received-day": str(local.day),
            "received-month": str(local.month),
            "received-year": str(local.year),
            "received-time": f"{local:%H.%M}",
            "kind": "association",
            "registration_number": "40003032949",
            "name": "Vēlā vēstule",
            "q_title": "E-pasts",
            "scans": pdf(),
        },
    )
    assert answer.status_code == 302
    first, supplement = registers(sent)
    assert supplement.ordinal == 2 and len(supplement.entries) == 1
    assert supplement.entries[0].number not in {entry.number for entry in first.entries}
    page = client.page(f"/competitions/{sent.call.slug}/register").get_text()
    assert supplement.entries[0].number in page


def test_it_closes_by_the_first_verb_too(app: Flask, sent: Scene) -> None:
    sent.make.rewrite(sent.call, deadline=clock.now() - LONGEST_WAIT - timedelta(seconds=1))
    with app.test_request_context():
        competition = db.session.get_one(Competition, sent.call.id)
        with unit_of_work(None, "evaluation.begun", competition) as work:
            work.lock(competition)
            assert service.ensure_register_closed(work, competition)
            assert not service.ensure_register_closed(work, competition)
        db.session.remove()
    assert len(registers(sent)) == 1


# ----------------------------------------------------------------------- verify


def test_a_receipt_holds_as_json_and_as_pdf(app: Flask, client: PageClient, sent: Scene) -> None:
    record = receipt(client, sent)
    paper = client.get(sent.path("/revisions/1/receipt.pdf")).data
    assert record_in(paper) == record_in(json.dumps(record).encode())
    assert check(client, record)[0] and check(client, paper)[0]
    close(app, sent)
    holds, page = check(client, record)
    assert holds and ("reģistrā" in page or "closed register" in page)


def test_number_and_seal_may_be_typed(client: PageClient, sent: Scene) -> None:
    record = receipt(client, sent)
    number, seal = record["content"]["number"], record["seal"]
    spaced = " ".join(seal[at : at + 4] for at in range(0, 64, 4)).upper()
    pasted = number.lower().replace("-", "\u00a0") + "\u200b"
    for written in (spaced, "\u200b" + seal[:30] + "\n" + seal[30:] + "\u00a0"):
        typed = client.post("/verify", data={"number": pasted, "seal": written})
        assert typed.status_code == 200 and "asns-band--refused" not in typed.text
    wrong = client.post("/verify?lang=en", data={"number": number, "seal": "0" * 64})
    assert "It is not known" in wrong.text and "has changed" not in wrong.text
    mistyped = client.post("/verify?lang=en", data={"number": number, "seal": "abc"})
    assert mistyped.status_code == 422
    assert "Is it mistyped?" in mistyped.text and "asns-band" not in mistyped.text
    assert client.post("/verify", data={"number": "", "seal": ""}).status_code == 422


def test_a_changed_receipt_is_told_with_the_place(client: PageClient, sent: Scene) -> None:
    record = receipt(client, sent)
    changed = copy.deepcopy(record)
    changed["content"]["answers"]["project"]["participants"] = 21
    holds, page = check(client, changed)
    assert not holds and "answers.project.participants" in page


def test_a_change_in_the_portal_is_told(client: PageClient, sent: Scene) -> None:
    record = receipt(client, sent)
    session = sent.make.session
    changed = "UPDATE submissions SET content = content || '{\"revision\": 9}' WHERE seal = :s"
    with without_triggers(session):
        session.execute(sql(changed), {"s": record["seal"]})
    session.commit()
    assert not check(client, record)[0]


def test_a_change_in_the_closed_register_is_told(
    app: Flask, client: PageClient, sent: Scene
) -> None:
    record = receipt(client, sent)
    close(app, sent)
    session = sent.make.session
    changed = "UPDATE register_entries SET seal = :new WHERE seal <> :s"
    with without_triggers(session):
        session.execute(sql(changed), {"new": "0" * 64, "s": record["seal"]})
    session.commit()
    assert not check(client, record)[0]


def test_later_versions_and_withdrawals_are_told(client: PageClient, sent: Scene) -> None:
    record = receipt(client, sent)
    client.send(sent.path("/sections/project"), {"q_need": "Citādi", "then": "return"})
    client.send(sent.path("/check"), {})
    holds, page = check(client, record)
    assert holds and ("Vēlāk iesniegta jauna versija" in page or "later version" in page)


@pytest.mark.parametrize(
    "record",
    [
        *({}, [], {"form": "asns/receipt/1"}, {"form": "asns/receipt/1", "content": 5}),
        *({"form": "asns/register/1"}, {"form": "asns/register/1", "registers": [1]}),
        {"form": "asns/receipt/1", "seal": "0" * 64, "content": {"number": 1.5}},
        *(b"%PDF-1.7 nothing", b"\xff\xfe", b"[" * 100_000),
    ],
)
def test_whatever_is_uploaded_gets_an_answer(client: PageClient, record: object) -> None:
    data = json.dumps(record).encode() if not isinstance(record, bytes) else record
    answer = client.post("/verify", data={"file": (io.BytesIO(data), "x.json")})
    assert answer.status_code in (200, 422)


def test_the_command_reads_every_file_anew(
    app: Flask, client: PageClient, sent: Scene, tmp_path: Path
) -> None:
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(receipt(client, sent)))
    runner = app.test_cli_runner()
    fine = runner.invoke(args=["verify", str(path)])
    assert fine.exit_code == 0 and "It holds." in fine.output, fine.output
    submission = sent.make.session.query(Submission).filter_by(revision=1).first()
    assert submission
    with app.app_context():
        stored = documents.storage()
        key = sent.make.session.execute(sql("SELECT object_key FROM stored_files")).scalar_one()
        stored.delete(key)
    lost = runner.invoke(args=["verify", str(path)])
    assert lost.exit_code == 1 and "apliecinājums.pdf" in lost.output


def test_a_downloaded_register_is_compared_line_by_line(
    app: Flask, client: PageClient, sent: Scene
) -> None:
    close(app, sent)
    record = client.get(f"/competitions/{sent.call.slug}/register.json").json
    assert record and check(client, record)[0]
    shorter = copy.deepcopy(record)
    gone = shorter["registers"][0]["entries"].pop()
    holds, page = check(client, shorter)
    assert not holds and gone["number"] in page
