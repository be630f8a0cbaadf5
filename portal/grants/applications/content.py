"""The sealed content of an application for reading: on pages, in PDFs, in exports.

All pages show an application through `read`, which leaves out files that name minors unless told
otherwise.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.core.formats import unbroken
from portal.core.questions.models import OWN, Section
from portal.core.questions.rules import Shown, names_minors, show
from portal.grants.applications.models import Channel, Reply
from portal.grants.applications.rules import Applicant

# The key of the scans of a paper application, which no question can have.
SCANS = f"{OWN}scans"


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file as an answer; `size` is in bytes."""

    id: str
    name: str
    size: int
    media_type: str
    sha256: str
    remark: str | None = None  # of its StoredFile; not covered by a seal


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """A question and its answer. `hidden_files` counts files hidden from this reader."""

    key: str
    label: str
    shown: Shown
    files: Sequence[ShownFile] = ()
    hidden_files: int = 0
    names_minors: bool = False
    clarified: bool = False  # changed by a sealed reply, after submission
    newer_files: bool = False  # of that reply; see evaluation.eligibility.clarifications

    @property
    def is_blank(self) -> bool:
        answered = self.files or self.hidden_files or self.newer_files
        return self.shown.is_blank and not answered


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A section of the form with its answers."""

    key: str
    title: str
    answers: Sequence[ShownAnswer]


@dataclass(frozen=True, slots=True)
class Content:
    """An application for reading."""

    applicant: Applicant
    partner: Applicant | None
    channel: Channel
    received_at: datetime | None
    postmark: date | None
    parts: Sequence[ShownPart]
    scans: Sequence[ShownFile]

    @property
    def files(self) -> Iterable[ShownFile]:
        """All files shown to this reader."""
        yield from self.scans
        for part in self.parts:
            for answer in part.answers:
                yield from answer.files


def read(
    sections: Sequence[Section],
    content: Mapping[str, Any],
    *,
    language: str,
    minors: bool,
    replies: Sequence[Reply] = (),
) -> Content:
    """Sealed content for reading in `language` (a code), with the answers of sealed
    `replies`; of their files only that there are some.

    `minors` is whether this reader may see the files that name minors; others see their number.
    """
    answers = with_replies(sections, content, replies)
    clarified = {key for reply in replies for key in reply.content["answers"]}
    newer = {one["question"] for reply in replies for one in reply.content["attachments"]}
    files: Sequence[Mapping[str, Any]] = content.get("attachments") or ()
    partner = content.get("partner")
    postmark, received_at = content.get("postmark"), content.get("received_at")
    return Content(
        applicant=Applicant(**content["applicant"]),
        partner=Applicant(**partner) if partner else None,
        channel=Channel(content.get("channel") or Channel.PORTAL),
        received_at=datetime.fromisoformat(received_at) if received_at else None,
        postmark=date.fromisoformat(postmark) if postmark else None,
        parts=[
            read_part(
                section,
                answers[section.key],
                files,
                language=language,
                minors=minors,
                clarified=clarified,
                newer=newer,
            )
            for section in sections
        ],
        scans=[_file(one) for one in files if one["question"] == SCANS],
    )


def read_part(
    section: Section,
    given: Mapping[str, Any],
    files: Sequence[Mapping[str, Any]],
    *,
    language: str,
    minors: bool,
    clarified: Collection[str] = (),
    newer: Collection[str] = (),
) -> ShownPart:
    """One section for reading; `given` are its answers by question. `clarified` are answers changed
    by sealed replies, `newer` those with files from them."""
    answers = []
    for question in section.questions:
        own = [one for one in files if one["question"] == question.key]
        seen = [one for one in own if minors or not one["names_minors"]]
        answers.append(
            ShownAnswer(
                key=question.key,
                label=unbroken(question.label.in_language(language)),
                shown=show(question, given.get(question.key), language),
                files=[_file(one) for one in seen],
                hidden_files=len(own) - len(seen),
                names_minors=names_minors(question),
                clarified=question.key in clarified or question.key in newer,
                newer_files=question.key in newer,
            )
        )
    return ShownPart(section.key, section.title.in_language(language), answers)


def _file(one: Mapping[str, Any]) -> ShownFile:
    sealed = (one["id"], one["name"], one["size"], one["media_type"], one["sha256"])
    return ShownFile(*sealed, one.get("remark"))


def with_replies(
    sections: Iterable[Section], content: Mapping[str, Any], replies: Iterable[Reply]
) -> dict[str, dict[str, Any]]:
    """The valid answers by section and question: those of sealed content, replaced by those of
    sealed replies (the earliest first). A cleared one is None."""
    answers: Mapping[str, Any] = content.get("answers") or {}
    newer: dict[str, Any] = {}
    for reply in replies:
        newer |= reply.content["answers"]
    return {
        section.key: {
            **(answers.get(section.key) or {}),
            **{q.key: newer[q.key] for q in section.questions if q.key in newer},
        }
        for section in sections
    }


def measured(sections: Iterable[Section], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers (by question) by what they measure: title, participants, at_risk, …"""
    return {
        question.measures: answers.get(question.key)
        for section in sections
        for question in section.questions
        if question.measures
    }
