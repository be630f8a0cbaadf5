"""The verbs of answering: save what a page sends, take in files, remove one.

They are verbs of the owner's: an `AnswersOwner` says which row is locked first and spoken of in
the journal, under which events, until when, and what follows from answers in the owner's tables.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from portal.core import clock
from portal.core.accounts.models import Person
from portal.core.db import Base, db
from portal.core.documents import service as documents
from portal.core.documents.file_kinds import ATTACHMENTS
from portal.core.documents.uploads import Limits
from portal.core.errors import DomainError, Invalid, StaleForm, StateConflict, TooMany, trigger
from portal.core.questions import rules as judging
from portal.core.questions.answers import queries
from portal.core.questions.answers.codecs import codec_of
from portal.core.questions.answers.queries import CurrentAnswers
from portal.core.questions.answers.rules import MergeOutcome, Seen, outcome
from portal.core.questions.forms import field_name
from portal.core.questions.models import Answer, AnswerFile, AnswerSet, Question, Section
from portal.core.questions.registry import kind_of
from portal.core.questions.rules import Problem, names_minors, takes_files
from portal.core.work import Subject, Work, unit_of_work

MOST_FILES = 30  # to one question

trigger(
    _l("These answers have been sent already."),
    "answer_sets_frozen",
    "answers_closed",
    "answer_files_closed",
)

Upload = tuple[Question, FileStorage]
Sent = tuple[Question, documents.Incoming]


class Unkeepable(Invalid):
    """Answers that cannot even be saved: controls in a text, a text of a megabyte."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("unkeepable", _l("This cannot be saved as it is."))
        self.problems = problems


class Occupied(StateConflict):
    """A second file for a question that takes one: somebody has to say that it replaces it."""

    def __init__(self, question: Question, stored: AnswerFile) -> None:
        super().__init__(
            "occupied",
            _l(
                "“%(name)s” stands here already, and only one file can. Say whether the new one"
                " replaces it.",
                name=stored.file.name,
            ),
            field_name(question.key),
        )


@dataclass(frozen=True, kw_only=True)
class AnswersOwner:
    """How the owner of a set of answers has this service work on it.

    `subject` is what the journal speaks of; `locks` are locked in their order, before the answers
    are read. `require_open` refuses what was received too late (StateConflict);
    `follow` brings up to date what the owner keeps of the answers. `events` are what the journal
    calls saving, attaching and removing a file; `purpose` is what files are stored for.
    `keeps_text` lets what is typed stay in the browser until it is saved; what tells of pupils may
    not.
    """

    answer_set: AnswerSet
    sections: Sequence[Section]
    subject: Subject
    locks: Sequence[Base]
    saved: str
    attached: str
    removed: str
    purpose: str
    require_open: Callable[[datetime], None]
    follow: Callable[[CurrentAnswers], None] = lambda current: None
    keeps_text: bool = True

    def current(self) -> CurrentAnswers:
        """The answers as they stand now."""
        return queries.current_answers(self.answer_set, self.sections)

    def begin(self, work: Work, received_at: datetime) -> CurrentAnswers:
        """Lock what is to be locked, and read the answers as they stand then."""
        work.lock(*self.locks)
        self.require_open(received_at)
        return self.current()


