"""An applicant's world: an organisation with its people, an open call, a draft."""

import io
from dataclasses import dataclass
from typing import Any

import pytest

from portal.core.accounts.models import Organisation, Person, Role
from portal.core.db import Words
from portal.core.questions.answers.rules import Seen
from portal.core.questions.models import Question, Section
from portal.core.versions import print_of
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Competition
from tests.core.documents.samples import PDF
from tests.factories import Make


def pdf(name: str = "apliecinājums.pdf", content: bytes | None = None) -> tuple[io.BytesIO, str]:
    """A small PDF as a browser sends it, another one for another name."""
    return io.BytesIO(PDF + f"%{name}".encode() if content is None else content), name


@dataclass
class World:
    """What most tests here are about."""

    make: Make
    call: Competition
    organisation: Organisation
    owner: Person
    editor: Person
    reader: Person
    stranger: Person
    officer: Person
    draft: Application

    def path(self, tail: str = "", of: Application | None = None) -> str:
        return f"/my/applications/{(of or self.draft).id}{tail}"

    @property
    def version(self) -> str:
        """What a page carries that is opened now."""
        values = self.make.answered(self.draft.answer_set_id)
        prints = {key: print_of(values.get(key)) for key in ("title", "need", *values)}
        return Seen("page", prints).line

    def board(self, tail: str = "") -> str:
        return f"/board/competitions/{self.call.slug}/applications{tail}"

    def fresh(self, row: Any) -> Any:
        """The row as the database has it now."""
        self.make.session.expire_all()
        return self.make.session.get_one(type(row), row.id)


def papers(make: Make, call: Competition) -> None:
    """Add a section of files: a partner's statement, the minors' statement, several plans."""
    section = make.row(
        Section(form_id=call.form.id, key="papers", title=Words("Pielikumi", "Files"), position=2)
    )
    for position, (key, settings) in enumerate(
        [
            ("partner", {}),
            ("minors", {"names_minors": True}),
            ("plans", {"several": True}),
        ],
        start=10,
    ):
        make.row(
            Question(
                form_id=section.form_id,
                section_id=section.id,
                key=key,
                kind="file",
                label=Words(f"Pielikums {key}", f"File {key}"),
                settings=settings,
                required=False,
                position=position,
            )
        )


@pytest.fixture
def world(make: Make) -> World:
    call = make.competition("open")
    papers(make, call)
    organisation = make.organisation()
    owner = make.person(Role.OWNER, scope=organisation)
    return World(
        make=make,
        call=call,
        organisation=organisation,
        owner=owner,
        editor=make.person(Role.EDITOR, scope=organisation),
        reader=make.person(Role.READER, scope=organisation),
        stranger=make.person(Role.OWNER, scope=make.organisation()),
        officer=make.person(Role.OFFICER),
        draft=make.application(call, by=owner, organisation=organisation),
    )
