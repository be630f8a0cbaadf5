"""The verbs of answering in any order, on the real database: what was frozen or shut stands."""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from portal.core import clock
from portal.core.db import db
from portal.core.errors import StateConflict
from portal.core.questions.answers import service
from portal.core.questions.answers.service import Occupied
from tests.core.questions.answers.conftest import Keeping
from tests.core.questions.answers.test_another_owner import drawing

TEXTS = st.sampled_from(["labi", "slikti", None])


class Diarists(RuleBasedStateMachine):
    """Two people keep one diary, whose owner shuts and freezes it; `keeping` is set by the test."""

    keeping: Keeping
    happened: set[str]

    def __init__(self) -> None:
        super().__init__()
        self.keeping = self.keeping.another()
        self.kept: dict[str, Any] = {}
        self.files: list[str] = []
        self.opened: set[str] | None = None
        self.frozen = False
        self.pages = 0

    def may(self, key: str) -> bool:
        return not self.frozen and (self.opened is None or key in self.opened)

    @rule(key=st.sampled_from(["mood", "day"]), value=TEXTS, who=st.integers(0, 1))
    def writes(self, key: str, value: Any, who: int) -> None:
        """Somebody opens the page, types and saves."""
        self.pages += 1
        seen = self.keeping.seen(f"p{self.pages}")
        try:
            saved = self.keeping.save({key: value}, seen, by=who)
        except StateConflict:
            assert self.frozen
            self.happened.add("refused")
            return
        assert not saved.conflicts
        if self.may(key):
            self.kept[key] = value
            self.happened.add("kept")

    @rule(replace=st.booleans(), name=st.sampled_from(["a.pdf", "b.pdf"]))
    def draws(self, replace: bool, name: str) -> None:
        """Somebody attaches the one drawing."""
        asked = {one.key: one for one in self.keeping.owner.current().questions}
        if "drawing" not in asked:
            return
        uploads = [(asked["drawing"], drawing(name))]
        replacing = ["drawing"] if replace else []
        try:
            saved = self.keeping.save(
                {}, self.keeping.seen("p"), of=["drawing"], uploads=uploads, replacing=replacing
            )
        except StateConflict:
            assert self.frozen
            self.happened.add("refused")
            return
        if saved.refused:
            assert self.files and not replace and isinstance(saved.refused[0], Occupied)
            self.happened.add("occupied")
        else:
            self.files = [name]
            self.happened.add("attached")

    @rule()
    def rubs_out(self) -> None:
        """Somebody removes the drawing."""
        asked = {one.key: one for one in self.keeping.owner.current().questions}
        if "drawing" not in asked:
            return
        for file in self.keeping.files:
            actor = db.session.merge(self.keeping.people[0])
            try:
                service.remove_file(
                    *(actor, self.keeping.owner, asked["drawing"], file), received_at=clock.now()
                )
                self.files = []
                self.happened.add("removed")
            except StateConflict:
                assert self.frozen

    @rule(keys=st.sets(st.sampled_from(["mood", "day", "drawing"])))
    def opens_again(self, keys: set[str]) -> None:
        """The owner opens some of the questions."""
        if not self.frozen:
            service.reopen(self.keeping.owner.answer_set, dict.fromkeys(keys, "Kāpēc?"))
            db.session.commit()
            self.opened = keys
            self.happened.add("opened")

    @rule(really=st.integers(0, 4))
    def freezes(self, really: int) -> None:
        """The owner freezes it for good."""
        if really == 0 and not self.frozen:
            service.freeze(self.keeping.owner.answer_set)
            db.session.commit()
            self.frozen = True
            self.happened.add("frozen")

    @invariant()
    def the_database_has_what_was_kept(self) -> None:
        """And nothing else, whoever was refused on the way."""
        given = {key: value for key, value in self.kept.items() if value is not None}
        assert self.keeping.kept == given
        assert [one.file.name for one in self.keeping.files] == self.files


def test_whatever_the_order(keeping: Keeping) -> None:
    kind = type("Machine", (Diarists,), {"keeping": keeping, "happened": set()})
    run_state_machine_as_test(
        kind,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert kind.happened >= {
        *("kept", "refused", "attached", "occupied", "removed", "opened", "frozen")
    }
