"""What is kept of what pages send, however many people write and whatever gets lost on the way."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from portal.core.questions.answers.rules import (
    AnswerDifference,
    MergeOutcome,
    SeenAnswers,
    StoredAnswer,
    differences,
    outcome,
)
from portal.core.versions import print_of

KEYS = ("title", "need", "plan")
VALUES = st.sampled_from([None, "A", "B", "C", 1, [{"a": "x"}]])


def test_what_a_page_carries_survives_the_way_and_what_was_made_up_does_not() -> None:
    seen = SeenAnswers("ab12", {"title": print_of("A"), "plan": print_of(None)})
    assert SeenAnswers.read(seen.line) == seen
    assert SeenAnswers.read("no such thing;; = x=").prints == {}
    assert SeenAnswers.read("x" * 30_000) == SeenAnswers()


def test_two_versions_differ_in_what_was_changed_added_or_emptied() -> None:
    before, after = {"title": "A", "need": "B"}, {"title": "A", "plan": [1]}
    assert differences(KEYS, before, after) == [
        AnswerDifference("need", "B", None),
        AnswerDifference("plan", None, [1]),
    ]


@dataclass(eq=False)
class Page:
    """A page as one person has it open: what it shows, and what it was filled with."""

    name: str
    shown: dict[str, Any]
    seen: SeenAnswers
    touched: set[str] = field(default_factory=set)


class Writers(RuleBasedStateMachine):
    """Several open pages of one set of answers."""

    pages = Bundle("pages")
    requests = Bundle("requests")

    def __init__(self) -> None:
        super().__init__()
        self.standing: dict[str, StoredAnswer] = {}
        self.names: Iterator[str] = (f"p{number}" for number in range(1000))
        # Which value of a question each page is known to have been shown, or to have sent.
        self.known: dict[str, dict[str, list[Any]]] = {}
        self.wrong: list[str] = []

    @rule(target=pages)
    def open(self) -> Page:
        """Open the page, or load it anew."""
        name = next(self.names)
        shown = {key: self.value(key) for key in KEYS}
        self.known[name] = {key: [value] for key, value in shown.items()}
        return Page(name, shown, SeenAnswers(name, {key: print_of(shown[key]) for key in KEYS}))

    def value(self, key: str) -> Any:
        """The answer that stands."""
        return self.standing[key].value if key in self.standing else None

    @rule(page=pages, key=st.sampled_from(KEYS), value=VALUES)
    def type(self, page: Page, key: str, value: Any) -> None:
        """Somebody types."""
        page.shown[key] = value
        page.touched.add(key)

    @rule(target=requests, page=pages)
    def send(self, page: Page) -> tuple[Page, SeenAnswers, dict[str, Any]]:
        """The page sends all that it shows; it may arrive late, or after what is sent later."""
        page.seen = replace(page.seen, turn=page.seen.turn + 1)
        for key in KEYS:
            self.known[page.name][key].append(page.shown[key])
        return page, page.seen, dict(page.shown)

    @rule(request=consumes(requests), heard=st.booleans())
    def arrive(self, request: tuple[Page, SeenAnswers, dict[str, Any]], heard: bool) -> None:
        """The server takes it; the answer may be lost on its way back."""
        page, seen, sent = request
        kept = {}
        for key, mine in sent.items():
            standing = self.standing.get(key)
            came = outcome(key, mine, standing, seen)
            if came is MergeOutcome.KEPT:
                if self.value(key) not in self.known[page.name][key]:
                    self.wrong.append(f"{page.name} overwrote an unseen {key}")
                if standing and standing.page == page.name and standing.turn > seen.turn:
                    self.wrong.append(f"what {page.name} sent earlier took the place of {key}")
                self.standing[key] = StoredAnswer(mine, page.name, seen.turn)
            if came is MergeOutcome.CONFLICT:
                assert key in page.touched, "nobody is in conflict about what they never touched"
                assert standing and standing.page != page.name, "nor with themselves"
            if came in (MergeOutcome.KEPT, MergeOutcome.SAME):
                kept[key] = mine
        if heard and seen.turn == page.seen.turn:
            page.seen = page.seen.after(kept)

    @invariant()
    def nothing_newer_is_overwritten(self) -> None:
        """What somebody else has saved, and this page has never shown, stays; what a page has
        sent stands until it sends something else.
        """
        assert not self.wrong


TestWriters = Writers.TestCase
