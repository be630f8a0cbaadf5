"""Verification of a receipt or a downloaded register against the portal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import rfc8785
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.core import formats
from portal.core.documents import service as documents
from portal.core.questions.answers import queries as answers
from portal.grants.applications import rules as sealing
from portal.grants.applications.models import Application, ApplicationState, Submission
from portal.grants.applications.register import queries
from portal.grants.applications.register.records import Downloaded, Receipt
from portal.grants.applications.register.rules import RegisterLine, differences, root_of
from portal.grants.competitions.models import Competition

SHOWN_DIFFERENCES = 20
LONGEST_SHOWN = 100  # characters of one difference


@dataclass
class Verification:
    """The result, and each check with its message."""

    findings: list[tuple[bool, str]] = field(default_factory=list)
    is_known: bool = True  # otherwise differences cannot be given
    submission: Submission | None = None

    @property
    def holds(self) -> bool:
        return all(fine for fine, _words in self.findings)

    def add(self, fine: bool, words: str) -> bool:
        """Add one check; returns its result."""
        self.findings.append((fine, words))
        return fine


def of_record(record: Receipt | Downloaded, *, files: bool = False) -> Verification:
    """Verify a record found by records.record_in. `files`: reread every stored file."""
    if isinstance(record, Downloaded):
        return of_register(record)
    return of_receipt(record.number, record.seal, record.content, files=files)


def of_receipt(
    number: str, seal: str, content: Mapping[str, Any] | None = None, *, files: bool = False
) -> Verification:
    """Verify a receipt by its number and seal, and its content if available."""
    result = Verification()
    if not sealing.is_seal(seal):
        result.is_known = result.add(False, _("What it has as its seal is none: is it mistyped?"))
        return result
    submission = queries.by_seal(seal)
    if submission is None or not _has_number(submission.application, number):
        result.is_known = result.add(
            False, _("The portal has issued no receipt with this number and seal.")
        )
        return result
    result.submission, number = submission, str(submission.application.number)
    result.add(
        True,
        _(
            "The portal issued this receipt: %(number)s, received %(instant)s.",
            number=number,
            instant=formats.exact_instant(submission.submitted_at),
        ),
    )
    if content is not None:
        _compare(result, content, submission)
    _check_own(result, submission, files=files)
    _say_what_counts(result, submission)
    _check_register(result, submission)
    return result


def _has_number(application: Application, typed: str) -> bool:
    return sealing.number_in(application.competition.code, typed) == application.number


def _compare(result: Verification, content: Mapping[str, Any], submission: Submission) -> None:
    """Compare the file's content with the sealed one."""
    if seal_of(content) == submission.seal:
        result.add(True, _("The content of the file gives exactly this seal."))
        return
    places = differences(dict(content), submission.content)
    result.add(
        False,
        _("The file has been changed since it was issued: %(places)s.", places=_listed(places)),
    )


def seal_of(content: Mapping[str, Any]) -> str:
    """The seal of any JSON; "" if it cannot have one (floats, huge numbers)."""
    try:
        return sealing.seal(content)
    except rfc8785.CanonicalizationError:
        return ""


def _check_own(result: Verification, submission: Submission, *, files: bool) -> None:
    """Check the portal's own content by its seal, and the files by their hashes."""
    fine = seal_of(submission.content) == submission.seal
    result.add(
        fine,
        _("The answers that the portal holds give this seal as well.")
        if fine
        else _("The answers that the portal holds no longer give this seal: they were changed."),
    )
    sealed = {one["id"]: one for one in submission.content["attachments"]}
    stored = {str(one.id): one.file for one in answers.files_by_keys(sealed)}
    # Numbers and seals are public and anybody may ask, so files that name minors are not named
    # here.
    wrong = [
        _("a statement that names minors") if one["names_minors"] else str(one["name"])
        for key, one in sealed.items()
        if key not in stored
        or stored[key].sha256 != one["sha256"]
        or (files and not documents.is_intact(stored[key]))
    ]
    if wrong:
        result.add(False, _("Files were changed or lost: %(names)s.", names=_listed(wrong)))
    elif sealed:
        result.add(
            True,
            ngettext(
                "%(num)d file is the one that was sealed.",
                "All %(num)d files are those that were sealed.",
                len(sealed),
            ),
        )


def _say_what_counts(result: Verification, submission: Submission) -> None:
    application = submission.application
    if submission.superseded_at is None and application.state is ApplicationState.SUBMITTED:
        result.add(True, _("This is the version of the application that counts."))
    elif application.state is ApplicationState.WITHDRAWN:
        result.add(True, _("The application was withdrawn later."))
    else:
        result.add(True, _("A later version was submitted, and that one counts."))


def _check_register(result: Verification, submission: Submission) -> None:
    competition = submission.application.competition
    if competition.register_closed_at is None:
        result.add(True, _("The register is not closed yet: it closes at the deadline."))
        return
    entry = queries.entry_of(submission)
    if entry is None:
        counts = (
            submission.superseded_at is None
            and submission.application.state is ApplicationState.SUBMITTED
        )
        result.add(not counts, _("It does not stand in the closed register."))
        return
    lines = [RegisterLine(one.number, one.seal) for one in entry.register.entries]
    fine = root_of(lines) == entry.register.root
    result.add(
        fine,
        _("It stands in the closed register, in place %(place)d.", place=entry.position)
        if fine
        else _("The register has been changed: its lines no longer give its root."),
    )


def of_register(record: Downloaded) -> Verification:
    """Verify a downloaded register: in itself, and against the portal's."""
    result = Verification()
    competition = queries.competition_of(record.competition)
    if competition is None:
        result.is_known = result.add(
            False, _("The file is neither a receipt nor a register of this portal.")
        )
        return result
    for root, lines in record.registers:
        fine = root_of(lines) == root
        result.add(
            fine,
            ngettext(
                "The %(num)d line of the file gives its root.",
                "The %(num)d lines of the file give its root.",
                len(lines),
            )
            if fine
            else _("The lines of the file do not give its root: it has been changed."),
        )
    claimed = [line for _root, lines in record.registers for line in lines]
    _compare_registers(result, competition, claimed)
    return result


def _compare_registers(
    result: Verification, competition: Competition, claimed: list[RegisterLine]
) -> None:
    held = [
        RegisterLine(entry.number, entry.seal)
        for register in queries.current_registers(competition)
        for entry in register.entries
    ]
    missing = sorted({line.number for line in set(held) - set(claimed)})
    strange = sorted({line.number for line in set(claimed) - set(held)})
    if not missing and not strange:
        result.add(True, _("It is the register that the portal holds, line by line."))
    if strange:
        result.add(
            False, _("Lines that the portal does not hold: %(lines)s.", lines=_listed(strange))
        )
    if missing:
        result.add(
            False, _("Lines of the portal that are not in it: %(lines)s.", lines=_listed(missing))
        )


def _listed(names: list[str]) -> str:
    more = len(names) - SHOWN_DIFFERENCES
    shown = ", ".join(name[:LONGEST_SHOWN] for name in names[:SHOWN_DIFFERENCES])
    return shown + (" " + _("and %(num)d more", num=more) if more > 0 else "")
