"""Every naughty string in every field of a section: kept as it is, or refused with a message."""

import pytest

from portal.core import parsing
from portal.core.db import Words
from portal.core.questions.models import Question, Section
from tests.naughty import NAUGHTY
from tests.pages import PageClient
from tests.world.scene import Scene

KINDS = {
    "short_text": {},
    "long_text": {},
    "number": {},
    "money": {},
    "date": {},
    "choice": {"options": [{"code": "a", "lv": "A"}]},
    "choices": {"options": [{"code": "a", "lv": "A"}]},
    "table": {
        "columns": [
            {"key": "text", "kind": "short_text", "lv": "T"},
            {"key": "day", "kind": "date", "lv": "D"},
        ]
    },
    "statement": {"text": {"lv": "Jā"}},
}


@pytest.fixture
def everything(scene: Scene) -> Scene:
    """One section that asks for one of each kind."""
    section = scene.make.rewrite(
        Section(form_id=scene.call.form.id, key="all", title=Words("Viss"), position=3)
    )
    for position, (kind, settings) in enumerate(KINDS.items()):
        scene.make.rewrite(
            Question(
                form_id=section.form_id,
                section_id=section.id,
                key=kind,
                kind=kind,
                label=Words(kind),
                settings=settings,
                position=position,
            )
        )
    return scene


def form(naughty: str) -> dict[str, str]:
    """The string in every field."""
    names = [f"q_{kind}" for kind in KINDS if kind != "statement"]
    parts = [f"q_date-{part}" for part in ("day", "month", "year")]
    return dict.fromkeys([*names, *parts, "q_table-0-text", "q_table-0-day", "version"], naughty)


@pytest.mark.parametrize("chunk", range(4))
def test_each_is_kept_or_refused(client: PageClient, everything: Scene, chunk: int) -> None:
    client.sign_in(everything.owner)
    path, version, refused = everything.path("/sections/all"), "0;", 0
    for naughty in NAUGHTY[chunk::4]:
        data = {**form(naughty), "version": version}
        sent = client.post(f"{path}/autosave", data=data)
        assert sent.json is not None, naughty
        if sent.status_code == 200:
            version = sent.json["version"]
            assert_kept(everything, naughty)
            continue
        assert sent.status_code == 422 and sent.json["message"], naughty
        page = client.post(path, data=data)
        assert page.status_code == 422 and "govuk-error-message" in page.text
        refused += 1
    assert refused < 10
    client.page(path)
    client.page(everything.path("/check"))
    assert client.get(everything.path("/application.pdf")).status_code == 200


def assert_kept(scene: Scene, naughty: str) -> None:
    """Both texts stand in the database by the one rule of text; what shows nothing is no answer."""
    answers = scene.make.answered(scene.draft.answer_set_id)
    kept = parsing.text(naughty)
    assert answers.get("short_text", "") == (naughty if {"\n", "\t"} & set(kept) else kept)
    assert answers.get("long_text", "") == kept


@pytest.mark.parametrize("naughty", ["\0", "a" * 1_000_000, "\x08", "\uffff", "\U0001fffe"])
def test_what_cannot_be_kept_is_refused_and_the_rest_is_still_there(
    client: PageClient, scene: Scene, naughty: str
) -> None:
    client.sign_in(scene.owner)
    version = client.page(scene.path("/sections/project")).select_one("[name=version]")
    assert version
    data = {"q_title": naughty, "q_need": "Paliek te.", "version": version["value"]}
    sent = client.post(scene.path("/sections/project"), data=data)
    assert sent.status_code == 422
    assert "Paliek te." in sent.text and "govuk-error-message" in sent.text
