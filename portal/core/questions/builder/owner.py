"""What the owner of a form gives the builder: its rules, and what stands around its pages."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from portal.core.accounts.models import Person
from portal.core.db import Words
from portal.core.errors import Message
from portal.core.questions.kinds.settings import Offer
from portal.core.questions.models import Form, Question, Section
from portal.core.questions.registry import kind_of
from portal.core.questions.rules import Context
from portal.core.work import Work


class FormOwner(Protocol):
    """One form as those who build it have it; made anew for each request."""

    #: what stands in the URL of its pages, for url_for
    address: Mapping[str, Any]
    #: what stands over its pages, and where they lead back to: an address and its words
    caption: Message | Words
    back: tuple[str, Message]
    title: Message
    #: why it is frozen; "" while it can be changed
    frozen_because: Message
    #: what the owner takes from answers, by its code: the kind that gives it, and its name
    measures: Mapping[str, tuple[str, Message]]
    #: what its Context has for questions to refer to
    sums: Mapping[str, Message]
    windows: Mapping[str, Message]
    #: who sees answers of each level, the first the widest; none where all are seen alike
    levels: Mapping[int, Message]
    #: who opens files that name minors; "" where they are like all others
    minors: Message

    @property
    def form(self) -> Form:
        """The form."""

    def verb(self, actor: Person, event: str) -> AbstractContextManager[Work]:
        """A verb that changes the form. Raises StateConflict where it is frozen."""

    def let_go(self, section: Section) -> None:
        """Part of a verb: what else spoke of a section that goes."""

    def context(self, questions: Iterable[Question]) -> Context:
        """What of its Context is known before anybody answers."""

    def said(self, questions: Iterable[Question]) -> Mapping[str, Sequence[str]]:
        """What the owner says beside its questions, by their keys."""


def offer(owner: FormOwner, kind: str, sections: Iterable[Section]) -> Offer:
    """What a question of this kind can refer to."""
    return Offer(
        measures=[(code, name) for code, (by, name) in owner.measures.items() if by == kind],
        sums=list(owner.sums.items()),
        windows=list(owner.windows.items()),
        figures=[
            (one.key, one.kind, str(one.label))
            for section in sections
            for one in section.questions
            if kind_of(one.kind).numeric
        ],
        levels=[(str(level), name) for level, name in owner.levels.items()],
        minors=owner.minors,
    )
