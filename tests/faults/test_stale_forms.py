"""Who sends a form that somebody else has saved meanwhile is told, sees both versions, and changes
nothing. The forms are those of every page that carry a version.
"""

import itertools
import re
from collections.abc import Iterator
from http import HTTPStatus

import pytest

from portal.core.audit.models import JournalEntry
from portal.core.versions import print_of
from tests.access.table import Row, rows
from tests.faults.contents import contents
from tests.faults.forms import Form, forms, read
from tests.pages import parsed
from tests.world import World

ROWS = [row for row in rows() if row.let_in]
FIRST, LATER = "Pirmā roka", "Otrā roka"
# Where two people can change the same words; so that the test cannot pass for want of any.
AMONG_THEM = {
    "accounts.details--",
    "organisations.edit--",
    "administration.municipality--",
    "call_terms.edit-draft",
    "call_documents.describe-draft",
    "call_form.edit_section-draft",
    "call_form.edit_question-draft",
    "call_criteria.edit-draft",
    "inquiries.answer-open",
    "applications.section-open",
    "eligibility.check-unchecked",
    "scoring.sheet-closed",
    "meetings.describe-closed",
    "decisions.edit-drafted",
}
# Their only text is owed: nobody sends it untouched.
OF_ONE_TEXT = {"inquiries.answer-open"}
# What a page of answers carries: its name, the set, and the prints.
ANSWERS = re.compile(r"([0-9a-z]+;[0-9a-f-]{36};)(.*)")
CELL = re.compile(r"-[0-9]+-")  # of a table that is typed in
PAGES = itertools.count()
DONE = {HTTPStatus.FOUND, HTTPStatus.SEE_OTHER}


def versioned(world: World, row: Row) -> list[Form]:
    """The forms of a page that carry the version of something; a new thing has none yet."""
    return [form for form in forms(world, row) if form.values.get("version", [""])[0]]


def older(version: str) -> str:
    """A version before the one that a form carries, by which every field has been changed."""
    if of_answers := ANSWERS.fullmatch(version):
        return f"{of_answers[1]}{re.sub('=[0-9a-f]+', '=' + '0' * 16, of_answers[2])}"
    number, *digests = re.split(r"[; ]", version)
    before = " ".join(f"{digest.partition('=')[0]}={'0' * 16}" for digest in digests)
    row, dot, number = number.rpartition(".")
    return f"{row}{dot}{int(number) - 1}{';' if digests else ''}{before}"


def send(world: World, form: Form, **values: object) -> tuple[int, str]:
    """Send a form from a page of its own: what one page has saved, it may change itself."""
    data = {**form.values, **values}
    (version,) = data["version"] if isinstance(data["version"], list) else [data["version"]]
    if of_answers := ANSWERS.fullmatch(str(version)):
        data["version"] = f"page{next(PAGES)};{of_answers[1].partition(';')[2]}{of_answers[2]}"
    answer = world.ask(form.role, form.action, "POST", data=data)
    return answer.status_code, answer.text


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_form_of_an_older_version_changes_nothing(world: World, row: Row) -> None:
    for form in versioned(world, row):
        version = form.values["version"][0]
        of_answers = ANSWERS.fullmatch(version)
        begun = of_answers and set(re.findall("=([0-9a-f]+)", of_answers[2])) != {print_of(None)}
        if version.startswith("0;") or (of_answers and not begun):
            continue  # of what nobody has begun there is no older version
        for button in form.buttons:
            with world.undone():
                before = contents(world)
                typed = dict.fromkeys(form.texts[:1], LATER)
                status, page = send(world, form, **typed, version=older(version), **button)
                where = f"{form.action} {button} as {form.role}: {status}"
                assert status not in DONE and status < HTTPStatus.INTERNAL_SERVER_ERROR, where
                assert contents(world) == before, where
                assert not typed or LATER in page, where


