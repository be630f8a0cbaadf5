"""Every naughty string in every field of a section: kept as it is, or refused with a message."""

import json
from pathlib import Path

import pytest

from portal.core.db import Words
from portal.grants.applications.models import Part
from portal.grants.competitions.models import Question, QuestionKind, Section
from tests.grants.applications.conftest import World
from tests.pages import PageClient

NAUGHTY: list[str] = json.loads(
    (Path(__file__).parents[2] / "core" / "blns.json").read_text("utf-8")
)
KINDS = {
    QuestionKind.SHORT_TEXT: {},
    QuestionKind.LONG_TEXT: {},
    QuestionKind.NUMBER: {},
    QuestionKind.MONEY: {},
    QuestionKind.DATE: {},
    QuestionKind.CHOICE: {"options": [{"code": "a", "lv": "A"}]},
    QuestionKind.CHOICES: {"options": [{"code": "a", "lv": "A"}]},
    QuestionKind.TABLE: {
        "columns": [
            {"key": "text", "kind": "short_text", "lv": "T"},
            {"key": "day", "kind": "date", "lv": "D"},
        ]
    },
    QuestionKind.STATEMENT: {"text": {"lv": "Jā"}},
}


@pytest.fixture
def everything(world: World) -> World:
    """One section that asks for one of each kind."""
    section = world.make.row(
        Section(competition_id=world.call.id, key="all", title=Words("Viss"), position=3)
    )
    for position, (kind, settings) in enumerate(KINDS.items()):
        world.make.row(
            Question(
                competition_id=world.call.id,
                section_id=section.id,
                key=kind.value,
                kind=kind,
                label=Words(kind.value),
                settings=settings,
                position=position,
            )
        )
    return world


def form(naughty: str) -> dict[str, str]:
    """The string in every field."""
    names = [f"q_{kind.value}" for kind in KINDS if kind is not QuestionKind.STATEMENT]
    parts = [f"q_date-{part}" for part in ("day", "month", "year")]
    return dict.fromkeys([*names, *parts, "q_table-0-text", "q_table-0-day", "version"], naughty)


@pytest.mark.parametrize("chunk", range(8))
def test_each_is_kept_or_refused(client: PageClient, everything: World, chunk: int) -> None:
    client.sign_in(everything.owner)
    path = everything.path("/sections/all")
    for naughty in NAUGHTY[chunk::8]:
        version = client.page(path).select_one("[name=version]")
        assert version
        sent = client.post(path, data={**form(naughty), "version": version["value"]})
        assert sent.status_code in (302, 422), (naughty, sent.status)
        if sent.status_code == 302 and naughty.strip():
            everything.make.session.expire_all()
            part = (
                everything.make.session.query(Part)
                .filter_by(application_id=everything.draft.id, section_key="all")
                .one()
            )
            kept = naughty.replace("\r\n", "\n").replace("\r", "\n")
            assert part.answers["short_text"] == kept
            assert part.answers["long_text"] == kept
        elif sent.status_code == 422:
            assert "govuk-error-message" in sent.text
    client.page(everything.path("/check"))
    assert client.get(everything.path("/application.pdf")).status_code == 200


@pytest.mark.parametrize("naughty", ["\0", "a" * 1_000_000, "\ud800", "\x08", "\uffff"])
def test_what_cannot_be_kept_is_refused_and_still_there(
    client: PageClient, world: World, naughty: str
) -> None:
    client.sign_in(world.owner)
    sent = client.post(
        world.path("/sections/project"),
        data={"q_title": naughty.encode("utf-8", "replace").decode(), "q_need": "Paliek te."},
    )
    if sent.status_code != 302:
        assert sent.status_code in (409, 413, 422)
