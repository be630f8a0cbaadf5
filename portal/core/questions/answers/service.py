"""The verbs of answering: save a page's answers, attach and remove files.

They are the owner's verbs: an `AnswersOwner` gives the locks, the journal's subject and events, the
deadline, and what follows from answers in the owner's tables.
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
from portal.core.questions.answers.rules import MergeOutcome, SeenAnswers, outcome
from portal.core.questions.forms import field_name
from portal.core.questions.models import Answer, AnswerFile, AnswerSet, Question, Section
from portal.core.questions.registry import kind_of
from portal.core.questions.rules import AnswerProblem, names_minors, takes_files
from portal.core.work import Subject, Work, unit_of_work

MOST_FILES = 30  # per question

trigger(
    _l("These answers have been sent already."),
    "answer_sets_frozen",
    "answers_closed",
    "answer_files_closed",
)

Upload = tuple[Question, FileStorage]
Sent = tuple[Question, documents.Incoming]


class Unkeepable(Invalid):
    """Answers that cannot be stored: control characters, or a text of a megabyte."""

    def __init__(self, problems: Sequence[AnswerProblem]) -> None:
        super().__init__("unkeepable", _l("This cannot be saved as it is."))
        self.problems = problems


class Occupied(StateConflict):
    """A second file for a question that takes one; replacing it must be confirmed."""

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
    """The adapter by which the owner of a set of answers uses this service.

    `subject` is the journal's; `locks` are locked in their order before the answers are read.
    `require_open` raises StateConflict for what was received too late; `follow` updates what the
    owner derives from answers. `events` are the journal's events of saving, attaching and removing
    a file; `purpose` is stored with files. `keeps_text` allows the browser to keep unsaved text,
    which must not be if answers are about pupils. `known` are the answers as the request has read
    them before; what is decided by them is decided again under the locks.
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
    known: CurrentAnswers | None = None

    def current(self) -> CurrentAnswers:
        return queries.current_answers(self.answer_set, self.sections)

    def begin(self, work: Work, received_at: datetime) -> CurrentAnswers:
        """Lock, and read the answers as they are then."""
        work.lock(*self.locks)
        self.require_open(received_at)
        return self.current()


@dataclass(frozen=True, slots=True)
class Typed:
    """What a page sends: answers by question, and the prints it was filled with.

    `taken` are questions whose stored answer is accepted in a conflict; `replacing` those whose
    file may be replaced.
    """

    answers: Mapping[str, Any]
    seen: SeenAnswers = field(default_factory=SeenAnswers)
    taken: Collection[str] = ()
    replacing: Collection[str] = ()
    uploads: Sequence[Upload] = ()


@dataclass(frozen=True, slots=True)
class Saved:
    """The result of saving: the present answers, and what was not saved.

    `conflicts` are questions changed by two people, which are not saved; `theirs` those that only
    somebody else changed. `came` are the files sent, under the names already stored here. `refused`
    gives the reasons for other files.
    """

    current: CurrentAnswers
    conflicts: Sequence[Question] = ()
    theirs: Sequence[Question] = ()
    refused: Sequence[DomainError] = ()
    seen: SeenAnswers = field(default_factory=SeenAnswers)
    came: Sequence[AnswerFile] = ()


def save(
    actor: Person,
    owner: AnswersOwner,
    questions: Sequence[Question],
    typed: Typed,
    *,
    received_at: datetime,
) -> Saved:
    """Save the answers to some questions, which in a draft may be missing or wrong.

    Questions are saved independently of conflicts and refused files (see uploads.checked, Occupied)
    of others; an unavailable storage (Unavailable) prevents all. Unchanged answers write nothing.

    Raises StaleForm if the page shows another set, Unkeepable, and the owner's refusals.
    """
    require_same_set(owner.answer_set, typed.seen)
    found = _sort(questions, typed, owner.known or owner.current())
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
    """Remove a file from the answers; sealed versions keep it."""
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
    """The outcome of each question that a page sends."""

    current: CurrentAnswers
    seen: SeenAnswers
    answers: Mapping[str, Any]
    kept: Sequence[Question]
    theirs: Sequence[Question]
    conflicts: Sequence[Question]

    def saved(self, refused: Sequence[DomainError] = ()) -> Saved:
        """The result as Saved; unsaved questions keep the print of the page."""
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
    """Save answers in a locked set, except conflicts."""
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
    if conflicts:  # a possibly old page marks nothing as seen
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
    """The result that saving would have; nothing is written."""
    return _sort(questions, typed, current).saved()


def require_same_set(answer_set: AnswerSet, seen: SeenAnswers) -> None:
    """Raise StaleForm if the page shows another set than the one at its URL."""
    if seen.answer_set not in ("", str(answer_set.id)):
        raise StaleForm(_l("Something else is asked here by now. Load the page again."))


def require_keepable(questions: Iterable[Question], answers: Mapping[str, Any]) -> None:
    """Raise Unkeepable if an answer cannot be stored."""
    found = judging.validate(questions, answers, for_submit=False)
    refused = [problem for problem in found if problem.keeps_from_saving]
    if refused:
        raise Unkeepable(refused)


def send_files(
    send: documents.Sending, uploads: Sequence[Upload]
) -> tuple[list[Sent], list[DomainError]]:
    """Send the acceptable files, and return the refusals of the others."""
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
    """Part of a verb: store sent files in a locked set. Returns the answers then, and the refusals.

    A file that already answers the question is not stored twice.
    """
    refused: list[DomainError] = []
    for question, incoming in sent:
        if any(one.file.sha256 == incoming.sha256 for one in current.files_of(question)):
            continue  # a repeated request, whose first response was lost
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
    """The files that stay beside one more. Raises Invalid, Occupied."""
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
    """Insert a file's row under `key`. Raises Invalid if it exceeds the total size."""
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
    """Make the set unchangeable, which a trigger enforces."""
    answer_set.frozen_at = clock.now()


def reopen(answer_set: AnswerSet, comments: Mapping[str, str]) -> None:
    """Open only these questions of a set that is not frozen, each with a comment ("" for none)."""
    answer_set.opened = dict(comments)


def _part_of(owner: AnswersOwner, questions: Sequence[Question]) -> str:
    """The sections of these questions, for the journal."""
    own = {question.section_id for question in questions}
    return ", ".join(section.key for section in owner.sections if section.id in own)
