"""The interface between the form builder and the owner of a form."""

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
    """The owner of one form; made anew for each request."""

    # : the URL values of its pages, for url_for
    address: Mapping[str, Any]
    # : the heading of its pages, and the link back: URL and text
    caption: Message | Words
    back: tuple[str, Message]
    title: Message
    # : why it is frozen; "" while it can be changed
    frozen_because: Message
    # : what the owner takes from answers, by code: kind of question and label
    measures: Mapping[str, tuple[str, Message]]
    # : the sums of its Context to which questions can refer
    sums: Mapping[str, Message]
    windows: Mapping[str, Message]
    # : who sees answers of each level, the widest first; empty if all are seen alike
    levels: Mapping[int, Message]
    # : who may open files that name minors; "" if they are like all others
    minors: Message

    @property
    def form(self) -> Form:
        """The owner's form."""

    def verb(self, actor: Person, event: str) -> AbstractContextManager[Work]:
        """A verb that changes the form. Raises StateConflict if it is frozen."""

    def let_go(self, section: Section) -> None:
        """Part of a verb: remove references to a section that is being removed."""

    def context(self, questions: Iterable[Question]) -> Context:
        """What is known of its Context before any answer."""

    def said(self, questions: Iterable[Question]) -> Mapping[str, Sequence[str]]:
        """The owner's remarks beside questions, by their keys."""


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