def overtaken(world: World, row: Row) -> Iterator[tuple[str, str, int, str]]:
    """Each text that one person can save while another, who has the same page open, sends it too;
    with the answer to the other.
    """
    for form in versioned(world, row):
        for name in form.texts[:3]:  # of many alike
            for button in form.buttons:
                with world.undone():
                    before = contents(world)
                    done = send(world, form, **{name: FIRST}, **button)[0] in DONE
                    after = contents(world)
                    # A text may stand beside the choice that it belongs to, and mean nothing.
                    if not done or {table for table in after if after[table] != before[table]} <= {
                        JournalEntry.__tablename__
                    }:
                        continue
                    status, page = send(world, form, **{name: LATER}, **button)
                    assert contents(world) == after, f"{form.action}: {name} was overwritten"
                    yield form.action, name, status, page


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_later_of_two_sees_both_versions(world: World, row: Row) -> None:
    found = list(overtaken(world, row))
    assert found or str(row) not in AMONG_THEM
    for action, name, status, html in found:
        where = f"{name} of {action}: {status}"
        assert status == HTTPStatus.CONFLICT, where
        page = parsed(html)
        assert FIRST in page.get_text(), f"{where}: does not show what was saved meanwhile"
        field = page.select_one(f'main [name="{name}"]')
        kept = field and (field.get_text() if field.name == "textarea" else field.get("value"))
        # Where nothing more can be saved, the words stand beside those of the other.
        assert str(kept or page.get_text()).strip().find(LATER) >= 0, (
            f"{where}: loses what was typed"
        )


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_what_one_has_not_touched_is_the_others(world: World, row: Row) -> None:
    """Two people change one field each of the same page; the later one sends what comes back."""
    asked = False
    for form in versioned(world, row):
        names = [name for name in apart(form) if saves(world, form, name)][:2]
        for theirs, mine in zip(names, reversed(names), strict=True):
            with world.undone():
                send(world, form, **{theirs: FIRST}, **form.buttons[0])
                typed = {} if mine == theirs else {mine: LATER}
                status, html = send(world, form, **typed, **form.buttons[0])
                where = f"{mine} and {theirs} of {form.action}: {status}"
                if status == HTTPStatus.UNPROCESSABLE_ENTITY and not typed:
                    continue  # the only field, which is owed
                if status not in DONE:
                    assert status == HTTPStatus.CONFLICT, where
                    page = parsed(html)
                    assert FIRST in page.get_text(), where
                    assert not page.select("[role=alert] table"), f"{where}: nobody else changed it"
                    again = form_with(html, theirs, form)
                    if again is None:
                        continue  # nothing more can be saved
                    assert all(again.values[name] == [text] for name, text in typed.items()), where
                    assert send(world, again, **form.buttons[0])[0] in DONE, where
                now = form_with(world.ask(form.role, form.page).text, theirs, form)
                if now is not None:
                    asked = True
                    assert now.values[theirs] == [FIRST], where
                    assert all(now.values[name] == [text] for name, text in typed.items()), where
    assert asked or str(row) not in AMONG_THEM - OF_ONE_TEXT


def apart(form: Form) -> list[str]:
    """Some texts of a form: of one that has a table, a cell of it is the second."""
    cells = [name for name in form.texts if CELL.search(name)]
    others = [name for name in form.texts if name not in cells]
    return [*others[:1], *cells[:1], *others[1:3]]


def saves(world: World, form: Form, name: str) -> bool:
    """Whether a text in this field is taken, and stands anywhere but in the journal."""
    with world.undone():
        before = contents(world)
        taken = send(world, form, **{name: LATER}, **form.buttons[0])[0] in DONE
        after = contents(world)
    changed = {table for table in after if after[table] != before[table]}
    return taken and not changed <= {JournalEntry.__tablename__}


def form_with(html: str, name: str, like: Form) -> Form | None:
    """The form of a page that has this field."""
    found = parsed(html).select("main form[method=post]")
    read_ones = [read(one, like.role, like.page) for one in found]
    return next((one for one in read_ones if name in one.texts), None)