@dataclass(frozen=True, slots=True)
class Typed:
    """What a page sends: answers by question, and what it was filled with.

    `taken` are questions of which somebody takes the other's answer; `replacing` those whose file
    may be replaced.
    """

    answers: Mapping[str, Any]
    seen: Seen = field(default_factory=Seen)
    taken: Collection[str] = ()
    replacing: Collection[str] = ()
    uploads: Sequence[Upload] = ()


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of saving: the current that stands now, and what was not taken.

    Questions that two have changed are in `conflicts`, and not saved; what only somebody else has
    changed is in `theirs`. `came` are the files that were sent, as they stand here: what stood here
    already keeps its name. `refused` says why others were not taken.
    """

    current: CurrentAnswers
    conflicts: Sequence[Question] = ()
    theirs: Sequence[Question] = ()
    refused: Sequence[DomainError] = ()
    seen: Seen = field(default_factory=Seen)
    came: Sequence[AnswerFile] = ()


def save(
    actor: Person,
    owner: AnswersOwner,
    questions: Sequence[Question],
    typed: Typed,
    *,
    received_at: datetime,
) -> Saved:
    """Save the answers to some questions, whatever they are: a draft may lack and be wrong.

    Each question stands for itself: one that two have changed, or a file that cannot be taken
    (see documents.intake.checked, Occupied), keeps nothing else from being saved; a storage
    that cannot be had (Unavailable) keeps all of it. To save what stands there already writes
    nothing.

    Raises StaleForm where the page shows another set, Unkeepable, and what the owner refuses.
    """
    require_same_set(owner.answer_set, typed.seen)
    found = _sort(questions, typed, owner.current())
    if not (found.kept or found.conflicts or typed.uploads):
        return found.saved()
    require_keepable(questions, typed.answers)
    owner.require_open(received_at)
    with documents.sending() as send:
        sent, unfit = send_files(send, typed.uploads)
        if not (found.kept or sent):
            return found.saved(unfit)
        with unit_of_work(actor, owner.saved, owner.subject) as work:
            found = keep(work, owner.begin(work, received_at), questions, typed, received_at)
            current, homeless = take_in(
                work, found.current, sent, purpose=owner.purpose, replacing=typed.replacing
            )
            if len(homeless) < len(sent):
                work.event = owner.attached
            work.note(section=_part_of(owner, questions))
            owner.follow(current)
    saved = replace(found, current=current).saved([*unfit, *homeless])
    came = {(question.key, incoming.sha256) for question, incoming in sent}
    files = [one for one in current.files if (one.question_key, one.file.sha256) in came]
    return replace(saved, came=files)


def remove_file(
    actor: Person,
    owner: AnswersOwner,
    question: Question,
    file: AnswerFile,
    *,
    received_at: datetime,
) -> CurrentAnswers:
    """Take a file out of the answers; what was sealed with it keeps it."""
    with unit_of_work(actor, owner.removed, owner.subject) as work:
        owner.begin(work, received_at)
        work.lock(file)
        file.removed_at = file.removed_at or clock.now()
        db.session.flush()
        work.note(section=_part_of(owner, [question]))
        current = owner.current()
        owner.follow(current)
    return current


# --------------------------------------------------------------- parts of verbs


@dataclass(frozen=True, slots=True)
class Sorted:
    """What comes of each question that a page sends."""

    current: CurrentAnswers
    seen: Seen
    answers: Mapping[str, Any]
    kept: Sequence[Question]
    theirs: Sequence[Question]
    conflicts: Sequence[Question]

    def saved(self, refused: Sequence[DomainError] = ()) -> Saved:
        """The result as Saved; questions that are not kept have the print of the page."""
        shown = {
            question.key: value
            for question in self.current.questions
            if question.key in self.answers
            and question not in self.theirs
            and question not in self.conflicts
            for value in [self.current.values.get(question.key)]
        }
        return Saved(self.current, self.conflicts, self.theirs, refused, self.seen.after(shown))


def keep(
    work: Work, current: CurrentAnswers, questions: Sequence[Question], typed: Typed, at: datetime
) -> Sorted:
    """Keep answers in a locked set; what two have changed is left as it stands."""
    found = _sort(questions, typed, current)
    if (by := work.actor_id) is None:
        raise RuntimeError("nobody answers")
    rows = dict(current.rows)
    codec = codec_of(current.answer_set.codec)
    for question in found.kept:
        row = rows.get(question.key) or work.add(
            Answer(set_id=current.answer_set.id, question_key=question.key)
        )
        value = typed.answers.get(question.key)
        row.value = (
            None if value is None else codec.lock(current.answer_set.id, question.key, value)
        )
        row.saved_at, row.saved_by_id = at, by
        row.saved_from, row.saved_turn = typed.seen.page, typed.seen.turn
        rows[question.key] = row
    db.session.flush()
    return replace(found, current=replace(current, rows=rows))


def _sort(questions: Sequence[Question], typed: Typed, current: CurrentAnswers) -> Sorted:
    by_outcome: dict[MergeOutcome, list[Question]] = {one: [] for one in MergeOutcome}
    for question in questions:
        stored = current.stored(question.key)
        if takes_files(question) or (question.key in typed.taken and stored):
            came = MergeOutcome.KEPT if stored is None else MergeOutcome.SAME
        else:
            came = outcome(question.key, typed.answers.get(question.key), stored, typed.seen)
        by_outcome[came].append(question)
    kept, conflicts = by_outcome[MergeOutcome.KEPT], by_outcome[MergeOutcome.CONFLICT]
    if conflicts:  # a page that may be of long ago marks nothing as looked at
        kept = [one for one in kept if typed.answers.get(one.key) is not None]
    return Sorted(
        current,
        typed.seen,
        typed.answers,
        kept=kept,
        theirs=by_outcome[MergeOutcome.THEIRS],
        conflicts=conflicts,
    )


def compared(current: CurrentAnswers, questions: Sequence[Question], typed: Typed) -> Saved:
    """What would come of saving; nothing is written."""
    return _sort(questions, typed, current).saved()


def require_same_set(answer_set: AnswerSet, seen: Seen) -> None:
    """Refuse a page that shows another set than stands at its address. Raises StaleForm."""
    if seen.answer_set not in ("", str(answer_set.id)):
        raise StaleForm(_l("Something else is asked here by now. Load the page again."))


def require_keepable(questions: Iterable[Question], answers: Mapping[str, Any]) -> None:
    """Refuse what cannot even be kept. Raises Unkeepable."""
    found = judging.validate(questions, answers, for_submit=False)
    refused = [problem for problem in found if problem.keeps_from_saving]
    if refused:
        raise Unkeepable(refused)


def send_files(
    send: documents.Sending, uploads: Sequence[Upload]
) -> tuple[list[Sent], list[DomainError]]:
    """Send what can be taken, and say why the others cannot."""
    sent: list[Sent] = []
    refused: list[DomainError] = []
    for question, upload in uploads:
        allowed = kind_of(question.kind).allowed or ATTACHMENTS
        try:
            incoming = send(upload, limits=Limits(allowed=allowed), field=field_name(question.key))
            sent.append((question, incoming))
        except (Invalid, TooMany) as refusal:
            refused.append(refusal)
    return sent, refused


def take_in(
    work: Work,
    current: CurrentAnswers,
    sent: Sequence[Sent],
    *,
    purpose: str,
    replacing: Collection[str] = (),
) -> tuple[CurrentAnswers, list[DomainError]]:
    """Within a verb: store sent files in a locked set; gives the answers then, and the refusals.

    What answers the same question already is not taken in twice.
    """
    refused: list[DomainError] = []
    for question, incoming in sent:
        if any(one.file.sha256 == incoming.sha256 for one in current.files_of(question)):
            continue  # sent once more, for nobody had heard that it came
        try:
            left = _beside(current, question, replacing)
            file = place(
                work, replace(current, files=left), question.key, incoming, purpose=purpose
            )
        except (Invalid, Occupied) as refusal:
            refused.append(refusal)
            continue
        file.names_minors = names_minors(question)
        for one in current.files:
            if one not in left:
                one.removed_at = clock.now()
        current = replace(current, files=[*left, file])
    return current, refused


def _beside(
    current: CurrentAnswers, question: Question, replacing: Collection[str]
) -> Sequence[AnswerFile]:
    """The files beside which one more is to stand. Raises Invalid, Occupied."""
    own = current.files_of(question)
    if own and not question.settings.get("several"):
        if question.key not in replacing:
            raise Occupied(question, own[0])
        return [one for one in current.files if one not in own]
    if len(own) >= MOST_FILES:
        raise Invalid(
            "too_many_files",
            _l("There are too many files here. Put several into one."),
            field_name(question.key),
        )
    return current.files


def place(
    work: Work, current: CurrentAnswers, key: str, incoming: documents.Incoming, *, purpose: str
) -> AnswerFile:
    """Give a file its row under `key`. Raises Invalid where it has no room beside the others."""
    beside = sum(one.file.size for one in current.files)
    stored = incoming.place(work, purpose=purpose, limits=Limits(beside=beside))
    return work.add(
        AnswerFile(
            set_id=current.answer_set.id,
            question_key=key,
            file=stored,
            names_minors=False,
            added_by_id=work.actor_id,
        )
    )


def freeze(answer_set: AnswerSet) -> None:
    """Nothing in the set changes any more; the database holds it."""
    answer_set.frozen_at = clock.now()


def reopen(answer_set: AnswerSet, comments: Mapping[str, str]) -> None:
    """Open just these questions of a set that is not frozen, each with a comment ("" for none)."""
    answer_set.opened = dict(comments)


def _part_of(owner: AnswersOwner, questions: Sequence[Question]) -> str:
    """The sections in which these questions stand, for the journal."""
    own = {question.section_id for question in questions}
    return ", ".join(section.key for section in owner.sections if section.id in own)
